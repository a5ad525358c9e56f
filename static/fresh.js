/* The top bar's word on how fresh the page is. "As of" is when the figures of the page were read: at its
   loading, and again only where the part that holds them, marked data-figures, came anew. */
(() => {
  "use strict";

  const { clock } = banker;
  const POLLED = '[hx-trigger^="every"]';
  let readAt = clock.now();

  /* state is live, stale or still. */
  function fresh(state, text) {
    const place = document.getElementById("fresh");
    if (!place) return;
    place.dataset.state = state;
    place.lastElementChild.textContent = text;
  }

  function isPolled(event) {
    return !!event.detail.requestConfig?.elt.matches(POLLED);
  }

  function sayRead() {
    const state = document.querySelector(`[data-figures]${POLLED}`) ? "live" : "still";
    fresh(state, `as of ${clock.show(readAt)}`);
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.failed) return;
    const isFigures = event.target.matches("[data-figures]");
    if (isFigures) readAt = clock.now();
    if (isFigures || isPolled(event)) sayRead();
  });

  window.banker = { ...window.banker, fresh };
  sayRead();
})();
