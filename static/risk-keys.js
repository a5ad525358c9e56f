/* The map under the hand: one stop for Tab, arrows within it, `/` or a digit to jump, Enter for the
   number's dialog and L for its limit. */
(() => {
  "use strict";

  const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -10, ArrowDown: 10, PageUp: -100, PageDown: 100 };

  banker.riskKeys = (root, map, jump, phaseId) => {
    const { cells } = map;
    let current = cells[0];
    current.tabIndex = 0;

    function stand(cell) {
      current.tabIndex = -1;
      current = cell;
      current.tabIndex = 0;
    }

    function focus(number) {
      stand(cells[Number(number)]);
      current.focus();
    }

    async function open(number, { limit = false } = {}) {
      await htmx.ajax("GET", `/risk/${phaseId}/numbers/${number}`, { target: "#dialog-body" });
      if (limit) document.getElementById("field-max_amount")?.select();
    }

    function typing(target) {
      return target.closest("input, select, textarea, dialog, details[open]");
    }

    /* Burmese and Thai digits are digits; what is no digit goes. */
    function ascii(text) {
      return text
        .replace(/[\u1040-\u1049\u0e50-\u0e59]/g, (digit) => (digit.charCodeAt(0) & 0xff) % 0x10)
        .replace(/[^0-9]/g, "");
    }

    root.addEventListener("focusin", (event) => {
      const cell = event.target.closest(".cell");
      if (!cell) return;
      stand(cell);
      map.read(cell);
    });
    root.addEventListener("focusout", () => map.read(null));
    root.addEventListener("pointerover", (event) => map.read(event.target.closest(".cell")));
    root.addEventListener("pointerleave", () => {
      const focused = document.activeElement?.closest(".cell");
      map.read(focused);
    });

    root.addEventListener("click", (event) => {
      const cell = event.target.closest(".cell");
      if (cell) open(cell.dataset.number);
    });

    root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const at = cells.indexOf(current);
      let to = at + (STEPS[event.key] ?? 0);
      if (event.key === "Home") to = at - (at % 10);
      if (event.key === "End") to = at - (at % 10) + 9;
      if (event.key.toLowerCase() === "l") {
        event.preventDefault();
        return open(current.dataset.number, { limit: true });
      }
      if (to === at && !(event.key in STEPS)) return;
      event.preventDefault();
      if (cells[to]) focus(to);
    });

    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (banker.dialog.isOpen() || typing(event.target)) return;
      if (event.key !== "/" && !/^[0-9]$/.test(event.key)) return;
      event.preventDefault();
      jump.value = event.key === "/" ? "" : event.key;
      jump.focus();
    });

    jump.addEventListener("input", () => {
      jump.value = ascii(jump.value);
      if (jump.value.length < 3) return;
      const number = jump.value;
      jump.value = "";
      focus(number);
    });
    jump.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      jump.value = "";
      current.focus();
    });

    document.addEventListener("click", (event) => {
      const opener = event.target.closest("[data-open-number]");
      if (opener) open(opener.dataset.openNumber);
    });

    /* A limit that was set or removed comes back as the number's fragment: the map takes it from there,
       and the dialog has done its work. One that waits for a second person comes back without a fragment and
       says so itself: the map keeps what holds. A refusal is swapped in as any other. */
    document.getElementById("dialog-body").addEventListener("htmx:beforeSwap", (event) => {
      const { requestConfig, xhr, isError } = event.detail;
      if (isError || !["put", "delete"].includes(requestConfig.verb)) return;
      event.detail.shouldSwap = false;
      banker.dialog.close();
      const fragment = new DOMParser().parseFromString(xhr.responseText, "text/html");
      const { number, limit, ownLimit } = fragment.querySelector("[data-limit]")?.dataset ?? {};
      if (!number) return;
      map.limit(number, limit);
      const whose = ownLimit === "true" ? "limit" : "the phase\u2019s limit,";
      banker.flash("good", `${number}: ${whose} ${banker.money.show(limit)}`);
    });

    return { focus, open };
  };
})();
