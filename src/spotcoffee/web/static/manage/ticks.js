// A list with boxes to tick: says how many are ticked, ticks all of the page at once.
"use strict";
for (const form of document.querySelectorAll("form[data-ticks]")) {
  const boxes = [...form.querySelectorAll("[name=ticket]")];
  const count = form.querySelector("[data-ticks-count]");
  const all = form.querySelector("[data-ticks-all]");
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    if (count) {
      count.hidden = !ticked;
      count.querySelector("strong").textContent = ticked;
    }
    if (all) all.checked = ticked === boxes.length;
  };
  if (all) {
    all.closest("[data-ticks-page]").hidden = false;
    all.addEventListener("change", () => {
      for (const box of boxes) box.checked = all.checked;
      tell();
    });
  }
  form.addEventListener("change", tell);
  tell();
}
