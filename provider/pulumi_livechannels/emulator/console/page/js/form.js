// Why: fields told as data become labelled controls, and their values become what the door takes.

import { h, unique } from "./dom.js";
import * as times from "./times.js";
import { t } from "./words.js";

/**
 * Controls for fields `{name, label, type, value, options, optional, wide}`. Types: text, secret, number, time, choice, checks
 * (a comma list), check, long. `values` gives what was filled in, or null once it has told what is missing.
 */
export function form(fields) {
  const problem = h("p", { class: "problem", role: "alert" });
  const controls = fields.map((field) => ({ field, ...(MADE[field.type] ?? text)(field) }));

  function values() {
    const found = {};
    for (const { field, read, focus } of controls) {
      const value = read();
      if (value === undefined && !field.optional) {
        problem.textContent = t("required", { field: field.label });
        focus();
        return null;
      }
      if (value !== undefined) found[field.name] = value;
    }
    problem.textContent = "";
    return found;
  }

  return {
    element: h(
      "div",
      { class: "fields" },
      controls.map(({ element }) => element),
    ),
    problem,
    values,
    controls,
  };
}

function labelled(field, control, read) {
  control.id = unique("field");
  control.name = field.name;
  if (!field.optional) control.setAttribute("aria-required", "true");
  const element = h(
    "div",
    { class: field.wide || field.type === "secret" || field.type === "long" ? "wide" : "" },
    h("label", { for: control.id }, field.label),
    control,
  );
  return { element, read, focus: () => control.focus(), control };
}

function text(field) {
  const control = h("input", { autocomplete: "off", spellcheck: "false" });
  control.value = field.value ?? "";
  // What may be left out can be emptied, too.
  const emptied = field.optional && field.value ? "" : undefined;
  return labelled(field, control, () => control.value.trim() || emptied);
}

const MADE = {
  secret(field) {
    const control = h("input", {
      type: "password",
      autocomplete: "off",
      placeholder: field.optional ? t("secret.kept") : "",
    });
    control.value = field.value ?? "";
    return labelled(field, control, () => control.value.trim() || undefined);
  },
  long(field) {
    const control = h("textarea", { rows: "3", spellcheck: "false" });
    control.value = field.value ?? "";
    return labelled(field, control, () => control.value || undefined);
  },
  number(field) {
    const control = h("input", { type: "number", min: field.least });
    control.value = field.value ?? "";
    return labelled(field, control, () => (control.value === "" ? undefined : Number(control.value)));
  },
  time(field) {
    const control = h("input", { type: "datetime-local", step: "1" });
    if (field.value) control.value = times.input(field.value);
    return labelled(field, control, () => (control.value ? times.output(control.value) : undefined));
  },
  choice(field) {
    const control = h("select", {}, field.options.map(option));
    if (field.value !== undefined) control.value = field.value;
    return labelled(field, control, () => control.value || undefined);
  },
  check(field) {
    const control = h("input", { type: "checkbox", name: field.name });
    const element = h("label", { class: "choice" }, control, field.label);
    return { element, read: () => (control.checked ? field.value : undefined), focus: () => control.focus(), control };
  },
  checks(field) {
    const chosen = (field.value ?? "").split(",");
    const boxes = field.options.map(([value]) => {
      const box = h("input", { type: "checkbox", name: field.name, value });
      box.checked = chosen.includes(value);
      return box;
    });
    const labels = field.options.map(([, label], place) => h("label", {}, boxes[place], label));
    const element = h("fieldset", { class: "checks wide" }, h("legend", {}, field.label), labels);
    const read = () => {
      const found = boxes.filter((box) => box.checked).map((box) => box.value);
      // The same in another order is no change.
      return String(found) === String(chosen.toSorted()) ? field.value : found.join(",") || undefined;
    };
    return { element, read, focus: () => boxes[0].focus() };
  },
};

/** An option `[value, label]`, or a group `[label, [options]]`. */
const option = ([value, label]) =>
  Array.isArray(label) ? h("optgroup", { label: value }, label.map(option)) : h("option", { value }, label);
