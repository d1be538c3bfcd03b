/* The story: somebody is chosen, then a button a step; what each did is looked at on its phone. */
"use strict";
(function () {
  const BUSY_MS = 600, IDLE_MS = 3000;
  const byId = (id) => document.getElementById(id);
  const steps = byId("steps"), told = byId("story-told");
  const MARKS = { "": "○", running: "…", done: "✓", failed: "✕" };
  const state = { openid: "", shown: "", looked: {}, timer: 0, first: true };

  async function begin(role, lang) {
    told.textContent = "";
    try {
      const made = await Sandbox.ask("/sandbox/story", { role: role, lang: lang });
      await Phone.become(made.openid);
    } catch (fault) {
      told.textContent = fault.message;
    }
  }

  async function go(step) {
    told.textContent = "";
    try {
      draw(await Sandbox.ask("/sandbox/story/go", { openid: state.openid, step: step }));
    } catch (fault) {
      told.textContent = fault.message;
    }
    poll();
  }

  async function poll() {
    clearTimeout(state.timer);
    let busy = false;
    if (state.openid && !document.hidden) {
      try {
        const story = await Sandbox.ask("/sandbox/story/" + state.openid);
        busy = story.steps.some((step) => step.state === "running");
        if (story.steps.length) draw(story);
        else byId("story").hidden = true; // this phone belongs to no story
      } catch (fault) {
        told.textContent = fault.message;
      }
    }
    state.timer = setTimeout(poll, busy ? BUSY_MS : IDLE_MS);
  }

  function draw(story) {
    byId("story").hidden = false;
    const key = JSON.stringify(story);
    if (key === state.shown) return;
    state.shown = key;
    const lang = story.lang === "en" ? "English" : "中文";
    byId("who").textContent = story.who.name + "（" + story.who.nation + "，" + lang + "，手机 " + story.who.phone + "）";
    const busy = story.steps.some((step) => step.state === "running");
    byId("go-all").disabled = busy || story.steps.every((step) => step.state === "done");
    steps.replaceChildren(...story.steps.map((step) => row(step, story, busy)));
    for (const step of story.steps) look(step, story);
    state.first = false;
  }

  function row(step, story, busy) {
    const item = Sandbox.element("li", "step step--" + (step.state || "open"));
    const mark = Sandbox.element("span", "step__mark", MARKS[step.state]);
    mark.setAttribute("aria-hidden", "true");
    const words = Sandbox.element("div", "step__words");
    const title = Sandbox.element("h3", "", step.title);
    title.append(Sandbox.element("span", "sr", { done: "，已完成", failed: "，没成功", running: "，进行中" }[step.state] || ""));
    words.append(title, Sandbox.element("p", "", step.says || (step.state === "running" ? "正在做…" : "自己来：" + step.by_hand)));
    const buttons = Sandbox.element("div", "step__do");
    const next = step.state !== "done";
    if (next) buttons.append(button(step.state === "failed" ? "再试" : "做这一步", busy, () => go(step.id)));
    if (!next && Object.keys(step.shows).length) buttons.append(button("看", false, () => show(step, story, true)));
    item.append(mark, words, buttons);
    return item;
  }

  function button(text, disabled, act) {
    const made = Sandbox.element("button", "small", text);
    made.type = "button";
    made.disabled = disabled;
    made.addEventListener("click", act);
    return made;
  }

  /* What has just been done is opened on the phone it happened on. */
  function look(step, story) {
    const before = state.looked[step.id];
    state.looked[step.id] = step.state;
    if (state.first || before === step.state) return;
    if (step.state === "done" || step.state === "failed") byId("story-news").textContent = step.title + "：" + step.says;
    if (step.state === "done") show(step, story, false);
  }

  function show(step, story, turn) {
    const lang = story.lang;
    if (step.shows.check && turn) Phone.open(step.shows.check);
    else if (step.shows.citizen) Phone.open(step.shows.citizen + "?lang=" + lang);
    if (step.phone === "officer" && step.shows.officer) Officer.enter(story.officer, step.shows.officer);
    if (turn) Sandbox.show(step.phone);
  }

  byId("cast").addEventListener("click", function (event) {
    const chosen = event.target.closest("[data-role]");
    if (chosen) begin(chosen.dataset.role, byId("story-lang").value);
  });
  byId("go-all").addEventListener("click", () => go("all"));
  Phone.onHeld(function (openid) {
    Object.assign(state, { openid: openid, shown: "", looked: {}, first: true });
    for (const link of document.querySelectorAll("[data-specimen]")) {
      const address = "/sandbox/story/" + openid + "/" + link.dataset.specimen + ".jpg";
      link.href = address;
      link.querySelector("img").src = address;
    }
    poll();
  });
})();
