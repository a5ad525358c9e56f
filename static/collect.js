/* The collector's page: the box, its reading, its sending, and what stands beside it. */
(() => {
  "use strict";

  const at = (id) => document.getElementById(id);
  const page = at("collect");
  const { phase, person } = page.dataset;
  const box = at("slip");
  const UNSENDABLE = ["blank", "unreadable", "stopped"];
  const REFRESHED = ["room", "funds", "stopped"];

  const kept = banker.keptSlip(person);
  const sending = banker.sending(kept, sayWaiting);
  const reading = banker.reading(phase, { hear, fail });
  const editor = banker.editor(box, at("lines"), changed);
  let heard = { text: "", state: "blank" };
  let isSending = false;

  function changed(text) {
    document.querySelector("#answer .refused")?.remove();
    kept.write({ text });
    if (!text) say("", "blank");
    reading.ask(text);
  }

  function hear(text, html) {
    if (text !== box.value) return;
    const place = at("reading");
    if (place.dataset.html !== html) {
      place.dataset.html = html;
      banker.place(place, html);
    }
    const facts = JSON.parse(at("reading-facts").textContent);
    editor.show(facts.margins, facts.marks);
    heard = { text, state: facts.state };
    write("total", facts.total);
    write("count", facts.count);
    if (facts.state !== "blank") say(facts.status, facts.state);
    box.setAttribute("aria-invalid", String(facts.state === "unreadable"));
    allow();
  }

  function fail(words) {
    heard = { text: box.value, state: "unknown" };
    say(words, "unreadable");
    allow();
  }

  function allow() {
    at("send").disabled = isSending || (heard.text === box.value && UNSENDABLE.includes(heard.state));
  }

  async function send(slip = { text: box.value, note: at("note").value.trim(), phase }) {
    if (isSending || !slip.text.trim()) return;
    if (heard.text === slip.text && UNSENDABLE.includes(heard.state)) return refuse();
    lock(true);
    say("sending", "");
    const answer = await sending.send(slip);
    lock(false);
    if (!answer) return sayUnknown();
    if (answer.response.status === 401) return saySignedOut();
    banker.place(at("answer"), answer.html);
    if (answer.response.ok) return taken(slip);
    say("nothing was taken", "unreadable");
    at("answer").scrollIntoView({ block: "nearest" });
    reading.ask(box.value, 0);
    window.htmx.trigger(document.body, "slips-changed");
  }

  /* A slip sent from another visit of the page may not be what stands in the box now. */
  function taken(slip) {
    if (box.value === slip.text) {
      editor.replace("");
      at("note").value = "";
      kept.write({ note: "" });
    }
    say(`slip #${document.querySelector("#answer .receipt-sequence")?.textContent.replace("#", "")} is taken`, "ready");
    window.htmx.trigger(document.body, "slips-changed");
    box.focus({ preventScroll: true });
    at("answer").scrollIntoView({ block: "nearest" });
  }

  function refuse() {
    const first = document.querySelector("#reading [data-line]");
    if (first) first.click();
    say(at("status").textContent, heard.state);
  }

  function lock(locked) {
    isSending = locked;
    editor.lock(locked);
    at("note").readOnly = locked;
    at("clear").disabled = locked;
    at("send").toggleAttribute("aria-busy", locked);
    allow();
  }

  function notice(kind, ...parts) {
    const element = document.createElement("div");
    element.className = `notice ${kind}`;
    const words = document.createElement("p");
    words.append(...parts);
    element.append(words);
    at("answer").replaceChildren(element);
  }

  function button(words, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button link";
    element.textContent = words;
    element.addEventListener("click", act);
    return element;
  }

  function sayWaiting(words, seconds) {
    const stop = button("Stop trying", () => sending.stop());
    notice("warn", `${words}. Trying again in ${seconds} s with the same slip; it cannot be taken twice. `, stop);
    say("sending, no answer yet", "room");
  }

  function sayUnknown() {
    notice("warn", "It is not known whether the slip was taken. Sent again unchanged, it cannot be taken twice; before you change it, look among My slips.");
    say("not answered", "room");
  }

  function saySignedOut() {
    const link = document.createElement("a");
    link.href = "/signin";
    link.textContent = "Sign in again";
    notice("warn", "You are signed out. ", link, "; the slip is kept here.");
    say("signed out", "unreadable");
  }

  function say(words, state) {
    write("status", words);
    at("status").dataset.state = state;
  }

  function write(id, text) {
    if (at(id).textContent !== text) at(id).textContent = text;
  }

  async function rewrite(address, body) {
    try {
      const response = await banker.post(address, { text: box.value, phase, ...body });
      if (!response.ok) throw new Error(response.status);
      const before = box.value;
      editor.replace(await response.text());
      offerBack(before);
    } catch {
      banker.flash("bad", "The slip could not be rewritten just now. It stands as it was.");
    }
  }

  function offerBack(before) {
    const back = button("Put it back", () => {
      editor.replace(before);
      at("answer").replaceChildren();
    });
    notice("", "The slip was rewritten; look it over before you send it. ", back);
  }

  page.addEventListener("click", (event) => {
    const { line, column, length, fit, strip } = event.target.closest("button")?.dataset ?? {};
    if (line) editor.jump(Number(line), Number(column), Number(length));
    if (fit) rewrite("/collect/fitted", { numbers: fit === "all" ? null : [fit] });
    if (strip !== undefined) rewrite("/collect/stripped");
  });

  at("send").addEventListener("click", () => send());
  at("clear").addEventListener("click", () => editor.replace(""));
  at("note").addEventListener("input", () => kept.write({ note: at("note").value }));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
    if (banker.dialog.isOpen()) return;
    event.preventDefault();
    send();
  });

  /* The side is fetched anew every few seconds, but not under an open question. */
  page.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "side" && banker.dialog.isOpen()) event.preventDefault();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "side") return;
    const countdown = document.querySelector(".countdown[data-closes-at][data-own]");
    const { closes } = at("phase-choice").dataset;
    if (countdown && closes) countdown.dataset.closesAt = closes;
    const stopped = at("side").dataset.stop !== "";
    if (REFRESHED.includes(heard.state) || (stopped && heard.state === "ready")) reading.ask(box.value, 0);
  });

  function resume() {
    const { text = "", note = "", sent } = kept.read();
    /* What was typed before this script came goes before what was kept. */
    box.value ||= text;
    at("note").value ||= note;
    editor.mirrorLines();
    if (box.value) changed(box.value);
    if (sent?.isPending) {
      const { text, note, phase } = sent;
      send({ text, note, phase });
    }
    allow();
  }

  resume();
})();
