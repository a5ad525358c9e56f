/* The monitor fetches itself anew; that the books disagree is said once to those who listen, and not at
   every fetch. */
(() => {
  "use strict";

  const monitor = document.getElementById("monitor");

  function alarm() {
    const words = document.querySelector("#alarm h2")?.textContent ?? "";
    const place = document.getElementById("alarm-words");
    if (place.textContent !== words) place.textContent = words;
  }

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === monitor) alarm();
  });
  alarm();
})();
