/* Tencent's side: how the next message is sent, and what happened to the last one. */
"use strict";
const Panel = (function () {
  const OUTCOMES = {
    replied: "收到回复", success: "收到 success，不显示", refused: "被拒绝", malformed: "回复看不懂",
    timeout: "5 秒没等到", unreachable: "连不上", late: "回复丢失（按超时处理）",
  };
  const form = document.getElementById("how");
  const summary = document.getElementById("summary");
  const calls = document.getElementById("calls");
  let shown = "";

  function how() {
    const data = new FormData(form);
    return {
      mode: data.get("mode"), format: data.get("format"),
      broken: data.get("broken"), lost_calls: Number(data.get("lost_calls")),
    };
  }

  function show(exchange) {
    if (!exchange) return;
    const key = exchange.id + ":" + exchange.calls.length + ":" + exchange.done;
    if (key === shown) return;
    shown = key;
    const last = exchange.calls[exchange.calls.length - 1];
    const state = exchange.done ? "" : "，还在等";
    summary.textContent = "第 " + exchange.id + " 次投递：调用 " + exchange.calls.length + " 次" +
      (last ? "，" + last.elapsed_ms + " 毫秒，" + OUTCOMES[last.outcome] : "") + state;
    summary.dataset.outcome = last ? last.outcome : "";
    calls.replaceChildren(...exchange.calls.map(card));
  }

  function card(call, index) {
    const box = document.createElement("section");
    box.className = "call";
    const title = document.createElement("h3");
    title.textContent = "第 " + (index + 1) + " 次调用 · " + call.elapsed_ms + " 毫秒 · " + OUTCOMES[call.outcome] +
      (call.why ? "：" + call.why : "");
    box.append(title);
    raw(box, "发出（里面）", call.sent_plain, true);
    raw(box, "收到（解密后）", call.got_plain, true);
    raw(box, "发出（原样）", call.sent, false);
    raw(box, "收到（原样）", call.got, false);
    return box;
  }

  function raw(box, name, text, open) {
    if (!text) return;
    const fold = document.createElement("details");
    const label = document.createElement("summary");
    const code = document.createElement("pre");
    fold.open = open;
    label.textContent = name;
    code.textContent = text;
    code.tabIndex = 0;
    fold.append(label, code);
    box.append(fold);
  }

  return { how: how, show: show };
})();
