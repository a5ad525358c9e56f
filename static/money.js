/* Money in the browser: decimal strings as they came, never through a float on their way to a reader.
   `share` alone makes a Number, for drawing and for comparing how full something is. */
(() => {
  "use strict";

  /* "-1240500.00" is "−1,240,500"; cents are kept where there are any. */
  function show(amount, { signed = false } = {}) {
    return full(amount, { signed }).replace(/\.00$/, "");
  }

  function full(amount, { signed = false } = {}) {
    const [, minus, whole, cents] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(amount);
    const zero = /^0+$/.test(whole + (cents || ""));
    const sign = zero ? "" : minus ? "\u2212" : signed ? "+" : "";
    const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
    return `${sign}${grouped}.${(cents || "").padEnd(2, "0")}`;
  }

  /* On the wall whole units are enough: the cents are in the books. */
  function whole(amount, options) {
    return show(amount.replace(/\.\d+$/, ""), options);
  }

  function isLoss(amount) {
    return amount.startsWith("-") && /[1-9]/.test(amount);
  }

  /* Cents as a BigInt, for exact sums. */
  function cents(amount) {
    const [, minus, whole, part = ""] = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(amount);
    const value = BigInt(whole + part.padEnd(2, "0"));
    return minus ? -value : value;
  }

  function fromCents(value) {
    const digits = (value < 0n ? -value : value).toString().padStart(3, "0");
    return `${value < 0n ? "-" : ""}${digits.slice(0, -2)}.${digits.slice(-2)}`;
  }

  /* How much of a limit is used, 0 where nothing is and 1 where all is; a limit of 0 is all used. */
  function share(used, limit) {
    const most = Number(limit);
    return most > 0 ? Number(used) / most : 1;
  }

  window.banker = { ...window.banker, money: { show, full, whole, isLoss, cents, fromCents, share } };
})();
