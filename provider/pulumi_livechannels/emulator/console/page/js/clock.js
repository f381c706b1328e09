// Why: what takes days on the platform, bans that lapse and tasks that end, takes one press here.

import * as door from "./door.js";
import { h } from "./dom.js";
import { look } from "./platform.js";
import * as times from "./times.js";
import { pressed, tell } from "./toast.js";
import { t } from "./words.js";

const STEPS = [
  [60, "minute"],
  [3600, "hour"],
  [86400, "day"],
];

/** The platform's time and its buttons, in `place`; gives what draws the time anew. */
export function clock(place) {
  const time = h("time");
  const amount = h("input", { type: "number", min: "1", value: "7", "aria-label": t("clock.amount") });
  const unit = h(
    "select",
    { "aria-label": t("clock.unit") },
    STEPS.map(([seconds]) => h("option", { value: seconds }, t(`clock.unit.${seconds}`))),
  );
  unit.value = "86400";
  const steps = STEPS.map(([seconds, name]) =>
    h(
      "button",
      {
        type: "button",
        class: "small",
        "aria-label": t("clock.more", { amount: t(`clock.${name}`) }),
        onclick: () => pressed(move(seconds)),
      },
      `+ ${t(`clock.${name}`)}`,
    ),
  );
  const far = h(
    "form",
    { class: "bar", onsubmit: leap },
    amount,
    unit,
    h("button", { class: "small" }, t("clock.move")),
  );
  place.append(
    h("span", { class: "soft" }, t("clock")),
    time,
    h("span", { class: "soft" }, t("clock.zone")),
    ...steps,
    h("details", {}, h("summary", {}, t("clock.other")), far),
  );

  async function move(seconds) {
    const moved = await door.moveClock(seconds);
    tell(t("clock.moved", { time: moved.time }));
    await look();
  }

  function leap(event) {
    event.preventDefault();
    if (amount.value) pressed(move(Number(amount.value) * Number(unit.value)));
  }

  return () => {
    time.textContent = times.told(door.now());
    time.dateTime = new Date(door.now() * 1000).toISOString();
  };
}
