// Sweeps in the room of judging: a list, and one of them as a table with a picture in each row.
import { call } from "./api.js";
import { button, crisp, fill, h, problem } from "./dom.js";
import { view } from "./viewer.js";

/** All sweeps; one that is opened takes the place of the list. */
export async function sweeps(place) {
  const all = (await call("/api/sweeps")).sweeps;
  const list = () => all.length && fill(place, h("section", { class: "stack", id: "sweeps" }, h("h2", {}, "Sweeps"), h("ul", { class: "list" }, all.map((sweep) =>
    h("li", { class: "panel job" }, h("h3", {}, sweep.name), h("div", { class: "row" }, button("Look at it", () => open(sweep)), own(sweep)))))));
  const open = async (sweep) => {
    try {
      fill(place, table(await call("/api/sweeps/" + encodeURIComponent(sweep.id)), sweep, list));
      place.querySelector("h2").focus();
    } catch (e) {
      fill(place, problem(e), button("All sweeps", list));
    }
  };
  list();
}

const own = (sweep) => (sweep.report ? h("a", { class: "button", href: sweep.report, target: "_blank", rel: "noopener" }, "Its report") : null);

function table(found, sweep, back) {
  const pictures = found.rows.filter((row) => row.picture).map((row) => ({ url: row.picture, title: row.labels.join(", ") || found.name }));
  const picture = (row) => {
    if (!row.picture) return h("td", {}, row.open ? "not finished" : "–");
    const title = row.labels.join(", ") || found.name;
    return h("td", {}, h("button", { type: "button", "aria-label": title + ": open", onclick: () => view(pictures, pictures.findIndex((one) => one.url === row.picture)) }, crisp(h("img", { src: row.picture, alt: "", loading: "lazy" }))));
  };
  const value = (row, name) => (row.values[name] === null ? "–" : row.best.includes(name) ? h("strong", {}, row.values[name]) : row.values[name]);
  return h("section", { class: "panel stack", id: "sweep" }, h("h2", { tabindex: -1 }, found.name),
    h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Table of " + found.name }, h("table", { class: "full sweep" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Pictures"), found.axes.map((axis) => h("th", { scope: "col" }, axis)), found.columns.map((column) => h("th", { scope: "col", class: "n" }, column.title)))),
      h("tbody", {}, found.rows.map((row) => h("tr", {}, picture(row), row.labels.map((label) => h("th", { scope: "row" }, label)), found.columns.map((column) => h("td", { class: "n" }, value(row, column.name)))))))),
    h("p", { class: "soft" }, "Pictures are the first of each row's first seed, from the same noises. Bold is best where the seeds tell it apart."),
    found.notes.length ? h("ul", {}, found.notes.map((note) => h("li", {}, note))) : null,
    h("div", { class: "row" }, button("All sweeps", back), own(sweep)));
}
