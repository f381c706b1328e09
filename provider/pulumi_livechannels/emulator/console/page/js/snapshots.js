// Why: a platform in an interesting state is worth keeping: to come back to, or to hand to somebody with a bug report.

import { ask } from "./dialog.js";
import * as door from "./door.js";
import { h } from "./dom.js";
import { look, platform } from "./platform.js";
import { Cell, table } from "./table.js";
import * as times from "./times.js";
import { pressed, tell } from "./toast.js";
import { figure, t } from "./words.js";

const kept = [];
const count = (document) => Object.values(document.objects).reduce((sum, held) => sum + Object.keys(held).length, 0);

/** The view. */
export function snapshots() {
  const file = h("input", {
    type: "file",
    accept: ".json,application/json",
    onchange: load,
    "aria-label": t("snapshots.load"),
  });
  const problem = h("p", { class: "problem", role: "alert" });
  const rows = table(
    t("snapshots"),
    ["snapshots.taken", "snapshots.objects", "actions"].map((key) => t(key)),
    t("snapshots.empty"),
  );

  async function take() {
    kept.unshift({ at: door.now(), document: await door.snapshot() });
    draw();
    tell(t("snapshots.done", { n: figure(count(kept[0].document)) }));
  }

  async function bringBack(document) {
    problem.textContent = "";
    try {
      const { objects } = await door.restore(document);
      tell(t("snapshots.restored", { n: figure(objects) }));
    } catch (error) {
      problem.textContent = t("problem", { why: error.message });
    }
    await look();
  }

  async function load() {
    const [chosen] = file.files;
    file.value = "";
    let document;
    try {
      document = JSON.parse(await chosen.text());
    } catch {
      problem.textContent = t("snapshots.unread", { file: chosen.name });
      return;
    }
    await bringBack(document);
  }

  function forget() {
    ask({
      title: t("reset.title"),
      about: t("reset.about"),
      submit: t("reset"),
      dangerous: true,
      async act() {
        await door.reset();
        platform.total = 0;
        platform.journal = [];
        tell(t("reset.done"));
        await look();
      },
    });
  }

  function draw() {
    rows.update(
      kept.map(({ at, document }, place) => {
        const time = times.told(at);
        const named = (key, onclick) =>
          h(
            "button",
            { type: "button", class: "small", "aria-label": t("act.of", { act: t(key), name: time }), onclick },
            t(key),
          );
        return {
          key: `${kept.length - place}`,
          stamp: "",
          cells: () => [
            time,
            figure(count(document)),
            new Cell("acts", [
              named("snapshots.restore", () => bringBack(document)),
              named("snapshots.download", () => download(document, at)),
            ]),
          ],
        };
      }),
    );
  }

  draw();
  const bar = h(
    "div",
    { class: "bar" },
    h("button", { type: "button", class: "main", onclick: () => pressed(take()) }, t("snapshots.take")),
  );
  const content = h(
    "div",
    {},
    problem,
    h("div", { class: "sheet" }, rows.element),
    h("div", { class: "sheet" }, h("h2", {}, t("snapshots.load")), file),
    h(
      "div",
      { class: "sheet" },
      h("h2", {}, t("reset")),
      h("p", { class: "hint" }, t("reset.about")),
      h("button", { type: "button", class: "danger", onclick: forget }, t("reset")),
    ),
  );
  return { title: t("snapshots"), about: t("snapshots.about"), bar, content, update: () => {} };
}

function download(document, at) {
  const address = URL.createObjectURL(new Blob([JSON.stringify(document)], { type: "application/json" }));
  h("a", { href: address, download: `platform-${at}.json` }).click();
  URL.revokeObjectURL(address);
}
