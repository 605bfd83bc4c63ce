// One training as it learns: its curve, its samples, what went wrong, its report.
import { call, follow, over } from "./api.js";
import { button, crisp, duration, fill, h, number, problem } from "./dom.js";
import { chart } from "./chart.js";
import { meter } from "./progress.js";

export class Watch {
  constructor(place, id, back) {
    this.place = place;
    this.id = id;
    this.back = back;
    this.points = [];
    this.samples = [];
    this.ended = false;
  }

  async start() {
    const job = await call("/api/jobs/" + this.id);
    this.trouble = h("div", {});
    const wrong = (e) => fill(this.trouble, problem(e));
    this.bar = meter(this.id, { pausable: true, onproblem: wrong });
    this.title = h("h2", {}, job.title);
    this.loss = chart("Loss", "step");
    this.numbers = h("dl", { class: "numbers" });
    this.pictures = h("div", { class: "stack", id: "samples" });
    this.incidents = h("div", { class: "stack" });
    this.report = h("div", { class: "stack" });
    fill(this.place, h("div", { class: "row" }, this.title, h("span", { class: "push" }), button("All trainings", this.back, { sign: "left" })),
      this.bar.element, this.trouble, this.incidents, h("section", { class: "panel stack", "aria-label": "How it learns" }, h("h3", {}, "Loss"), this.loss.element, this.numbers),
      h("section", { class: "panel stack", "aria-label": "Samples over time" }, h("h3", {}, "Samples over time"), this.pictures), this.report);
    fill(this.pictures, h("p", { class: "soft" }, "The first sample comes after a twentieth of the training."));
    this.run = job.memory && job.memory.run;
    this.close = follow(this.id, {
      state: (data) => {
        this.bar.at(data);
        this.ended = over(data.state) || data.state === "paused";
        if (data.message && data.state !== "done") fill(this.trouble, problem(data));
        else if (data.state === "running") fill(this.trouble);
        this.read(over(data.state));
      },
      progress: (data) => this.bar.progress(data),
      wrong,
    });
    this.timer = setInterval(() => document.hidden || this.ended || this.read(false), 2000);
    await this.read(over(job.state));
  }

  stop() {
    this.stopped = true;
    if (this.close) this.close();
    clearInterval(this.timer);
  }

  /** What the run has recorded since it was last asked. */
  async read(last) {
    if (this.reading) {
      this.once = last || this.once;
      return;
    }
    this.reading = true;
    try {
      if (!this.run) this.run = ((await call("/api/jobs/" + this.id)).memory || {}).run;
      if (!this.run || this.stopped) return;
      this.title.textContent = this.run;
      const base = "/api/runs/" + encodeURIComponent(this.run);
      const after = this.points.length ? this.points[this.points.length - 1].step : 0;
      const [lines, samples, incidents] = await Promise.all([call(base + "/statistics?after=" + after), call(base + "/samples"), call(base + "/incidents")]);
      this.points.push(...lines.statistics);
      this.show(samples.samples, incidents.incidents);
      if (last && samples.report) this.showReport(samples.report);
    } catch (e) {
      if (e.status !== 404) fill(this.trouble, problem(e));
    } finally {
      this.reading = false;
      if (this.once) {
        this.once = false;
        this.read(true);
      }
    }
  }

  show(samples, incidents) {
    this.loss.update(this.points.map((line) => [line.step, line.loss]));
    const now = this.points[this.points.length - 1];
    const one = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    if (now) fill(this.numbers, one("Step", String(now.step)), one("Loss", number(now.loss)), one("Pictures a second", number(now.imagesPerSecond)), one("Memory", now.memoryMb + " MB"), one("Time", duration(now.seconds)));
    fill(this.incidents, incidents.map((incident) => h("div", { class: "incident", role: "note" }, h("strong", {}, "Step " + incident.step + ": "), incident.message)));
    if (samples.length === this.samples.length) return;
    const followed = this.at === undefined || this.at === this.samples.length - 1;
    this.samples = samples;
    this.look(followed ? samples.length - 1 : this.at);
  }

  /** Shows one of the samples; the newest is followed until another is chosen. */
  look(at) {
    this.at = at;
    const sample = this.samples[at], name = "Sample of step " + sample.step;
    const slider = h("input", { type: "range", id: "moment", min: 0, max: this.samples.length - 1, step: 1, value: at, disabled: this.samples.length < 2, oninput: (event) => this.look(Number(event.target.value)) });
    const focused = document.activeElement && document.activeElement.id === "moment";
    fill(this.pictures, h("div", { class: "big" }, h("img", { src: sample.url, alt: name, class: "pixels" })),
      h("div", { class: "field" }, h("label", { for: "moment" }, "Moment", h("output", {}, "step " + sample.step)), slider),
      h("div", { class: "strip", role: "group", "aria-label": "Samples" }, this.samples.map((other, i) => h("button", { type: "button", "aria-label": "Sample of step " + other.step, "aria-pressed": String(i === at), onclick: () => this.look(i) }, crisp(h("img", { src: other.url, alt: "" }))))));
    if (focused) slider.focus();
  }

  showReport(address) {
    fill(this.report, h("h3", {}, "Report"), h("iframe", { class: "report", title: "Report of " + this.run, src: address, sandbox: "" }),
      h("p", {}, h("a", { href: address, target: "_blank", rel: "noopener" }, "Open the report by itself")));
  }
}
