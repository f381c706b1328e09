"""The reports of Volcengine Live, one file a topic."""

from __future__ import annotations

from ...core.reporting.report import Report
from . import places, streams, usage

VOLCENGINE: tuple[type[Report], ...] = (
    places.Regions,
    places.Isps,
    places.IpInfo,
    streams.PushStreamMetrics,
    streams.BatchPushStreamMetrics,
    streams.SourceStreamMetrics,
    streams.BatchSourceStreamMetrics,
    streams.PushStreams,
    streams.TranscodeTasks,
    usage.StreamSessions,
    streams.BatchStreamSessions,
    streams.BatchStreamTraffic,
    usage.SourceTraffic,
    usage.PlayStatusCodes,
    usage.StreamCount,
    usage.TopPlay,
    usage.EdgeStats,
)
