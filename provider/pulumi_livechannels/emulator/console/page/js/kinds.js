// Why: what each kind of object shows, what of it can be changed, and what makes one: data, in the vendor's field names.

import { now } from "./door.js";
import { platform } from "./platform.js";
import { t } from "./words.js";

const RATES = ["0", "1", "2", "3", "4"];
const PROTOCOLS = [
  ["0", "RTMP"],
  ["1", "HDL"],
  ["2", "HLS"],
  ["3", "HDS"],
];
const HOUR = 3600;

const rates = () => RATES.map((rate) => [rate, t(`rate.${rate}`)]);
const named = (name, more) => ({ name, label: t(`field.${name}`), ...more });
const names = (value, pairs) =>
  (value ?? "")
    .split(",")
    .map((part) => new Map(pairs).get(part) ?? part)
    .join(", ");

/** What an object is called: by its own name, or by that of the channel that it is about. */
export const nameOf = (item) =>
  item.channelName ?? item.directoryType ?? item.domainName ?? platform.names.get(item.pullId) ?? item.pullId;

const ofChannel = () => named("pullId", { type: "choice", options: [...platform.names] });
const end = () => named("endTime", { type: "time", value: Math.ceil(now() / HOUR + 1) * HOUR });
const fileType = () => named("fileType", { type: "choice", options: ["mp4", "flv", "m3u8"].map((name) => [name, name]) });

/**
 * Of each kind: the field that it is `called` by; whether it `stands` somehow, so has a status; `columns` `[field, show]`
 * beside these, where a show of "secret" or "time" is the page's own; the `fields` that a click may change; those of the
 * call that can `make` one, and what is `always` sent with them; `acts` beside change and delete.
 */
export const KINDS = {
  channel: {
    called: "channelName",
    stands: true,
    columns: [
      ["pushDomain"],
      ["pullRate", (item) => names(item.pullRate, rates())],
      ["pullProtocol", (item) => names(item.pullProtocol, PROTOCOLS)],
      ["pushUrl", "secret"],
    ],
    fields: () => [
      named("channelName"),
      named("pullRate", { type: "checks", options: rates() }),
      named("pullProtocol", { type: "checks", options: PROTOCOLS }),
      named("live2vod", { type: "choice", options: ["0", "1"].map((value) => [value, t(`live2vod.${value}`)]) }),
      named("resetPushId", { type: "check", value: "1", optional: true }),
    ],
    make: () => [
      named("channelName", { value: "Backstage" }),
      named("channelType", { value: "live" }),
      named("pushDomain", { value: "push.example.com" }),
      named("pullRate", { type: "checks", options: rates(), value: "0,3" }),
      named("pullProtocol", { type: "checks", options: PROTOCOLS, value: "0" }),
    ],
    acts: ["air", "ban"],
  },
  pullChannel: {
    called: "channelName",
    stands: true,
    columns: [
      ["pullDomain"],
      ["pullRate", (item) => names(item.pullRate, rates())],
      ["pullProtocol", (item) => names(item.pullProtocol, PROTOCOLS)],
      ["sourcePullUrl", "secret"],
    ],
    fields: () => [
      named("channelName"),
      named("pullRate", { type: "checks", options: rates() }),
      named("sourcePullProtocol", { type: "choice", options: PROTOCOLS }),
      named("sourcePullUrl", { type: "secret", optional: true }),
    ],
    make: () => [
      named("channelName", { value: "Guest feed" }),
      named("pullDomain", { value: "pull.example.com" }),
      named("sourcePullUrl", { type: "secret", value: "rtmp://origin.example.net/live/guest" }),
      named("sourcePullProtocol", { type: "choice", options: PROTOCOLS.slice(0, 2) }),
      named("pullRate", { type: "checks", options: rates(), value: "0" }),
    ],
    acts: ["air", "ban"],
  },
  recordDirectory: {
    called: "directoryType",
    columns: [
      [
        "path",
        (item) =>
          [item.firstLevelDirectory, item.secondLevelDirectory, item.thirdLevelDirectory].filter(Boolean).join("/"),
      ],
      ["createTime"],
    ],
    fields: () => [
      named("directoryType"),
      named("firstLevelDirectory"),
      named("secondLevelDirectory", { optional: true }),
      named("thirdLevelDirectory", { optional: true }),
    ],
    make: () => [
      named("directoryType", { value: "rehearsals" }),
      named("firstLevelDirectory", { value: "rehearsals" }),
      named("secondLevelDirectory", { optional: true }),
      named("thirdLevelDirectory", { optional: true }),
    ],
    acts: [],
  },
  recordTask: {
    called: "pullId",
    stands: true,
    columns: [["fileType"], ["startTime", "time"], ["endTime", "time"]],
    fields: () => [
      named("endTime", { type: "time" }),
      fileType(),
    ],
    make: () => [
      ofChannel(),
      end(),
      fileType(),
    ],
    always: { quickStart: true },
    acts: ["end"],
  },
  forwardTask: {
    called: "pullId",
    stands: true,
    columns: [
      ["forwardUrl", "secret"],
      ["startTime", "time"],
      ["endTime", "time"],
    ],
    fields: () => [
      named("forwardUrl", { type: "secret", optional: true }),
      named("endTime", { type: "time", optional: true }),
    ],
    make: () => [
      ofChannel(),
      named("forwardUrl", { type: "secret", value: "rtmp://relay.example.net/live/copy" }),
      named("endTime", { ...end(), optional: true }),
    ],
    acts: ["end"],
  },
  channelBan: {
    called: "pullId",
    stands: true,
    columns: [["until", "time"]],
    fields: () => [named("until", { type: "time" })],
    make: () => [ofChannel()],
    acts: [],
  },
  channelStateCallback: {
    called: "domainName",
    columns: [["notifyUrl", "secret"]],
    fields: () => [named("notifyUrl", { type: "secret", optional: true })],
    make: () => [
      named("domainName", { value: "push.example.com" }),
      named("notifyUrl", { type: "secret", value: "https://hooks.example.net/live" }),
    ],
    acts: [],
  },
};

/** What a click that is more than a changed field does: the words for the button, what is told then, and the change. */
export const ACTS = {
  air: (item) => {
    const live = item.channelStatus === 1;
    if (item.status === 3) return null;
    return {
      label: t(live ? "air.off" : "air.on"),
      told: live ? "air.went.off" : "air.went.on",
      change: { channelStatus: live ? 2 : 1 },
    };
  },
  end: (item) => {
    if (item.status > 1) return null;
    return { label: t("end"), told: "ended", change: { status: item.kind === "recordTask" ? 3 : 2, endTime: now() } };
  },
};
