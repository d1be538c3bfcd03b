/* The phone: draws the chat, sends what the citizen does, asks for news. */
"use strict";
const Phone = (function () {
  const BUSY_MS = 250, IDLE_MS = 1500, STALE_SECONDS = 30;
  const byId = (id) => document.getElementById(id);
  const chat = byId("chat"), say = byId("say"), tray = byId("tray"), menuBar = byId("menu"), write = byId("write");
  const state = { openid: "", after: 0, busy: false, follows: true, menu: "", timer: 0, asking: null };

  const ask = Sandbox.ask, holders = [];

  async function act(kind, more) {
    try {
      await ask("/sandbox/do", { openid: state.openid, kind: kind, how: Panel.how(), ...more });
    } catch (fault) {
      notice(fault.message);
    }
    state.busy = true;
    await news();
  }

  /* One request at a time: two would both bring the same lines. */
  function news() {
    clearTimeout(state.timer);
    state.asking = (state.asking || Promise.resolve()).then(fetchNews);
    return state.asking;
  }

  async function fetchNews() {
    clearTimeout(state.timer);
    const openid = state.openid;
    try {
      const found = await ask("/sandbox/news?openid=" + openid + "&after=" + state.after);
      if (openid === state.openid) show(found);
    } catch (fault) {
      state.busy = false;
    }
    state.timer = setTimeout(news, state.busy ? BUSY_MS : IDLE_MS);
  }

  function show(found) {
    for (const line of found.lines) {
      state.after = line.id;
      draw(line);
    }
    Panel.show(found.exchange);
    // Three calls take 15 seconds; one left open longer belongs to a server that was stopped.
    const open = found.exchange && !found.exchange.done;
    state.busy = Boolean(open && Date.now() / 1000 - found.exchange.at < STALE_SECONDS);
    chat.setAttribute("aria-busy", state.busy);
    state.follows = found.follows;
    drawMenu(found.menu);
    drawBar();
  }

  function draw(line) {
    if (line.side === "notice") return notice(line.text);
    const row = document.createElement("div");
    row.className = "line line--" + line.side + (line.pushed ? " line--pushed" : "");
    row.dataset.kind = line.kind;
    const face = document.createElement("span");
    face.className = "face";
    face.setAttribute("aria-hidden", "true");
    face.textContent = line.side === "citizen" ? "我" : "警";
    const bubble = document.createElement("div");
    bubble.className = "bubble";
    fill(bubble, line);
    row.append(face, bubble);
    put(row);
  }

  function fill(bubble, line) {
    const names = { voice: "🎤 语音", image: "🖼 图片", video: "🎬 视频", location: "📍 位置", link: "🔗 链接", music: "🎵 音乐" };
    if (line.kind === "news") return articles(bubble, line.articles);
    if (line.kind === "card") return notification(bubble, line);
    if (line.kind === "image" && line.media) return picture(bubble, line.media);
    const head = names[line.kind];
    if (head) bubble.append(head, line.text ? "\n" : "");
    ChatText.fill(bubble, line.text || "", open, (text) => act("text", { text: text }));
    for (const choice of line.choices || []) {
      const button = document.createElement("button");
      button.textContent = choice;
      button.addEventListener("click", () => act("text", { text: choice }));
      bubble.append(button);
    }
  }

  function articles(bubble, list) {
    bubble.classList.add("bubble--news");
    for (const article of list) {
      const card = document.createElement("a");
      const title = document.createElement("strong"), about = document.createElement("span");
      title.textContent = article.Title || "";
      about.textContent = article.Description || "";
      card.href = /^https?:/i.test(article.Url || "") ? article.Url : "#";
      card.addEventListener("click", function (event) {
        event.preventDefault();
        if (/^https?:/i.test(article.Url || "")) open(article.Url);
      });
      card.append(title, about);
      bubble.append(card);
    }
  }

  function picture(bubble, media) {
    const image = document.createElement("img");
    image.src = "/sandbox/picture/" + media;
    image.alt = "发出的照片";
    image.addEventListener("load", () => { chat.scrollTop = chat.scrollHeight; });
    bubble.classList.add("bubble--picture");
    bubble.append(image);
  }

  /* A template message: its values in rows, and where it leads. */
  function notification(bubble, line) {
    bubble.classList.add("bubble--card");
    bubble.append(Sandbox.element("strong", "", "服务通知"));
    for (const value of Object.values(line.fields)) bubble.append(Sandbox.element("span", "", value));
    if (!line.url) return;
    const link = Sandbox.element("a", "", "查看详情");
    link.href = line.url;
    link.addEventListener("click", function (event) {
      event.preventDefault();
      open(line.url);
    });
    bubble.append(link);
  }

  function notice(text) {
    const row = document.createElement("p");
    row.className = "notice";
    row.textContent = text;
    put(row);
  }

  function put(row) {
    chat.append(row);
    // A long answer is read from its beginning.
    if (row.offsetHeight > chat.clientHeight) row.scrollIntoView({ block: "start" });
    else chat.scrollTop = chat.scrollHeight;
  }

  /* The account's own pages open on the phone, all others in a new window. */
  function open(address) {
    const url = new URL(address, location.href);
    const local = /^(127(\.\d+){3}|localhost|\[::1\])$/;
    if (url.port !== location.port || !local.test(url.hostname)) {
      window.open(url, "_blank", "noopener");
      return;
    }
    const here = url.pathname + url.search + url.hash;
    byId("inner").hidden = false;
    byId("inner-out").href = here;
    byId("inner-frame").src = here;
    byId("inner-close").focus();
  }

  byId("inner-frame").addEventListener("load", function (event) {
    byId("inner-title").textContent = event.target.contentDocument?.title || "网页";
  });
  byId("inner-close").addEventListener("click", function () {
    byId("inner").hidden = true;
    byId("inner-frame").src = "about:blank";
    say.focus();
  });

  function drawMenu(menu) {
    const text = JSON.stringify(menu);
    byId("no-menu").hidden = menu.length > 0;
    if (text === state.menu) return;
    state.menu = text;
    menuBar.replaceChildren(keyboardButton(), ...menu.map(column));
    if (!menu.length && !menuBar.hidden) swap(false);
    byId("to-menu").hidden = menu.length === 0;
  }

  function keyboardButton() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "menu__keys";
    button.setAttribute("aria-label", "切换到输入");
    button.textContent = "⌨";
    button.addEventListener("click", () => swap(false));
    return button;
  }

  function column(entry) {
    const box = document.createElement("div");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = entry.name;
    box.append(button);
    const below = entry.sub_button || [];
    if (!below.length) {
      button.addEventListener("click", () => press(entry));
      return box;
    }
    const list = document.createElement("div");
    list.className = "menu__below";
    list.hidden = true;
    button.classList.add("menu__opens");
    button.setAttribute("aria-expanded", "false");
    for (const item of below) {
      const choice = document.createElement("button");
      choice.type = "button";
      choice.textContent = item.name;
      choice.addEventListener("click", () => press(item));
      list.append(choice);
    }
    button.addEventListener("click", function () {
      const wasHidden = list.hidden;
      foldMenu();
      list.hidden = !wasHidden;
      button.setAttribute("aria-expanded", String(wasHidden));
    });
    box.append(list);
    return box;
  }

  function foldMenu() {
    for (const list of menuBar.querySelectorAll(".menu__below")) list.hidden = true;
    for (const button of menuBar.querySelectorAll("[aria-expanded]")) button.setAttribute("aria-expanded", "false");
  }

  function press(entry) {
    foldMenu();
    if (entry.type === "view") {
      act("VIEW", { text: entry.url });
      open(entry.url);
    } else {
      act("CLICK", { text: entry.key });
    }
  }

  function swap(toMenu) {
    foldMenu();
    menuBar.hidden = !toMenu;
    write.hidden = toMenu;
    tray.hidden = true;
    if (!toMenu) say.focus();
  }

  function drawBar() {
    byId("follow").hidden = state.follows;
    if (!state.follows) {
      write.hidden = menuBar.hidden = tray.hidden = true;
    } else if (write.hidden && menuBar.hidden) {
      write.hidden = false;
    }
  }

  write.addEventListener("submit", function (event) {
    event.preventDefault();
    const text = say.value.trim();
    if (!text) return;
    say.value = "";
    act("text", { text: text });
  });
  byId("to-menu").addEventListener("click", () => swap(true));
  byId("follow").addEventListener("click", () => act("subscribe", {}));
  byId("more").addEventListener("click", function (event) {
    tray.hidden = !tray.hidden;
    event.target.setAttribute("aria-expanded", String(!tray.hidden));
  });
  byId("quick").addEventListener("click", function (event) {
    const question = event.target.dataset.ask;
    if (question) act("text", { text: question });
  });
  tray.addEventListener("click", function (event) {
    const button = event.target.closest("[data-kind]");
    if (!button) return;
    const data = button.dataset;
    tray.hidden = true;
    byId("more").setAttribute("aria-expanded", "false");
    act(data.kind, { text: data.text || "", latitude: Number(data.latitude || 0), longitude: Number(data.longitude || 0) });
  });
  byId("resend").addEventListener("click", async function () {
    try {
      await ask("/sandbox/resend", { openid: state.openid, how: Panel.how() });
    } catch (fault) {
      notice(fault.message);
    }
    state.busy = true;
    await news();
  });
  byId("anew").addEventListener("click", async function () {
    await leave();
    await arrive();
  });
  byId("photo").addEventListener("change", async function (event) {
    const file = event.target.files[0];
    event.target.value = "";
    if (file) await sendPhoto(file);
  });
  byId("send-passport").addEventListener("click", async function () {
    tray.hidden = true;
    const found = await fetch("/sandbox/story/" + state.openid + "/passport.jpg");
    if (found.ok) await sendPhoto(await found.blob());
    else notice("画不出样本照片。");
  });
  byId("agree").addEventListener("click", async function () {
    tray.hidden = true;
    await ask("/sandbox/agree", { openid: state.openid });
    notice("你同意接收公众号的通知，每种一次");
  });

  async function sendPhoto(blob) {
    tray.hidden = true;
    try {
      await act("image", { media: await Sandbox.keepPhoto(blob) });
    } catch (fault) {
      notice(fault.message);
    }
  }

  async function arrive() {
    const citizen = await ask("/sandbox/citizen", {});
    hold(citizen.openid);
    await act("subscribe", {});
  }

  /* From now on this is the phone of `openid`; the server has been told. */
  function hold(openid) {
    state.openid = openid;
    state.after = 0;
    chat.replaceChildren();
    byId("inner").hidden = true;
    byId("inner-frame").src = "about:blank";
    remember(openid);
    for (const holder of holders) holder(openid);
  }

  /* The citizen before may still be logged in on the pages: their session ends first. */
  async function become(openid) {
    await leave();
    hold(openid);
    await news();
  }

  async function leave() {
    const page = new DOMParser().parseFromString(await (await fetch("/stay")).text(), "text/html");
    const token = page.querySelector("input[name=csrf_token]");
    if (!token) return;
    await fetch("/logout", { method: "POST", body: new URLSearchParams({ csrf_token: token.value }) });
  }

  function remember(openid) {
    // Private windows may refuse storage; then every visit is a new citizen.
    try {
      localStorage.setItem("sandbox-openid", openid);
    } catch (fault) {
      chat.dataset.kept = "no";
    }
  }

  function remembered() {
    try {
      return localStorage.getItem("sandbox-openid") || "";
    } catch (fault) {
      return "";
    }
  }

  async function start() {
    state.openid = remembered();
    if (!/^oSandbox[A-Za-z0-9]{20}$/.test(state.openid)) return arrive();
    await ask("/sandbox/hold", { openid: state.openid });
    for (const holder of holders) holder(state.openid);
    await news();
    if (!state.after) await arrive(); // the server's memory was emptied
  }

  // When all scripts are there: others want to know whose phone it is.
  document.addEventListener("DOMContentLoaded", start);

  return { become: become, onHeld: (f) => holders.push(f), open: open };
})();
