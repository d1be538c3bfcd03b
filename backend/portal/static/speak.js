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

  function textOf(block) {
    const copy = block.cloneNode(true);
    copy.querySelectorAll(SILENT).forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  // What is folded or hidden is not read; of nested blocks only the innermost.
  function blocks() {
    return Array.from(main.querySelectorAll(BLOCKS)).filter(function (block) {
      return !block.closest(SILENT) && !block.querySelector(BLOCKS) && block.getClientRects().length && textOf(block);
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
    const block = queue.shift();
    if (!block) return stop();
    const words = new SpeechSynthesisUtterance(textOf(block));
    words.lang = (block.querySelector(":scope > [lang]:only-child") || block.closest("[lang]")).lang;
    words.rate = 0.9;
    words.onend = () => read(queue, mine);
    words.onerror = () => mine === turn && stop();
    mark(block);
    voice.speak(words);
  }

  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", function () {
    if (button.getAttribute("aria-pressed") === "true") return stop();
    stop();
    button.textContent = button.dataset.stop;
    button.setAttribute("aria-pressed", "true");
    read(blocks(), turn);
  });
  window.addEventListener("pagehide", stop);
})();
