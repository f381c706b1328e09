// Why: rows change under the reader's hands as the platform does. A row that has not changed stays the same elements, and
// one that has keeps the focus, so that neither a click nor a screen reader loses its place.

import { h } from "./dom.js";

/** A table with a caption for screen readers; `update` takes rows `{key, stamp, cells}`, whose first cell names the row; a cell is what `h` takes, or a `Cell`. */
export function table(caption, headings, empty) {
  const body = h("tbody");
  const nothing = h("p", { class: "empty", hidden: true }, empty);
  const head = h(
    "tr",
    {},
    headings.map((heading) => h("th", { scope: "col" }, heading)),
  );
  // What scrolls sideways has to be reached by keyboard.
  const scroll = h(
    "div",
    { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", {}, h("caption", {}, caption), h("thead", {}, head), body),
  );
  const drawn = new Map();

  function row({ key, stamp, cells }) {
    const before = drawn.get(key);
    if (before?.stamp === stamp) return before.element;
    const [first, ...others] = cells();
    const element = h("tr", { "data-key": key }, h("th", { scope: "row" }, first), others.map(cell));
    const focused = before?.element.contains(document.activeElement) && document.activeElement.dataset.focus;
    if (before) before.element.replaceWith(element);
    if (focused) element.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    drawn.set(key, { stamp, element });
    return element;
  }

  return {
    element: h("div", {}, scroll, nothing),
    update(rows, otherwise = empty) {
      const elements = rows.map(row);
      const keys = new Set(rows.map(({ key }) => key));
      for (const key of drawn.keys()) if (!keys.has(key)) drawn.delete(key);
      for (const element of [...body.children]) if (!keys.has(element.dataset.key)) element.remove();
      elements.forEach((element, place) => {
        if (body.children[place] !== element) body.insertBefore(element, body.children[place] ?? null);
      });
      nothing.textContent = otherwise;
      scroll.hidden = rows.length === 0;
      nothing.hidden = rows.length > 0;
    },
  };
}

const cell = (content) =>
  content instanceof Cell ? h("td", { class: content.look }, content.content) : h("td", {}, content);

/** What stands in a cell that looks otherwise: "acts" for buttons, "when" for a time. */
export class Cell {
  constructor(look, content) {
    Object.assign(this, { look, content });
  }
}
