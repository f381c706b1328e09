"""Reports below a domain: its directories and its streams."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any, Literal

from ...core.check import Context, rule
from ...core.fields import Inputs
from ...core.reporting.columns import Columns, amount, columns, dimension, gauge, moment, peak, rate, total
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.slots import Window, days, hours, minutes, rfc3339
from ...core.reporting.table import Key, Series
from ...core.reporting.words import mapped, number_flag, text_flag, word
from ...core.values.addresses import Domain
from ...core.values.times import Offset
from ...ground.errors import Problem
from ...ground.language import tr
from ...vendors.wangsu.reports import Envelope
from .base import (
    BOTH_SITES,
    METRICS,
    Count,
    Directory,
    DomainRow,
    InWindow,
    InWindowOrNewest,
    Stream,
    WangsuReport,
    gmt,
    interval,
)


def _missing(domains: list[str] | None, below: list[str] | None, word: str) -> Iterator[Problem]:
    if not domains and not below:
        text = tr("is missing, and so is {word}: name what the report is about in one of them", word=word)
        yield Problem("domains", text)


def _named_twice(domains: list[str] | None, below: list[str] | None, word: str) -> Iterator[Problem]:
    both = sorted({value.partition("/")[0].lower() for value in below or []} & {name.lower() for name in domains or []})
    if both:
        text = tr(
            "names {domains}, and so does {word}: name each domain in one of them only",
            domains=", ".join(both),
            word=word,
        )
        yield Problem("domains", text)


class OfStreamsOrAll(Inputs):
    """Whole domains, or streams of them; without any, all domains of the account."""

    domains: list[Domain] | None = word("", "Domains with all their streams.", min_length=1)
    streams: list[Stream] | None = word("", "Streams, as `domain/app/stream`.", min_length=1)

    @rule("domains", "streams")
    def _named_once(self, context: Context) -> Iterator[Problem]:
        yield from _named_twice(self.domains, self.streams, "streams")


class OfStreams(OfStreamsOrAll):
    """Whole domains, or streams of them."""

    @rule("domains", "streams")
    def _given(self, context: Context) -> Iterator[Problem]:
        yield from _missing(self.domains, self.streams, "streams")


class OfDirectories(Inputs):
    """Whole domains, or directories of them."""

    domains: list[Domain] | None = word("", "Domains with all their directories.", min_length=1)
    directories: list[Directory] | None = word("", "Directories, as `domain/directory`.", min_length=1)

    @rule("domains", "directories")
    def _named_once(self, context: Context) -> Iterator[Problem]:
        yield from _missing(self.domains, self.directories, "directories")
        yield from _named_twice(self.domains, self.directories, "directories")


class MetricSlot(Columns):
    """What was asked to be counted."""

    traffic_mb: float | None = amount("value", "Traffic in MB.", when=("metric", "traffic"))
    bandwidth_mbps: float | None = rate("value", "Bandwidth in Mbps.", when=("metric", "bandwidth"))


class _Totals(Columns):
    total_traffic_mb: float | None = total("totalFlow", "Traffic in the window, MB.", of="traffic_mb")
    peak_bandwidth_mbps: float | None = peak("bandwidthPeakValue", "Largest bandwidth, Mbps.", of="bandwidth_mbps")


def _metric(doc: str = "What to count.") -> Any:
    return word("dataType", doc, default="traffic", encode=mapped(METRICS))


class DirectoryRow(DomainRow):
    """A directory of a domain."""

    directory: str | None = dimension("dir", "The directory.")


class StreamRow(DomainRow):
    """A stream of a domain."""

    stream: str | None = dimension("stream", "The stream, as `app/stream`.")


class DirectoryTraffic(WangsuReport):
    """Traffic or bandwidth of the directories of live domains."""

    action = "Querydirectorybandwidthtrafficunderlivestreamdomain"
    path = "/api/report/flow/dir/detail"
    sites = BOTH_SITES
    grouped = ("directories", "domainDir", "dir")
    limits = Limits(window=days(7), history=days(730), each={"domains": 20, "directories": 200})
    shape = Shape("details", "details")
    example = {
        "domains": ["pull.example.com"],
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-02T00:00:00+08:00",
    }

    class Query(OfDirectories, InWindow):
        """What can be asked."""

        metric: Literal["traffic", "bandwidth"] = _metric()
        protocol: Literal["http", "https"] | None = word("protocolType", "Only this protocol. Absent: both.")
        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")

    class Row(DirectoryRow, _Totals):
        """A directory of a domain."""

    Slot = MetricSlot


class DirectoryTrafficSummary(WangsuReport):
    """Traffic and peak bandwidth of directories, for mainland China."""

    action = "Reportflowdirinfoservice"
    path = "/api/report/flow/dir/info"
    grouped = ("directories", "domainDir", "dir")
    limits = Limits(window=days(31), history=days(183), each={"domains": 1, "directories": 200})
    shape = Shape("details")
    example = {
        "domains": ["pull.example.com"],
        "depth": 1,
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-08T00:00:00+08:00",
    }

    class Query(OfDirectories, InWindow):
        """What can be asked."""

        depth: int = word("dirHierarchy", "Level of the directories, 1 to 4.", default=..., ge=1, le=4, encode=str)

    class Row(DirectoryRow):
        """A directory of a domain."""

        total_traffic_mb: float | None = total("totalFlow", "Traffic in the window, MB.")
        peak_bandwidth_mbps: float | None = peak("bandwidthPeakValue", "Largest bandwidth, Mbps.")


class _ByStream:
    """What every row of is a stream, also one whose name is empty: it is not all streams together."""

    def tidy(self, key: Key) -> Key:
        """A row's names as ours."""
        domain, stream = key
        return (domain, stream or "")


class StreamTraffic(_ByStream, WangsuReport):
    """Traffic or bandwidth of streams."""

    action = "Querystreamtrafficundermalbdomain"
    path = "/api/report/flow/stream/detail"
    sites = BOTH_SITES
    grouped = ("streams", "domainStream", "stream")
    limits = Limits(window=days(1), history=days(183), each={"domains": 20, "streams": 2000})
    shape = Shape("details", "details")
    example = {
        "streams": ["pull.example.com/live/main"],
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-02T00:00:00+08:00",
    }

    class Query(OfStreams, InWindow):
        """What can be asked."""

        metric: Literal["traffic", "bandwidth"] = _metric()
        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")
        skip_empty: bool = word(
            "filterEmptyStream",
            "Leave out pushes whose stream has no name; else they are a row with an empty one.",
            default=False,
            encode=number_flag,
        )

    class Row(StreamRow, _Totals):
        """A stream of a domain."""

    Slot = MetricSlot


class StreamTrafficAndViewers(_ByStream, WangsuReport):
    """Traffic or bandwidth of streams, and how many people watch."""

    action = "Querymultiplestreamtrafficandbandwidthunderthedomain"
    path = "/api/report/flow-bandwidth/stream/detail"
    sites = BOTH_SITES
    envelope = Envelope.CODED
    grouped = ("streams", "domainStream", "stream")
    # One of the vendor's texts allows any window, the other 10 minutes: so a long one is tried once.
    limits = Limits(history=days(183), each={"domains": 20, "streams": 2000}, surely=minutes(10))
    window_by_default = hours(24)
    shape = Shape("domainOfStreamList", "detailList")
    example = {"domains": ["pull.example.com"], "viewers": True, "interval": "1m"}

    class Query(OfStreams, InWindowOrNewest):
        """What can be asked."""

        metric: Literal["traffic", "bandwidth"] = _metric()
        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")
        skip_empty: bool = word(
            "filterEmptyStream",
            "Leave out pushes whose stream has no name; else they are a row with an empty one.",
            default=False,
            encode=number_flag,
        )
        keyword: str | None = word("keyword", "Only streams that this regular expression matches.", min_length=1)
        viewers: bool = word(
            "isReturnOnline", "Tell viewers too; only in slots of a minute.", default=False, encode=text_flag
        )

        @rule("viewers", "interval")
        def _by_the_minute(self, context: Context) -> Iterator[Problem]:
            if self.viewers and self.interval != "1m":
                yield Problem("viewers", tr("is told by the minute only: set interval to 1m, or take viewers out"))

    class Row(StreamRow, _Totals):
        """A stream of a domain."""

    class Slot(MetricSlot):
        """What was asked to be counted, and viewers."""

        viewers: Count | None = gauge("onlineUser", "Viewers, where they were asked for.")


class StreamPushDuration(WangsuReport):
    """How long streams were pushed, and each push, by whole days."""

    action = "ReportDomainStreamDurationService"
    path = "/api/report/domain/stream/duration"
    sites = BOTH_SITES
    envelope = Envelope.CODED
    grouped = ("streams", "domainStream", "stream")
    limits = Limits(window=days(31), history=days(183), each={"domains": 1})
    window_by_default = days(7)
    whole = "1d"
    cuts_days = True
    shape = Shape("streamList", "durationDetailList", label="startTime", events=True)
    example = {
        "domains": ["push.example.com"],
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-08T00:00:00+08:00",
    }

    class Query(OfStreamsOrAll, InWindowOrNewest):
        """What can be asked. The window begins and ends at midnights of `timeZone`."""

        time_zone: Offset | None = word(
            "", "Zone whose days are meant, as an offset like +09:00; +08:00 where none is given."
        )

    class Row(StreamRow):
        """A stream of a domain."""

        total_duration_ms: Count | None = total("sumTime", "Time pushed, milliseconds.", of="duration_ms", digits=0)

    class Slot(Columns):
        """One push; its time is when it began, which may be before the window."""

        end_time: str | None = moment("endTime", "When the push ended, RFC 3339.")
        duration_ms: Count | None = amount("duration", "Length of the push, milliseconds.", digits=0)

    def headers_of(self, want: Any) -> dict[str, str]:
        """The zone is a header here."""
        return {"X-Time-Zone": gmt(want.time_zone)} if want.time_zone else {}

    def wire_times(self, window: Window, zone: int) -> tuple[str, str]:
        """The window in days."""
        return rfc3339(window.start, zone)[:10], rfc3339(window.end, zone)[:10]

    def time_of(self, label: str, length: int, zone: int) -> int:
        """When a push began: the vendor writes unix seconds."""
        return int(float(label))

    def mended(self, series: Series, cuts: Container[int] = ()) -> Series:
        """Pushes in order. One that both of two calls tell is told once, and one that they cut is one push again."""
        whole = Series.of(columns(self.Slot).values())
        ends, lengths = whole.texts["end_time"], whole.numbers["duration_ms"]
        pushes = set(zip(series.times, series.texts["end_time"], series.numbers["duration_ms"], strict=True))
        for start, end, length in sorted(pushes, key=lambda push: (push[0], str(push[1]))):
            if start in cuts and ends and ends[-1] == rfc3339(start):
                ends[-1] = end
                lengths[-1] += length
            else:
                whole.append(start, {"end_time": end, "duration_ms": length})
        return whole

    def tidy(self, key: Key) -> Key:
        """The vendor puts the domain before the stream."""
        domain, stream = key
        return domain, (stream or "").removeprefix(f"{domain}/") or None
