/* Posting a slip as JSON and hearing a fragment: the text arrives exactly as it stands in the box. */
(() => {
  "use strict";

  const token = document.querySelector('meta[name="csrf-token"]').content;

  banker.post = (address, body, { signal, headers = {} } = {}) =>
    fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "HX-Request": "true", "x-csrftoken": token, ...headers },
      body: JSON.stringify({ ...body, text: (body.text ?? "").toWellFormed?.() ?? body.text }),
      signal,
    });

  /* Fragments are the house's own, escaped where they were made. */
  banker.place = (element, html) => {
    element.innerHTML = html;
    window.htmx?.process(element);
    banker.clock.localise(element);
  };
})();
