/* The map of the thousand numbers: what each has taken, and how much of its limit that is. Writes to the
   page only where a number changed. Amounts stay the strings they came as. */
(() => {
  "use strict";

  const { money } = banker;
  const STEPS = [0.1, 0.3, 0.5, 0.7, 0.9];
  const GLOW_MS = 900;
  const GLOWING_MOST = 20; /* a slip of 271 numbers is not a reason to repaint 271 cells for a second */

  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  function stepOf(total, limit) {
    const most = Number(limit);
    if (!(most > 0)) return "blocked";
    const used = Number(total) / most;
    if (used >= 1) return "full";
    let step = 0;
    while (step < STEPS.length && used >= STEPS[step]) step++;
    return String(step);
  }

  banker.stepOf = stepOf;

  banker.riskMap = (root, readout) => {
    const cells = [...root.querySelectorAll(".cell")];
    const totals = new Array(1000).fill("0.00");
    const limits = new Array(1000).fill(null);
    const steps = new Array(1000).fill(null);
    const rest = readout.textContent;
    let phaseRoom = null; /* cents the phase's total limit leaves, where it has one */
    let glowing = 0;

    function room(index) {
      let left = money.cents(limits[index]) - money.cents(totals[index]);
      if (phaseRoom !== null && phaseRoom < left) left = phaseRoom;
      return money.fromCents(left > 0n ? left : 0n);
    }

    function draw(index) {
      const cell = cells[index];
      const step = stepOf(totals[index], limits[index]);
      if (step !== steps[index]) cell.dataset.step = steps[index] = step;
      name(index);
    }

    function name(index) {
      const blocked = steps[index] === "blocked" ? "blocked, " : "";
      const words = `staked ${money.full(totals[index])}, room ${money.full(room(index))}`;
      cells[index].setAttribute("aria-label", `${cells[index].dataset.number}: ${blocked}${words}`);
    }

    function glow(cell) {
      if (calm.matches || glowing >= GLOWING_MOST || document.hidden) return;
      glowing++;
      cell.animate(
        { boxShadow: ["inset 0 0 0 2px var(--glow)", "inset 0 0 0 2px transparent"] },
        { duration: GLOW_MS, easing: "steps(6)" },
      ).onfinish = () => glowing--;
    }

    /* All thousand, in order, from a snapshot. */
    function take(numbers) {
      for (const number of numbers) {
        const index = Number(number.number);
        totals[index] = number.total_bet;
        limits[index] = number.limit;
        draw(index);
      }
      root.removeAttribute("aria-busy");
    }

    /* The few that moved: pairs of a number and its absolute stake. */
    function raise(pairs) {
      for (const [number, total] of pairs) {
        const index = Number(number);
        if (limits[index] === null || totals[index] === total) continue;
        totals[index] = total;
        draw(index);
        glow(cells[index]);
      }
    }

    function limit(number, amount) {
      const index = Number(number);
      limits[index] = amount;
      draw(index);
      glow(cells[index]);
    }

    function boundBy(cents) {
      phaseRoom = cents;
    }

    /* One number in words, above the map, while it has the pointer or the focus. */
    function read(cell) {
      const index = cell ? Number(cell.dataset.number) : -1;
      if (index < 0 || limits[index] === null) {
        readout.textContent = rest;
        return;
      }
      const words = `staked ${money.show(totals[index])} of ${money.show(limits[index])}, room ${money.show(room(index))}`;
      readout.textContent = `${cell.dataset.number} ${steps[index] === "blocked" ? "blocked, " : ""}${words}`;
      name(index);
    }

    return { cells, take, raise, limit, boundBy, read };
  };
})();
