// Why: what a vendor's console is for: the objects of one kind, and the clicks that make a program drift.

import { status } from "./chip.js";
import { ask } from "./dialog.js";
import * as door from "./door.js";
import { h } from "./dom.js";
import { ACTS, KINDS, nameOf } from "./kinds.js";
import { look, platform } from "./platform.js";
import { secret } from "./secret.js";
import { Cell, table } from "./table.js";
import * as times from "./times.js";
import { pressed, tell } from "./toast.js";
import { t } from "./words.js";

const MOST = 200;

/** The view of one kind. */
export function objects(kind) {
  const { called, stands, columns, fields, make, always, acts } = KINDS[kind];
  const search = h("input", { type: "search", "aria-label": t("search"), placeholder: t("search"), oninput: draw });
  const button = h("button", { type: "button", class: "main", onclick: create }, t("make", { kind: t(`${kind}.one`) }));
  const more = h("p", { class: "hint", role: "status" });
  const headings = [
    t(`field.${called}`),
    ...(stands ? [t("status")] : []),
    ...columns.map(([field]) => t(`field.${field}`)),
    t("actions"),
  ];
  const rows = table(t(kind), headings, t("empty.objects"));

  function draw() {
    const all = platform.objects.filter((item) => item.kind === kind).reverse();
    const sought = search.value.trim().toLowerCase();
    const words = (item) => `${nameOf(item)} ${item.id} ${item.pushDomain ?? ""}`.toLowerCase();
    const found = sought ? all.filter((item) => words(item).includes(sought)) : all;
    const shown = found.slice(0, MOST);
    more.textContent = shown.length < found.length ? t("more", { shown: shown.length, all: found.length }) : "";
    rows.update(shown.map(row), all.length ? t("empty.found") : t("empty.objects"));
  }

  function row(item) {
    const name = nameOf(item);
    return {
      key: item.id,
      stamp: JSON.stringify([item, name]),
      cells: () => [
        [
          h(
            "button",
            {
              type: "button",
              class: "name",
              "data-focus": "name",
              "aria-label": t("change.title", { name }),
              onclick: () => edit(item, name),
            },
            name,
          ),
          item.id === name ? null : h("span", { class: "id" }, item.id),
        ],
        ...(stands ? [status(item)] : []),
        ...columns.map(([field, show]) => shown(item, field, show, name)),
        new Cell("acts", [...acts.map((act) => special(act, item, name)), erase(item, name)]),
      ],
    };
  }

  function edit(item, name) {
    const asked = fields().map((field) =>
      field.type === "secret" || field.type === "check" ? field : { ...field, value: item[field.name] },
    );
    ask({
      title: t("change.title", { name }),
      about: t("change.about"),
      fields: asked,
      submit: t("save"),
      async act(values) {
        const differing = Object.entries(values).filter(([field, value]) => item[field] !== value);
        if (differing.length) await done(door.change(item, Object.fromEntries(differing)), "changed", name);
      },
    });
  }

  function create() {
    ask({
      title: t("make", { kind: t(`${kind}.one`) }),
      about: t("make.about"),
      fields: make(),
      submit: t("create"),
      async act(values) {
        const made = door.make(kind, { ...always, ...values });
        await done(made, "made", nameOf(values));
      },
    });
  }

  draw();
  const bar = h("div", { class: "bar" }, search, button);
  return {
    title: t(kind),
    about: t(`${kind}.about`),
    bar,
    content: h("div", { class: "sheet" }, rows.element, more),
    update: draw,
  };
}

function shown(item, field, show, name) {
  if (show === "secret") return secret(`${item.id} ${field}`, item[field], `${t(`field.${field}`)} ${name}`);
  if (show === "time") return new Cell("when", item[field] ? times.told(item[field]) : t("none"));
  if (field === "createTime") return new Cell("when", item[field]);
  return (show ? show(item) : item[field]) || t("none");
}

function act(label, focus, name, onclick) {
  return h(
    "button",
    { type: "button", class: "small", "data-focus": focus, "aria-label": t("act.of", { act: label, name }), onclick },
    label,
  );
}

function special(kind, item, name) {
  if (kind === "ban") return ban(item, name);
  const found = ACTS[kind](item);
  return found && act(found.label, kind, name, () => pressed(done(door.change(item, found.change), found.told, name)));
}

function ban(item, name) {
  const standing = platform.objects.find(
    (other) => other.kind === "channelBan" && other.id === item.id && other.status === 3,
  );
  if (item.status !== 3)
    return act(t("ban"), "ban", name, () =>
      pressed(done(door.make("channelBan", { pullId: item.id }), "ban.done", name)),
    );
  const lifted = standing ? () => door.remove(standing) : () => door.change(item, { channelStatus: 2 });
  return act(t("ban.lift"), "ban", name, () => pressed(done(lifted(), "ban.lifted", name)));
}

function erase(item, name) {
  return act(t("delete"), "delete", name, () =>
    ask({
      title: t("delete.title", { name }),
      about: t("delete.about"),
      submit: t("delete"),
      dangerous: true,
      act: () => done(door.remove(item), "deleted", name),
    }),
  );
}

/** Wait for a call of the door, tell what it did, and look at what is there now. */
async function done(call, told, name) {
  await call;
  tell(t(told, { name }));
  await look();
}
