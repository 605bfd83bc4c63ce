// Before and after, with a line that is moved between them.
import { blobOf, upload } from "./api.js";
import { h, icon } from "./dom.js";
import { fit } from "./restore.js";
import { facts } from "./viewer.js";

/** TIFF is for other programs: browsers do not show it. */
const asPng = async (url) => "/api/uploads/" + (await upload(await blobOf(url), "restored.tif")).id;

/** @param before address of the picture as it was; @param after a result */
export async function compare(before, after) {
  const old = h("img", { src: before, alt: "", class: "before", onerror: () => frame.classList.add("alone") });
  const kind = (/\.(\w+)$/.exec(after.file || "") || ["", "png"])[1];
  const now = h("img", { src: /^tif/.test(kind) ? await asPng(after.url) : after.url, alt: "The restored picture" });
  await now.decode().catch(() => {});
  const frame = h("div", { class: "compare" }, now, old, h("span", { class: "edge" }), h("b", { class: "l" }, "before"), h("b", { class: "r" }, "after"));
  const slider = h("input", { type: "range", min: 0, max: 100, step: 0.5, value: 50, "aria-label": "How much of the picture before is shown", id: "before-after",
    oninput: () => frame.style.setProperty("--at", slider.value + "%") });
  frame.append(slider);
  for (const image of [old, now]) image.classList.toggle("pixels", now.naturalWidth > 0 && now.naturalWidth < 200);
  fit(frame, now.naturalWidth || 1, now.naturalHeight || 1);
  return h("section", { class: "stack", "aria-label": "Before and after" }, frame,
    h("div", { class: "row" }, h("a", { class: "button", href: after.url, download: "restored." + kind, id: "download" }, icon("download"), "Download"), h("small", { class: "soft" }, "in the size and format of the original")),
    after.settings ? h("details", {}, h("summary", {}, "How it was done"), facts(after)) : null);
}
