// Why: how something stands is told by words first; the colour only repeats it.

import { h } from "./dom.js";
import { known, t } from "./words.js";

const COLOURS = {
  channel: { 1: "live", 3: "warn" },
  recordTask: { 0: "warn", 1: "live" },
  forwardTask: { 0: "warn", 1: "live", 3: "warn" },
  channelBan: { 3: "warn" },
};

/** Words on a coloured ground: "live", "good", "warn", or calm. */
export const chip = (text, colour = "") => h("span", { class: `chip ${colour}` }, text);

/** How an object stands. */
export function status(item) {
  const kind = item.kind === "pullChannel" ? "channel" : item.kind;
  return chip(known(`status.${kind}.${item.status}`, t("status.other")), COLOURS[kind]?.[item.status]);
}
