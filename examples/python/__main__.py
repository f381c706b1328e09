"""One channel with everything around it. The SDK is generated: see the README."""

import pulumi
import pulumi_livechannels_native as live

config = pulumi.Config()
stop_at = config.require("stopAt")  # RFC 3339, for example 2026-11-21T22:00:00+08:00

recordings = live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")

main = live.Channel(
    "main",
    channel_name="Main stage",
    channel_type="live",
    push_domain="push.example.com",
    pull_protocols=[live.Protocol.RTMP, live.Protocol.FLV],
    pull_rates=[live.Rate.SOURCE, live.Rate.HD],
    directory_id=recordings.directory_id,
)

guest = live.PullChannel(
    "guest",
    channel_name="Guest feed",
    source_url=config.require_secret("guestSource"),
    source_protocol=live.Protocol.RTMP,
    pull_domain="pull.example.com",
    pull_rates=[live.Rate.SOURCE],
)

recording = live.RecordTask("recording", pull_id=main.pull_id, end_time=stop_at)

relay = live.ForwardTask(
    "relay",
    pull_id=main.pull_id,
    forward_url=config.require_secret("relayTarget"),
    end_time=stop_at,
    transcoding={"bitrate_kbps": 2500, "resolution": "1280x720", "video_codec": live.VideoCodec.LIBX264},
)

pulumi.export("pushUrl", main.push_url)
pulumi.export("pullUrls", main.pull_urls)
pulumi.export("guestUrls", guest.pull_urls)
pulumi.export("state", live.get_live_state_output(pull_id=main.pull_id).status)
pulumi.export("firstCarrier", live.volcengine.get_isps().rows[0].isp)
