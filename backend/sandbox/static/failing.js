/* Buttons that make a provider fail, and what fails at present. */
"use strict";
(function () {
  const POLL_MS = 3000;
  const forms = document.querySelectorAll("form[data-provider]");

  function draw(state) {
    for (const form of forms) {
      const found = state[form.dataset.provider];
      const line = form.querySelector("[role=status]");
      const left = found && found.count ? "，还有 " + found.count + " 次" : "，直到关掉";
      line.textContent = found ? "正在出故障：" + found.says + left : "正常";
      line.dataset.bad = Boolean(found);
      form.querySelector("[data-off]").disabled = !found;
    }
    for (const mark of document.querySelectorAll("[data-failing]")) mark.hidden = !Object.keys(state).length;
  }

  async function change(provider, mode, count) {
    draw(await Sandbox.ask("/sandbox/failing", { provider: provider, mode: mode, count: count }));
  }

  for (const form of forms) {
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      const data = new FormData(form);
      change(form.dataset.provider, data.get("mode"), Number(data.get("count")) || null);
    });
    form.querySelector("[data-off]").addEventListener("click", () => change(form.dataset.provider, "", null));
  }

  async function refresh() {
    if (document.hidden) return;
    try {
      draw(await Sandbox.ask("/sandbox/failing"));
    } catch (fault) {
      return;
    }
  }
  setInterval(refresh, POLL_MS);
  refresh();
})();
