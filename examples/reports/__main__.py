"""Each push domain with traffic in the given time gets its state callback; the others cost nothing and get none."""

import pulumi

import pulumi_livechannels as live
from pulumi_livechannels import wangsu

config = pulumi.Config()

pushed = wangsu.get_uplink_traffic_by_country(
    domains=config.require_object("domains"),
    group_by=["domain"],
    interval="1d",
    start_time=config.require("from"),
    end_time=config.require("to"),
)

for row in pushed.rows:
    if row.domain and row.total_traffic_mb:
        live.ChannelStateCallback(row.domain, push_domain=row.domain, notify_url=config.require("notifyUrl"))

pulumi.export("trafficMb", {row.domain: row.total_traffic_mb for row in pushed.rows})
