// Why: what was done is told once, to the eye and, as the place is a live region, to a screen reader.

import { h } from "./dom.js";
import { t } from "./words.js";

const SECONDS = 6;

/** Tell a sentence for some seconds. */
export function tell(text) {
  const line = h("p", {}, text);
  document.getElementById("toast").append(line);
  setTimeout(() => line.remove(), SECONDS * 1000);
}

/** A button has no place for what went wrong, so that is told as well. */
export const pressed = (call) => call.catch((error) => tell(t("problem", { why: error.message })));
