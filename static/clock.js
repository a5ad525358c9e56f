/* Time as the house has it: the countdown of the phase, and times of day in the house's time zone. */
(() => {
  "use strict";

  const zone = document.documentElement.dataset.timezone || undefined;
  const said = document.querySelector('meta[name="server-time"]')?.content;
  const arrived = performance.getEntriesByType("navigation")[0]?.responseStart || 0;
  let offset = said ? Date.parse(said) - (performance.timeOrigin + arrived) : 0;

  /* The server's clock in milliseconds, as far as we know it. */
  function now() {
    return Date.now() + offset;
  }

  /* A message can only be late, so the clock is moved forward by one and never back. */
  function heard(iso) {
    offset = Math.max(offset, Date.parse(iso) - Date.now());
  }

  const forms = {
    second: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
    minute: { hour: "2-digit", minute: "2-digit" },
    day: { year: "numeric", month: "short", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  };
  const formats = Object.fromEntries(
    Object.entries(forms).map(([name, form]) => [
      name,
      new Intl.DateTimeFormat("en-GB", { ...form, hourCycle: "h23", timeZone: zone }),
    ]),
  );

  function show(time, form = "second") {
    return formats[form].format(typeof time === "string" ? Date.parse(time) : time);
  }

  /* `<time datetime="…" data-form="second">` anywhere below `root` reads in the house's time. */
  function localise(root) {
    for (const time of root.querySelectorAll("time[data-form]")) {
      time.textContent = show(time.dateTime, time.dataset.form);
    }
  }

  function remaining(milliseconds) {
    const seconds = Math.ceil(milliseconds / 1000);
    const days = Math.floor(seconds / 86400);
    const clock = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60]
      .map((part) => String(part).padStart(2, "0"))
      .join(":");
    return days ? `${days} d ${clock}` : clock;
  }

  function tick() {
    for (const countdown of document.querySelectorAll("[data-closes-at]")) {
      const left = Date.parse(countdown.dataset.closesAt) - now();
      const over = !(left > 0);
      countdown.firstElementChild.textContent = over ? "closing time has passed" : "closes in ";
      countdown.lastElementChild.textContent = over ? "" : remaining(left);
      countdown.toggleAttribute("data-soon", left < 5 * 60 * 1000);
    }
    setTimeout(tick, 1000 - (now() % 1000));
  }

  window.banker = { ...window.banker, clock: { now, heard, show, localise } };
  localise(document);
  document.addEventListener("htmx:afterSwap", () => localise(document));
  tick();
})();
