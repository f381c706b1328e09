// Why: push addresses, sources and targets let anybody stream or listen in, so each is hidden until somebody asks for it.

import { h } from "./dom.js";
import { pressed, tell } from "./toast.js";
import { t } from "./words.js";

const asked = new Set();

/** A hidden value that can be shown and copied; `key` tells it from every other one, also after it is drawn anew. */
export function secret(key, value, label) {
  if (!value) return t("none");
  const text = h("code");
  const toggle = h("button", { type: "button", class: "small", "data-focus": `show ${label}`, onclick: turn });
  const copy = h(
    "button",
    { type: "button", class: "small", "data-focus": `copy ${label}`, onclick: () => pressed(write()) },
    t("copy"),
  );
  copy.setAttribute("aria-label", t("act.of", { act: t("copy"), name: label }));

  function draw() {
    const shown = asked.has(key);
    text.textContent = shown ? value : "••••••••";
    text.setAttribute("aria-label", shown ? value : t("secret.hidden"));
    text.setAttribute("role", "img");
    if (shown) for (const name of ["role", "aria-label"]) text.removeAttribute(name);
    toggle.textContent = t(shown ? "hide" : "show");
    toggle.setAttribute("aria-label", t("act.of", { act: toggle.textContent, name: label }));
  }

  function turn() {
    if (!asked.delete(key)) asked.add(key);
    draw();
  }

  async function write() {
    await navigator.clipboard.writeText(value);
    tell(t("copied", { what: label }));
  }

  draw();
  return h("span", { class: "secret" }, text, toggle, copy);
}
