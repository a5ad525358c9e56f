/* The two lists beside the map: the numbers that hurt, and the slips as they come. Rows are made once
   and written in place. */
(() => {
  "use strict";

  const { money, clock } = banker;
  const SLIPS_MOST = 30;
  const REFUSED = {
    "over-limit": "over a limit",
    "phase-closed": "phase closed",
    "intake-stopped": "intake stopped",
    "insufficient-funds": "no funds",
    "unreadable-slip": "unreadable",
  };

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function hurtingRow() {
    const row = document.createElement("tr");
    row.innerHTML =
      '<th scope="row"><button class="button link mono strong" type="button"></button></th>' +
      '<td class="number"></td><td class="number"></td>' +
      '<td class="wide"><svg class="share" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect height="6"/></svg></td>' +
      '<td class="number"></td>';
    return row;
  }

  function roomWords(entry, step) {
    if (step === "blocked" || step === "full") return step;
    const left = money.share(entry.room, entry.limit) * 100;
    if (left <= 0) return "full";
    return left < 1 ? "< 1 %" : `${Math.floor(left)} %`;
  }

  banker.hurtingTable = (body) => {
    let rows = null;
    return (entries) => {
      if (!entries.length) return;
      if (!rows) body.replaceChildren();
      rows ??= [];
      while (rows.length < entries.length) rows.push(body.appendChild(hurtingRow()));
      while (rows.length > entries.length) rows.pop().remove();
      entries.forEach((entry, i) => {
        const [name, staked, room, bar, profit] = rows[i].cells;
        const step = banker.stepOf(entry.total_bet, entry.limit);
        const used = Math.min(1, money.share(entry.total_bet, entry.limit)) * 100;
        const button = name.firstElementChild;
        write(button, entry.number);
        button.dataset.openNumber = entry.number;
        write(staked, money.whole(entry.total_bet));
        write(room, roomWords(entry, step));
        room.classList.toggle("loss", step === "blocked" || step === "full");
        bar.firstElementChild.dataset.step = step === "blocked" ? "full" : step;
        bar.firstElementChild.firstElementChild.setAttribute("width", used.toFixed(1));
        write(profit, money.whole(entry.profit, { signed: true }));
        profit.classList.toggle("loss", money.isLoss(entry.profit));
      });
    };
  };

  function refusalWords({ code, numbers = [] }) {
    if (!numbers.length) return `refused: ${REFUSED[code] ?? code ?? "not taken"}`;
    return `refused ${numbers[0]}${numbers.length > 1 ? ` and ${numbers.length - 1} more` : ""}`;
  }

  function slipRow(slip, refusal) {
    const row = document.createElement("tr");
    const bets = slip.count ? `${slip.count} ${slip.count === 1 ? "bet" : "bets"}` : "";
    const total = slip.total ? money.whole(slip.total) : "";
    const texts = [clock.show(slip.placed_at ?? slip.at), slip.collector, refusal ? "" : bets, total];
    const classes = ["soft mono small", "cut", "soft number", "number cut"];
    texts.forEach((text, i) => {
      const cell = row.insertCell();
      cell.textContent = text;
      cell.className = classes[i];
    });
    if (refusal) {
      const chip = document.createElement("span");
      chip.className = "chip bad";
      chip.textContent = refusalWords(refusal);
      row.cells[2].append(chip);
      row.cells[3].classList.add("undone");
    }
    return row;
  }

  banker.slipsTable = (body) => {
    let newest = 0;
    let empty = true;

    function add(slips) {
      if (!slips.length) return;
      if (empty) body.replaceChildren();
      empty = false;
      body.prepend(...slips);
      while (body.rows.length > SLIPS_MOST) body.deleteRow(-1);
    }

    function refusalOf(ticket) {
      if (!ticket.refused) return null;
      return typeof ticket.refused === "object" ? ticket.refused : ticket;
    }

    /* All that a snapshot tells, newest first. */
    function take(tickets) {
      if (!tickets.length) return;
      newest = Math.max(...tickets.map((ticket) => ticket.sequence ?? 0));
      body.replaceChildren();
      add(tickets.slice(0, SLIPS_MOST).map((ticket) => slipRow(ticket, refusalOf(ticket))));
    }

    /* What came since, each ticket once whatever order it is told in. */
    function raise(tickets = [], refusals = []) {
      const fresh = tickets.filter((ticket) => ticket.sequence > newest);
      for (const ticket of fresh) newest = Math.max(newest, ticket.sequence);
      const rows = [
        ...fresh.map((ticket) => [ticket.placed_at, slipRow(ticket, refusalOf(ticket))]),
        ...refusals.map((refusal) => [refusal.at, slipRow(refusal, refusal)]),
      ];
      rows.sort((a, b) => Date.parse(b[0]) - Date.parse(a[0]));
      add(rows.slice(0, SLIPS_MOST).map(([, row]) => row));
    }

    return { take, raise };
  };
})();
