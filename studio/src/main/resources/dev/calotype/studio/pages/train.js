// The room of training: a recipe and its cost, then the curve, the samples and what went wrong.
import { begin, call, jobs, kept, over, post } from "./api.js";
import { ago, bytes, button, duration, empty, field, fill, h, icon, problem, say, select, state } from "./dom.js";
import { Watch } from "./watch.js";

export async function show(place, query) {
  const room = new Room(place);
  await room.start(query);
  return () => room.stop();
}

class Room {
  constructor(place) {
    this.values = { set: {}, ...kept.read("train", {}) };
    this.stop = () => {};
    this.form = h("form", { class: "side", "aria-label": "A new training", onsubmit: (event) => this.submit(event) });
    this.stage = h("section", { class: "stack", "aria-label": "Trainings" });
    fill(place, h("h1", { class: "hidden" }, "Train"), h("div", { class: "split" }, this.form, this.stage));
  }

  async start(query) {
    try {
      this.recipes = (await call("/api/recipes")).recipes;
      this.fields();
    } catch (e) {
      fill(this.form, h("h2", {}, "A new training"), problem(e));
    }
    const all = (await jobs(100)).filter((job) => job.type === "train");
    const id = query.get("job") || kept.read("training", null);
    const known = all.find((job) => job.id === id) || all.find((job) => !over(job.state));
    if (known) await this.watch(known.id);
    else if (query.get("job")) fill(this.stage, problem({ message: "There is no training " + id + "." }));
    else this.list(all);
  }

  list(all) {
    fill(this.stage, all.length ? h("section", { class: "stack" }, h("h2", {}, "Trainings"), h("ul", { class: "list" }, all.map((job) =>
      h("li", { class: "panel job" }, h("div", {}, h("h3", {}, job.title || job.model), h("small", {}, [job.model, ago(job.created)].filter(Boolean).join(" · "))),
        h("div", { class: "row" }, state(job.state), button("Look at it", () => this.watch(job.id)))))))
      : empty("train", "Nothing was trained here yet", "Choose a recipe at the left. You see what it will cost before it starts, and watch it learn when it does."));
  }

  fields() {
    const v = this.values, names = this.recipes.map((one) => one.name);
    if (!names.includes(v.recipe)) v.recipe = names.includes("quickstart") ? "quickstart" : names[0];
    const recipe = this.recipes.find((one) => one.name === v.recipe);
    if (!recipe) return fill(this.form, h("h2", {}, "A new training"), h("p", {}, "There are no recipes: the studio looks for them in the folder recipes/ of Calotype."));
    const set = (key) => ({ value: v.set[key] ?? "", onchange: (event) => { v.set[key] = event.target.value; this.changed(); } });
    const usual = recipe.values || {};
    const setting = (title, key, help) => field(title, h("input", { inputmode: "decimal", placeholder: usual[key] ?? "", name: key, ...set(key) }), help);
    fill(this.form, h("h2", {}, "A new training"),
      field("Recipe", select(this.recipes.map((one) => [one.name, one.name]), v.recipe, { id: "recipe", onchange: (event) => { this.values = { recipe: event.target.value, set: {} }; this.fields(); this.changed(); } }), recipe.what),
      field("Pictures", h("input", { id: "data", autocomplete: "off", spellcheck: "false", placeholder: usual["data.source"] || "", value: v.data || "", onchange: (event) => { v.data = event.target.value; this.changed(); } }), "A folder, an archive or a named set; empty for that of the recipe."),
      h("div", { class: "pair" }, setting("Minutes", "training.minutes"), setting("Steps", "training.steps")),
      h("details", {}, h("summary", {}, "More settings"), h("div", { class: "stack" },
        h("div", { class: "pair" }, setting("Batch", "training.batch"), setting("Picture size", "data.size")),
        setting("Learning rate", "training.learningRate"),
        field("Name", h("input", { value: v.name || "", placeholder: v.recipe, onchange: (event) => { v.name = event.target.value; this.changed(); } })),
        field("Other values", h("textarea", { rows: 3, spellcheck: "false", value: v.more || "", placeholder: "network.channels=48", onchange: (event) => { v.more = event.target.value; this.changed(); } }), "One key=value a line, as in docs/recipes.md."))),
      (this.cost = h("div", { class: "panel stack", id: "cost", role: "status", "aria-live": "polite" }, h("small", {}, "Asking what it will cost …"))),
      (this.trouble = h("div", {})),
      (this.go = h("button", { class: "main wide", id: "start" }, icon("train"), "Start training")));
    this.changed();
    return null;
  }

  request() {
    const v = this.values, set = {};
    for (const [key, value] of Object.entries(v.set)) if (String(value).trim() !== "") set[key] = String(value).trim();
    for (const line of (v.more || "").split("\n").filter((one) => one.trim())) {
      const at = line.indexOf("=");
      if (at < 1) throw new Error("Other values must be key=value: " + line);
      set[line.slice(0, at).trim()] = line.slice(at + 1).trim();
    }
    // a training that is given one length only ends by it
    if (set["training.steps"] && !set["training.minutes"]) set["training.minutes"] = "0";
    return { recipe: v.recipe, set, data: v.data || undefined, name: v.name || undefined };
  }

  /** Asks what the values as they stand will cost. */
  async changed() {
    kept.write("train", this.values);
    const turn = (this.turn = (this.turn || 0) + 1);
    try {
      const { recipe, ...request } = this.request();
      const cost = await post("/api/recipes/" + encodeURIComponent(recipe) + "/cost", request);
      if (turn !== this.turn) return;
      fill(this.cost, h("dl", { class: "numbers" }, cost.memory ? [h("div", {}, h("dt", {}, "Memory"), h("dd", {}, bytes(cost.memory)))] : null, cost.seconds ? [h("div", {}, h("dt", {}, "Time"), h("dd", {}, duration(cost.seconds)))] : null), h("small", {}, cost.sentence));
    } catch (e) {
      if (turn === this.turn) fill(this.cost, problem(e));
    }
  }

  async submit(event) {
    event.preventDefault();
    fill(this.trouble);
    this.go.disabled = true;
    try {
      const job = await begin({ type: "train", ...this.request() });
      await this.watch(job.id);
    } catch (e) {
      fill(this.trouble, problem(e));
    } finally {
      this.go.disabled = false;
    }
  }

  async watch(id) {
    this.stop();
    kept.write("training", id);
    const watch = new Watch(this.stage, id, async () => {
      this.stop();
      this.stop = () => {};
      kept.write("training", null);
      this.list((await jobs(100)).filter((job) => job.type === "train"));
      this.stage.querySelector("button")?.focus();
    });
    this.stop = () => watch.stop();
    await watch.start();
    if (window.matchMedia("(max-width: 60rem)").matches) this.stage.scrollIntoView();
    say("Watching the training.");
  }
}
