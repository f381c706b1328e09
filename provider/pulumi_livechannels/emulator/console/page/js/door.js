// Why: the page changes nothing but by these calls of the emulator's door; whatever it does, curl can do.

let date = { told: 0, heard: 0 };
let seen = { tag: "", objects: [] };

/** The platform's time in unix seconds, as its last answer told it. */
export const now = () => Math.floor(date.told + (performance.now() - date.heard) / 1000);

async function call(method, path, content, headers = {}) {
  const body = content === undefined ? undefined : JSON.stringify(content);
  const answer = await fetch(path, { method, body, headers, cache: "no-store" });
  if (answer.ok || answer.status === 304) {
    date = { told: Date.parse(answer.headers.get("Date")) / 1000, heard: performance.now() };
    return answer;
  }
  const said = await answer.json().catch(() => ({}));
  throw new Error(said.error ?? `HTTP ${answer.status}`);
}

const json = async (...words) => (await call(...words)).json();
const one = (item) => `objects/${encodeURIComponent(item.kind)}/${encodeURIComponent(item.id)}`;

/** Every object; the same list as before while nothing has changed. */
export async function objects() {
  const answer = await call("GET", "objects", undefined, { "If-None-Match": seen.tag });
  if (answer.status !== 304) seen = { tag: answer.headers.get("ETag"), objects: await answer.json() };
  return seen.objects;
}

/** The calls after the first `after`, and how many there are in all. */
export async function journal(after) {
  const answer = await call("GET", `journal?after=${after}`);
  return { calls: await answer.json(), total: Number(answer.headers.get("X-Total-Count")) };
}

export const make = (kind, fields) => json("POST", "objects", { kind, ...fields });
export const change = (item, fields) => json("PATCH", one(item), fields);
export const remove = (item) => json("DELETE", one(item));
export const faults = () => json("GET", "faults");
export const addFault = (fault) => json("POST", "faults", fault);
export const clearFaults = () => json("DELETE", "faults");
export const coverage = () => json("GET", "coverage");
export const moveClock = (seconds) => json("POST", "clock", { seconds });
export const figures = (query) => json("GET", `figures?${new URLSearchParams(query)}`);
export const snapshot = () => json("POST", "snapshot");
export const restore = (document) => json("POST", "restore", document);
export const reset = () => json("POST", "reset");
