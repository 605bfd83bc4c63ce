// A mask painted over a picture: a layer of its own, made of operations, so that undo goes back to the first
// and a reload loses nothing. The picture itself is never touched.

/** The layer over a picture of so many pixels. {changed} is told after each operation. */
export class Mask {
  constructor(canvas, width, height, changed) {
    this.canvas = canvas;
    canvas.width = width;
    canvas.height = height;
    this.paint = canvas.getContext("2d", { willReadFrequently: true });
    this.colour = "#ff3b1f";
    this.done = [];
    this.undone = [];
    this.size = Math.max(4, Math.round(Math.min(width, height) / 16));
    this.erasing = false;
    this.changed = changed;
    this.cursor = { x: width / 2, y: height / 2 };
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, () => this.up());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  /** What was painted, for keeping: {done, undone}. */
  get state() {
    return { done: this.done, undone: this.undone };
  }

  restore({ done = [], undone = [] }) {
    this.done = done;
    this.undone = undone;
    this.redraw();
    this.changed();
  }

  get empty() {
    return this.done.length === 0;
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * this.canvas.width / box.width, (event.clientY - box.top) * this.canvas.height / box.height];
  }

  down(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true, focusVisible: false });
    this.canvas.setPointerCapture(event.pointerId);
    this.stroke = { what: this.erasing ? "erase" : "paint", size: this.size, points: [this.place(event)] };
    this.line(this.stroke, 0);
  }

  move(event) {
    if (!this.stroke) return;
    for (const one of event.getCoalescedEvents ? event.getCoalescedEvents() : [event]) this.stroke.points.push(this.place(one).map((v) => Math.round(v * 10) / 10));
    this.line(this.stroke, this.stroke.points.length - 2);
    this.line(this.stroke, 0);
  }

  up() {
    if (this.stroke) this.add(this.stroke);
    this.stroke = null;
  }

  add(operation) {
    this.done.push(operation);
    this.undone = [];
    this.changed();
  }

  /** Draws a stroke from its point of that number on. */
  line(stroke, from) {
    const p = this.paint;
    p.globalCompositeOperation = stroke.what === "erase" ? "destination-out" : "source-over";
    p.strokeStyle = p.fillStyle = this.colour;
    p.lineWidth = stroke.size;
    p.lineCap = p.lineJoin = "round";
    p.beginPath();
    const points = stroke.points.slice(Math.max(0, from));
    p.moveTo(...points[0]);
    for (const point of points.length > 1 ? points.slice(1) : [[points[0][0] + 0.01, points[0][1]]]) p.lineTo(...point);
    p.stroke();
  }

  all(operation) {
    const p = this.paint, { width, height } = this.canvas;
    if (operation.what === "clear") p.clearRect(0, 0, width, height);
    else if (operation.what === "invert") {
      p.globalCompositeOperation = "xor";
      p.fillStyle = this.colour;
      p.fillRect(0, 0, width, height);
    } else this.line(operation, 0);
  }

  redraw() {
    this.paint.clearRect(0, 0, this.canvas.width, this.canvas.height);
    for (const operation of this.done) this.all(operation);
  }

  whole(what) {
    const operation = { what };
    this.all(operation);
    this.add(operation);
  }

  undo() {
    if (!this.done.length) return;
    this.undone.push(this.done.pop());
    this.redraw();
    this.changed();
  }

  redo() {
    if (!this.undone.length) return;
    this.done.push(this.undone.pop());
    this.redraw();
    this.changed();
  }

  /** Without a mouse: arrows move, space paints, e, i, [ and ] as the buttons. */
  key(event) {
    const far = event.shiftKey ? this.size * 2 : Math.max(1, this.size / 4), c = this.cursor;
    const moves = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") event.shiftKey ? this.redo() : this.undo();
    else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "y") this.redo();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (moves[event.key]) {
      c.x = Math.min(this.canvas.width, Math.max(0, c.x + moves[event.key][0]));
      c.y = Math.min(this.canvas.height, Math.max(0, c.y + moves[event.key][1]));
      this.redraw();
      this.paint.globalCompositeOperation = "source-over";
      this.paint.strokeStyle = "#1f6fff";
      this.paint.lineWidth = Math.max(1, this.canvas.width / 300);
      this.paint.beginPath();
      this.paint.arc(c.x, c.y, this.size / 2, 0, 7);
      this.paint.stroke();
    } else if (event.key === " ") {
      const stroke = { what: this.erasing ? "erase" : "paint", size: this.size, points: [[c.x, c.y]] };
      this.line(stroke, 0);
      this.add(stroke);
    } else if ("[]ei".includes(event.key)) this.canvas.dispatchEvent(new CustomEvent("tool", { detail: event.key }));
    else return;
    event.preventDefault();
  }

  /** The mask as a PNG: alpha 0 where something was painted, however thinly; opaque elsewhere. */
  async png() {
    this.redraw();
    const { width, height } = this.canvas;
    const pixels = this.paint.getImageData(0, 0, width, height);
    let painted = 0;
    for (let i = 3; i < pixels.data.length; i += 4) {
      if (pixels.data[i] > 0) painted++;
      pixels.data[i] = pixels.data[i] > 0 ? 0 : 255;
      pixels.data[i - 1] = pixels.data[i - 2] = pixels.data[i - 3] = 0;
    }
    if (!painted) throw new Error("Nothing is painted: paint over what is to be replaced.");
    if (painted === width * height) throw new Error("All is painted: leave something to go by.");
    const copy = document.createElement("canvas");
    copy.width = width;
    copy.height = height;
    copy.getContext("2d").putImageData(pixels, 0, 0);
    return new Promise((resolve) => copy.toBlob(resolve, "image/png"));
  }
}
