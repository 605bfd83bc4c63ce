// The room of jobs: the queue with positions, and what was done.
import { jobs, mine, over, tell } from "./api.js";
import { ago, button, crisp, duration, empty, fill, h, problem, state } from "./dom.js";

const ROOM = { draw: "draw", interpolate: "draw", variations: "draw", grid: "draw", restore: "restore", train: "train", judge: "judge" };

export async function show(place) {
  const list = h("div", { class: "stack" }), trouble = h("div", {});
  fill(place, h("div", { class: "head" }, h("h1", {}, "Jobs"), h("p", {}, "They go on when a page is closed. You can end those that you asked for.")), trouble, list);
  let shown = "";
  const paint = async () => {
    let all;
    try {
      all = await jobs(60);
      fill(trouble);
    } catch (e) {
      return fill(trouble, problem(e));
    }
    const now = JSON.stringify(all);
    if (now === shown) return null;
    shown = now;
    const focused = document.activeElement && document.activeElement.dataset.key;
    const open = all.filter((job) => !over(job.state)), past = all.filter((job) => over(job.state));
    fill(list, all.length ? null : empty("jobs", "No jobs yet", "What you draw, restore, train or judge is listed here, with its progress."),
      open.length ? h("section", { class: "stack", "aria-label": "Running and waiting" }, h("h2", {}, "Now"), h("ul", { class: "list" }, open.map(item))) : null,
      past.length ? h("section", { class: "stack", "aria-label": "History" }, h("h2", {}, "Before"), h("ul", { class: "list" }, past.map(item))) : null);
    if (focused) list.querySelector('[data-key="' + CSS.escape(focused) + '"]')?.focus();
    return null;
  };
  const act = (id, what) => async () => {
    try {
      await tell(id, what);
      await paint();
    } catch (e) {
      fill(trouble, problem(e));
    }
  };
  function item(job) {
    const p = job.progress || {};
    const pictures = job.type === "judge" ? [] : (job.results || []).filter((one) => /\.(png|jpe?g|webp)$/.test(one.file));
    const room = ROOM[job.type];
    const where = job.state === "queued" && job.position ? "number " + job.position + " in the queue" : p.of && !over(job.state) ? (p.unit || "step") + " " + p.done + " of " + p.of : "";
    const key = (what) => ({ "data-key": job.id + what });
    const time = job.ended && job.started ? ", took " + duration((new Date(job.ended) - new Date(job.started)) / 1000) : "";
    return h("li", { class: "panel job", "data-job": job.id },
      h("div", {}, h("h3", {}, job.title || job.type), h("small", {}, [job.model, ago(job.created) + time].filter(Boolean).join(" · ")), job.message && job.state !== "done" ? h("p", { class: "soft" }, job.message) : null,
        pictures.length ? h("div", { class: "thumbs" }, pictures.slice(0, 6).map((one) => crisp(h("img", { src: one.url, alt: "", loading: "lazy" })))) : null),
      h("div", { class: "row" }, state(job.state), room ? h("a", { class: "button", href: "#/" + room + "?job=" + job.id, ...key("open") }, "Open") : null,
        mine(job.id) && job.type === "train" && job.state === "paused" ? button("Go on", act(job.id, "resume"), { sign: "play", ...key("resume") }) : null,
        mine(job.id) && !over(job.state) ? button("Cancel", act(job.id, "cancel"), { sign: "stop", ...key("cancel") }) : null),
      over(job.state) ? null : h("div", { class: "progress" }, h("progress", { max: 1, value: p.of ? p.done / p.of : 0, "aria-label": "Progress of " + (job.title || job.type) }), h("p", {}, h("span", {}, where), h("span", {}, p.secondsLeft ? duration(p.secondsLeft) + " left" : ""))));
  }
  await paint();
  const timer = setInterval(() => document.hidden || paint(), 2000);
  return () => clearInterval(timer);
}
