/* What every page does with an answer: the CSRF header, toasts, and what to say when something fails. */
(() => {
  "use strict";

  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const OUT_OF_REACH =
    "The house could not be reached, and it is not known whether this was done. Sending the same form again is safe only where the page says so; look first.";

  const WORDS_MOST = 4;

  /* Where words are seen: behind an open dialog they are not. */
  function region() {
    return document.querySelector("dialog[open] .flash") || document.getElementById("flash");
  }

  /* The same words once, the newest of them, and no more than can be read. */
  function thin(place) {
    const said = new Set();
    for (const one of [...place.children].reverse()) {
      if (said.has(one.textContent) || said.size === WORDS_MOST) one.remove();
      else said.add(one.textContent);
    }
  }

  /* Says something for a moment; a warning or a refusal stays until it is read. */
  function flash(kind, text) {
    const toast = document.createElement("div");
    toast.className = `toast ${kind}`;
    const words = document.createElement("span");
    words.textContent = text;
    const dismiss = document.createElement("button");
    dismiss.type = "button";
    dismiss.className = "button link";
    dismiss.textContent = "Dismiss";
    dismiss.dataset.dismiss = "";
    toast.append(words, dismiss);
    const place = region();
    place.append(toast);
    thin(place);
    if (kind === "good") setTimeout(() => toast.remove(), 6000);
  }

  function problemOf(xhr) {
    try {
      const problem = JSON.parse(xhr.responseText);
      return problem.detail || problem.title;
    } catch {
      return undefined;
    }
  }

  function isFragment(xhr) {
    const html = (xhr.getResponseHeader("content-type") || "").startsWith("text/html");
    return html && xhr.responseText.trim() && !/^\s*<!doctype/i.test(xhr.responseText);
  }

  function isPicking(event) {
    return !!event.detail.requestConfig.elt.closest("[hx-select]");
  }

  document.addEventListener("htmx:configRequest", (event) => {
    if (token) event.detail.headers["x-csrftoken"] = token;
  });

  /* A refusal that is a fragment goes where the answer would have gone; but an outage, and a refusal of what
     fetches itself, must not take the place of what stands there. Anything else is a toast. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr, isError } = event.detail;
    if (!isError) return;
    const swaps = isFragment(xhr);
    event.detail.shouldSwap = swaps;
    if (swaps && (xhr.status >= 500 || isPicking(event) || banker.isPolled(event))) {
      event.detail.target = region();
      event.detail.swapOverride = "beforeend";
      event.detail.selectOverride = "unset"; /* what is picked out of an answer is not in a refusal */
    }
    if (swaps) return;
    if (xhr.status === 401) return location.assign("/signin");
    flash("bad", problemOf(xhr) || `The house answered ${xhr.status} ${xhr.statusText}.`);
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.matches(".flash")) thin(event.detail.target);
  });
  document.addEventListener("htmx:sendError", () => flash("bad", OUT_OF_REACH));
  document.addEventListener("htmx:timeout", () => flash("bad", OUT_OF_REACH));

  /* The server may say a toast beside any answer: HX-Trigger: {"flash":{"kind":"good","text":"…"}} */
  document.addEventListener("flash", (event) => flash(event.detail.kind, event.detail.text));

  document.addEventListener("click", (event) => {
    event.target.closest("[data-dismiss]")?.closest(".toast, .notice")?.remove();
  });

  window.banker = { ...window.banker, flash };

  /* A form that was sent before htmx had taken it up (a quick Enter in a dialog that just opened)
     would be sent by the browser itself, its fields in the address. It is taken up now. */
  const late = new WeakSet();

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches("[hx-post], [hx-put], [hx-delete]")) return;
    event.preventDefault();
    if (late.has(form)) return;
    late.add(form);
    htmx.process(form);
    const { submitter } = event;
    setTimeout(() => form.requestSubmit(submitter)); /* not while it is being sent */
  });
})();
