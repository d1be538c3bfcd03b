/* The officer's phone: who is on duty, their keys, and the console in a frame that fills itself in. */
"use strict";
const Officer = (function () {
  const KEYS_MS = 5000;
  const byId = (id) => document.getElementById(id);
  const frame = byId("desk-frame"), choice = byId("officer"), told = byId("officer-told");
  const state = { officers: [], entering: "", tries: 0, wanted: "", inside: "" };

  async function refresh() {
    try {
      state.officers = (await Sandbox.ask("/sandbox/officers")).officers;
      told.textContent = "";
    } catch (fault) {
      told.textContent = fault.message;
      return;
    }
    if (choice.options.length !== state.officers.length) {
      choice.replaceChildren(...state.officers.map(function (one) {
        const option = Sandbox.element("option", "", one.name + " · " + one.username);
        option.value = one.username;
        return option;
      }));
    }
    drawKeys();
  }

  function chosen() {
    return state.officers.find((one) => one.username === choice.value);
  }

  function drawKeys() {
    const officer = chosen();
    if (!officer) return;
    byId("key-username").textContent = officer.username;
    byId("key-password").textContent = officer.password;
    byId("key-code").textContent = officer.codes[0];
    byId("key-left").textContent = "还有 " + officer.seconds_left + " 秒";
  }

  /* Log in as `username` and open `path`; whoever else is logged in leaves first. */
  async function enter(username, path) {
    await refresh();
    if (username) choice.value = username;
    drawKeys();
    state.wanted = path || "/console";
    if (state.inside === choice.value && !atGate()) return go(state.wanted);
    state.entering = choice.value;
    state.tries = 0;
    go("/console/me");
  }

  function go(path) {
    frame.hidden = false;
    byId("desk-empty").hidden = true;
    frame.src = path;
  }

  function page() {
    try {
      return frame.contentDocument;
    } catch (fault) {
      return null;
    }
  }

  function atGate() {
    const found = page();
    return !found || Boolean(found.getElementById("username") || found.getElementById("code"));
  }

  frame.addEventListener("load", async function () {
    const found = page();
    if (!found || !state.entering) return;
    if (found.getElementById("username")) return fillIn(found, "username");
    if (found.getElementById("code")) return fillCode(found);
    const leave = found.querySelector("form[action$='/console/logout']");
    if (state.inside !== state.entering && leave) {
      state.inside = "";
      leave.submit();
    } else {
      state.entering = "";
      go(state.wanted);
    }
  });

  function fillIn(found) {
    const officer = chosen();
    if (state.tries++ > 0) return giveUp("没有登录成功，请自己填。");
    state.inside = "";
    found.getElementById("username").value = officer.username;
    found.getElementById("password").value = officer.password;
    found.getElementById("username").form.submit();
  }

  /* A code is good once: where this one was used a moment ago, the next one is taken. */
  async function fillCode(found) {
    await refresh();
    const code = chosen().codes[Math.max(0, state.tries++ - 1)];
    if (!code) return giveUp("动态码刚用过，请等下一个。");
    state.inside = state.entering;
    found.getElementById("code").value = code;
    found.getElementById("code").form.submit();
  }

  function giveUp(why) {
    state.entering = state.inside = "";
    told.textContent = why;
  }

  byId("enter").addEventListener("click", () => enter("", ""));
  choice.addEventListener("change", drawKeys);
  byId("keys").addEventListener("click", function (event) {
    const button = event.target.closest("[data-copy]");
    if (button) Sandbox.copy(byId(button.dataset.copy).textContent, button);
  });
  setInterval(function () {
    if (Sandbox.seen(byId("keys"))) refresh();
  }, KEYS_MS);
  refresh();

  return { enter: enter };
})();
