// A grid of pictures: waiting, previews, results; two can be chosen to walk between them.
import { asked, names } from "./api.js";
import { button, crisp, fill, h, icon, say } from "./dom.js";
import { view } from "./viewer.js";

/**
 * @param count how many pictures are to come
 * @param walk can(wish), between(from, to): the request for the way, or an error that says why there is none, and begin(request)
 */
export function gallery(count, { walk, more = [] } = {}) {
  const grid = h("div", { class: "grid" + (count > 0 && count <= 4 ? " of" + count : "") });
  const bar = h("div", { class: "bar", hidden: true });
  const results = new Map();
  let chosen = [];
  const tiles = [];
  const tile = (index) => {
    while (tiles.length <= index) {
      const one = h("div", { class: "tile waiting", "data-index": tiles.length });
      tiles.push(one);
      grid.append(one);
    }
    return tiles[index];
  };
  for (let i = 0; i < count; i++) tile(i);

  const pictures = () => [...results.entries()].sort((a, b) => a[0] - b[0]).map(([, one]) => ({ ...one, more: (asked(one.settings) || {}).model ? more : [] }));

  function choose(result, pick) {
    chosen = chosen.includes(result) ? chosen.filter((one) => one !== result) : [...chosen.slice(-1), result];
    for (const other of grid.querySelectorAll(".pick")) other.setAttribute("aria-pressed", String(chosen.some((one) => "pick-" + one.url === other.dataset.of)));
    bar.hidden = chosen.length === 0;
    let told = "One more to walk between the two", way = null;
    if (chosen.length === 2)
      try {
        way = walk.between(...chosen.map((one) => asked(one.settings)));
        told = "Two pictures chosen";
      } catch (e) {
        say((told = e.message));
      }
    fill(bar, h("span", {}, told), h("span", { class: "push" }),
      way ? button("Walk between them", () => walk.begin(way), { kind: "main", id: "walk" }) : null,
      button("Let go", () => { chosen = [chosen[0]]; choose(chosen[0], pick); pick.focus(); }, { kind: "plain" }));
  }

  function result(data, index = data.index) {
    results.set(index, data);
    const place = tile(index);
    place.className = "tile";
    const wish = asked(data.settings) || {};
    const name = "Picture " + (index + 1) + (wish.seed !== undefined ? ", seed " + wish.seed : "");
    const open = h("button", { type: "button", class: "open", "aria-label": name + ": open", onclick: () => view(pictures(), [...results.keys()].sort((a, b) => a - b).indexOf(index)) },
      crisp(h("img", { src: data.url, alt: "", loading: "lazy" })));
    const pick = walk && names(wish) && walk.can(wish)
      ? h("button", { type: "button", class: "pick", "aria-label": "Choose " + name.toLowerCase(), "aria-pressed": "false", "data-of": "pick-" + data.url, onclick: (event) => choose(data, event.currentTarget) }, icon("check")) : null;
    fill(place, open, pick);
  }

  return {
    element: h("div", { class: "stack" }, grid, bar),
    preview(index, url) {
      if (results.has(index)) return;
      const place = tile(index);
      place.className = "tile preview";
      const image = place.querySelector("img");
      if (image) image.src = url;
      else fill(place, crisp(h("img", { src: url, alt: "Picture " + (index + 1) + ", not done yet" })));
    },
    result,
    /** All that came; what never came goes. */
    finish(list) {
      list.forEach((one, i) => { if (!results.has(one.index ?? i)) result(one, one.index ?? i); });
      tiles.forEach((one, i) => { if (!results.has(i)) one.remove(); });
    },
  };
}
