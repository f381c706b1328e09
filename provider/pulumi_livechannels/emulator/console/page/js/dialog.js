// Why: whatever is changed or deleted is asked in one way, by the browser's own dialog, which keeps the focus inside,
// closes on Escape, and tells a screen reader what it is.

import { h, unique } from "./dom.js";
import { form } from "./form.js";
import { t } from "./words.js";

/**
 * Ask, and do `act` with the answers; it stays open and tells why when that fails. `fields` are as `form` takes them.
 */
export function ask({ title, about, fields = [], submit, dangerous = false, act }) {
  const opener = document.activeElement;
  const heading = h("h2", { id: unique("title") }, title);
  const text = h("p", { class: "hint", id: unique("about") }, about);
  const { element, problem, values } = form(fields);
  const go = h("button", { class: dangerous ? "danger" : "main" }, submit);
  const cancel = h("button", { type: "button", onclick: () => dialog.close() }, t("cancel"));
  const inner = h(
    "form",
    { novalidate: true, onsubmit: send },
    heading,
    text,
    element,
    problem,
    h("div", { class: "bar" }, cancel, go),
  );
  const dialog = h("dialog", { "aria-labelledby": heading.id, "aria-describedby": text.id, onclose: leave }, inner);

  async function send(event) {
    event.preventDefault();
    const found = values();
    if (found === null) return;
    go.disabled = true;
    try {
      await act(found);
      dialog.close();
    } catch (error) {
      problem.textContent = t("problem", { why: error.message });
    } finally {
      go.disabled = false;
    }
  }

  function leave() {
    dialog.remove();
    back(opener).focus();
  }

  document.body.append(dialog);
  dialog.showModal();
  const first = element.querySelector("input, select, textarea") ?? cancel;
  first.focus();
  first.select?.();
}

/** Where the focus goes back to: what opened the dialog, or what stands in its place since the row was drawn anew. */
function back(opener) {
  if (opener.isConnected) return opener;
  const { key } = opener.closest("[data-key]")?.dataset ?? {};
  const row = key && document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  const same = row && row.querySelector(`[data-focus="${CSS.escape(opener.dataset.focus)}"]`);
  return same ?? document.getElementById("main");
}
