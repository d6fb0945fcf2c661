// At the desk: prints this page instead of opening the file, copies a code, counts down what is allowed for a while.
"use strict";
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("[data-print]")) {
    event.preventDefault();
    window.print();
  }
  const copy = event.target.closest("[data-copy]");
  if (copy) navigator.clipboard.writeText(copy.dataset.copy).then(() => {
    copy.textContent = copy.dataset.done;
  });
});

for (const copy of document.querySelectorAll("[data-copy]")) copy.hidden = !navigator.clipboard;

for (const allowed of document.querySelectorAll("[data-for]")) {
  const left = allowed.querySelector("[data-left]");
  const end = performance.now() + Number(allowed.dataset.for) * 1000;
  const clock = setInterval(() => {
    const seconds = Math.ceil((end - performance.now()) / 1000);
    left.textContent = Math.max(0, seconds);
    if (seconds > 0) return;
    clearInterval(clock);
    allowed.remove();
  }, 500);
}
