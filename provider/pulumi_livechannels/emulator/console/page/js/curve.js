// Why: a day of a domain is understood at a glance when it is drawn; a table and a sentence tell the same to a screen reader.

import { h, svg } from "./dom.js";
import * as times from "./times.js";
import { figure, t } from "./words.js";

const WIDTH = 900;
const HEIGHT = 170;
const LEFT = 64;
const BOTTOM = 22;
const LINES = 4;

/** One quantity over time; `look` is its colour: first, second or third. */
export function curve(what, look, { domain, times: starts, values, minutes }) {
  const highest = Math.max(...values, 0);
  const peak = figure(highest, 1);
  const mean = figure(values.reduce((sum, value) => sum + value, 0) / (values.length || 1), 1);
  const unit = t(`figures.unit.${what}`);
  const name = t(`figures.${what}`);
  const when = values.length ? times.told(starts[values.indexOf(highest)]).slice(5, 16) : "";
  const alt = t("figures.alt", { what: name, domain, peak: `${peak} ${unit}`, mean: `${mean} ${unit}` });
  const top = round(highest);
  const x = (place) => LEFT + ((WIDTH - LEFT) * place) / Math.max(1, values.length - 1);
  const y = (value) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - 12) * value) / top;
  const points = values.map((value, place) => `${x(place).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  const floor = y(0);
  const drawn = svg(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": alt },
    scale(top, y),
    labels(starts, minutes, x),
    svg("polygon", { class: "area", points: `${LEFT},${floor} ${points} ${x(values.length - 1)},${floor}` }),
    svg("polyline", { class: "stroke", points }),
  );
  const sums = h(
    "p",
    { class: "sums" },
    h("span", {}, `${t("figures.peak")} `, h("b", {}, t("figures.at", { value: `${peak} ${unit}`, time: when }))),
    h("span", {}, `${t("figures.mean")} `, h("b", {}, `${mean} ${unit}`)),
  );
  return h("section", { class: `curve ${look}` }, h("h2", {}, `${name} (${unit})`), drawn, sums);
}

/** A little more than the highest value, in steps that are easily read. */
function round(highest) {
  const power = 10 ** Math.floor(Math.log10(highest || 1));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= highest) ?? 1;
}

const scale = (top, y) =>
  Array.from({ length: LINES + 1 }, (_, step) => (top * step) / LINES).flatMap((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" }, figure(value, 1)),
  ]);

/** About six times, on whole hours or days. */
function labels(starts, minutes, x) {
  const step = starts.length * minutes <= 24 * 60 ? 4 : 24 * Math.ceil((starts.length * minutes) / 60 / 24 / 8);
  const whole = starts
    .map((start, place) => [start + 8 * 3600, place, start])
    .filter(([local]) => local % (step * 3600) === 0);
  return whole.map(([, place, start]) =>
    svg(
      "text",
      { x: x(place), y: HEIGHT - 4, "text-anchor": place < 8 ? "start" : "middle" },
      step === 4 ? times.told(start).slice(11, 16) : times.told(start).slice(5, 10),
    ),
  );
}
