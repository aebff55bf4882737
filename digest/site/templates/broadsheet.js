// Opens all quotations of a page, and closes them again.
"use strict";
(() => {
  const button = document.getElementById("unfold");
  if (!button) return;
  const all = [...document.querySelectorAll("details.evidence")];
  const names = [button.textContent, button.dataset.close];
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    for (const one of all) one.open = open;
    button.setAttribute("aria-pressed", String(open));
    button.textContent = names[open ? 1 : 0];
  });
})();
