// The room of restoring: a picture on the easel, a mask over it, and what becomes of it.
import { begin, blobOf, call, follow, kept, over, upload } from "./api.js";
import { button, empty, field, fill, h, icon, problem, say, select } from "./dom.js";
import { compare } from "./compare.js";
import { Mask } from "./mask.js";
import { meter } from "./progress.js";
import { drop, found, keep, keepAtOnce } from "./store.js";

const TASKS = {
  inpaint: ["Fill what is missing", "Scratches, dust, writing, holes: paint over them or let them be found."],
  denoise: ["Take out noise", "Grain of a camera or a scan."],
  enlarge: ["Enlarge", "A picture that was made smaller."],
  jpeg: ["Take out JPEG blocks", "Blocks and rings of strong compression."],
  deblur: ["Sharpen", "A blur that is known."],
};
const METHODS = { auto: "as suits the picture", denoiser: "a trained denoiser: seconds", "dip-ema": "Deep Image Prior, which stops in time: minutes", "staged-dip": "Deep Image Prior in stages: minutes", tv: "total variation: seconds, flat areas" };
const PREVIEW = 20; // iterations

export async function show(place, query) {
  const room = new Room(place);
  await room.start(query);
  return () => room.stop();
}

class Room {
  constructor(place) {
    this.stop = () => {};
    this.values = { task: "inpaint", seconds: 0, scale: 2, quality: 0, kernel: "blur:1.5", ...kept.read("restore", {}) };
    this.form = h("form", { class: "side", "aria-label": "What to restore", onsubmit: (event) => this.submit(event) });
    this.stage = h("section", { class: "stack", "aria-label": "The picture" });
    fill(place, h("h1", { class: "hidden" }, "Restore"), h("div", { class: "split" }, this.form, this.stage));
    for (const [name, listener] of [["dragover", (event) => event.preventDefault()], ["drop", (event) => this.dropped(event)]]) place.addEventListener(name, listener);
  }

  dropped(event) {
    const file = event.dataTransfer && event.dataTransfer.files[0];
    if (!file) return;
    event.preventDefault();
    this.take(file);
  }

  async start(query) {
    if (query.get("task") in TASKS) this.values.task = query.get("task");
    this.fields();
    const asked = query.get("image"), job = query.get("job") || kept.read("restoring", null);
    if (asked) {
      history.replaceState(null, "", "#/restore");
      kept.write("restoring", null);
      const blob = await blobOf("/api/uploads/" + asked);
      return this.easel({ id: asked, blob, name: "picture.png" });
    }
    const before = await found("easel");
    if (before) await this.easel(before, await found("mask"));
    else fill(this.stage, empty("restore", "No picture on the easel", "Choose or drop a picture. It stays on this machine, and is never changed: what is restored is a new file."));
    if (job) {
      try {
        const known = await call("/api/jobs/" + job);
        if (query.get("job") || !over(known.state) || known.state === "done") await this.follow(job);
      } catch (e) {
        if (query.get("job")) fill(this.outcome || this.stage, problem(e));
      }
    }
    return null;
  }

  fields() {
    const v = this.values;
    const file = h("input", { type: "file", accept: "image/*,.tif,.tiff,.heic", id: "file", onchange: (event) => event.target.files[0] && this.take(event.target.files[0]) });
    const choices = h("fieldset", {}, h("legend", {}, "What is to be done"), h("div", { class: "choices" }, Object.entries(TASKS).map(([task, [title, what]]) =>
      h("label", { class: "choice" }, h("input", { type: "radio", name: "task", value: task, checked: v.task === task, onchange: () => { v.task = task; this.keep(); this.fields(); this.form.querySelector('[value="' + task + '"]').focus(); } }), h("span", {}, title, h("small", {}, what))))));
    const change = (name, convert = Number) => ({ onchange: (event) => { v[name] = convert(event.target.value); this.keep(); } });
    fill(this.form,
      h("label", { class: "zone" }, icon("upload"), h("span", {}, this.picture ? "Another picture" : "Choose a picture, or drop one"), file),
      choices,
      v.task === "inpaint" ? h("label", { class: "tick" }, h("input", { type: "checkbox", id: "detect", checked: !!v.detect, onchange: (event) => { v.detect = event.target.checked; this.keep(); this.tools(); } }), "Find scratches and dust by itself") : null,
      v.task === "enlarge" ? field("How many times larger", select([2, 3, 4, 8], v.scale, change("scale"))) : null,
      v.task === "jpeg" ? field("Quality of the JPEG", h("input", { type: "number", min: 0, max: 100, value: v.quality, ...change("quality") }), "1 to 100, or 0 where it is not known.") : null,
      v.task === "deblur" ? field("Blur", h("input", { value: v.kernel, ...change("kernel", String) }), "blur:1.5 for a soft one of 1.5 pixels, motion:9:45 for a move of 9 pixels at 45 degrees.") : null,
      h("details", { open: v.method && v.method !== "auto" }, h("summary", {}, "How it is done"), h("div", { class: "stack" },
        field("Method", select(Object.entries(METHODS), v.method || "auto", change("method", String))),
        field("Seconds for it", h("input", { type: "number", min: 0, step: 1, value: v.seconds, ...change("seconds") }), "0 for as long as the method wants."))),
      (this.trouble = h("div", {})),
      (this.go = h("button", { class: "main wide", id: "restore", disabled: !this.picture }, icon("restore"), "Restore")));
    if (this.mask) this.tools();
  }

  keep() {
    kept.write("restore", this.values);
  }

  /** A new picture of the visitor. */
  async take(file) {
    fill(this.trouble);
    try {
      const sent = await upload(file, file.name);
      const blob = await blobOf("/api/uploads/" + sent.id);
      kept.write("restoring", null);
      await drop("mask");
      await this.easel({ id: sent.id, blob, original: file, name: file.name });
      this.fields();
      say("The picture is on the easel.");
    } catch (e) {
      fill(this.trouble, problem(e));
    }
  }

  /** Puts a picture on the easel, with the mask that it had. */
  async easel(picture, painted) {
    this.stop();
    this.picture = picture;
    await keep("easel", picture);
    const image = h("img", { src: URL.createObjectURL(picture.blob), alt: "The picture to restore" });
    await image.decode();
    const { naturalWidth: width, naturalHeight: height } = image;
    image.classList.toggle("pixels", width < 200);
    const canvas = h("canvas", { tabindex: 0, id: "mask", role: "img", "aria-label": "Mask. Paint with the mouse, or move with the arrows and paint with space." });
    const frame = h("div", { class: "easel" }, image, canvas);
    fit(frame, width, height);
    this.bar = h("div", { class: "tools", role: "toolbar", "aria-label": "Brush" });
    this.outcome = h("div", { class: "stack" });
    fill(this.stage, this.outcome, h("section", { class: "stack", "aria-label": "Easel" }, this.bar, frame,
      h("small", { class: "soft" }, picture.name + ", " + width + " × " + height)));
    this.mask = new Mask(canvas, width, height, () => { keepAtOnce("mask", this.mask.state); this.tools(); });
    canvas.addEventListener("tool", (event) => this.tool(event.detail));
    if (painted) this.mask.restore(painted);
    this.fields();
    this.tools();
  }

  tool(key) {
    if (key === "e") this.mask.erasing = !this.mask.erasing;
    if (key === "i") this.mask.whole("invert");
    if (key === "[") this.mask.size = Math.max(1, Math.round(this.mask.size * 0.8));
    if (key === "]") this.mask.size = Math.min(this.mask.canvas.width, Math.round(this.mask.size * 1.25) + 1);
    this.tools();
  }

  tools() {
    const m = this.mask, on = this.values.task === "inpaint" && !this.values.detect;
    if (!m) return;
    this.bar.hidden = !on;
    m.canvas.hidden = !on;
    const act = (work) => () => { work(); this.tools(); };
    const focused = this.bar.contains(document.activeElement) && document.activeElement.id;
    const size = h("input", { type: "range", id: "brush-size", min: 1, max: Math.max(8, Math.round(Math.min(m.canvas.width, m.canvas.height) / 3)), value: m.size, oninput: (event) => (m.size = Number(event.target.value)) });
    fill(this.bar, h("label", {}, "Brush", size),
      button("Erase", act(() => (m.erasing = !m.erasing)), { sign: "erase", id: "erase", "aria-pressed": String(m.erasing) }),
      button("Undo", () => m.undo(), { sign: "undo", only: true, id: "undo", disabled: !m.done.length }),
      button("Redo", () => m.redo(), { sign: "redo", only: true, id: "redo", disabled: !m.undone.length }),
      button("Invert", () => m.whole("invert"), { sign: "invert", id: "invert" }),
      button("Clear", () => m.whole("clear"), { sign: "clear", id: "clear", disabled: m.empty }));
    if (focused) document.getElementById(focused)?.focus();
  }

  async submit(event) {
    event.preventDefault();
    fill(this.trouble);
    this.go.disabled = true;
    try {
      const v = this.values;
      // what was sent a day ago is gone from the studio, and is sent again
      const alive = await fetch("/api/uploads/" + this.picture.id).then((answer) => (answer.body.cancel(), answer.ok));
      if (!alive) this.picture.id = (await upload(this.picture.original || this.picture.blob, this.picture.name)).id;
      const request = { type: "restore", image: this.picture.id, task: v.task, preview: PREVIEW };
      if (v.method && v.method !== "auto") request.method = v.method;
      if (v.seconds) request.seconds = v.seconds;
      if (v.task === "enlarge") request.scale = Number(v.scale);
      if (v.task === "jpeg" && v.quality) request.quality = v.quality;
      if (v.task === "deblur") request.kernel = v.kernel;
      if (v.task === "inpaint") {
        if (v.detect) request.detect = "scratches";
        else request.mask = (await upload(await this.mask.png(), "mask.png")).id;
      }
      const job = await begin(request);
      kept.write("restoring", job.id);
      await this.follow(job.id);
    } catch (e) {
      fill(this.trouble, problem(e));
    } finally {
      this.go.disabled = false;
    }
  }

  async follow(id) {
    this.stop();
    const trouble = h("div", {}), look = h("div", {});
    const wrong = (e) => fill(trouble, problem(e));
    const bar = meter(id, { onproblem: wrong });
    const place = this.outcome || this.stage;
    fill(place, bar.element, trouble, look);
    bar.element.scrollIntoView({ block: "nearest" });
    let preview = null;
    this.stop = follow(id, {
      state: async (data, left) => {
        bar.at(data);
        bar.element.hidden = data.state === "done";
        if (!over(data.state)) return;
        const job = await call("/api/jobs/" + id);
        if (left()) return;
        if (data.state === "done" && job.results && job.results.length) {
          fill(look, await compare("/api/uploads/" + job.request.image, job.results[0]));
          say("The picture is restored.");
        } else if (data.state !== "done") fill(trouble, problem({ message: job.message || "The restoration was " + data.state + "." }));
      },
      progress: (data) => bar.progress(data),
      preview: (data) => {
        if (!preview) fill(look, h("div", { class: "big" }, (preview = h("img", { alt: "The picture on the way" }))));
        preview.src = data.url;
      },
      wrong,
    });
  }
}

/** As large as the place allows: a small picture is shown larger, a large one smaller. */
export function fit(frame, width, height) {
  frame.style.aspectRatio = width + " / " + height;
  frame.style.width = "min(100%, calc(72vh * " + (width / height).toFixed(4) + "))";
}
