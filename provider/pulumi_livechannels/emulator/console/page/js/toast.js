// Why: what was done is told once, to the eye and, as the place is a live region, to a screen reader.

import { h } from "./dom.js";

const SECONDS = 6;

/** Tell a sentence for some seconds. */
export function tell(text) {
  const line = h("p", {}, text);
  document.getElementById("toast").append(line);
  setTimeout(() => line.remove(), SECONDS * 1000);
}
