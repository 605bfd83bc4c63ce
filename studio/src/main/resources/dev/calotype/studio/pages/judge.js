// The room of judging: how good drawn pictures are, and which of two is better.
import { begin, call, follow, kept, models, over } from "./api.js";
import { crisp, empty, field, fill, h, icon, number, problem, say } from "./dom.js";
import { meter } from "./progress.js";
import { sweeps } from "./sweeps.js";

const NAMES = { fid: "FID", kid: "KID", sfid: "sFID", room: "Of a room", neighbour_coverage: "Coverage", coverage: "Values shown", even_coverage: "Values shown evenly", density: "Density", precision: "Precision", recall: "Recall", psnr: "PSNR", ssim: "SSIM", lpips: "LPIPS", diversity: "Diversity" };
const MEANING = { neighbour_coverage: "the share of real ones with a drawn neighbour", even_coverage: "the share of them drawn at least half as often as they should be", density: "how many drawn ones are near a real one, 1 as among real ones", fid: "how far the pictures are from real ones, the lower the better", kid: "the same by another measure, fair to few pictures", precision: "the share that could be real", recall: "the share of real ones that could be drawn", coverage: "the share of attribute values that are drawn at all",
  room: "how much of a room a picture is", psnr: "nearness of pairs in dB", ssim: "likeness of pairs, 1 is equal", diversity: "how different drawn pictures are" };

export async function show(place, query) {
  let stop = () => {};
  const values = { images: 500, ...kept.read("judge", {}) };
  const runs = (await models()).filter((model) => model.can.includes("draw"));
  const list = h("datalist", { id: "runs" }, runs.map((run) => h("option", { value: run.id })));
  const left = h("input", { id: "left", list: "runs", required: true, value: values.left || (runs[0] && runs[0].id) || "", autocomplete: "off" });
  const right = h("input", { id: "right", list: "runs", value: values.right || "", autocomplete: "off" });
  const images = h("input", { type: "number", id: "images", min: 64, max: 50000, step: 1, value: values.images });
  const trouble = h("div", {}), stage = h("section", { class: "stack", "aria-label": "Judgement" });
  const go = h("button", { class: "main wide", id: "judge" }, icon("judge"), "Judge");
  const form = h("form", { class: "side", "aria-label": "What to judge", onsubmit: submit }, h("h2", {}, "Judge and compare"),
    field("A run or a folder of pictures", left), field("Against", right, "Another run, or a folder; empty for the real pictures of the run's recipe."), list,
    field("Pictures of each side", images, "More are surer and take longer."), trouble, go);
  const below = h("div", {});
  fill(place, h("h1", { class: "hidden" }, "Judge"), h("div", { class: "split" }, form, h("div", { class: "stack" }, stage, below)));
  fill(stage, empty("judge", "Nothing is judged yet", "Choose a run. It draws pictures, which are compared with real ones, or with those of another run."));

  async function submit(event) {
    event.preventDefault();
    fill(trouble);
    go.disabled = true;
    try {
      kept.write("judge", { left: left.value, right: right.value, images: images.value });
      const job = await begin({ type: "judge", left: left.value.trim(), right: right.value.trim() || undefined, images: Number(images.value) });
      kept.write("judging", job.id);
      watch(job.id);
    } catch (e) {
      fill(trouble, problem(e));
    } finally {
      go.disabled = false;
    }
  }

  function watch(id) {
    stop();
    const trouble = h("div", {}), found = h("div", { class: "stack" });
    const wrong = (e) => fill(trouble, problem(e));
    const bar = meter(id, { onproblem: wrong });
    fill(stage, bar.element, trouble, found);
    stop = follow(id, {
      state: async (data) => {
        bar.at(data);
        bar.element.hidden = data.state === "done";
        if (!over(data.state)) return;
        const job = await call("/api/jobs/" + id);
        if (data.state !== "done") return void wrong({ message: job.message || "The judgement was " + data.state + "." });
        const told = await call(job.results[0].url);
        fill(found, scores(job.request, told), neighbours(told, job.results[1]));
        say("The judgement is there.");
      },
      progress: (data) => bar.progress(data),
      wrong,
    });
  }

  const id = query.get("job") || kept.read("judging", null);
  if (id) {
    try {
      await call("/api/jobs/" + id);
      watch(id);
    } catch (e) {
      if (query.get("job")) fill(stage, problem(e));
    }
  }
  sweeps(below).catch(() => {});
  return () => stop();
}

function scores(request, found) {
  const all = found.measures || {};
  const shares = Object.entries(all).filter(([name]) => name.startsWith("shares."));
  const rows = Object.entries(all).filter(([name]) => !name.startsWith("shares.") && !/_(low|high)$/.test(name));
  const value = (name) => number(all[name]) + (all[name + "_low"] === undefined ? "" : " (" + number(all[name + "_low"]) + " to " + number(all[name + "_high"]) + ")");
  return h("section", { class: "panel stack" }, h("h2", {}, (found.left || request.left) + " against " + (found.right || request.right || "real pictures")),
    found.sentence ? h("p", {}, found.sentence) : null,
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Scores" }, h("table", { class: "full" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Measure"), h("th", { scope: "col", class: "n" }, "Value"), h("th", { scope: "col" }, "What it says"))),
      h("tbody", {}, rows.map(([name]) => h("tr", {}, h("th", { scope: "row" }, NAMES[name] || name), h("td", { class: "n" }, value(name)), h("td", {}, MEANING[name] || "")))))),
    shares.length ? h("details", {}, h("summary", {}, "How often each value is drawn"), h("dl", { class: "facts" }, shares.map(([name, share]) => [h("dt", {}, name.slice(7).replace(".", ": ")), h("dd", {}, (100 * share).toFixed(1) + " %")]))) : null);
}

/** Drawn pictures, each beside the real ones that are nearest to it. */
function neighbours(told, sheet) {
  if (!sheet || !told.neighbours) return null;
  const short = (name) => name.replace(/^.*[\\/]/, "");
  return h("section", { class: "panel stack", id: "neighbours" }, h("h2", {}, "Nearest neighbours"),
    h("p", {}, "At the left the first pictures that were drawn, not selected; beside each the three of the other side that are nearest to it in the eyes of the judge."),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Pictures and their neighbours" }, crisp(h("img", { class: "sheet", src: sheet.url, alt: told.neighbours.length + " pictures, each with three neighbours" }))),
    h("details", {}, h("summary", {}, "Which they are"), h("p", { class: "soft" }, "The distance is that to the nearest, where 1 is as far as real ones are from each other and 0 a copy."), h("table", { class: "full" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Drawn"), h("th", { scope: "col" }, "Nearest"), h("th", { scope: "col", class: "n" }, "Distance"))),
      h("tbody", {}, told.neighbours.map((row) => h("tr", {}, h("th", { scope: "row" }, short(row.picture)), h("td", {}, row.real.map(short).join(", ")), h("td", { class: "n" }, number(row.ratio))))))));
}
