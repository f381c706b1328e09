// Why: what a call or a fault means, in words: the emulator's own, which come with its coverage, or this language's.

import * as door from "./door.js";
import { known, t } from "./words.js";

let english = { actions: {}, faults: {}, paths: [] };

/** Fetch what the emulator says of its calls and faults. */
export async function learnMeanings() {
  const { actions, behaviours, faults } = await door.coverage();
  const told = Object.fromEntries(behaviours.reverse().map(({ subject, text }) => [subject, text]));
  english = { actions: told, faults, paths: actions };
}

/** What a call does; of the emulator's own words the first clause, as others tell particulars of its answer. */
export const ofCall = (path) => known(`action.${path}`, english.actions[path]?.split(/[;.](?: |$)/)[0] ?? path);

/** What a kind of fault does. */
export const ofFault = (kind) => known(`fault.${kind}`, english.faults[kind]).replaceAll("`", "");

/** Every call that can be made, and every kind of fault. */
export const paths = () => english.paths;
export const kindsOfFaults = () => Object.keys(english.faults);

/** Whether a call only reads. */
export const reads = ({ path, action }) => !path.startsWith("/live/") || /^(get|batch)|Query$|Tsatc$/.test(action);

/** What came of a call. */
export function ofOutcome(outcome) {
  if (outcome === "ok") return t("outcome.ok");
  const code = outcome.replace(/^code /, "");
  return known(`code.${code}`, "");
}
