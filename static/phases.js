/* The phase page: copies what is shown to be copied, and forgets what was done when it is loaded again. */
(() => {
  "use strict";

  function choose(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const source = document.getElementById(button.dataset.copy);
    choose(source);
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
      banker.flash("good", "Copied.");
    } catch {
      banker.flash("warn", "It is selected; copy it with Ctrl-C.");
    }
  });

  const address = new URL(location.href);
  if (address.searchParams.has("done")) {
    address.searchParams.delete("done");
    history.replaceState(history.state, "", address);
  }
})();
