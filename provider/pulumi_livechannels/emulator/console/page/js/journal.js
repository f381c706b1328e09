// Why: what a program really asks of the vendor, call by call, and what each call means.

import { chip } from "./chip.js";
import { h } from "./dom.js";
import { ofCall, ofOutcome, reads } from "./meaning.js";
import { platform } from "./platform.js";
import { table } from "./table.js";
import { figure, t } from "./words.js";

const MOST = 200;

/** The view. */
export function journal() {
  let halted = null;
  const search = h("input", { type: "search", "aria-label": t("search"), placeholder: t("search"), oninput: draw });
  const only = h("input", { type: "checkbox", name: "changes", onchange: draw });
  const pause = h("button", { type: "button", onclick: halt }, t("journal.pause"));
  const count = h("p", { class: "hint" });
  const headings = ["journal.time", "journal.meaning", "journal.call", "journal.outcome"].map((key) => t(key));
  const rows = table(t("journal"), headings, t("journal.empty"));

  function halt() {
    halted = halted ? null : { calls: platform.journal, total: platform.total };
    pause.textContent = t(halted ? "journal.go" : "journal.pause");
    draw();
  }

  function draw() {
    const { calls, total } = halted ?? { calls: platform.journal, total: platform.total ?? 0 };
    const sought = search.value.trim().toLowerCase();
    const first = total - calls.length;
    const found = calls
      .map((call, place) => ({ ...call, number: first + place + 1 }))
      .filter((call) => !only.checked || !reads(call))
      .filter((call) => !sought || `${call.path} ${ofCall(call.path)} ${call.outcome}`.toLowerCase().includes(sought))
      .reverse();
    const shown = found.slice(0, MOST);
    count.textContent =
      shown.length < found.length
        ? t("more", { shown: shown.length, all: found.length })
        : t("journal.count", { n: figure(found.length) });
    rows.update(shown.map(row), calls.length ? t("empty.found") : t("journal.empty"));
  }

  draw();
  const bar = h("div", { class: "bar" }, h("label", { class: "choice" }, only, t("journal.changes")), search, pause);
  return {
    title: t("journal"),
    about: t("journal.about"),
    bar,
    content: h("div", { class: "sheet" }, rows.element, count),
    update: draw,
  };
}

const row = (call) => ({
  key: `${call.number}`,
  stamp: `${call.at}`,
  cells: () => [
    call.time.slice(-8),
    [ofCall(call.path), " ", reads(call) ? "" : chip(t("journal.write"), "warn")],
    h("code", { title: call.path }, call.action),
    outcome(call),
  ],
});

function outcome(call) {
  const fault = call.fault && chip(t("journal.fault", { kind: call.fault }), "live");
  const means = ofOutcome(call.outcome);
  if (call.outcome === "ok") return [chip(means, "good"), " ", fault];
  return [
    call.outcome === call.fault ? null : chip(call.outcome, "live"),
    " ",
    fault,
    " ",
    means && h("span", { class: "hint" }, means),
  ];
}
