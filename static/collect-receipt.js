/* A receipt goes to the printer, or as text into the chat. */
(() => {
  "use strict";

  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) return window.print();
    const copier = event.target.closest("[data-copy]");
    if (copier) copy(document.getElementById(copier.dataset.copy), copier);
  });

  async function copy(source, copier) {
    const done = (await viaClipboard(source.value)) || viaSelection(source, copier);
    if (done) banker.flash("good", copier.dataset.said || "The receipt is copied; paste it into the chat.");
    else banker.flash("bad", "This browser does not let a page copy. Print it, or open the ticket and mark its text.");
  }

  /* Only under HTTPS or on the machine itself, and only where the person lets it. */
  async function viaClipboard(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  }

  function viaSelection(source, copier) {
    source.focus({ preventScroll: true });
    source.select();
    const done = document.execCommand("copy");
    copier.focus({ preventScroll: true });
    return done;
  }
})();
