/* The wall: hears the stream of the phase and writes what it tells where it stands. */
(() => {
  "use strict";

  const { money, clock } = banker;
  const wall = document.getElementById("wall");
  const at = (id) => document.getElementById(id);

  const map = banker.riskMap(at("map"), at("readout"));
  banker.riskKeys(at("map"), map, at("jump"), wall.dataset.phase);
  const drawCurve = banker.curveChart(at("curve"));
  const drawIntake = banker.intakeChart(at("intake"));
  const showHurting = banker.hurtingTable(at("hurting"));
  const slips = banker.slipsTable(at("slips"));

  const POINTS_MOST = 600;
  let phase = null;
  let points = []; /* [time in ms, cumulative intake], for drawing */
  let pending = null;

  function write(id, text) {
    const element = at(id);
    if (element.textContent !== text) element.textContent = text;
  }

  function writeResult(id, amount) {
    write(id, amount === null || amount === undefined ? "–" : money.whole(amount, { signed: true }));
  }

  function colour(id, amount) {
    at(id).classList.toggle("loss", !!amount && money.isLoss(amount));
    at(id).classList.toggle("gain", !!amount && !money.isLoss(amount));
  }

  function hear(type, message) {
    if (type === "heartbeat") return;
    if (message.phase) takePhase(message.phase);
    if (type === "snapshot") {
      points = (message.intake ?? []).map(([time, total]) => [Date.parse(time), Number(total)]);
      if (phase?.total_limit) boundByPhase(message.total_in);
      map.take(message.numbers);
      slips.take(message.tickets ?? []);
    } else {
      for (const [number, limit] of message.limits ?? []) map.limit(number, limit);
      if (phase?.total_limit) boundByPhase(message.total_in);
      map.raise(message.numbers ?? []);
      slips.raise(message.tickets, message.refusals);
    }
    if (phase?.state === "open") addPoint(Number(message.total_in));
    later(message);
  }

  /* Ten messages a second are heard, figures and charts are drawn once a frame. */
  function later(message) {
    if (!pending) requestAnimationFrame(() => {
      const last = pending;
      pending = null;
      showFigures(last);
      if (last.curve?.length) drawCurve({ curve: last.curve, losses: last.loss_count });
      if (last.hurting) showHurting(last.hurting);
      drawIntake({ points, closesAt: phase?.closes_at ? Date.parse(phase.closes_at) : null });
      banker.pace(at("spark").firstElementChild, points, { width: 84, height: 22 });
    });
    pending = { ...pending, ...message };
  }

  function boundByPhase(totalIn) {
    const left = money.cents(phase.total_limit) - money.cents(totalIn);
    map.boundBy(left > 0n ? left : 0n);
  }

  function addPoint(total) {
    const now = clock.now();
    const before = points.at(-2);
    const apart = points.length > 2 ? (now - points[0][0]) / POINTS_MOST : 0;
    if (before && points.at(-1)[0] - before[0] < apart) points.pop();
    points.push([Math.max(now, points.at(-1)?.[0] ?? 0), total]);
    if (points.length > 2 * POINTS_MOST) points = points.filter((_, i) => i % 2 === 0 || i === points.length - 1);
  }

  function showFigures(told) {
    writeResult("worst", told.worst?.profit);
    colour("worst", told.worst?.profit);
    write("worst-note", told.worst ? `if ${told.worst.number} is drawn` : "no stakes yet");
    writeResult("expected", told.expected_profit);
    colour("expected", told.expected_profit);
    write("expected-note", told.margin ? `margin ${told.margin} %` : "no stakes yet");
    writeResult("var99", told.var99);
    write("var99-note", "1 draw in 100 is worse");
    write("chance", `${(told.loss_count / 10).toFixed(1)} %`);
    write("chance-note", `${told.loss_count} of 1,000 draws`);
    write("curve-note", told.loss_count === 1 ? "1 draw loses" : `${told.loss_count} draws lose`);
    write("total-in", money.whole(told.total_in));
    write("total-in-note", `${told.slips_per_minute} slips a minute${limitWords(told.total_in)}`);
    write("intake-note", `${told.ticket_count} slips, ${told.bet_count} bets`.replace(/\B(?=(\d{3})+(?!\d))/g, ","));
  }

  function limitWords(totalIn) {
    if (!phase?.total_limit) return "";
    return `, ${Math.floor(money.share(totalIn, phase.total_limit) * 100)} % of limit`;
  }

  function takePhase(told) {
    phase = told;
    const stopped = told.state === "open" && !told.intake_open;
    const chip = at("phase-chip");
    write("phase-chip", `${told.name} · ${stopped ? "intake stopped" : told.state}`);
    chip.classList.toggle("good", told.state === "open" && told.intake_open);
    chip.classList.toggle("warn", stopped);
    chip.classList.toggle("bad", told.state === "void");
    for (const form of document.querySelectorAll("[data-intake]")) {
      form.hidden = told.state !== "open" || told.intake_open !== (form.dataset.intake === "stop");
    }
    const countdown = document.querySelector("[data-closes-at][data-own]");
    if (!countdown) return;
    countdown.hidden = told.state !== "open" || !told.closes_at;
    if (told.closes_at) countdown.dataset.closesAt = told.closes_at;
  }

  function tell({ connected, paused, stale, why, staleMs, silentMs }) {
    if (stale) banker.fresh("stale", "stale");
    else if (paused) banker.fresh("still", `paused since ${clock.show(clock.now() - staleMs)}`);
    else if (connected) banker.fresh("live", `live · ${Math.floor(silentMs / 1000)} s`);
    else banker.fresh("still", "connecting");
    at("stale").hidden = !stale;
    if (stale) write("stale", `Stale since ${clock.show(clock.now() - staleMs)}: ${why}.`);
    wall.toggleAttribute("data-stale", stale || paused);
  }

  banker.stream(wall.dataset.stream, { hear, tell });
})();
