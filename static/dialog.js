/* Dialogs and menus. A fragment swapped into #dialog-body opens the page's one dialog; `hx-confirm` asks
   in a dialog that names what will happen; a menu closes when it is left. */
(() => {
  "use strict";

  const dialog = document.getElementById("dialog");
  const body = document.getElementById("dialog-body");
  const question = document.getElementById("confirm");

  function open() {
    if (!dialog.open) dialog.showModal();
    const first = body.querySelector('[aria-invalid="true"]') || body.querySelector("[autofocus]");
    first?.focus();
    if (first?.select) first.select();
  }

  function close() {
    if (dialog.open) dialog.close();
  }

  /* A name for the dialog, from the heading that came with the fragment. */
  function name() {
    const heading = body.querySelector("h2");
    if (!heading) return;
    heading.id ||= "dialog-title";
    dialog.setAttribute("aria-labelledby", heading.id);
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== body) return;
    if (!body.textContent.trim()) return close();
    name();
    open();
  });

  document.addEventListener("close-dialog", close);
  dialog?.addEventListener("close", () => {
    body.replaceChildren();
    dialog.querySelector(".flash").replaceChildren();
  });

  document.addEventListener("click", (event) => {
    const closer = event.target.closest("[data-close]");
    if (closer) return closer.closest("dialog").close();
    if (event.target.matches("dialog")) closeOnBackdrop(event);
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });

  function closeOnBackdrop(event) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }

  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && event.target.closest?.("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  /* data-confirm-title, data-confirm-verb and data-confirm-kind stand beside hx-confirm. */
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    const { confirmTitle, confirmVerb, confirmKind } = event.detail.elt.closest("[hx-confirm]").dataset;
    const agree = question.querySelector('[value="agree"]');
    question.querySelector("h2").textContent = confirmTitle || "Are you sure?";
    question.querySelector("p").textContent = event.detail.question;
    agree.textContent = confirmVerb || "Go on";
    agree.className = `button primary ${confirmKind || ""}`;
    question.returnValue = "";
    question.addEventListener(
      "close",
      () => question.returnValue === "agree" && event.detail.issueRequest(true),
      { once: true },
    );
    question.showModal();
  });

  window.banker = { ...window.banker, dialog: { close, isOpen: () => !!document.querySelector("dialog[open]") } };
})();
