/* What waits is read anew by itself, but not under an open question: its form would be gone when it is
   answered. */
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.id === "approvals" && document.querySelector("dialog[open]")) event.preventDefault();
});
