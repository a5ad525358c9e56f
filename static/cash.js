/* The counter: a form that opens, and what is wrong in one, gets the focus; and printing is a button,
   since a page may not hold a script. */
(() => {
  "use strict";

  const PLACES = ["counter", "undo"];

  document.addEventListener("htmx:afterSettle", (event) => {
    if (!PLACES.includes(event.detail.target.id)) return;
    const first = event.detail.target.querySelector('[aria-invalid="true"], [role="status"] a, [type="checkbox"]');
    first?.focus();
    if (first?.select) first.select();
  });

  /* One at a time. The browser's own way, a common name, closes a form that comes with an answer in
     place of one that is open. `toggle` does not bubble. */
  document.addEventListener(
    "toggle",
    (event) => {
      const opened = event.target;
      if (!opened.open || !opened.matches(".cash-more")) return;
      for (const other of document.querySelectorAll(".cash-more[open]")) other.open = other === opened;
      if (opened.querySelector('[aria-invalid="true"]')) return;
      const first = opened.querySelector(".input");
      first?.focus();
      first?.select();
    },
    true,
  );

  /* Escape leaves a form, or an empty field, so that the page's keys work again. */
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const opened = event.target.closest?.(".cash-more[open]");
    if (opened) {
      opened.open = false;
      opened.querySelector("summary").focus();
    } else if (event.target.matches(".input") && !event.target.value) event.target.blur();
  });

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
  });

  if (location.hash === "#undo") document.querySelector("#undo details")?.setAttribute("open", "");
})();
