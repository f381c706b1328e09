"""The reports of Wangsu and CDNetworks, one file a topic."""

from __future__ import annotations

from ...core.reporting.report import Report
from . import cache, channels, domains, places, streams

WANGSU: tuple[type[Report], ...] = (
    domains.AccountTraffic,
    domains.AccountTrafficBytes,
    domains.DomainTraffic,
    domains.ExactDomainTraffic,
    domains.AreaTraffic,
    domains.ProtocolTraffic,
    domains.ShieldTraffic,
    domains.TrafficAndRequestPeaks,
    domains.RequestsByIpVersion,
    streams.DirectoryTraffic,
    streams.DirectoryTrafficSummary,
    streams.StreamTraffic,
    streams.StreamTrafficAndViewers,
    streams.StreamPushDuration,
    places.TrafficByCountry,
    places.UplinkTrafficByCountry,
    places.ServerBandwidthByCountry,
    places.TrafficByIspProvince,
    places.TrafficBytesByIspProvince,
    places.TotalTrafficByIspProvince,
    places.RecentTrafficByIspProvince,
    cache.HitRateByIspProvince,
    cache.HitRateBytesByIspProvince,
    cache.TotalHitRateByIspProvince,
    cache.HitRateDetailByIspProvince,
    cache.EdgeHitRatio,
    cache.BandwidthSaving,
    cache.P2pShareRatio,
    cache.OriginTrafficByIspProvince,
    cache.OriginTrafficBytesByIspProvince,
    cache.OriginTrafficAndRequests,
    channels.ChannelTraffic,
    channels.DailyTrafficPeaks,
    channels.TranscodingUsage,
)
