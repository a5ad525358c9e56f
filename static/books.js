/* The head of the chain is copied whole. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const copied = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(copied.textContent.trim());
    window.banker.flash("good", "Copied.");
  } catch {
    /* Without leave to copy it is marked, to be copied by hand. */
    window.getSelection().selectAllChildren(copied);
    window.banker.flash("warn", "The browser does not let it be copied here; it is marked.");
  }
});
