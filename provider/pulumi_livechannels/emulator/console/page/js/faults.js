// Why: what a program does when the platform fails is found out by letting it fail, here, and by seeing that it did.

import { chip } from "./chip.js";
import * as door from "./door.js";
import { h } from "./dom.js";
import { form } from "./form.js";
import { kindsOfFaults, ofCall, ofFault, paths } from "./meaning.js";
import { look, platform } from "./platform.js";
import { Cell, table } from "./table.js";
import { pressed, tell } from "./toast.js";
import { t } from "./words.js";

// What a kind of fault has beside a call, from when on and how often.
const OWN = {
  slow: ["seconds"],
  skew: ["seconds"],
  "stale-list": ["seconds"],
  "longest-window": ["seconds"],
  "most-domains": ["most"],
  "finer-slots": ["seconds"],
  "error-code": ["code"],
  answer: ["status", "body"],
  times: ["form"],
};
const FORMS = ["utc", "ms", "iso", "missing", "garbage"].map((name) => [name, name]);

/** The view. */
export function faults() {
  const fields = [
    {
      name: "path",
      label: t("faults.path"),
      type: "choice",
      wide: true,
      options: groups(),
      value: "/live/channelManage/createChannel",
    },
    {
      name: "kind",
      label: t("faults.kind"),
      type: "choice",
      options: kindsOfFaults().map((kind) => [kind, kind]),
      value: "lost-answer",
    },
    { name: "nth", label: t("faults.nth"), type: "number", least: 1, value: 1 },
    { name: "times", label: t("faults.times"), type: "number", least: 1, value: 1 },
    { name: "seconds", label: t("faults.seconds"), type: "number", value: 5, optional: true },
    { name: "most", label: t("faults.most"), type: "number", least: 1, value: 1, optional: true },
    { name: "code", label: t("faults.code"), value: "1000", optional: true },
    { name: "status", label: t("faults.status"), type: "number", value: 200, optional: true },
    { name: "body", label: t("faults.body"), type: "long", optional: true },
    { name: "form", label: t("faults.form"), type: "choice", options: FORMS, optional: true },
  ];
  const { element, problem, values, controls } = form(fields);
  const kind = controls[1].control;
  const hint = h("p", { class: "hint wide", role: "status" });
  const particular = controls.slice(4);
  kind.addEventListener("change", suit);
  element.append(hint);
  const rows = table(
    t("faults"),
    ["faults.path", "faults.kind", "faults.fired", "faults.state"].map((key) => t(key)),
    t("faults.empty"),
  );

  function suit() {
    hint.textContent = ofFault(kind.value);
    for (const control of particular) control.element.hidden = !OWN[kind.value]?.includes(control.field.name);
  }

  async function set(event) {
    event.preventDefault();
    const found = values();
    if (found === null) return;
    const wanted = Object.fromEntries(
      Object.entries(found).filter(
        ([name]) => ["path", "kind", "nth", "times"].includes(name) || OWN[found.kind]?.includes(name),
      ),
    );
    if (/^\d+$/.test(wanted.code)) wanted.code = Number(wanted.code);
    try {
      await door.addFault(wanted);
      tell(t("faults.set", wanted));
      await look();
    } catch (error) {
      problem.textContent = t("problem", { why: error.message });
    }
  }

  async function clear() {
    await door.clearFaults();
    tell(t("faults.cleared"));
    await look();
  }

  function draw() {
    rows.update(
      platform.faults.map((fault, place) => ({
        key: `${place}`,
        stamp: JSON.stringify(fault),
        cells: () => [
          [ofCall(fault.path), h("p", {}, h("code", { class: "soft" }, fault.path))],
          [fault.kind, h("p", { class: "hint" }, ofFault(fault.kind))],
          new Cell("when", t("faults.fired.of", fault)),
          state(fault),
        ],
      })),
    );
  }

  suit();
  draw();
  const adding = h(
    "form",
    { class: "sheet", novalidate: true, onsubmit: set },
    h("h2", {}, t("faults.add")),
    element,
    problem,
    h("button", { class: "main" }, t("faults.add")),
  );
  const list = h("div", { class: "sheet" }, rows.element);
  const bar = h(
    "div",
    { class: "bar" },
    h("button", { type: "button", onclick: () => pressed(clear()) }, t("faults.clear")),
  );
  return { title: t("faults"), about: t("faults.about"), bar, content: h("div", {}, adding, list), update: draw };
}

function groups() {
  const named = (found) => found.map((path) => [path, `${ofCall(path)} · ${path.split("/").pop()}`]);
  const all = paths();
  const isLive = (path) => path.startsWith("/live/");
  const isVolcengine = (path) => !path.startsWith("/");
  return [
    [t("faults.live"), named(all.filter(isLive))],
    [t("faults.reports"), named(all.filter((path) => !isLive(path) && !isVolcengine(path)))],
    [t("faults.volcengine"), named(all.filter(isVolcengine))],
  ];
}

function state({ fired, times }) {
  if (fired === 0) return chip(t("faults.waits"));
  return fired < times ? chip(t("faults.fires"), "live") : chip(t("faults.done"), "good");
}

/** Tells of each fault that fires, whatever is in view. */
export function watchFaults() {
  let before = [];
  return () => {
    platform.faults.forEach((fault, place) => {
      if (before.length <= platform.faults.length && fault.fired > (before[place]?.fired ?? 0))
        tell(t("faults.struck", fault));
    });
    before = platform.faults;
  };
}
