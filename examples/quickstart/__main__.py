"""One channel with everything around it: what `make demo` plays through."""

import pulumi

import pulumi_livechannels as live

config = pulumi.Config()
stop_at = config.require("stopAt")  # RFC 3339 with an offset, at most 72 hours from now

recordings = live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")

main = live.Channel(
    "main",
    channel_name=config.get("channelName") or "Main stage",
    channel_type="live",
    push_domain="push.example.com",
    pull_protocols=["rtmp", "flv"],
    pull_rates=["source", "hd"],
    directory_id=recordings.directory_id,
)

guest = live.PullChannel(
    "guest",
    channel_name="Guest feed",
    source_url=config.require_secret("guestSource"),
    source_protocol="rtmp",
    pull_domain="pull.example.com",
    pull_rates=["source"],
)

recording = live.RecordTask("recording", pull_id=main.pull_id, end_time=stop_at)

relay = live.ForwardTask(
    "relay",
    pull_id=main.pull_id,
    forward_url=config.require_secret("relayTarget"),
    end_time=stop_at,
    transcoding={"bitrate_kbps": 2500, "resolution": "1280x720", "video_codec": "libx264"},
)

pulumi.export("pushUrl", main.push_url)
pulumi.export("pullUrls", main.pull_urls)
pulumi.export("guestUrls", guest.pull_urls)
