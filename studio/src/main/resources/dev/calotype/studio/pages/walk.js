// The way between two pictures, with a slider over its frames.
import { crisp, h } from "./dom.js";

/** @param frames results in the order of the way */
export function walk(frames) {
  const picture = crisp(h("img", { src: frames[0].url, alt: "Frame 1 of " + frames.length }));
  const out = h("output", {}, "1 of " + frames.length);
  const to = (at) => {
    picture.src = frames[at].url;
    picture.alt = "Frame " + (at + 1) + " of " + frames.length;
    out.textContent = at + 1 + " of " + frames.length;
    for (const [i, one] of [...strip.children].entries()) one.setAttribute("aria-pressed", String(i === at));
  };
  const slider = h("input", { type: "range", id: "frame", min: 0, max: frames.length - 1, step: 1, value: 0, oninput: (event) => to(Number(event.target.value)) });
  const strip = h("div", { class: "strip", role: "group", "aria-label": "Frames" }, frames.map((frame, i) =>
    h("button", { type: "button", "aria-label": "Frame " + (i + 1), "aria-pressed": String(i === 0), onclick: () => { slider.value = i; to(i); } }, crisp(h("img", { src: frame.url, alt: "" })))));
  return h("section", { class: "stack", "aria-label": "The way between two pictures" }, h("h2", {}, "The way between the two"), h("div", { class: "big" }, picture),
    h("div", { class: "field" }, h("label", { for: "frame" }, "Where on the way", out), slider), strip);
}
