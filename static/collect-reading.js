/* Asking how a slip is read, while it is typed: a moment after the last key, the newest question wins. */
(() => {
  "use strict";

  const WAIT_MS = 150;
  const AGAIN_MS = 3_000;

  /* `hear(text, html)` gets the reading of a text, `fail(words)` why there is none. */
  banker.reading = (phase, { hear, fail }) => {
    let asking = new AbortController();
    let timer;

    function ask(text, wait_ms = WAIT_MS) {
      clearTimeout(timer);
      asking.abort();
      asking = new AbortController();
      const { signal } = asking;
      timer = setTimeout(() => fetchReading(text, signal), wait_ms);
    }

    async function fetchReading(text, signal) {
      try {
        const response = await banker.post("/collect/reading", { text, phase }, { signal });
        const html = await response.text();
        if (signal.aborted) return;
        if (response.ok) return hear(text, html);
        if (response.status === 401) return fail("signed out");
        if (response.status === 413) return fail("far too long");
        fail("cannot be read just now");
      } catch {
        if (signal.aborted) return;
        fail("the house is out of reach");
      }
      timer = setTimeout(() => fetchReading(text, signal), AGAIN_MS);
    }

    return { ask };
  };
})();
