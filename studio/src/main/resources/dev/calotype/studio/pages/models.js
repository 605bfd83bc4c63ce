// The room of models: what there is, what it can, and folders brought in by their path.
import { models, post } from "./api.js";
import { ago, bytes, button, crisp, empty, field, fill, h, icon, number, problem, say } from "./dom.js";

const DOES = { draw: "draws", text: "from words", interpolate: "walks between pictures", restore: "restores", variations: "variations", edit: "edits", embed: "embeds", enlarge: "enlarges", classify: "names" };

function card(model) {
  const score = model.score ? Object.entries(model.score)[0] : null;
  const facts = [["Kind", model.kind], model.size && ["Size", model.size.width + " × " + model.size.height], score && [score[0].toUpperCase(), number(score[1])],
    model.steps && ["Steps", model.steps], model.bytes && ["On disk", bytes(model.bytes)], model.changed && ["Changed", ago(model.changed)]].filter(Boolean);
  return h("article", { class: "panel card", "data-model": model.id },
    h("div", { class: "picture" }, model.picture ? crisp(h("img", { src: model.picture, alt: "What " + model.id + " draws", loading: "lazy" })) : icon("models")),
    h("div", { class: "text" }, h("h2", {}, model.id.replaceAll("~", "/")), h("ul", { class: "tags", "aria-label": "What it can" }, model.can.map((what) => h("li", {}, DOES[what] || what)), model.loaded ? h("li", {}, "in memory") : null),
      h("dl", { class: "facts" }, facts.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])),
      h("div", { class: "row" }, model.can.includes("draw") ? h("a", { class: "button", href: "#/draw?model=" + encodeURIComponent(model.id) }, "Draw with it") : null,
        model.report ? h("a", { class: "button", href: model.report, target: "_blank", rel: "noopener" }, "Report") : null)));
}

export async function show(place) {
  const list = h("div", {});
  const path = h("input", { name: "path", autocomplete: "off", spellcheck: "false", placeholder: "models/my-model" });
  const trouble = h("div", {});
  const paint = async () => {
    const all = await models(true);
    fill(list, all.length ? h("div", { class: "cards" }, all.map(card))
      : empty("models", "No models yet", h("p", {}, "Run ", h("code", {}, "calotype quickstart"), " for a first one, train one in the room ", h("a", { href: "#/train" }, "Train"), ", or import a folder below.")));
  };
  const add = async (event) => {
    event.preventDefault();
    fill(trouble);
    path.removeAttribute("aria-invalid");
    try {
      const model = await post("/api/models", { path: path.value.trim() });
      path.value = "";
      await paint();
      say(model.id + " is there.");
    } catch (e) {
      path.setAttribute("aria-invalid", "true");
      fill(trouble, problem(e));
      path.focus();
    }
  };
  fill(place, h("div", { class: "head" }, h("h1", {}, "Models"), h("p", {}, "Runs of this machine, and folders of diffusers."), button("Look again", paint, { sign: "again", kind: "push" })),
    h("div", { class: "stack" }, list, h("form", { class: "panel stack", onsubmit: add, "aria-label": "Import a model" }, h("h2", {}, "Import a folder"),
      h("div", { class: "attached" }, field("Path on the machine of the studio", path), h("button", {}, icon("upload"), "Import")),
      h("small", { class: "soft" }, "A run or a folder of diffusers, under one of the folders that the studio was started with."), trouble)));
  await paint();
  return null;
}
