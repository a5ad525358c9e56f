/* Time as the house has it: the countdown to a closing or an opening by the database's clock, and times of
   day in the house's time zone. */
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

  const MINUTE = 60 * 1000;

  /* The last minute before a closing is said in words too, for who does not see the colour. */
  function tick() {
    for (const countdown of document.querySelectorAll("[data-closes-at], [data-opens-at]")) {
      const { closesAt, opensAt } = countdown.dataset;
      const left = Date.parse(closesAt ?? opensAt) - now();
      const over = !(left > 0);
      const urgent = closesAt !== undefined && !over && left <= MINUTE;
      const words = closesAt === undefined ? "opens in " : urgent ? "last minute, closes in " : "closes in ";
      const passed = closesAt === undefined ? "opening time has come" : "closing time has passed";
      countdown.querySelector("span").textContent = over ? passed : words;
      countdown.querySelector("b").textContent = over ? "" : remaining(left);
      countdown.toggleAttribute("data-soon", closesAt !== undefined && left < 5 * MINUTE);
      countdown.toggleAttribute("data-urgent", urgent);
    }
    setTimeout(tick, 1000 - (now() % 1000));
  }

  window.banker = { ...window.banker, clock: { now, heard, show, localise } };
  localise(document);
  document.addEventListener("htmx:afterSwap", () => localise(document));
  tick();
})();
