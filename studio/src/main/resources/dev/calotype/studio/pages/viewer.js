// The full view of pictures: a dialog with keys, settings, and what can be done with a picture.
import { asked, blobOf, kept, names, upload } from "./api.js";
import { button, crisp, fill, h, icon, say } from "./dom.js";

const dialog = document.getElementById("viewer");
const NAMES = { model: "Model", prompt: "Prompt", negative: "Not", class: "Class", sampler: "Sampler", steps: "Steps", guidance: "Guidance", seed: "Seed", first: "Picture of the seed", strength: "Strength", task: "Task", method: "Method", engine: "Engine", version: "Version", weights: "Weights",
  sampling: "Drawn by", computed: "Computed", experiment: "Run", step: "Trained steps", pipeline: "Pipeline", text: "Text", eta: "Eta", spacing: "Spacing", truncation: "Truncation", adapters: "Adapters", scale: "Times larger", seconds: "Seconds", frame: "Frame" };
const SKIPPED = new Set(["type", "count", "preview", "previews", "width", "height", "image", "mask", "index", "Software"]);
const HASH = /^[0-9a-f]{40,}$/;

/** Settings as a list for people. */
export function facts(picture) {
  const rows = [];
  const add = (name, value) => rows.push(h("dt", {}, name), h("dd", {}, value));
  if (picture.width) add("Size", picture.width + " × " + picture.height);
  const { request, made, type, ...rest } = picture.settings || {};
  for (const [key, value] of Object.entries({ ...request, ...made, ...rest, ...request })) { // what was asked for, in its words
    if (SKIPPED.has(key) || value === null || value === undefined || value === "" || (key === "class" && value === "-1")) continue;
    const text = typeof value === "object" ? JSON.stringify(value) : String(value);
    add(NAMES[key] || key, HASH.test(text) ? text.slice(0, 12) + " …" : text);
  }
  return h("dl", { class: "facts" }, rows);
}

/** Leads to the room of drawing with all fields as they were; what has no field is kept beside them. */
export function again(wish) {
  kept.write("draw", { ...wish, adapters: lines(wish.adapters), count: 1, locked: true, wish, again: true });
  dialog.close();
  if (location.hash.startsWith("#/draw")) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = "#/draw";
}

/** Adapters as the field of drawing has them. */
const lines = (adapters) => (adapters || []).map((one) => one.file + " " + (one.weight ?? 1)).join("\n");

async function carry(picture, task) {
  const id = picture.upload || (await upload(await blobOf(picture.url))).id;
  dialog.close();
  location.hash = "#/restore?image=" + id + "&task=" + task;
}

/** Opens the full view at one of several pictures: {url, title, width, height, settings, more: [buttons]}. */
export function view(pictures, at) {
  const from = document.activeElement;
  const image = crisp(h("img", { alt: "" }));
  const side = h("aside", {});
  const many = pictures.length > 1;
  const step = (by) => show((at + by + pictures.length) % pictures.length);
  function show(index) {
    at = index;
    const picture = pictures[at], wish = asked(picture.settings);
    image.src = picture.url;
    image.alt = picture.title || "Picture " + (at + 1) + " of " + pictures.length;
    fill(side,
      h("div", { class: "row" }, h("h2", {}, picture.title || (many ? at + 1 + " of " + pictures.length : "Picture")),
        h("span", { class: "push" }), button("Close", () => dialog.close(), { sign: "close", only: true, kind: "plain" })),
      picture.settings ? facts(picture) : h("p", { class: "soft" }, "This picture does not say how it was made."),
      h("div", { class: "stack" },
        names(wish) && !wish.image
          ? button("Make this again", () => again(wish), { sign: "again", kind: "main wide" }) : null,
        (picture.more || []).map((make) => make(picture, () => dialog.close())),
        button("Enlarge", () => carry(picture, "enlarge"), { sign: "models", kind: "wide" }),
        button("Restore", () => carry(picture, "inpaint"), { sign: "restore", kind: "wide" }),
        h("a", { class: "button wide", href: picture.url, download: picture.file || "calotype.png" }, icon("download"), "Download")));
  }
  fill(dialog, h("div", { class: "canvas" }, image,
    many ? button("Picture before", () => step(-1), { sign: "left", only: true, kind: "step prev" }) : null,
    many ? button("Next picture", () => step(1), { sign: "right", only: true, kind: "step next" }) : null), side);
  dialog.onkeydown = (event) => {
    if (!many || event.target.matches("input, textarea, select")) return;
    if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else return;
    event.preventDefault();
  };
  dialog.onclick = (event) => event.target === dialog && dialog.close();
  dialog.onclose = () => from && from.isConnected && from.focus();
  show(at);
  dialog.showModal();
}
