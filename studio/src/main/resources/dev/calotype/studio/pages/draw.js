// The room of drawing: fields at the left, pictures at the right.
import { begin, blobOf, className, follow, jobs, call, kept, mine, models, over, upload } from "./api.js";
import { button, empty, field, fill, h, icon, problem, say, select } from "./dom.js";
import { axes, table } from "./axes.js";
import { gallery } from "./gallery.js";
import { meter } from "./progress.js";
import { walk } from "./walk.js";

const SEEDS = 2 ** 31;
const dice = () => Math.floor(Math.random() * SEEDS);

export async function show(place, query) {
  const all = (await models(true)).filter((model) => model.can.includes("draw"));
  if (!all.length) {
    fill(place, h("div", { class: "head" }, h("h1", {}, "Draw")), empty("draw", "There is no model that draws yet",
      h("p", {}, "Train one in the room ", h("a", { href: "#/train" }, "Train"), ", run ", h("code", {}, "calotype quickstart"), ", or import a folder in the room ", h("a", { href: "#/models" }, "Models"), ".")));
    return null;
  }
  const room = new Room(place, all);
  if (query.get("model")) room.choose(query.get("model"));
  await room.attach(query.get("job"));
  return () => room.stop();
}

class Room {
  constructor(place, all) {
    this.all = all;
    const { again, ...values } = kept.read("draw", {});
    this.values = { count: 4, seed: dice(), first: 0, ...values };
    this.stop = () => {};
    this.form = h("form", { class: "side", "aria-label": "What to draw", onsubmit: (event) => this.submit(event), onchange: () => this.keep(), novalidate: true });
    this.stage = h("section", { class: "stack", "aria-label": "Pictures" });
    fill(place, h("h1", { class: "hidden" }, "Draw"), h("div", { class: "split" }, this.form, this.stage));
    this.choose(values.model);
    if (!again) return;
    this.keep();
    if (this.model.id === values.model) say("All fields are as they were for this picture.");
    else fill(this.trouble, problem(new Error("The model " + values.model + ", which drew that picture, is not here.")));
  }

  /** Takes a model, with its samplers, classes and usual values. */
  choose(id) {
    this.model = this.all.find((model) => model.id === id) || this.all[0];
    const usual = this.model.defaults || {}, v = this.values;
    if (v.model !== this.model.id) Object.assign(v, { model: this.model.id, sampler: "", steps: usual.steps ?? null, guidance: usual.guidance ?? null, eta: null, truncation: null, class: "", width: null, height: null, wish: null });
    this.fields();
  }

  fields() {
    const m = this.model, v = this.values, usual = m.defaults || {}, text = m.can.includes("text"), pipeline = m.can.includes("edit"), takes = (name) => (m.options || []).includes(name);
    const c = (this.controls = {});
    const numeric = (name, value, props) => (c[name] = h("input", { type: "number", name, value: value ?? "", inputmode: "decimal", ...props }));
    const model = select(this.all.map((one) => [one.id, one.id.replaceAll("~", "/")]), m.id, { name: "model", onchange: (event) => { this.values = this.read(); this.choose(event.target.value); this.keep(); } });
    const slider = (name, props) => {
      const out = h("output", {}, String(v[name] ?? usual[name] ?? "")); // which may be more than the slider can be moved to
      c[name] = h("input", { type: "range", name, ...props, value: v[name] ?? usual[name] ?? props.min, oninput: (event) => (out.textContent = event.target.value) });
      return [c[name], out];
    };
    const size = m.size || {};
    const [count, countOut] = slider("count", { min: 1, max: 16, step: 1 });
    const [steps, stepsOut] = takes("steps") && usual.steps ? slider("steps", { min: 1, max: Math.max(100, usual.steps), step: 1 }) : [];
    const [guidance, guidanceOut] = takes("guidance") && usual.guidance !== undefined ? slider("guidance", { min: 1, max: text ? 20 : 6, step: 0.1 }) : [];
    const begins = pipeline && v.image;
    const [strength, strengthOut] = begins ? slider("strength", { min: 0.05, max: 1, step: 0.05 }) : [];
    const usually = (name, title, props) => takes(name) && !c[name] ? field(title, numeric(name, v[name], { placeholder: usual[name] ?? "as the model has it", ...props })) : null;
    numeric("seed", v.seed, { min: 0, max: 2 ** 53, step: 1, oninput: () => (this.values.first = 0) });
    const lock = button(v.locked ? "The seed stays: let it change" : "The seed changes with each drawing: keep it", () => { v.locked = !v.locked; this.values = this.read(); this.fields(); this.keep(); this.form.querySelector("#lock").focus(); },
      { sign: v.locked ? "lock" : "unlock", only: true, id: "lock", "aria-pressed": String(!!v.locked) });
    fill(this.form,
      field("Model", model),
      text ? field("Prompt", (c.prompt = h("textarea", { name: "prompt", value: v.prompt || "", rows: 3, placeholder: "a room with a red bed and a window" }))) : null,
      pipeline ? field("Not in the picture", (c.negative = h("input", { name: "negative", value: v.negative || "" }))) : null,
      pipeline ? h("div", { class: "field" }, h("label", { for: "given" }, "Begin with a picture"),
        begins ? h("div", { class: "row" }, h("span", { id: "given" }, v.imageName), button("Without it", () => this.give(null), { sign: "close", only: true, id: "without" }))
          : h("input", { type: "file", id: "given", accept: "image/*", onchange: (event) => this.give(event.target.files[0]) }),
        h("small", {}, begins ? "What is clear in it is drawn anew, and the rest stays." : "Without one it begins with noise.")) : null,
      begins ? field("How far from it", strength, null, strengthOut) : null,
      m.classes ? field("Class", (c.class = select([["", "all in turn"], ...m.classes.map((name) => [name, name])], className(m.classes, v.class) ?? "", { name: "class" }))) : null,
      field("Pictures", count, null, countOut),
      h("div", { class: "field" }, h("label", { for: "seed" }, "Seed"), h("div", { class: "attached" }, Object.assign(c.seed, { id: "seed" }),
        button("Another seed", () => { c.seed.value = dice(); v.first = 0; this.keep(); }, { sign: "dice", only: true, id: "dice" }), lock),
        v.first ? h("small", {}, "from picture " + v.first + " of this seed on") : null),
      h("details", { open: kept.read("more", true), ontoggle: (event) => kept.write("more", event.target.open) }, h("summary", {}, "How it is drawn"), h("div", { class: "stack" },
        m.samplers && m.samplers.length ? field("Sampler", (c.sampler = select([["", "as the model has it"], ...new Set([...m.samplers, v.sampler || m.samplers[0]])], v.sampler || "", { name: "sampler" })), usual.sampling ? "The model has " + usual.sampling + "." : null) : null,
        steps ? field("Steps", steps, null, stepsOut) : null,
        guidance ? field("Guidance", guidance, null, guidanceOut) : null,
        usually("steps", "Steps", { min: 1, step: 1 }), usually("guidance", "Guidance", { step: 0.1 }), usually("truncation", "Truncation", { min: 0, max: 2, step: 0.05 }),
        pipeline && !begins ? h("div", { class: "pair" }, field("Width", numeric("width", v.width || size.width, { min: 8, step: 8 })), field("Height", numeric("height", v.height || size.height, { min: 8, step: 8 }))) : null,
        pipeline ? field("Adapters", (c.adapters = h("textarea", { name: "adapters", rows: 2, value: v.adapters || "" })), "One LoRA file a line, with a weight after a space where it is not 1.") : null)),
      axes(this.model, this.values, (request) => this.begin(request), () => this.request()),
      (this.beside = h("div", {})),
      (this.trouble = h("div", {})),
      (this.submitButton = h("button", { class: "main wide", id: "draw" }, icon("draw"), "Draw")));
    this.shown = Object.fromEntries(Object.entries(c).map(([name, control]) => [name, control.value]));
    this.held = { ...v };
    const more = Object.entries(v.wish || {}).filter(([name]) => !c[name] && !["model", "first"].includes(name));
    if (more.length)
      fill(this.beside, h("div", { class: "row" }, h("small", {}, "As that picture: " + more.map(([name, value]) => name + " " + value).join(", ")),
        button("Without it", () => { this.values = { ...this.read(), wish: null }; this.fields(); this.keep(); }, { sign: "close", only: true, id: "anew" })));
  }

  /** Takes a picture to begin with, or none. */
  async give(file) {
    const values = this.read();
    try {
      const sent = file ? await upload(file, file.name) : null;
      this.values = { ...values, wish: null, image: sent && sent.id, imageName: sent && file.name, strength: sent && sent.alpha ? 1 : 0.8 };
      this.fields();
      this.keep();
      this.form.querySelector(file ? "#without" : "#given").focus();
    } catch (e) {
      fill(this.trouble, problem(e));
    }
  }

  read() {
    const v = { ...this.values };
    for (const [name, control] of Object.entries(this.controls))
      if (control.value === this.shown[name]) v[name] = this.held[name]; // untouched, whether or not the control can show it
      else v[name] = ["number", "range"].includes(control.type) ? (control.value === "" ? null : Number(control.value)) : control.value;
    return v;
  }

  keep() {
    this.values = this.read();
    kept.write("draw", this.values);
  }

  /** The fields as a request; what is empty is left to the model. */
  request() {
    const v = this.read();
    const request = { ...v.wish, type: "draw", preview: 4 };
    for (const name of ["model", "first", ...Object.keys(this.controls)]) {
      delete request[name];
      if (v[name] !== null && v[name] !== undefined && v[name] !== "") request[name] = v[name];
    }
    if (this.controls.strength) request.image = v.image;
    if (request.adapters)
      request.adapters = v.adapters.split("\n").filter((line) => line.trim()).map((line) => {
        const [, file, weight] = /^(.*?)(?:\s+(-?[\d.]+(?:e-?\d+)?))?$/.exec(line.trim());
        return { file, weight: weight === undefined ? 1 : Number(weight) };
      });
    return request;
  }

  async submit(event) {
    event.preventDefault();
    if (!this.values.locked && this.drawn && String(this.values.seed) === String(this.controls.seed.value)) {
      this.controls.seed.value = dice();
      this.values.first = 0;
    }
    this.keep();
    this.drawn = true;
    await this.begin(this.request());
  }

  /** Asks for a job and shows it; a refusal stands under the fields. */
  async begin(request) {
    fill(this.trouble);
    this.submitButton.disabled = true;
    try {
      const job = await begin(request);
      kept.write("drawing", job.id);
      await this.follow(job.id, request);
      if (window.matchMedia("(max-width: 60rem)").matches) this.stage.scrollIntoView();
    } catch (e) {
      fill(this.trouble, problem(e));
    } finally {
      this.submitButton.disabled = false;
    }
  }

  /** Goes on with what was drawn when the page was left. */
  async attach(asked) {
    const id = asked || kept.read("drawing", null);
    if (id) {
      try {
        const job = await call("/api/jobs/" + id);
        this.drawn = true; // and the next drawing has another seed
        const model = (job.request || {}).model;
        if (asked && model && model !== this.model.id) this.choose(model);
        return await this.follow(id, job.request || {});
      } catch (e) {
        if (asked) return fill(this.stage, problem(e));
      }
    }
    fill(this.stage, empty("draw", "Nothing is drawn yet", "Choose a model and draw. Each picture keeps all its settings, so that it can be made again.",
      "Drop a picture of Calotype anywhere here to read how it was made."));
    return this.earlier();
  }

  async follow(id, request) {
    this.stop();
    const trouble = h("div", {}), results = h("div", {});
    const wrong = (e) => fill(trouble, problem(e));
    const bar = meter(id, { onproblem: wrong });
    const grid = request.type === "grid" ? table(request) : gallery(request.type === "interpolate" ? request.frames : request.count || 1, this.actions());
    fill(results, grid.element);
    fill(this.stage, bar.element, trouble, results, (this.past = h("div", {})));
    let images = [];
    this.stop = follow(id, {
      state: async (data, left) => {
        bar.at(data);
        bar.element.hidden = data.state === "done";
        if (data.message && data.state !== "done") fill(trouble, problem(data));
        if (!over(data.state)) return;
        const job = await call("/api/jobs/" + id);
        if (left()) return;
        if (data.state !== "done" && job.message) fill(trouble, problem(job));
        images = job.results || images;
        grid.finish(images);
        if (request.type === "interpolate" && images.length) fill(results, walk(images));
        if (data.state === "done") say(images.length + (images.length === 1 ? " picture is drawn." : " pictures are drawn."));
        await this.earlier(id);
      },
      progress: (data) => bar.progress(data),
      preview: (data) => grid.preview(data.index ?? 0, data.url),
      result: (data) => grid.result(data),
      wrong,
    });
  }

  actions() {
    return {
      walk: { can: (wish) => this.all.some((model) => model.id === wish.model && model.can.includes("interpolate")), between: (a, b) => this.between(a, b), begin: (way) => this.begin(way) },
      more: [this.model.can.includes("variations") ? (picture, close) => button("Variations", async () => {
        close();
        const sent = await upload(await blobOf(picture.url));
        this.begin({ type: "variations", model: this.model.id, image: sent.id, count: 4, seed: dice() });
      }, { sign: "models", kind: "wide" }) : null].filter(Boolean),
    };
  }

  /** The request for the way between two pictures. Throws what hinders that both of its ends are these. */
  between(a, b) {
    const how = ({ seed, first, count, ...rest }) => {
      const { classes } = this.all.find((model) => model.id === rest.model);
      return classes ? { ...rest, class: className(classes, rest.class ?? (first || 0) % classes.length) } : rest;
    };
    const from = how(a), to = how(b);
    const other = Object.keys({ ...from, ...to }).filter((key) => JSON.stringify(from[key]) !== JSON.stringify(to[key]));
    if (other.length)
      throw new Error("No way between pictures of another " + other.map((key) => key + " (" + [from[key], to[key]].map((value) => value ?? "not said").join(", ") + ")").join(" and ") + ": only of another seed or number.");
    return { type: "interpolate", ...from, from: ends(a), to: ends(b), frames: 9 };
  }

  /** What this browser has drawn before. */
  async earlier(except) {
    const list = (await jobs(40)).filter((job) => job.type === "draw" && job.id !== except && mine(job.id) && job.state === "done").slice(0, 6);
    const whole = await Promise.all(list.map((job) => call("/api/jobs/" + job.id)));
    if (except && !this.past.isConnected) return;
    const pictures = whole.flatMap((job) => job.results || []).slice(0, 18).map((one, index) => ({ ...one, index }));
    if (!pictures.length) return;
    const past = gallery(0, this.actions());
    past.finish(pictures);
    const place = this.past && this.past.isConnected ? this.past : this.stage.appendChild(h("div", {}));
    fill(place, h("section", { class: "stack", "aria-label": "Drawn before" }, h("h2", {}, "Drawn before"), past.element));
  }
}

const ends = (settings) => ({ seed: settings.seed, first: settings.first || 0 });
