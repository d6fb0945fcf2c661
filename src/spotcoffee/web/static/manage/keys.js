// Keys that spare the mouse: an element with data-key="x" is pressed, or given the focus, by that key alone.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
  // What has the focus is pressed by Enter itself.
  if (event.key === "Enter" && event.target.closest("a, button, summary")) return;
  // A French keyboard's row of digits gives them with Shift only: its keys count as well as what they write.
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
  const target = [event.key, digit].filter(Boolean).map(find).find(Boolean);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input, select, textarea")) target.focus();
  else target.click();
});

function find(key) {
  return document.querySelector(`[data-key="${CSS.escape(key)}"]`);
}
