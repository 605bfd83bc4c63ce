// Settings side by side: a grid over two of them.
import { crisp, field, fill, h, problem, select } from "./dom.js";
import { view } from "./viewer.js";

const KEYS = { steps: "Steps", guidance: "Guidance", sampler: "Sampler", seed: "Seed", class: "Class", prompt: "Prompt" };
const NUMBERS = new Set(["steps", "guidance", "seed"]);

function values(key, text) {
  const parts = text.split(key === "prompt" ? ";" : ",").map((part) => part.trim()).filter(Boolean);
  if (!parts.length) throw new Error(KEYS[key] + " needs values, such as " + hint(key, { samplers: ["ddim", "heun"], classes: ["a", "b"] }) + ".");
  if (!NUMBERS.has(key)) return parts;
  return parts.map((part) => {
    if (!/^\d+(\.\d+)?$/.test(part)) throw new Error(KEYS[key] + " must be numbers with commas between: " + part);
    return Number(part);
  });
}

function hint(key, model) {
  if (key === "steps") return "5, 10, 20";
  if (key === "guidance") return "1, 2, 4";
  if (key === "seed") return "1, 2, 3";
  return ((key === "sampler" ? model.samplers : model.classes) || ["a room", "a red room"]).slice(0, 3).join(key === "prompt" ? "; " : ", ");
}

/** The fields of a grid, closed at first. */
export function axes(model, kept, begin, request) {
  const usual = model.defaults || {}, text = model.can.includes("text");
  const keys = Object.keys(KEYS).filter((key) => key === "seed" || ((key === "steps" || key === "guidance") && (model.options || []).includes(key) && usual[key] !== undefined) || (key === "sampler" && model.samplers && model.samplers.length > 1)
    || (key === "class" && model.classes) || (key === "prompt" && text));
  const options = keys.map((key) => [key, KEYS[key]]);
  const axis = (name, label, start) => {
    const key = select(options, keys.includes(start) ? start : keys[0], { onchange: () => (list.value = hint(key.value, model)) });
    const list = h("input", { value: hint(key.value, model), "aria-label": "Values " + label.toLowerCase() });
    return { key, list, element: h("div", { class: "pair" }, field(label, key), h("div", { class: "field" }, h("span", { class: "label" }, "Values"), list)) };
  };
  const x = axis("x", "Across", "steps"), y = axis("y", "Down", keys.includes("sampler") ? "sampler" : "seed");
  const trouble = h("div", {});
  const go = () => {
    fill(trouble);
    try {
      if (x.key.value === y.key.value) throw new Error("The two directions must be of different settings.");
      const { type, count, preview, ...base } = request();
      begin({ type: "grid", model: base.model, base: { ...base, count: 1 }, x: { key: x.key.value, values: values(x.key.value, x.list.value) }, y: { key: y.key.value, values: values(y.key.value, y.list.value) } });
    } catch (e) {
      fill(trouble, problem(e));
    }
  };
  return h("details", { id: "axes" }, h("summary", {}, "Compare settings"), h("div", { class: "stack" }, x.element, y.element, trouble,
    h("button", { type: "button", class: "wide", onclick: go, id: "compare" }, "Draw the comparison")));
}

/** The grid of a request, filled as pictures come. */
export function table({ x, y, base = {} }) {
  const cells = y.values.map(() => x.values.map(() => h("td", {}, h("div", { class: "tile waiting" }))));
  const results = [];
  const name = (axis, value) => (KEYS[axis.key] || axis.key).toLowerCase() + " " + value;
  const result = (data, index = data.index) => {
    const row = Math.floor(index / x.values.length), column = index % x.values.length;
    if (!cells[row]) return;
    const title = name(x, x.values[column]) + ", " + name(y, y.values[row]);
    results[index] = { ...data, title };
    fill(cells[row][column], h("button", { type: "button", "aria-label": title + ": open", onclick: () => view(results.filter(Boolean), results.slice(0, index).filter(Boolean).length) }, crisp(h("img", { src: data.url, alt: "" }))));
  };
  const element = h("section", { class: "stack", "aria-label": "Settings side by side" }, h("h2", {}, KEYS[x.key] + " across, " + KEYS[y.key].toLowerCase() + " down"),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Comparison" }, h("table", { class: "matrix" },
      h("thead", {}, h("tr", {}, h("td", {}), x.values.map((value) => h("th", { scope: "col" }, String(value))))),
      h("tbody", {}, y.values.map((value, row) => h("tr", {}, h("th", { scope: "row" }, String(value)), cells[row]))))), h("p", { class: "soft" }, "Seed " + base.seed + " everywhere else."));
  return { element, result, preview: () => {}, finish: (list) => list.forEach((one, i) => results[one.index ?? i] || result(one, one.index ?? i)) };
}
