"""A channel with signed addresses and a callback, and another one that is cut off and banned."""

import pulumi

import pulumi_livechannels as live

main = live.Channel(
    "main", channel_name="Main stage", channel_type="live", push_domain="push.example.com", pull_rates=["source"]
)
pirate = live.Channel(
    "pirate", channel_name="Open stage", channel_type="live", push_domain="push.example.com", pull_rates=["source"]
)

live.ChannelStateCallback("callback", push_domain="push.example.com", notify_url="https://hooks.example.com/live")
push = live.SignedPushUrl("push", pull_id=main.pull_id, effective_hours=24, triggers={"month": "2026-11"})
pull = live.SignedPullUrls("pull", pull_id=main.pull_id, effective_hours=24, triggers={"month": "2026-11"})

cut = live.StreamDisconnect("cut", pull_id=pirate.pull_id, triggers={"incident": "4711"})
ban = live.ChannelBan("ban", pull_id=pirate.pull_id, opts=pulumi.ResourceOptions(depends_on=[cut]))

pulumi.export("encoderUrl", push.url)
pulumi.export("playbackUrls", pull.urls)
pulumi.export("banLapsesAt", ban.lapses_at)
pulumi.export("state", live.get_live_state_output(pull_id=main.pull_id).status)
