/* The last script: everybody is there, so what the address asks for is shown. */
"use strict";
document.addEventListener("DOMContentLoaded", function () {
  const body = document.body;
  const view = body.dataset.view === "panel" ? body.dataset.tab : body.dataset.view;
  Sandbox.show(body.dataset.tab);
  Sandbox.show(view);
});
