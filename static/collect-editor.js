/* The box: a textarea above a mirror of its lines. The mirror wraps as the textarea does, carries the
   numbers, readings and underlines, and gives both their height, so that they scroll as one. */
(() => {
  "use strict";

  const TYPED_MOST = 1_000;

  function makeRow() {
    const row = document.createElement("div");
    row.className = "line";
    row.append(document.createElement("span"), document.createElement("span"));
    row.firstElementChild.className = "line-text";
    row.lastElementChild.className = "line-margin";
    row.shown = "";
    return row;
  }

  /* Columns count code points, strings count halves of the rarer ones. */
  function cut(text, points) {
    if (!/[\ud800-\udfff]/.test(text)) return Math.min(points, text.length);
    return Array.from(text).slice(0, points).join("").length;
  }

  /* The spans of one line, first come first served where they overlap, as [start, end, kind]. */
  function spansOf(text, marks) {
    const spans = [];
    let free = 0;
    for (const [column, length, kind] of marks.sort((a, b) => a[0] - b[0])) {
      let start = Math.max(cut(text, column - 1), free);
      const end = Math.min(cut(text, column - 1 + length), text.length);
      if (start >= text.length && text.length > free) start = text.length - 1;
      if (end > start) spans.push([start, end, kind]);
      free = Math.max(free, end);
    }
    return spans;
  }

  function writeText(row, text, marks) {
    const place = row.firstElementChild;
    if (!marks.length) {
      place.textContent = text;
      return;
    }
    const parts = [];
    let at = 0;
    for (const [start, end, kind] of spansOf(text, marks)) {
      const mark = document.createElement("u");
      mark.className = `mark-${kind}`;
      mark.textContent = text.slice(start, end);
      parts.push(text.slice(at, start), mark);
      at = end;
    }
    place.replaceChildren(...parts, text.slice(at));
  }

  banker.editor = (textarea, mirror, onChange) => {
    let lines = [];
    const rows = [];

    /* Only what lies between the first and the last line that changed is made anew. */
    function mirrorLines() {
      const now = textarea.value.split("\n");
      const most = Math.min(now.length, lines.length);
      let start = 0;
      while (start < most && now[start] === lines[start]) start++;
      let end = 0;
      while (end < most - start && now.at(-1 - end) === lines.at(-1 - end)) end++;
      fit(start, lines.length - start - end, now.length - start - end);
      for (let i = start; i < now.length - end; i++) {
        writeText(rows[i], now[i], []);
        rows[i].lastElementChild.textContent = "";
        rows[i].shown = "";
      }
      lines = now;
    }

    function fit(start, had, has) {
      for (const row of rows.splice(start + has, Math.max(0, had - has))) row.remove();
      if (has <= had) return;
      const fresh = Array.from({ length: has - had }, makeRow);
      const batch = document.createDocumentFragment();
      batch.append(...fresh);
      mirror.insertBefore(batch, rows[start + had] ?? null);
      rows.splice(start + had, 0, ...fresh);
    }

    /* Margins and marks as the house read this very text. */
    function show(margins, marks) {
      const told = new Map();
      for (const [line, words, kind] of margins) told.set(line, { words, kind, marks: [] });
      for (const [line, column, length, kind] of marks) {
        if (!told.has(line)) told.set(line, { words: "", kind: "", marks: [] });
        told.get(line).marks.push([column, length, kind]);
      }
      rows.forEach((row, i) => {
        const one = told.get(i + 1);
        const key = one ? JSON.stringify(one) : "";
        if (row.shown === key) return;
        row.shown = key;
        writeText(row, lines[i], one?.marks ?? []);
        row.lastElementChild.textContent = one?.words ?? "";
        row.lastElementChild.dataset.kind = one?.kind ?? "";
      });
    }

    /* As if it were typed, so that undo brings back what was there; typing a long text takes a
       browser seconds, so that is set at once. */
    function replace(text) {
      if (text === textarea.value) return;
      textarea.focus({ preventScroll: true });
      textarea.setSelectionRange(0, textarea.value.length);
      const typed = text.length < TYPED_MOST && document.execCommand(text ? "insertText" : "delete", false, text);
      if (!typed || textarea.value !== text) {
        textarea.value = text;
        textarea.dispatchEvent(new Event("input"));
      }
      textarea.setSelectionRange(0, 0);
      textarea.closest(".editor").scrollTop = 0;
    }

    function jump(line, column, length) {
      const text = lines[line - 1];
      if (text === undefined) return;
      const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
      textarea.focus({ preventScroll: true });
      textarea.setSelectionRange(start + cut(text, column - 1), start + cut(text, column - 1 + length));
      rows[line - 1].scrollIntoView({ block: "nearest" });
    }

    textarea.addEventListener("input", () => {
      mirrorLines();
      onChange(textarea.value);
    });
    mirrorLines();
    return { show, replace, jump, lock: (locked) => (textarea.readOnly = locked), mirrorLines };
  };
})();
