/* Reads a matter's page aloud with the phone's own voice, block by block; the block being read is marked. */
(function () {
  "use strict";
  const button = document.querySelector(".speak__button");
  const voice = window.speechSynthesis;
  if (!button || !voice || !window.SpeechSynthesisUtterance) return;
  const main = document.getElementById("main");
  const start = button.textContent;
  const BLOCKS = "h1, h2, h3, p, dt, dd, li, summary, label";
  const SILENT = "[aria-hidden=true], .ref, .speak, nav, button, [hidden]";
  let turn = 0;

  // A block's text in runs of one language: Chinese names stand on English pages.
  function runsOf(block) {
    const copy = block.cloneNode(true);
    copy.querySelectorAll(SILENT).forEach((part) => part.remove());
    const own = block.closest("[lang]").lang;
    const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
    const runs = [];
    while (texts.nextNode()) {
      const text = texts.currentNode.nodeValue.replace(/[\s\u2060]+/g, " ").trim();
      const near = texts.currentNode.parentElement.closest("[lang]");
      const lang = near ? near.lang : own;
      const last = runs[runs.length - 1];
      if (text && last && last.lang === lang) last.text += " " + text;
      else if (text) runs.push({ block: block, lang: lang, text: text });
    }
    return runs;
  }

  function isFolded(block) {
    return block.closest("details:not([open])") && !block.closest("summary");
  }

  // What is folded or hidden is not read; of nested blocks only the innermost.
  function runs() {
    return Array.from(main.querySelectorAll(BLOCKS)).flatMap(function (block) {
      const read = !block.closest(SILENT) && !block.querySelector(BLOCKS) && block.getClientRects().length;
      return read && !isFolded(block) ? runsOf(block) : [];
    });
  }

  function mark(block) {
    main.querySelectorAll(".speaking").forEach((old) => old.classList.remove("speaking"));
    if (block) block.classList.add("speaking");
  }

  function stop() {
    turn += 1;
    voice.cancel();
    mark(null);
    button.textContent = start;
    button.setAttribute("aria-pressed", "false");
  }

  function read(queue, mine) {
    if (mine !== turn) return;
    const run = queue.shift();
    if (!run) return stop();
    const words = new SpeechSynthesisUtterance(run.text);
    words.lang = run.lang;
    words.rate = 0.9;
    words.onend = () => read(queue, mine);
    words.onerror = () => mine === turn && stop();
    mark(run.block);
    voice.speak(words);
  }

  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", function () {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    stop();
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    read(runs(), turn);
  });
  window.addEventListener("pagehide", stop);
})();
