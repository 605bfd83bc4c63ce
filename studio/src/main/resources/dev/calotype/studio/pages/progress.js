// How far a job is, and how long it will take still.
import { button, duration, h, say, state } from "./dom.js";
import { mine, over, tell } from "./api.js";

/** A bar with words; told by the events of a job. */
export function meter(id, { pausable = false, onproblem = () => {} } = {}) {
  const bar = h("progress", { max: 1, "aria-label": "Progress" });
  const where = h("span", {}, "waiting"), left = h("span");
  const badge = h("span", {}, state("queued"));
  const act = (what) => async () => {
    try {
      await tell(id, what);
    } catch (e) {
      onproblem(e);
    }
  };
  const cancel = button(pausable ? "Stop" : "Cancel", act("cancel"), { sign: "stop", id: "cancel" });
  const pause = button("Pause", act("pause"), { sign: "pause", id: "pause" });
  const resume = button("Go on", act("resume"), { sign: "play", id: "resume" });
  const own = mine(id);
  const element = h("div", { class: "progress" },
    h("div", { class: "row" }, badge, h("span", { class: "push" }), own && pausable ? [pause, resume] : null, own ? cancel : h("small", {}, "asked for from another browser")),
    bar, h("p", {}, where, left));
  let last = "";
  function at(data) {
    const name = data.state;
    badge.replaceChildren(state(name));
    element.dataset.state = name;
    pause.hidden = name !== "running";
    resume.hidden = name !== "paused";
    cancel.hidden = !["queued", "running", "paused"].includes(name);
    if (name === "queued") where.textContent = data.position ? "number " + data.position + " in the queue" : "waiting";
    if (name === "running" && last !== "running") where.textContent = "begins";
    if (name === "paused") where.textContent = "saved, and can go on";
    if (name !== "running") left.textContent = "";
    if (name === "done") bar.value = 1;
    if (over(name)) where.textContent = "";
    if (last && last !== name) say("The job is " + name + ".");
    last = name;
  }
  function progress({ done, of, unit, secondsLeft }) {
    if (of > 0) bar.value = Math.min(1, done / of);
    where.textContent = (unit || "step") + " " + done + (of > 0 ? " of " + of : "");
    left.textContent = secondsLeft || secondsLeft === 0 ? duration(secondsLeft) + " left" : "";
  }
  return { element, at, progress };
}
