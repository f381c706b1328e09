// One channel with everything around it. The SDK is generated: see the README.
import * as pulumi from "@pulumi/pulumi";
import * as live from "@livechannels/pulumi-livechannels";

const config = new pulumi.Config();
const stopAt = config.require("stopAt"); // RFC 3339, for example 2026-11-21T22:00:00+08:00

const recordings = new live.RecordDirectory("recordings", { directoryType: "matches", path: "matches/2026" });

const main = new live.Channel("main", {
    channelName: "Main stage",
    channelType: "live",
    pushDomain: "push.example.com",
    pullProtocols: [live.Protocol.Rtmp, live.Protocol.Flv],
    pullRates: [live.Rate.Source, live.Rate.Hd],
    directoryId: recordings.directoryId,
});

const guest = new live.PullChannel("guest", {
    channelName: "Guest feed",
    sourceUrl: config.requireSecret("guestSource"),
    sourceProtocol: live.Protocol.Rtmp,
    pullDomain: "pull.example.com",
    pullRates: [live.Rate.Source],
});

new live.RecordTask("recording", { pullId: main.pullId, endTime: stopAt });

new live.ForwardTask("relay", {
    pullId: main.pullId,
    forwardUrl: config.requireSecret("relayTarget"),
    endTime: stopAt,
    transcoding: { bitrateKbps: 2500, resolution: "1280x720", videoCodec: live.VideoCodec.Libx264 },
});

export const pushUrl = main.pushUrl;
export const pullUrls = main.pullUrls;
export const guestUrls = guest.pullUrls;
export const state = live.getLiveStateOutput({ pullId: main.pullId }).status;
export const firstCarrier = live.volcengine.getIspsOutput().rows[0].isp;
