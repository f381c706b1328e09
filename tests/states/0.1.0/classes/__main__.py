import pulumi

import pulumi_livechannels as live

config = pulumi.Config()
end = "2026-11-27T01:27:45+00:00"
recordings = live.RecordDirectory("recordings", directory_type="matches", path="matches/2026")
main = live.Channel(
    "main",
    channel_name="Main",
    channel_type="live",
    push_domain="push.example.com",
    pull_rates=["source", "hd"],
    pull_protocols=["rtmp", "flv"],
    stream_check="checkcanary",
    directory_id=recordings.directory_id,
    push_key_rotation="1",
)
guest = live.PullChannel(
    "guest",
    channel_name="Guest",
    source_url=config.require_secret("guestSource"),
    source_protocol="rtmp",
    pull_domain="pull.example.com",
    pull_rates=["source"],
)
live.RecordTask("recording", pull_id=main.pull_id, end_time=end)
live.ForwardTask(
    "relay",
    pull_id=main.pull_id,
    forward_url=config.require_secret("relayTarget"),
    end_time=end,
    transcoding={"bitrate_kbps": 800, "video_codec": "libx264"},
)
live.ChannelStateCallback("told", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
live.ChannelBan("banned", pull_id=guest.pull_id)
live.StreamDisconnect("cut", pull_id=main.pull_id, triggers={"incident": "1"})
push = live.SignedPushUrl("push", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
pulls = live.SignedPullUrls("pulls", pull_id=main.pull_id, effective_hours=24, triggers=["1"])
pulumi.export("pushUrl", push.url)
