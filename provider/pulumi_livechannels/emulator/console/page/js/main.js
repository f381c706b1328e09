// Why: begins the page: its language, the ways on its side, the view that the address names, and a look each second.

import { clock } from "./clock.js";
import { h, unique } from "./dom.js";
import { faults, watchFaults } from "./faults.js";
import { journal } from "./journal.js";
import { KINDS } from "./kinds.js";
import { learnMeanings } from "./meaning.js";
import { objects } from "./objects.js";
import { look, platform, watch } from "./platform.js";
import { reports } from "./reports.js";
import { snapshots } from "./snapshots.js";
import { figure, learn, t } from "./words.js";

const VIEWS = {
  ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, () => objects(kind)])),
  journal,
  faults,
  figures: reports,
  snapshots,
};
const GROUPS = { objects: Object.keys(KINDS), watch: ["journal", "faults", "figures"], platform: ["snapshots"] };
const COUNTS = {
  ...Object.fromEntries(
    Object.keys(KINDS).map((kind) => [kind, () => platform.objects.filter((item) => item.kind === kind).length]),
  ),
  journal: () => platform.total ?? 0,
  faults: () => platform.faults.length,
};

const main = document.getElementById("main");
const link = document.getElementById("link");
const counts = {};
const links = {};
let view;

function ways() {
  const nav = document.getElementById("nav");
  nav.setAttribute("aria-label", t("nav"));
  for (const [group, names] of Object.entries(GROUPS)) {
    const heading = h("h2", { id: unique("group") }, t(`nav.${group}`));
    const items = names.map((name) => {
      counts[name] = h("span", { class: "count" });
      links[name] = h("a", { href: `#${name}` }, t(name), " ", counts[name]);
      return h("li", {}, links[name]);
    });
    nav.append(heading, h("ul", { "aria-labelledby": heading.id }, items));
  }
}

/** Show what the address names. */
function show() {
  const wanted = location.hash.slice(1);
  const name = wanted in VIEWS ? wanted : "channel";
  for (const [other, element] of Object.entries(links)) {
    if (other === name) element.setAttribute("aria-current", "page");
    else element.removeAttribute("aria-current");
  }
  view = VIEWS[name]();
  const head = h("div", { class: "head" }, h("div", {}, h("h1", {}, view.title), h("p", {}, view.about)), view.bar);
  main.replaceChildren(head, view.content);
  document.title = `${view.title} · ${t("title")}`;
}

function seen() {
  for (const [name, count] of Object.entries(COUNTS)) counts[name].textContent = figure(count());
  const text = t(platform.answers ? "link.on" : "link.off");
  if (link.textContent !== text)
    link.replaceChildren(h("span", { class: `chip ${platform.answers ? "good" : "live"}` }, text));
  view.update();
}

await learn();
for (const element of document.querySelectorAll("[data-words]")) element.textContent = t(element.dataset.words);
await learnMeanings();
ways();
link.setAttribute("role", "status");
const tick = clock(document.getElementById("clock"));
await look();
show();
seen();
watch(seen);
watch(watchFaults());
watch(tick);
tick();
setInterval(tick, 1000);
addEventListener("hashchange", () => {
  show();
  main.focus();
});
// The address names the view, so it is left alone.
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  main.focus();
});
