/* Remembers on this phone which materials are ready. Nothing is sent anywhere. */
(function () {
  "use strict";
  const section = document.querySelector("[data-checklist]");
  if (!section) return;
  const key = "checklist:" + section.dataset.checklist;
  const boxes = Array.from(section.querySelectorAll("input[type=checkbox]"));
  const count = section.querySelector(".checklist-count");

  function read() {
    // Storage may be switched off or hold what another version wrote.
    try {
      const ready = JSON.parse(localStorage.getItem(key) || "[]");
      return Array.isArray(ready) ? ready : [];
    } catch (fault) {
      return [];
    }
  }

  function write(ready) {
    try {
      localStorage.setItem(key, JSON.stringify(ready));
    } catch (fault) {
      count.dataset.kept = "no";
    }
  }

  function tell() {
    const done = boxes.filter((box) => box.checked).length;
    count.textContent = count.dataset.text.replace("{done}", done).replace("{all}", boxes.length);
    count.hidden = false;
  }

  const ready = read();
  for (const box of boxes) {
    box.checked = ready.includes(box.value);
    box.addEventListener("change", function () {
      write(boxes.filter((b) => b.checked).map((b) => b.value));
      tell();
    });
  }
  tell();
})();
