/* The collector's money as it moves: the house says that it moved, and the side of the page is read
   anew. Without the stream the side is read every ten seconds all the same; while the page is out of sight
   neither is done, and the bar says so. */
(() => {
  "use strict";

  const MOST_PAUSE_MS = 30_000;
  let failures = 0;
  let source;
  let timer;
  let resting = false;

  function read() {
    window.htmx.trigger(document.body, "money-moved");
  }

  function connect() {
    source = new EventSource("/collect/stream");
    source.addEventListener("money", () => {
      failures = 0;
      /* Not all at once where everybody's money moved. */
      setTimeout(read, Math.random() * 200);
    });
    source.onerror = () => {
      source.close();
      const most = Math.min(MOST_PAUSE_MS, 1_000 * 2 ** failures++);
      timer = setTimeout(connect, 500 + Math.random() * most);
    };
  }

  banker.whileShown({
    open: () => {
      connect();
      if (!resting) return;
      resting = false;
      read();
    },
    rest: () => {
      resting = true;
      clearTimeout(timer);
      source?.close();
      banker.pause();
    },
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (resting && event.target.id === "side") event.preventDefault();
  });
})();
