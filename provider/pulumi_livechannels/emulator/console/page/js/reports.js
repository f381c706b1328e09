// Why: a report that a program asks for should look like something; here it does, before any program is written.

import { curve } from "./curve.js";
import * as door from "./door.js";
import { h } from "./dom.js";
import * as times from "./times.js";
import { pressed } from "./toast.js";
import { figure, t } from "./words.js";

const QUANTITIES = [
  ["bandwidth", "first"],
  ["viewers", "second"],
  ["requests", "third"],
];

/** The view. */
export function reports() {
  const domain = h("select", { onchange: () => pressed(draw()) });
  const hours = h(
    "select",
    { onchange: () => pressed(draw()) },
    ["24", "168", "744"].map((value) => h("option", { value }, t(`figures.${value}`))),
  );
  const curves = h("div", { class: "curves" });
  const details = h("details", { ontoggle: tabulate }, h("summary", {}, t("figures.table")));
  let told = null;

  async function draw() {
    const query = domain.value ? { domain: domain.value, hours: hours.value } : { hours: hours.value };
    told = await door.figures(query);
    domain.replaceChildren(...told.domains.map((name) => h("option", {}, name)));
    domain.value = told.domain;
    curves.replaceChildren(...QUANTITIES.map(([what, look]) => curve(what, look, { ...told, values: told[what] })));
    tabulate();
  }

  /** Thousands of cells that nobody looks at are not made. */
  function tabulate() {
    details.querySelector("table")?.remove();
    if (!details.open || !told) return;
    const head = [
      t("journal.time"),
      ...QUANTITIES.map(([what]) => `${t(`figures.${what}`)} (${t(`figures.unit.${what}`)})`),
    ];
    const rows = told.times.map((time, place) =>
      h(
        "tr",
        {},
        h("th", { scope: "row" }, times.told(time)),
        QUANTITIES.map(([what]) => h("td", {}, figure(told[what][place], 2))),
      ),
    );
    details.append(
      h(
        "table",
        {},
        h("caption", {}, `${t("figures")} ${told.domain}`),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            head.map((text) => h("th", { scope: "col" }, text)),
          ),
        ),
        h("tbody", {}, rows),
      ),
    );
  }

  pressed(draw());
  const bar = h(
    "div",
    { class: "bar" },
    h("label", { class: "choice" }, t("figures.domain"), domain),
    h("label", { class: "choice" }, t("figures.window"), hours),
  );
  return {
    title: t("figures"),
    about: t("figures.about"),
    bar,
    content: h("div", { class: "sheet" }, curves, details),
    update: () => {},
  };
}
