/* The counter: what is wrong gets the focus; and printing is a button, since a page may not hold a script. */
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "counter") document.querySelector('#counter [aria-invalid="true"]')?.select();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
