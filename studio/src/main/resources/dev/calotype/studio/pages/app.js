import { call, upload, whenLocked } from "./api.js";
import { bytes, fill, h, icon, problem, say } from "./dom.js";
import { view } from "./viewer.js";

const ROOMS = { models: "Models", draw: "Draw", restore: "Restore", train: "Train", judge: "Judge", jobs: "Jobs" };
const main = document.getElementById("main");
const nav = document.getElementById("nav");
let leave = () => {};
let visit = 0;

for (const [name, title] of Object.entries(ROOMS)) nav.append(h("a", { href: "#/" + name, id: "nav-" + name }, icon(name), h("span", {}, title)));

/** The room of the address: #/draw?job=ID. */
function address() {
  const [path, query] = location.hash.replace(/^#\//, "").split("?");
  return { name: path in ROOMS ? path : "draw", query: new URLSearchParams(query || "") };
}

async function open(focus) {
  const { name, query } = address();
  const turn = ++visit;
  leave();
  leave = () => {};
  document.title = ROOMS[name] + " · Calotype studio";
  for (const link of nav.children) link.toggleAttribute("aria-current", link.id === "nav-" + name);
  const current = document.getElementById("nav-" + name);
  current.setAttribute("aria-current", "page");
  const place = h("div", { id: "room", "data-room": name });
  fill(main, place);
  if (focus) main.focus({ preventScroll: true });
  window.scrollTo(0, 0);
  try {
    const room = await import("./" + name + ".js");
    if (turn !== visit) return;
    const end = await room.show(place, query);
    if (turn === visit) leave = end || leave;
    else if (end) end();
    if (turn === visit) main.dataset.ready = name;
  } catch (e) {
    if (turn === visit) fill(place, h("h1", {}, ROOMS[name]), problem(e));
  }
}

window.addEventListener("hashchange", () => open(true));

const machine = document.getElementById("machine");

/** The line at the top right: is there memory, who waits. */
async function look() {
  if (document.hidden) return;
  try {
    const status = await call("/api/status");
    const waiting = status.queue.waiting ? ", " + status.queue.waiting + " waiting" : "";
    const work = status.queue.running ? status.queue.running + " running" + waiting : "idle";
    machine.textContent = [status.device, status.memory && bytes(status.memory.free) + " free", work].filter(Boolean).join(" · ");
  } catch (e) {
    machine.textContent = e.message;
  }
}

whenLocked(() => new Promise((resolve) => {
  const dialog = document.getElementById("notice");
  if (dialog.open) return resolve(false);
  const key = h("input", { type: "password", id: "api-key", autocomplete: "current-password", required: true });
  const wrong = h("div");
  fill(dialog, h("form", { onsubmit: async (event) => {
    event.preventDefault();
    try {
      await call("/api/session", { method: "POST", body: { key: key.value } }, false);
      resolve(true);
      dialog.close();
    } catch (e) {
      fill(wrong, problem(e));
      key.focus();
    }
  } }, h("h2", {}, "This studio is locked"), h("div", { class: "field" }, h("label", { for: "api-key" }, "Its key"), key), wrong, h("button", { class: "main" }, "Open")));
  dialog.addEventListener("close", () => resolve(false), { once: true });
  dialog.showModal();
}));

// A picture that is dropped anywhere but on a place of its own is read for its settings.
const drop = document.getElementById("drop");
let over = 0;
const files = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");
window.addEventListener("dragenter", (event) => {
  if (files(event) && ++over && address().name !== "restore") drop.hidden = false;
});
window.addEventListener("dragleave", (event) => {
  if (files(event) && --over <= 0) drop.hidden = true;
});
window.addEventListener("dragover", (event) => files(event) && event.preventDefault());
window.addEventListener("drop", async (event) => {
  over = 0;
  drop.hidden = true;
  if (!files(event) || event.defaultPrevented) return;
  event.preventDefault();
  const file = event.dataTransfer.files[0];
  if (file) await read(file);
});

/** Shows a picture of the visitor with what it says of how it was made. */
export async function read(file) {
  const url = URL.createObjectURL(file);
  try {
    const sent = await upload(file, file.name);
    view([{ url, title: file.name, width: sent.width, height: sent.height, settings: sent.settings, upload: sent.id }], 0);
    say(sent.settings ? "The picture tells how it was made." : "The picture does not tell how it was made.");
  } catch (e) {
    const dialog = document.getElementById("notice");
    fill(dialog, h("form", { method: "dialog" }, problem(e), h("button", { class: "main" }, "Close")));
    dialog.showModal();
  }
}

open(false);
look();
setInterval(look, 4000);
