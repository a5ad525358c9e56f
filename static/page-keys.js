/* Keys of a page: an element with data-key="n" is reached by that key alone. A field is given the focus,
   anything else is clicked. No key works while something is typed or a dialog is open. */
(() => {
  "use strict";

  const TYPED_INTO = "input, select, textarea, [contenteditable]";

  function isSeen(element) {
    return element.checkVisibility?.() ?? element.getClientRects().length > 0;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest(TYPED_INTO) || document.querySelector("dialog[open]")) return;
    const reached = [...document.querySelectorAll("[data-key]")].find(
      (element) => element.dataset.key === event.key && isSeen(element),
    );
    if (!reached) return;
    event.preventDefault();
    if (!reached.matches(TYPED_INTO)) return reached.click();
    reached.focus();
    reached.select?.();
  });
})();
