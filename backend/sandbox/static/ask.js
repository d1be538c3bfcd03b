/* Asks the sandbox's server; remembers whose phone this is; switches between phones and panel. */
"use strict";
const Sandbox = (function () {
  const tabs = ["story", "sms", "failing", "wire"];
  const listeners = [];

  async function ask(path, body) {
    const options = body ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {};
    return read(await fetch(path, { ...options, headers: { ...options.headers, Accept: "application/json" } }));
  }

  async function read(response) {
    const data = await response.json();
    if (!response.ok) throw new Error(data.message || String(response.status));
    return data;
  }

  async function keepPhoto(blob) {
    const headers = { "Content-Type": blob.type, Accept: "application/json" };
    return (await read(await fetch("/sandbox/photo", { method: "POST", headers: headers, body: blob }))).media;
  }

  /* view: "citizen", "officer", or a tab of the panel. */
  function show(view) {
    const body = document.body;
    if (tabs.includes(view)) {
      body.dataset.tab = view;
      body.dataset.view = "panel";
    } else {
      body.dataset.view = body.dataset.phone = view;
    }
    for (const button of document.querySelectorAll("[data-show]")) {
      const chosen = button.dataset.show === view || (button.closest(".tabs") && button.dataset.show === body.dataset.tab);
      button.setAttribute("aria-pressed", String(Boolean(chosen)));
    }
    for (const name of tabs) document.getElementById("tab-" + name).hidden = name !== body.dataset.tab;
    for (const listener of listeners) listener(view);
  }

  /* False where the browser keeps a part of the page hidden: nothing is asked for it then. */
  function seen(element) {
    return element.offsetParent !== null && !document.hidden;
  }

  function element(tag, className, text) {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  async function copy(text, button) {
    const before = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "已复制";
    } catch (fault) {
      button.textContent = text;
    }
    setTimeout(function () { button.textContent = before; }, 1200);
  }

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-show]");
    if (button) show(button.dataset.show);
  });

  return { ask: ask, copy: copy, element: element, keepPhoto: keepPhoto, onShow: (f) => listeners.push(f), seen: seen, show: show };
})();
