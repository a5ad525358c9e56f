/* The slash goes to the box that finds a slip by its number; Escape leaves it. */
(() => {
  "use strict";

  document.addEventListener("keydown", (event) => {
    const find = document.getElementById("find");
    if (!find || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && event.target === find) return leave(find);
    if (event.key !== "/" || document.querySelector("dialog[open]") || isWriting(event.target)) return;
    event.preventDefault();
    find.focus();
    find.select();
  });

  /* No slip begins with a slash, so in an empty slip it is free to mean this. */
  function isWriting(element) {
    if (element.id === "slip") return element.value !== "";
    return element.matches("input, textarea, select");
  }

  function leave(find) {
    const slip = document.getElementById("slip");
    if (slip) slip.focus({ preventScroll: true });
    else find.blur();
  }
})();
