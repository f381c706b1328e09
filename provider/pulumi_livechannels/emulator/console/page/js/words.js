// Why: every word that the page shows, in the reader's language; names of fields, actions and codes stay the vendor's.

const wanted = navigator.languages.find((name) => /^(zh|en)\b/i.test(name)) ?? "en";

/** "zh" or "en", by what the browser prefers. */
const language = wanted.toLowerCase().startsWith("zh") ? "zh" : "en";

let words = {};

/** Fetch the words; nothing may be shown before. */
export async function learn() {
  words = await (await fetch(`page/words/${language}.json`)).json();
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

/** The words for a key, with {names} filled in. */
export function t(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The words for a key, or else other words, for what the emulator knows and nobody has put into this language. */
export const known = (key, otherwise) => words[key] ?? otherwise;

/** A number as the reader writes it. */
export const figure = (value, digits = 0) =>
  value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
