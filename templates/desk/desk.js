// What makes the desk smoother. Everything works without it.
"use strict";

const wait = 800;

// Keeps what is typed, for who loses the page; and shows what it comes to.
for (const form of document.querySelectorAll("form[data-keep]")) {
  let timer;
  let changed = false;
  // Files go when the form does.
  const typed = () => new FormData(form).entries().filter(([, value]) => typeof value === "string");
  const send = (url, fields) => fetch(url, { method: "POST", body: new URLSearchParams(fields), keepalive: true }).catch(() => null);
  const keep = () => {
    return send(document.body.dataset.typed, [...typed(), ["at", form.elements.place.value]]);
  };
  const look = async () => {
    const place = document.getElementById("look");
    if (!form.dataset.look || !place) return;
    const answer = await send(form.dataset.look, [...typed()]);
    for (const old of form.querySelectorAll("[data-live]")) old.remove();
    if (!answer || answer.status !== 200) return;
    if (!answer.headers.get("content-type").startsWith("application/json")) {
      place.innerHTML = await answer.text();
      return;
    }
    for (const [name, reason] of await answer.json()) {
      const help = document.getElementById(name + "-help");
      const field = form.elements.namedItem(name);
      if (!help || !(field && field.value)) continue;
      const said = document.createElement("strong");
      said.className = "error";
      said.dataset.live = "";
      said.textContent = reason + " ";
      help.prepend(said);
    }
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => { keep(); look(); }, wait);
  });
  // What is sent or thrown away is not kept once more.
  document.addEventListener("submit", () => { clearTimeout(timer); changed = false; });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && changed) keep();
  });
}

// One key each where drafts are looked through.
const keys = document.querySelectorAll("[data-key]");
if (keys.length) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select");
    if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
    for (const button of keys) {
      if (button.dataset.key !== event.key) continue;
      event.preventDefault();
      const field = document.getElementById(button.dataset.focus);
      if (field) {
        field.focus();
        field.setSelectionRange(field.value.length, field.value.length);
      } else button.click();
      return;
    }
  });
}

// An edition on its way, as it goes.
const watched = document.querySelector("[data-live]");
if (watched) {
  let source;
  const watch = () => {
    source = new EventSource(watched.dataset.live);
    source.addEventListener("progress", (event) => { watched.innerHTML = event.data; });
    source.addEventListener("turned", () => {
      source.close();
      // Who is writing looks again when they like.
      if (!document.activeElement?.closest("form[data-keep]")) location.reload();
    });
  };
  // Browsers have few connections to one site: a page that nobody looks at leaves its own to the others.
  document.addEventListener("visibilitychange", () => {
    source?.close();
    if (document.visibilityState === "visible") watch();
  });
  // Where a button leads stays the next page: what it did may turn the edition before its answer is here.
  addEventListener("beforeunload", () => source?.close());
  watch();
}

// A file that is dropped on a form is the one it asks for.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const field = form.querySelector("input[type=file]");
  if (!field) continue;
  form.addEventListener("dragover", (event) => { if (event.dataTransfer.types.includes("Files")) event.preventDefault(); });
  form.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
    field.focus();
  });
}
