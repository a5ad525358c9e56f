/* The monitor fetches itself anew; while it cannot, it says that it is stale and is not loud about it. */
(() => {
  "use strict";

  const monitor = document.getElementById("monitor");
  let since = null; /* when it was last fetched, by the house's clock */

  function isOwn(event) {
    return event.detail.requestConfig?.verb === "get" || event.detail.elt === monitor;
  }

  function isStale() {
    banker.fresh("stale", since === null ? "stale" : `stale since ${banker.clock.show(since)}`);
  }

  function isLive() {
    since = banker.clock.now();
    banker.fresh("live", "live");
    alarm();
  }

  /* Said once to those who listen, and not at every fetch. */
  function alarm() {
    const words = document.querySelector("#alarm h2")?.textContent ?? "";
    const place = document.getElementById("alarm-words");
    if (place.textContent !== words) place.textContent = words;
  }

  /* Before the page's own listeners, which would make a toast of each failure. */
  monitor.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.isError || !isOwn(event)) return;
    if (event.detail.xhr.status === 401) return;
    event.stopPropagation();
    event.detail.shouldSwap = false;
    isStale();
  });

  for (const lost of ["htmx:sendError", "htmx:timeout"]) {
    monitor.addEventListener(lost, (event) => {
      if (!isOwn(event)) return;
      event.stopPropagation();
      isStale();
    });
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === monitor) isLive();
  });
  isLive();
})();
