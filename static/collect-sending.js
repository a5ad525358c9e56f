/* Sending a slip once. Its key is kept with it until it is answered, so that a double click, a reload or
   a lost answer asks the same thing again and is told the same. */
(() => {
  "use strict";

  const FIRST_WAIT_MS = 500;
  const LONGEST_WAIT_MS = 10_000;
  const ANSWER_WITHIN_MS = 20_000;
  const ACCIDENTS_MOST = 3;

  function freshKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /* What this browser tab holds of a person's slip: text, note, and the key of what was sent. */
  banker.keptSlip = (person) => {
    const name = `banker.slip.${person}`;
    const read = () => {
      try {
        return JSON.parse(sessionStorage.getItem(name)) ?? {};
      } catch {
        return {};
      }
    };
    const write = (changes) => {
      try {
        sessionStorage.setItem(name, JSON.stringify({ ...read(), ...changes }));
      } catch {
        /* Without storage a slip does not outlive its page; everything else works. */
      }
    };
    return { read, write };
  };

  /* `say(words, seconds)` while there is no answer; resolves to {response, html}, or null where it was
     stopped. */
  banker.sending = (kept, say) => {
    let stop = null;

    /* The key of exactly this slip: the one it was sent with before, else a new one. */
    function keyed(slip) {
      const { sent } = kept.read();
      const same = sent && sent.text === slip.text && sent.note === slip.note && sent.phase === slip.phase;
      return { ...slip, key: same ? sent.key : freshKey() };
    }

    async function send(slip) {
      const sent = keyed(slip);
      const stopping = new AbortController();
      stop = () => stopping.abort();
      kept.write({ sent: { ...sent, isPending: true } });
      const answer = await insist(sent, stopping.signal);
      stop = null;
      if (answer?.response.ok) kept.write({ sent: null });
      else kept.write({ sent: { ...sent, isPending: false } });
      return answer;
    }

    async function insist({ key, ...slip }, stopped) {
      let wait_ms = FIRST_WAIT_MS;
      let accidents = 0;
      for (;;) {
        const answer = await attempt(slip, key, stopped);
        if (stopped.aborted) return null;
        if (answer && !isUnknown(answer.response)) return answer;
        if (answer?.response.status === 500 && ++accidents >= ACCIDENTS_MOST) return answer;
        const asked_ms = Number(answer?.response.headers.get("Retry-After") ?? 0) * 1_000;
        const pause_ms = Math.max(asked_ms, wait_ms * (0.75 + Math.random() / 2));
        say(answer ? "The house is busy with it" : "No answer yet", Math.ceil(pause_ms / 1_000));
        await pause(pause_ms, stopped);
        if (stopped.aborted) return null;
        wait_ms = Math.min(wait_ms * 2, LONGEST_WAIT_MS);
      }
    }

    async function attempt({ text, note, phase }, key, stopped) {
      const asking = new AbortController(); /* AbortSignal.any and .timeout are too young for many a phone */
      const end = () => asking.abort();
      const timer = setTimeout(end, ANSWER_WITHIN_MS);
      stopped.addEventListener("abort", end);
      try {
        const headers = { "Idempotency-Key": key };
        const { signal } = asking;
        const response = await banker.post("/collect/tickets", { text, note, phase }, { signal, headers });
        return { response, html: await response.text() };
      } catch {
        return null;
      } finally {
        clearTimeout(timer);
        stopped.removeEventListener("abort", end);
      }
    }

    /* The answer does not say whether the slip is a ticket; asking again with the key does. */
    function isUnknown(response) {
      return response.status >= 500 || response.headers.has("Retry-After");
    }

    function pause(ms, stopped) {
      return new Promise((done) => {
        const timer = setTimeout(done, ms);
        stopped.addEventListener("abort", () => (clearTimeout(timer), done()), { once: true });
      });
    }

    return { send, stop: () => stop?.() };
  };
})();
