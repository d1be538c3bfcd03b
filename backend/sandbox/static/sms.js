/* The short messages on all telephones of the sandbox. */
"use strict";
(function () {
  const POLL_MS = 2500;
  const list = document.getElementById("sms");
  let shown = "";

  async function refresh() {
    if (document.hidden) return;
    let found;
    try {
      found = (await Sandbox.ask("/sandbox/inbox")).sms;
    } catch (fault) {
      return;
    }
    const key = JSON.stringify(found);
    if (key === shown) return;
    shown = key;
    document.getElementById("no-sms").hidden = found.length > 0;
    list.replaceChildren(...found.map(card));
  }

  function card(sms) {
    const box = Sandbox.element("article", "sms");
    const at = new Date(sms.at * 1000).toLocaleTimeString("zh-CN", { hour12: false });
    box.append(Sandbox.element("h3", "", sms.number), Sandbox.element("time", "", at));
    box.append(Sandbox.element("p", "", "【" + sms.sign + "】" + sms.text));
    const code = /\b\d{6}\b/.exec(sms.text);
    if (code) {
      const button = Sandbox.element("button", "small", "复制验证码 " + code[0]);
      button.type = "button";
      button.addEventListener("click", () => Sandbox.copy(code[0], button));
      box.append(button);
    }
    return box;
  }

  setInterval(refresh, POLL_MS);
  refresh();
})();
