// Why: one look at the platform a second for all of the page, while somebody sees it; views are told of what is new.

import * as door from "./door.js";

const EVERY = 1000;
const KEPT = 2000;

/** What was seen last: `names` are those of channels by id, and `total` counts every call, the newest in `journal`. */
export const platform = { objects: [], names: new Map(), journal: [], total: null, faults: [], answers: true };

const watchers = [];
let timer = 0;
let last = Promise.resolve();

/** Call `watcher` after each look. */
export function watch(watcher) {
  watchers.push(watcher);
}

async function readObjects() {
  const objects = await door.objects();
  if (objects === platform.objects) return;
  const channels = objects.filter((item) => "channelName" in item);
  platform.names = new Map(channels.map((item) => [item.id, item.channelName]));
  platform.objects = objects;
}

async function readJournal() {
  if (platform.total === null) platform.total = Math.max(0, (await door.journal(Number.MAX_SAFE_INTEGER)).total - KEPT);
  const { calls, total } = await door.journal(platform.total);
  if (total < platform.total) {
    // It was emptied.
    Object.assign(platform, { journal: [], total: 0 });
    return readJournal();
  }
  platform.journal = [...platform.journal, ...calls].slice(-KEPT);
  platform.total = total;
}

/** Look now, or when the look that is under way has ended: two at once would see the same calls twice. */
export function look() {
  last = last.then(lookOnce, lookOnce);
  return last;
}

async function lookOnce() {
  clearTimeout(timer);
  try {
    await readObjects();
    platform.faults = await door.faults();
    await readJournal();
    platform.answers = true;
  } catch {
    platform.answers = false;
  }
  if (!document.hidden) timer = setTimeout(look, EVERY);
  for (const watcher of watchers) watcher();
}

document.addEventListener("visibilitychange", look);
