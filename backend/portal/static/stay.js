/* A registration's page: every field is sent as it changes, photos with a progress bar, the clock runs.
   Without this script the page's buttons do the same. */
(function () {
  "use strict";
  const form = document.getElementById("stay");
  if (!form) return;
  const token = form.elements.csrf_token.value;
  const says = document.getElementById("saved");
  const words = form.dataset;
  const kept = "stay:" + words.draft; // what could not be sent yet, for the next try, in this tab only
  const waiting = load(); // field name → values
  let busy = false;
  let retryAt = 0;

  document.documentElement.classList.add("has-js");

  function load() {
    try {
      return JSON.parse(sessionStorage.getItem(kept) || "{}");
    } catch (fault) {
      return {};
    }
  }

  function remember() {
    try {
      sessionStorage.setItem(kept, JSON.stringify(waiting));
    } catch (fault) {
      says.dataset.kept = "no"; // private mode: the field itself still holds it
    }
  }

  function tell(text, state) {
    says.textContent = text;
    says.dataset.state = state;
    says.hidden = false;
    clearTimeout(tell.timer);
    if (state === "ok") tell.timer = setTimeout(() => { says.hidden = true; }, 1600);
  }

  function valuesOf(name) {
    return new FormData(form).getAll(name).filter((value) => typeof value === "string");
  }

  async function post(address, data) {
    data.set("csrf_token", token);
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const told = await answer.json().catch(() => ({ ok: false, message: words.failed }));
    if (!told.ok) throw Object.assign(new Error(told.message), { code: told.code, said: true });
    return told;
  }

  async function save() {
    if (busy || !Object.keys(waiting).length) return;
    busy = true;
    const sent = { ...waiting };
    const data = new FormData();
    for (const [name, values] of Object.entries(sent)) for (const value of values) data.append(name, value);
    tell(words.saving, "busy");
    try {
      const told = await post(words.fields, data);
      for (const name of Object.keys(sent)) if (waiting[name] === sent[name]) delete waiting[name];
      remember();
      show(told.parts);
      tell(words.saved, "ok");
    } catch (fault) {
      tell(fault.said ? fault.message : words.unsaved, "bad");
      if (fault.code === "portal.signed_out") return void location.reload();
      clearTimeout(retryAt);
      if (!fault.said) retryAt = setTimeout(save, 5000);
    } finally {
      busy = false;
    }
    if (Object.keys(waiting).some((name) => waiting[name] !== sent[name])) save();
  }

  function changed(name) {
    waiting[name] = valuesOf(name);
    remember();
    save();
  }

  /* Puts parts of the page in the place of the old ones; what is being typed at that moment stays. */
  function show(parts) {
    for (const [id, html] of Object.entries(parts || {})) {
      const old = document.getElementById(id);
      if (!old) continue;
      const focused = old.contains(document.activeElement) ? document.activeElement : null;
      if (focused && focused.matches("input:not([type=checkbox]):not([type=file]), select, textarea") && id === "phone") continue;
      const typed = focused && focused.id ? { id: focused.id, value: focused.value } : null;
      const holder = document.createElement("template");
      holder.innerHTML = html.trim();
      const fresh = holder.content.firstElementChild;
      old.replaceWith(fresh);
      for (const name of Object.keys(waiting)) fill(name, waiting[name][waiting[name].length - 1]);
      if (typed) {
        const field = document.getElementById(typed.id);
        if (field) {
          if (field.type !== "checkbox" && field.type !== "radio" && field.type !== "file" && field.value !== typed.value) field.value = typed.value;
          field.focus({ preventScroll: true });
        }
      }
      if (window.htmx) window.htmx.process(fresh);
    }
    conditions();
    clock();
  }

  function fill(name, value) {
    const field = form.elements[name];
    if (field && !(field instanceof RadioNodeList) && field.type !== "file" && field.type !== "checkbox") field.value = value;
  }

  function conditions() {
    for (const part of form.querySelectorAll("[data-when]")) {
      const [name, wanted] = part.dataset.when.split("=");
      part.hidden = !wanted.split("|").includes(valuesOf(name).pop() || "");
    }
  }

  function clock() {
    const face = document.getElementById("clock");
    const hands = face && face.querySelector("[data-clock]");
    if (!hands) return;
    const left = Date.parse(face.dataset.due) - Date.now();
    const minutes = Math.floor(Math.abs(left) / 60000);
    const text = left > 0 ? face.dataset.left : face.dataset.over;
    hands.textContent = text.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60);
    face.className = "clock clock--" + (left <= 0 ? "over" : left < 6 * 3600000 ? "soon" : "calm");
  }

  /* Smaller before it travels: a phone's photo of 12 million pixels says no more to the reader than one of four. */
  async function shrunk(file) {
    const LONGEST = 2600;
    if (!file.type.startsWith("image/") || file.size < 1500000 || !window.createImageBitmap) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
      return made && made.size < file.size ? new File([made], "photo.jpg", { type: "image/jpeg" }) : file;
    } catch (fault) {
      return file; // a format the browser cannot draw (HEIC): the server can
    }
  }

  async function upload(input) {
    const box = input.closest("[data-upload]");
    const bar = box.querySelector("progress");
    const note = box.querySelector(".photo__says");
    note.hidden = true;
    bar.hidden = false;
    bar.removeAttribute("value");
    const data = new FormData();
    data.append("csrf_token", token);
    data.append(input.name, await shrunk(input.files[0]));
    input.value = "";
    tell(words.uploading, "busy");
    const call = new XMLHttpRequest();
    call.open("POST", words.photos);
    call.setRequestHeader("Accept", "application/json");
    call.responseType = "json";
    call.upload.onprogress = (event) => { if (event.lengthComputable) { bar.max = event.total; bar.value = event.loaded; } };
    call.onload = function () {
      bar.hidden = true;
      const told = call.response || {};
      if (told.ok) {
        show(told.parts);
        tell(words.saved, "ok");
      } else failed(told.message, told.code);
    };
    call.onerror = () => failed();
    call.send(data);

    function failed(message, code) {
      bar.hidden = true;
      note.textContent = message || words.failed;
      note.hidden = false;
      says.hidden = true;
      if (code === "portal.signed_out") location.reload();
    }
  }

  async function sendPhone(button) {
    const box = document.getElementById("phone");
    const data = new FormData();
    for (const field of box.querySelectorAll("input")) data.append(field.name, field.value);
    button.disabled = true;
    try {
      const told = await post(button.formAction, data);
      document.activeElement.blur();
      show(told.parts);
      const next = document.getElementById("phone-code");
      if (next) next.focus();
    } catch (fault) {
      const note = box.querySelector("[data-says]");
      note.textContent = fault.said ? fault.message : words.failed;
      note.hidden = false;
      button.disabled = false;
    }
  }

  function locate(button) {
    const told = form.querySelector("[data-located]");
    told.textContent = "…";
    const failed = () => { told.textContent = words.nowhere; };
    if (!navigator.geolocation) return failed();
    navigator.geolocation.getCurrentPosition((at) => {
      form.elements["stay:latitude"].value = at.coords.latitude.toFixed(5);
      form.elements["stay:longitude"].value = at.coords.longitude.toFixed(5);
      for (const name of ["stay:latitude", "stay:longitude"]) waiting[name] = valuesOf(name);
      told.textContent = "✓";
      save();
    }, failed, { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 });
  }

  form.addEventListener("change", function (event) {
    const field = event.target;
    if (field.type === "file") {
      if (field.closest("[data-upload]") && field.files.length) upload(field);
      return;
    }
    if (!field.name || field.name === "phone" || field.name === "code") return;
    conditions();
    changed(field.name);
  });

  form.addEventListener("click", function (event) {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.pick) {
      event.preventDefault();
      const field = document.getElementById(button.dataset.pick);
      field.value = button.value;
      changed(field.name);
    } else if (button.dataset.send) {
      event.preventDefault();
      sendPhone(button);
    } else if ("locate" in button.dataset) locate(button);
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-confirm]");
    if (button && !window.confirm(button.dataset.confirm)) event.preventDefault();
  });

  // A button that leaves the page takes along what has not been sent; what has, another device may have changed.
  form.addEventListener("formdata", function (event) {
    if (!form.dataset.leaving) return;
    for (const name of new Set(event.formData.keys())) {
      const mine = name === "csrf_token" || name === "list" || name in waiting;
      if (!mine) event.formData.delete(name);
    }
  });
  form.addEventListener("submit", function (event) {
    if (event.submitter && "enter" in event.submitter.dataset) {
      event.preventDefault(); // Enter in a field: it is kept, and the page stays
      if (document.activeElement) document.activeElement.blur();
      return;
    }
    form.dataset.leaving = "yes";
    const press = form.querySelector("[data-submit]");
    setTimeout(() => { press.disabled = true; }, 0); // after the browser has taken the form's data
  });
  window.addEventListener("pageshow", function () {
    delete form.dataset.leaving;
    form.querySelector("[data-submit]").disabled = false;
  });

  document.addEventListener("htmx:after:swap", async function () {
    for (const read of document.querySelectorAll("[data-read]")) {
      const card = read.dataset.read;
      delete read.dataset.read;
      const answer = await fetch(words.fields + "?card=" + encodeURIComponent(card), { headers: { Accept: "application/json" } });
      if (answer.ok) {
        const told = await answer.json();
        show(told.parts);
        for (const [name, value] of Object.entries(told.fields || {})) if (!(name in waiting)) fill(name, value);
      }
    }
  });

  window.addEventListener("online", save);
  conditions();
  clock();
  setInterval(clock, 20000);
  // A photo chosen before this script had arrived.
  for (const field of form.querySelectorAll("[data-upload] input[type=file]")) if (field.files.length) upload(field);
  const list = document.getElementById("faults");
  if (list) list.focus();
  if (Object.keys(waiting).length) {
    for (const [name, values] of Object.entries(waiting)) fill(name, values[values.length - 1]);
    save();
  }
})();
