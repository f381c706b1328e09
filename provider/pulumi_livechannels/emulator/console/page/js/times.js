// Why: the platform tells and is told times at UTC+8, wherever the browser stands.

const EAST = 8 * 3600;
const two = (number) => String(number).padStart(2, "0");

/** Unix seconds as the vendor's console writes them. */
export function told(seconds) {
  return input(seconds).replace("T", " ");
}

/** Unix seconds for a field of type datetime-local. */
export function input(seconds) {
  const moment = new Date((seconds + EAST) * 1000);
  const day = `${moment.getUTCFullYear()}-${two(moment.getUTCMonth() + 1)}-${two(moment.getUTCDate())}`;
  return `${day}T${two(moment.getUTCHours())}:${two(moment.getUTCMinutes())}:${two(moment.getUTCSeconds())}`;
}

/** What such a field holds as unix seconds. */
export const output = (text) => Date.parse(`${text}Z`) / 1000 - EAST;
