/* The stream of a phase. Connects by itself, again and again with a growing, jittered pause, and says how
   fresh what it told is. The server starts every connection with a snapshot, so nothing is resumed, and while
   the page is out of sight there is none. */
(() => {
  "use strict";

  const SILENT_AFTER_MS = 12_000;
  const TRY_AGAIN_AFTER_MS = 15_000; /* a connection can be dead without an error */
  const GRACE_MS = 2_000; /* a stream that ends at the end of its life is back before anyone need know */
  const TYPES = ["snapshot", "delta", "heartbeat"];
  const WHY = {
    silent: "nothing has arrived for 12 seconds",
    lost: "the connection is lost, trying again",
    refused: "the house turned the stream away, trying again. If this stays, reload the page: you may be signed out",
    redis: "Redis is down. Slips are still taken; this page is not told of them",
  };

  /* `hear(type, message)` gets every message, `tell({connected, paused, stale, why, staleMs, silentMs})` once a
     second how things stand; `paused` until something is heard again. */
  banker.stream = (url, { hear, tell }) => {
    let source;
    let timer;
    let heardAt = Date.now();
    let triedAt = Date.now();
    let downSince = Date.now();
    let refused = false;
    let redisDownSince = null;
    let failures = 0;
    let resting = false;
    let paused = false;

    function connect() {
      clearTimeout(timer);
      triedAt = Date.now();
      source?.close();
      source = new EventSource(url);
      source.onerror = reconnect;
      for (const type of TYPES) source.addEventListener(type, listen);
    }

    function listen(event) {
      const message = JSON.parse(event.data);
      heardAt = Date.now();
      downSince = null;
      paused = false;
      refused = false;
      failures = 0;
      if (event.type === "heartbeat") {
        redisDownSince = message.redis === "down" ? (redisDownSince ?? heardAt) : null;
        if (message.at) banker.clock.heard(message.at);
      }
      hear(event.type, message);
      if (redisDownSince || event.type !== "delta") report();
    }

    function reconnect() {
      refused = source.readyState === EventSource.CLOSED;
      source.close();
      downSince ??= Date.now();
      const most = Math.min(5_000, 1_000 * 2 ** failures++);
      timer = setTimeout(connect, 500 + Math.random() * (most - 500));
    }

    function open() {
      resting = false;
      downSince = Date.now();
      connect();
      report();
    }

    function rest() {
      clearTimeout(timer);
      source?.close();
      resting = paused = true;
      redisDownSince = null;
      report();
    }

    function report() {
      const now = Date.now();
      if (resting) return tell({ connected: false, paused, stale: false, staleMs: now - heardAt });
      const silent = downSince === null && now - heardAt > SILENT_AFTER_MS;
      const down = downSince !== null && now - downSince > GRACE_MS;
      const why = down ? (refused ? "refused" : "lost") : silent ? "silent" : redisDownSince ? "redis" : null;
      const since = why === "redis" ? redisDownSince : heardAt;
      tell({ connected: downSince === null, paused, stale: why !== null, why: WHY[why], staleMs: now - since, silentMs: now - heardAt });
      if (now - Math.max(heardAt, triedAt) > TRY_AGAIN_AFTER_MS) connect();
    }

    banker.whileShown({ open, rest });
    report();
    setInterval(report, 1_000);
    document.addEventListener("visibilitychange", report);
    addEventListener("pageshow", (event) => event.persisted && !resting && connect());
    addEventListener("pagehide", () => source?.close());
    return { connect };
  };
})();
