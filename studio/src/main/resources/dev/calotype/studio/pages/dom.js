// Elements and texts. No string of a server is ever parsed as HTML.

/** An element: h("p", {class: "soft", onclick: f}, "text", child). A property that is null or false is left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name === "value" || name === "checked" || name === "disabled" || name === "open" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  add(element, children);
  return element;
}

function add(element, children) {
  for (const child of children.flat(3)) if (child !== null && child !== undefined && child !== false) element.append(child);
}

/** Replaces what is in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  add(element, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** An element of a drawing. */
export function s(tag, props = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(props)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** A drawn sign that says nothing to those who listen: the text beside it does. */
export const icon = (name) => s("svg", { class: "icon", "aria-hidden": "true" }, s("use", { href: "icons.svg#" + name }));

let fields = 0;

/** A control with its label, and a line of help. */
export function field(label, control, help, output) {
  const id = control.id || (control.id = "field-" + ++fields);
  const hint = help ? h("small", { id: id + "-help" }, help) : null;
  if (hint) control.setAttribute("aria-describedby", hint.id);
  return h("div", { class: "field" }, h("label", { for: id }, label, output || null), control, hint);
}

/** A select of [value, text] pairs or plain values. */
export function select(options, value, props = {}) {
  const element = h("select", props);
  for (const option of options) {
    const [v, text] = Array.isArray(option) ? option : [option, option];
    element.append(h("option", { value: v, selected: String(v) === String(value) }, text));
  }
  return element;
}

/** A button with a sign and a text; with only a sign, the text is its label. */
export function button(text, onclick, { sign, kind = "", only = false, ...props } = {}) {
  return h("button", { type: "button", class: (kind + (only ? " square" : "")).trim(), onclick, "aria-label": only ? text : null, title: only ? text : null, ...props },
    sign ? icon(sign) : null, only ? null : text);
}

/** What an empty place says: what it is for and what to do. */
export const empty = (sign, title, ...lines) => h("div", { class: "empty" }, icon(sign), h("h2", {}, title), lines.map((line) => (typeof line === "string" ? h("p", {}, line) : line)));

export const state = (name) => h("span", { class: "state " + name }, name);

/** The one sentence of what went wrong, where it went wrong; brought into view. */
export function problem(error) {
  const told = h("p", { class: "problem", role: "alert" }, error.message || String(error));
  requestAnimationFrame(() => told.scrollIntoView({ block: "nearest" }));
  return told;
}

/** Says something to those who listen to the page. */
export function say(text) {
  document.getElementById("live").textContent = text;
}

export function duration(seconds) {
  if (seconds === null || seconds === undefined || !isFinite(seconds)) return "";
  const n = Math.max(0, Math.round(seconds));
  if (n < 60) return n + " s";
  if (n < 3600) return Math.floor(n / 60) + " min" + (n < 600 && n % 60 ? " " + (n % 60) + " s" : "");
  return Math.floor(n / 3600) + " h " + Math.floor((n % 3600) / 60) + " min";
}

export function bytes(n) {
  if (!n && n !== 0) return "";
  if (n < 1e6) return Math.max(1, Math.round(n / 1e3)) + " kB";
  return n < 1e9 ? Math.round(n / 1e6) + " MB" : (n / 1e9).toFixed(1) + " GB";
}

export const number = (x) => (typeof x !== "number" ? String(x) : Number.isInteger(x) ? String(x) : Math.abs(x) >= 100 ? x.toFixed(0) : Math.abs(x) >= 1 ? x.toFixed(2) : x.toPrecision(3));

/** "3 min ago" of a time in ISO or in milliseconds. */
export function ago(time) {
  if (!time) return "";
  const seconds = (Date.now() - new Date(time).getTime()) / 1000;
  if (seconds < 45) return "just now";
  if (seconds < 86400) return duration(seconds < 3600 ? Math.round(seconds / 60) * 60 : seconds).replace(/ 0 s$/, "") + " ago";
  return new Date(time).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** Shows small pictures as their pixels: a room of 32 pixels is not to be a blur. */
export function crisp(image) {
  image.addEventListener("load", () => image.classList.toggle("pixels", image.naturalWidth < 200));
  return image;
}
