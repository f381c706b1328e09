"""What each stream was: its media, its pushes and transcodings, its viewers and its traffic."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from ...core.check import Context, rule
from ...core.reporting.columns import Columns, dimension, gauge, moment, peak, total
from ...core.reporting.plan import Limits, Part
from ...core.reporting.reading import Shape
from ...core.reporting.slots import days, hours, minutes
from ...core.reporting.words import word
from ...ground.errors import Problem
from ...ground.language import tr
from .base import (
    App,
    Count,
    InEitherRegions,
    InRegions,
    InWindow,
    OfDomains,
    OneAfterTheOther,
    OverIsps,
    OverProtocols,
    Stream,
    StreamName,
    StreamRow,
    VolcengineReport,
    aggregation,
)

_A_DAY = Limits(window=days(1), history=days(366), each={"domains": 1, "streams": 1}, delay=30)
_A_DAY_LATER = Limits(window=days(1), history=days(366), each={"domains": 1, "streams": 1}, delay=minutes(15))
_DAY = {"startTime": "2026-11-01T00:00:00+08:00", "endTime": "2026-11-02T00:00:00+08:00"}


class MediaSlot(Columns):
    """Audio and video in a slot."""

    video_bitrate_kbps: float | None = gauge("Bitrate", "Video bitrate, kbps.")
    video_frame_rate: float | None = gauge("Framerate", "Video frames a second.")
    video_frame_gap_ms: float | None = gauge("VideoFrameGap", "Largest gap between video frames, milliseconds.")
    video_pts_ms: float | None = gauge("VideoPts", "Last video presentation time, milliseconds.")
    audio_bitrate_kbps: float | None = gauge("AudioBitrate", "Audio bitrate, kbps.")
    audio_frame_rate: float | None = gauge("AudioFramerate", "Audio packets a second.")
    audio_frame_gap_ms: float | None = gauge("AudioFrameGap", "Largest gap between audio frames, milliseconds.")
    audio_pts_ms: float | None = gauge("AudioPts", "Last audio presentation time, milliseconds.")
    pts_delta_ms: float | None = gauge("PtsDelta", "Largest difference of audio and video time, milliseconds.")


class _OneStream(VolcengineReport):
    """A report about one stream a call."""

    shape = Shape(slots="MetricList", label="TimeStamp")
    Row = StreamRow

    def call(self, want: Any, part: Part) -> Any:
        """The Result, which says which stream it is about."""
        return {**super().call(want, part), **self.target(want, part)}


class _EveryStream(VolcengineReport):
    """A report about the streams of one domain a call."""

    shape = Shape("StreamMetricList", "MetricList", label="TimeStamp")


class PushStreamMetrics(_OneStream):
    """Bitrates, frame rates and gaps of pushed streams."""

    action = "DescribeLivePushStreamMetrics"
    limits = _A_DAY
    example = {"streams": ["push.example.com/live/main"], **_DAY}

    class Query(InWindow):
        """What can be asked."""

        streams: list[Stream] = word("", "Streams, as `domain/app/stream`.", default=..., min_length=1)
        interval: Literal["5s", "30s"] = aggregation("30s")

    Slot = MediaSlot


class SourceStreamMetrics(_OneStream):
    """Bitrates, frame rates and gaps of streams that are pulled from their source."""

    action = "DescribeLiveSourceStreamMetrics"
    limits = _A_DAY
    example = {"streams": ["pull.example.com/live/main"], **_DAY}

    class Query(InWindow):
        """What can be asked."""

        streams: list[Stream] = word("", "Streams, as `domain/app/stream`.", default=..., min_length=1)
        interval: Literal["30s"] = aggregation("30s")

    Slot = MediaSlot


class BatchPushStreamMetrics(_EveryStream):
    """Bitrates, frame rates, gaps and codecs of all pushed streams of a domain, push by push."""

    action = "DescribeLiveBatchPushStreamMetrics"
    limits = _A_DAY
    example = {"domains": ["push.example.com"], **_DAY}

    class Query(OneAfterTheOther, InWindow):
        """What can be asked."""

        interval: Literal["5s", "30s", "1m"] = aggregation("1m")
        aggregate: Literal["max", "avg"] = word("AggType", "How a slot is made from its samples.", default="max")

    class Row(StreamRow):
        """One push of a stream."""

        session_id: str | None = dimension("SessionID", "Id of the push.")

    class Slot(MediaSlot):
        """Audio and video in a slot, and where they come from."""

        video_codec: str | None = gauge("VCodec", "Video codec.")
        audio_codec: str | None = gauge("ACodec", "Audio codec.")
        resolution: str | None = gauge("Resolution", "Width and height, like 1280x720.")
        client_ip: str | None = gauge("ClientIp", "Address of the encoder.")
        server_ip: str | None = gauge("ServerIp", "Address of the node.")
        first_frame_ms: float | None = gauge("FirstFrameTime", "Time to the first frame, milliseconds.")
        push_start_time: str | None = moment("StreamBeginTime", "When the push began, RFC 3339.")


class BatchSourceStreamMetrics(_EveryStream):
    """Bitrates, frame rates and gaps of all streams of a domain that are pulled from their source."""

    action = "DescribeLiveBatchSourceStreamMetrics"
    limits = _A_DAY_LATER
    example = {"domains": ["pull.example.com"], **_DAY}

    class Query(OneAfterTheOther, InWindow):
        """What can be asked."""

        interval: Literal["30s", "1m"] = aggregation("1m")
        aggregate: Literal["max", "avg"] = word("AggType", "How a slot is made from its samples.", default="max")

    Row, Slot = StreamRow, MediaSlot


class PushStreams(VolcengineReport):
    """Pushes that have ended: when, how long, from where and why they ended."""

    action = "DescribeLivePushStreamInfoData"
    limits = Limits(history=days(93), rows=1000, delay=0, a_second=100)
    keeps_order = True
    items = "PushStreamInfoDataList"
    shape = Shape("PushStreamInfoDataList")
    example = {"domains": ["push.example.com"], **_DAY}

    class Query(OfDomains, InWindow):
        """What can be asked."""

        app: App | None = word("App", "Only this app.")
        stream_name: StreamName | None = word("Stream", "Only streams of this name.")

    class Row(Columns):
        """One push."""

        app: str | None = dimension("App", "The app.")
        stream: str | None = dimension("Stream", "The stream's name.")
        start_time: str | None = moment("StartTime", "When the push began, RFC 3339.")
        end_time: str | None = moment("EndTime", "When it ended, RFC 3339.")
        duration_seconds: Count | None = gauge("Duration", "How long it was, seconds.")
        client_ip: str | None = gauge("IP", "Address of the encoder.")
        break_reason: str | None = gauge("StreamBreakReason", "Why it ended, in the vendor's words.")


class TranscodeTasks(VolcengineReport):
    """Transcodings: which stream, to what, and for how long."""

    action = "DescribeLiveTranscodeInfoData"
    limits = Limits(history=days(366), rows=100_000, delay=minutes(20), a_second=100)
    keeps_order = True
    items = "TranscodeInfoDataList"
    shape = Shape("TranscodeInfoDataList")
    example = {"domains": ["push.example.com"], "resolutions": ["720P"], **_DAY}

    class Query(OfDomains, InWindow):
        """What can be asked."""

        app: App | None = word("App", "Only this app; together with streamName.")
        stream_name: StreamName | None = word("Stream", "Only streams of this name; together with app.")
        resolutions: list[Literal["480P", "720P", "1080P", "2K", "4K", "8K", "0P"]] | None = word(
            "Resolution", "Steps of resolution; 0P is sound alone. Absent: all.", min_length=1
        )
        types: (
            list[
                Literal[
                    "Normal_H264",
                    "Normal_H265",
                    "Normal_H266",
                    "ByteHD_H264",
                    "ByteHD_H265",
                    "ByteHD_H266",
                    "ByteQE",
                    "Audio",
                ]
            ]
            | None
        ) = word("TranscodeType", "Kinds of transcoding. Absent: all.", min_length=1)

        @rule("app", "streamName")
        def _together(self, context: Context) -> Iterator[Problem]:
            if bool(self.app) != bool(self.stream_name):
                missing, there = ("streamName", "app") if self.app else ("app", "streamName")
                yield Problem(missing, tr("is missing, but {there} is set: set both or neither", there=there))

    class Row(Columns):
        """One transcoding."""

        task_id: str | None = dimension("TaskID", "Id of the task.")
        stream: str | None = dimension("Stream", "The stream's name.")
        type: str | None = gauge("TranscodeType", "Kind of transcoding.")
        resolution: str | None = gauge("Resolution", "Step of resolution.")
        suffix: str | None = gauge("TranscodeSuffix", "Suffix of the template.")
        start_time: str | None = moment("StartTime", "When it began, RFC 3339.")
        end_time: str | None = moment("EndTime", "When it ended, RFC 3339.")
        duration_minutes: float | None = gauge("Duration", "How long it was within the window, minutes.")


class BatchStreamSessions(VolcengineReport):
    """Viewers and requests of each stream."""

    action = "DescribeLiveBatchStreamSessionData"
    limits = Limits(window=hours(24), history=days(366), rows=1000, delay=minutes(5))
    items = "StreamInfoList"
    shape = Shape("StreamInfoList")
    example = {"domains": ["pull.example.com"], **_DAY}

    class Query(OfDomains, OverProtocols, OverIsps, InRegions, InWindow):
        """What can be asked."""

        count: Literal["Online", "Viewer"] = word(
            "OnlineUserType",
            "Who counts: `Online`, sessions open at the minute; `Viewer`, sessions over the minute.",
            default="Viewer",
        )

    class Row(StreamRow):
        """A stream."""

        peak_online_users: Count | None = peak("PeakOnlineUser", "Most users at a time.")
        total_requests: Count | None = total("TotalRequest", "Requests in the window.", digits=0)

    class Totals(Columns):
        """Of all streams."""

        peak_online_users: Count | None = peak("PeakOnlineUser", "Most users at a time.")
        total_requests: Count | None = total("TotalRequest", "Requests in the window.", digits=0)


class BatchStreamTraffic(VolcengineReport):
    """Traffic of each stream, in both directions."""

    action = "DescribeLiveBatchStreamTrafficData"
    limits = Limits(window=hours(24), history=days(366), rows=1000)
    items = "StreamInfoList"
    shape = Shape("StreamInfoList")
    example = {"domains": ["pull.example.com"], **_DAY}

    class Query(OfDomains, OverProtocols, OverIsps, InEitherRegions, InWindow):
        """What can be asked."""

    class Row(StreamRow):
        """A stream."""

        up_traffic_gb: float | None = total("UpTraffic", "Pushed, GB of 1000 MB.", digits=6)
        down_traffic_gb: float | None = total("DownTraffic", "Played, GB of 1000 MB.", digits=6)

    class Totals(Columns):
        """Of all streams."""

        total_up_traffic_gb: float | None = total("TotalUpTraffic", "Pushed, GB.", digits=6)
        total_down_traffic_gb: float | None = total("TotalDownTraffic", "Played, GB.", digits=6)
