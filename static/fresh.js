/* The top bar's word on how fresh the page is. "As of" is when the figures of the page were read: at its
   loading, and again only where the part that holds them, marked data-figures, came anew. A part that fetches
   itself (hx-trigger="every …") is not loud about an outage: the bar says stale until it is fetched again. */
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

  function sayStale() {
    fresh("stale", `stale since ${clock.show(readAt)}`);
  }

  /* What is out of sight is not kept fresh. */
  function pause() {
    fresh("still", `paused, as of ${clock.show(readAt)}`);
  }

  /* Caught on the way down, before base.js makes a notice of it. A refusal is left to it: its words are
     needed, and it does not pass by itself. */
  function fail(event) {
    if (!isPolled(event)) return;
    sayStale();
    if (event.detail.xhr.status >= 400 && event.detail.xhr.status < 500) return;
    event.stopPropagation();
    event.detail.shouldSwap = false;
  }

  document.addEventListener("htmx:beforeSwap", (event) => event.detail.isError && fail(event), true);
  document.addEventListener("htmx:sendError", fail, true);
  document.addEventListener("htmx:timeout", fail, true);

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.failed) return;
    const isFigures = event.target.matches("[data-figures]");
    if (isFigures) readAt = clock.now();
    if (isFigures || isPolled(event)) sayRead();
  });

  window.banker = { ...window.banker, fresh, pause, isPolled };
  sayRead();
})();
