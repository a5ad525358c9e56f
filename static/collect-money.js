/* The collector's money as it moves: the house says that it moved, and the side of the page is read
   anew. Without the stream the side is read every ten seconds all the same. */
(() => {
  "use strict";

  const MOST_PAUSE_MS = 30_000;
  let failures = 0;

  function connect() {
    const source = new EventSource("/collect/stream");
    source.addEventListener("money", () => {
      failures = 0;
      /* Not all at once where everybody's money moved. */
      setTimeout(() => window.htmx.trigger(document.body, "money-moved"), Math.random() * 200);
    });
    source.onerror = () => {
      source.close();
      const most = Math.min(MOST_PAUSE_MS, 1_000 * 2 ** failures++);
      setTimeout(connect, 500 + Math.random() * most);
    };
  }

  connect();
})();
