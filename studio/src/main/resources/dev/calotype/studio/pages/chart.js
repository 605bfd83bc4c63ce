// A curve of the loss, drawn here.
import { h, number, s } from "./dom.js";

const WIDTH = 640, HEIGHT = 240, LEFT = 52, RIGHT = 12, TOP = 12, BOTTOM = 30;

function ticks(low, high, count) {
  const raw = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((one) => one >= raw);
  const all = [];
  for (let t = Math.ceil(low / step) * step; t <= high + step * 1e-6; t += step) all.push(Number(t.toPrecision(6)));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return all.map((t) => [t, decimals > 4 ? t.toExponential(1) : t.toFixed(decimals)]);
}

/** A running mean, so that the eye sees where it goes. */
function smooth(points) {
  const fresh = Math.max(0.12, Math.min(1, 8 / points.length));
  let sum = 0, weight = 0;
  return points.map(([x, y]) => {
    sum = sum * (1 - fresh) + fresh * y;
    weight = weight * (1 - fresh) + fresh;
    return [x, sum / weight];
  });
}

/** At most so many points: the curve looks the same. */
function thin(points, most = 400) {
  const every = Math.ceil(points.length / most);
  return every <= 1 ? points : points.filter((_, i) => i % every === 0 || i === points.length - 1);
}

/** A chart of [step, value] points; update(points) draws it anew. */
export function chart(name, unit) {
  const drawing = s("svg", { class: "chart", viewBox: "0 0 " + WIDTH + " " + HEIGHT, role: "img" });
  const element = h("div", {}, drawing);
  function update(points) {
    const real = points.filter(([, y]) => Number.isFinite(y));
    drawing.replaceChildren();
    if (real.length < 2) {
      drawing.setAttribute("aria-label", name + ": no curve yet");
      drawing.append(s("text", { x: WIDTH / 2, y: HEIGHT / 2, "text-anchor": "middle" }, "The curve begins with the first steps"));
      return;
    }
    const sorted = real.map(([, y]) => y).sort((a, b) => a - b);
    const xs = [real[0][0], real[real.length - 1][0]];
    let low = sorted[0], high = sorted[Math.floor((sorted.length - 1) * 0.98)]; // the first losses would flatten the rest
    if (high === low) high = low + Math.abs(low || 1) * 0.1;
    const X = (x) => LEFT + (x - xs[0]) / (xs[1] - xs[0] || 1) * (WIDTH - LEFT - RIGHT);
    const Y = (y) => TOP + (high - y) / (high - low) * (HEIGHT - TOP - BOTTOM);
    for (const [t, text] of ticks(low, high, 4)) drawing.append(s("line", { class: "lines", x1: LEFT, x2: WIDTH - RIGHT, y1: Y(t), y2: Y(t) }), s("text", { x: LEFT - 8, y: Y(t) + 4, "text-anchor": "end" }, text));
    const line = (list, kind) => s("path", { class: kind, d: thin(list).map(([x, y], i) => (i ? "L" : "M") + X(x).toFixed(1) + " " + Y(y).toFixed(1)).join("") });
    for (const [t] of ticks(xs[0], xs[1], 5)) drawing.append(s("text", { x: X(t), y: HEIGHT - 8, "text-anchor": t === xs[1] ? "end" : "middle" }, String(t)));
    const calm = smooth(real), last = calm[calm.length - 1];
    const [width, height] = [WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM + 4]; // what is higher comes in from above
    drawing.append(s("svg", { x: LEFT, y: TOP, width, height, viewBox: [LEFT, TOP, width, height].join(" ") }, line(real, "raw"), line(calm, "mean")), s("circle", { cx: X(last[0]), cy: Y(last[1]), r: 3.5 }));
    drawing.setAttribute("aria-label", name + ", " + number(real[0][1]) + " at " + unit + " " + xs[0] + ", " + number(last[1]) + " at " + unit + " " + xs[1]);
  }
  update([]);
  return { element, update };
}
