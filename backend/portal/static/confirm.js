/* Asks before what cannot be undone: buttons with data-confirm. */
document.addEventListener("click", function (event) {
  "use strict";
  const button = event.target.closest("[data-confirm]");
  if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
});
