/* The two charts and the sparkline, drawn as SVG in the pixels they have. Numbers here are for drawing. */
(() => {
  "use strict";

  const { money, clock } = banker;
  const PAD = { top: 20, right: 12, bottom: 20, left: 12 };

  function svg(parent, tag, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text !== undefined) element.textContent = text;
    parent.append(element);
    return element;
  }

  function line(points) {
    return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
  }

  /* A place to draw in that asks for its drawing again when its size changes. */
  function chart(element, draw) {
    let what = null;
    let size = { width: 0, height: 0 };
    function redraw() {
      if (!what || size.width < 40 || size.height < 30) return;
      element.replaceChildren();
      draw(element, what, size);
    }
    new ResizeObserver(([entry]) => {
      const { width, height } = entry.contentRect;
      size = { width, height };
      element.setAttribute("viewBox", `0 0 ${width} ${height}`);
      redraw();
    }).observe(element);
    return (next) => {
      what = next;
      redraw();
    };
  }

  /* Profits sorted from worst to best; what lies below zero is filled. */
  banker.curveChart = (element) =>
    chart(element, (root, { curve, losses }, { width, height }) => {
      const values = curve.map(Number);
      const low = Math.min(0, values[0]);
      const high = Math.max(0, values.at(-1));
      const span = high - low || 1;
      const x = (i) => PAD.left + (i / (values.length - 1)) * (width - PAD.left - PAD.right);
      const y = (value) => PAD.top + ((high - value) / span) * (height - PAD.top - PAD.bottom);
      const points = values.map((value, i) => [x(i), y(value)]);
      const below = values.map((value, i) => [x(i), y(Math.min(0, value))]);
      svg(root, "path", { class: "fill-bad", d: `${line(below)}L${x(values.length - 1)} ${y(0)}L${x(0)} ${y(0)}Z` });
      svg(root, "line", { class: "axis", x1: PAD.left, x2: width - PAD.right, y1: y(0), y2: y(0) });
      svg(root, "path", { class: "line-ink", d: line(points) });
      const worst = money.whole(curve[0], { signed: true });
      const best = money.whole(curve.at(-1), { signed: true });
      const worstClass = money.isLoss(curve[0]) ? "label bad" : "label";
      svg(root, "text", { class: worstClass, x: x(0) + 8, y: Math.min(height - 5, y(values[0]) + 4) }, worst);
      svg(root, "text", { class: "label end", x: width - PAD.right, y: Math.max(12, y(values.at(-1)) - 7) }, best);
      svg(root, "text", { class: "label end", x: width - PAD.right, y: y(0) + 14 }, "0");
      if (losses > 0 && losses < 1000) {
        const at = PAD.left + (losses / 1000) * (width - PAD.left - PAD.right);
        svg(root, "line", { class: "axis-bad", x1: at, x2: at, y1: y(0) - 5, y2: y(0) + 5 });
      }
    });

  /* What was taken, rising from the opening to now, on a line that ends at the closing. */
  banker.intakeChart = (element) =>
    chart(element, (root, { points, closesAt }, { width, height }) => {
      if (points.length < 2) {
        svg(root, "text", { class: "label", x: PAD.left, y: height / 2 }, "No slip yet.");
        return;
      }
      const from = points[0][0];
      const last = points.at(-1)[0];
      const to = Math.max(last, closesAt ?? last);
      const most = points.at(-1)[1] || 1;
      const base = height - PAD.bottom;
      const x = (time) => PAD.left + ((time - from) / (to - from || 1)) * (width - PAD.left - PAD.right);
      const y = (total) => base - (total / most) * (base - PAD.top);
      const path = line(points.map(([time, total]) => [x(time), y(total)]));
      svg(root, "path", { class: "fill-accent", d: `${path}L${x(last)} ${base}L${x(from)} ${base}Z` });
      svg(root, "path", { class: "line-accent", d: path });
      svg(root, "line", { class: "axis", x1: PAD.left, x2: width - PAD.right, y1: base, y2: base });
      svg(root, "text", { class: "label", x: PAD.left, y: height - 5 }, clock.show(from, "minute"));
      if (x(last) < width - PAD.right - 90 && x(last) > PAD.left + 80) {
        svg(root, "text", { class: "label middle", x: x(last), y: height - 5 }, "now");
      }
      if (closesAt) {
        svg(root, "line", { class: "axis-warn", x1: x(closesAt), x2: x(closesAt), y1: PAD.top - 6, y2: base });
        const words = `closes ${clock.show(closesAt, "minute")}`;
        svg(root, "text", { class: "label warn end", x: x(closesAt) - 6, y: height - 5 }, words);
      } else {
        svg(root, "text", { class: "label end", x: width - PAD.right, y: height - 5 }, clock.show(last, "minute"));
      }
    });

  /* The pace: what came in during each thirtieth of the time since the opening. */
  banker.pace = (path, points, box) => {
    if (points.length < 3) return path.setAttribute("d", "");
    const from = points[0][0];
    const slice = (points.at(-1)[0] - from) / 30 || 1;
    const paces = new Array(30).fill(0);
    for (let i = 1; i < points.length; i++) {
      const at = Math.min(29, Math.floor((points[i][0] - from) / slice));
      paces[at] += points[i][1] - points[i - 1][1];
    }
    const most = Math.max(...paces, 1);
    path.setAttribute("d", line(paces.map((pace, i) => [(i / 29) * box.width, 1 + (1 - pace / most) * (box.height - 2)])));
  };
})();
