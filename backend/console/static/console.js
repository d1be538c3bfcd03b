/* Comfort only: every page works without. */
(function () {
  "use strict";
  const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));

  // One tap, one request.
  document.addEventListener("submit", function (event) {
    const button = event.submitter;
    if (!button || event.defaultPrevented) return;
    if (event.target.dataset.sent) return event.preventDefault();
    if ((event.target.method || "").toLowerCase() === "post") {
      event.target.dataset.sent = "yes";
      button.setAttribute("aria-busy", "true");
    }
  });
  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });

  for (const select of all("[data-submits]")) select.addEventListener("change", () => select.form.requestSubmit());
  for (const button of all("[data-without-script]")) button.hidden = true;
  for (const chips of all("[data-fills]")) {
    const input = chips.closest("form").elements[chips.dataset.fills];
    for (const chip of all("button", chips)) chip.addEventListener("click", () => { input.value = chip.textContent.trim(); });
  }

  // What was refused was a POST: going back or reloading must not send it again.
  const told = document.querySelector("[data-told]");
  if (told) history.replaceState(null, "", told.dataset.told);

  // A form that is being made is there in a few seconds.
  if (document.querySelector("[data-reload]")) setTimeout(() => location.reload(), 3000);

  // The place is sent only where the officer says so.
  const place = document.querySelector("[data-place]");
  if (place && "geolocation" in navigator) {
    const form = place.closest("form"), says = form.querySelector("[data-place-told]"), box = place.querySelector("input");
    place.hidden = false;
    box.addEventListener("change", function () {
      form.elements.latitude.value = form.elements.longitude.value = says.textContent = "";
      if (!box.checked) return;
      says.textContent = "正在定位…";
      navigator.geolocation.getCurrentPosition(function (at) {
        form.elements.latitude.value = at.coords.latitude.toFixed(6);
        form.elements.longitude.value = at.coords.longitude.toFixed(6);
        says.textContent = "已取得位置，误差约 " + Math.round(at.coords.accuracy) + " 米。";
      }, function () { box.checked = false; says.textContent = "没有取得位置，不影响登记。"; }, { enableHighAccuracy: true, timeout: 10000 });
    });
  }

  // Pictures: full screen, double tap to enlarge, swipe to the next.
  const viewer = document.querySelector(".viewer"), links = all("[data-view]");
  if (!viewer || !viewer.showModal || !links.length) return;
  const pane = viewer.querySelector(".viewer__pane"), image = pane.querySelector("img");
  let at = 0, turned = 0, from = null;
  function show(index) {
    at = (index + links.length) % links.length;
    turned = 0;
    image.style.transform = "";
    delete pane.dataset.large;
    image.src = links[at].href;
    image.alt = viewer.querySelector(".viewer__name").textContent = links[at].dataset.view;
  }
  links.forEach((link, index) => link.addEventListener("click", function (event) {
    event.preventDefault();
    show(index);
    viewer.showModal();
  }));
  viewer.querySelector(".viewer__close").addEventListener("click", () => viewer.close());
  viewer.querySelector(".viewer__turn").addEventListener("click", function () {
    turned = (turned + 90) % 360;
    image.style.transform = "rotate(" + turned + "deg)";
  });
  image.addEventListener("dblclick", function (event) {
    const box = image.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width, y = (event.clientY - box.top) / box.height;
    if (pane.dataset.large) return void delete pane.dataset.large;
    pane.dataset.large = "yes";
    pane.scrollTo(image.offsetWidth * x - pane.clientWidth / 2, image.offsetHeight * y - pane.clientHeight / 2);
  });
  viewer.addEventListener("keydown", function (event) {
    if (event.key === "ArrowRight") show(at + 1);
    if (event.key === "ArrowLeft") show(at - 1);
  });
  pane.addEventListener("touchstart", function (event) { from = event.touches.length === 1 ? event.touches[0].clientX : null; }, { passive: true });
  pane.addEventListener("touchend", function (event) {
    if (from === null || pane.dataset.large) return;
    const moved = event.changedTouches[0].clientX - from;
    if (Math.abs(moved) > 60) show(at + (moved < 0 ? 1 : -1));
    from = null;
  }, { passive: true });
})();
