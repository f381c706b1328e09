"""How much was played, pushed and pulled from origins: viewers, traffic, status codes, numbers of streams, rankings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from ...core.check import Context, rule
from ...core.reporting.answers import NOTHING, at, number, objects, text
from ...core.reporting.columns import Columns, amount, dimension, gauge, peak, share, total
from ...core.reporting.plan import Limits, Part
from ...core.reporting.reading import Shape
from ...core.reporting.slots import SECONDS, days, down_to_slot, hours, minutes
from ...core.reporting.words import word
from ...core.values.addresses import Domain
from ...ground.errors import Problem
from ...ground.language import said_of, tr
from .base import (
    App,
    Count,
    Distinct,
    DomainRow,
    InEitherRegions,
    InRegions,
    InUserRegions,
    InWindow,
    OfDomains,
    OfDomainsOrStream,
    OverIsps,
    OverProtocols,
    StreamName,
    StreamRow,
    VolcengineReport,
    aggregation,
    grouping,
)

_WINDOW = {"startTime": "2026-11-01T00:00:00+08:00", "endTime": "2026-11-02T00:00:00+08:00"}
_LONGEST = {"1m": (hours(24), hours(3)), "5m": (days(31), hours(24)), "1h": (days(31), days(7))}
_ByIspProtocol = Annotated[list[Literal["domain", "isp", "protocol"]], Distinct, "set"]
_ByIsp = Annotated[list[Literal["domain", "isp"]], Distinct, "set"]
Interval = Literal["1m", "5m", "1h"]


def _by_split(want: Any) -> float:
    """Longer slots and fewer things to tell apart allow a longer window."""
    return _LONGEST[want.interval][len(want.group_by or []) >= 2]


def _split_limits(delay: float = minutes(15)) -> Limits:
    return Limits(window=_by_split, history=days(366), delay=delay)


class _SoonerByTheMinute(VolcengineReport):
    """A report whose slots of a minute are complete sooner than its longer ones."""

    limits = _split_limits()

    def settled_until(self, want: Any, now: float) -> float:
        """Up to when slots do not change any more."""
        return now - (minutes(5) if want.interval == "1m" else self.limit.delay)


class StreamSessions(_SoonerByTheMinute):
    """Viewers and requests."""

    action = "DescribeLiveStreamSessionData"
    shape = Shape("SessionDetailDataList", "SessionDataList", label="TimeStamp", whole=True)
    example = {"domains": ["pull.example.com"], "interval": "5m", **_WINDOW}

    class Query(OfDomainsOrStream, OverProtocols, OverIsps, InRegions, InWindow):
        """What can be asked."""

        interval: Interval = aggregation("5m")
        group_by: _ByIspProtocol | None = grouping("domain", "isp", "protocol")
        count: Literal["Online", "Viewer", "ClientIP"] = word(
            "OnlineUserType",
            "Who counts: `Online`, sessions open at the minute; `Viewer`, sessions over the minute; `ClientIP`, "
            "distinct addresses over the minute.",
            default="Online",
        )

    class Row(DomainRow):
        """What was told apart, or all together."""

        isp: str | None = dimension("ISP", "The carrier's code.")
        protocol: str | None = dimension("Protocol", "The protocol.")
        peak_online_users: Count | None = peak("PeakOnlineUser", "Most users in a slot.", of="online_users")
        total_requests: Count | None = total("TotalRequest", "Requests in the window.", of="requests", digits=0)

    class Slot(Columns):
        """Users and requests."""

        online_users: Count | None = gauge("OnlineUser", "Most users in the slot.")
        requests: Count | None = amount("Request", "Requests.", digits=0)

    class Totals(Columns):
        """Of everything together."""

        peak_online_users: Count | None = peak("PeakOnlineUser", "Most users in a slot.", of="online_users")
        total_requests: Count | None = total("TotalRequest", "Requests in the window.", of="requests", digits=0)

    def call(self, want: Any, part: Part) -> Any:
        """The Result."""
        self.notice_groups(want)
        return super().call(want, part)


class SourceTraffic(_SoonerByTheMinute):
    """Back-to-source traffic and bandwidth."""

    action = "DescribeLiveSourceTrafficData"
    shape = Shape("TrafficDetailDataList", "TrafficDataList", label="TimeStamp", whole=True)
    example = {"domains": ["pull.example.com"], "interval": "1h", **_WINDOW}

    class Query(OfDomainsOrStream, OverIsps, InUserRegions, InWindow):
        """What can be asked."""

        interval: Interval = aggregation("5m")
        group_by: _ByIsp | None = grouping("domain", "isp")

    class Row(DomainRow):
        """What was told apart, or all together."""

        isp: str | None = dimension("ISP", "The carrier's code.")
        peak_bandwidth_mbps: float | None = peak("PeakBandwidth", "Largest bandwidth, Mbps.", of="bandwidth_mbps")
        total_traffic_gb: float | None = total("TotalTraffic", "In the window, GB.", of="traffic_gb", digits=6)

    class Slot(Columns):
        """Traffic and bandwidth."""

        traffic_gb: float | None = amount("Traffic", "Traffic, GB of 1000 MB.", digits=6)
        bandwidth_mbps: float | None = gauge("Bandwidth", "Largest bandwidth in the slot, Mbps.")

    class Totals(Columns):
        """Of everything together."""

        peak_bandwidth_mbps: float | None = peak("PeakBandwidth", "Largest bandwidth, Mbps.", of="bandwidth_mbps")
        total_traffic_gb: float | None = total("TotalTraffic", "In the window, GB.", of="traffic_gb", digits=6)

    def call(self, want: Any, part: Part) -> Any:
        """The Result."""
        self.notice_groups(want)
        return super().call(want, part)


class PlayStatusCodes(VolcengineReport):
    """HTTP status codes of requests, each with its count."""

    action = "DescribeLivePlayStatusCodeData"
    limits = Limits(
        window=lambda want: {"1m": hours(24), "5m": days(31), "1h": days(93)}[want.interval], history=days(366)
    )
    shape = Shape("codes", "slots", label="TimeStamp")
    example = {"domains": ["pull.example.com"], "interval": "1h", **_WINDOW}

    class Query(OfDomains, OverIsps, InEitherRegions, InWindow):
        """What can be asked."""

        interval: Interval = aggregation("1m")
        group_by: _ByIsp | None = grouping("domain", "isp")
        type: Literal["Access", "Source"] = word(
            "Type", "`Access` for pushes and plays, `Source` for back-to-source requests.", default="Access"
        )

    class Row(DomainRow):
        """A status code, of what was told apart or of all together."""

        isp: str | None = dimension("ISP", "The carrier's code.")
        status_code: str | None = dimension("StatusCode", "The HTTP status code.")
        total_count: Count | None = total("Value", "Times in the window.", of="count", digits=0)
        percent: float | None = share(
            "Percent", "Share of all codes, percent.", of="total_count", within=("domain", "isp"), digits=6
        )

    class Slot(Columns):
        """How often."""

        count: Count | None = amount("Value", "Times.", digits=0)
        percent: float | None = gauge("Percent", "Share of all codes in the slot, percent.")

    def call(self, want: Any, part: Part) -> Any:
        """The Result."""
        self.notice_groups(want)
        return super().call(want, part)

    @classmethod
    def told_by(cls) -> list[str]:
        """Slots, those of each part, or what they come to."""
        return ["StatusDataList", "StatusDetailDataList", "StatusSummaryDataList"]

    def shaped(self, data: Any) -> Any:
        """A row for each code, where the vendor has a row for each slot."""
        splits = objects(data, "StatusDetailDataList") or [data]
        return {"codes": [code for split in splits for code in _codes(split)]}


def _codes(split: Mapping[str, Any]) -> list[dict[str, Any]]:
    about = {name: split[name] for name in ("Domain", "ISP") if name in split}
    codes: dict[str, list[dict[str, Any]]] = {}
    for slot in objects(split, "StatusDataList"):
        for each in objects(slot, "StatusSummaryDataList"):
            each["TimeStamp"] = slot.get("TimeStamp")
            codes.setdefault(at(each, "StatusCode", text), []).append(each)
    counts = {code: sum(map(_times, slots)) for code, slots in codes.items()}
    whole = sum(counts.values())
    # The vendor sums up for everything together only.
    told = {at(each, "StatusCode", text): each for each in objects(split, "StatusSummaryDataList")}
    rows = []
    for code, slots in codes.items():
        row = told.get(code, {})
        row.setdefault("Value", counts[code])
        row.setdefault("Percent", round(100 * counts[code] / whole, 6) if whole else None)
        rows.append(row)
        row |= {**about, "StatusCode": code, "slots": slots}
    return rows


def _times(code: Mapping[str, Any]) -> float:
    return 0 if code.get("Value") in NOTHING else at(code, "Value", number)


class StreamCount(VolcengineReport):
    """How many streams there were at a time."""

    action = "DescribeLiveStreamCountData"
    limits = _split_limits(minutes(5))
    shape = Shape("StreamDetailDataList", "TotalStreamDataList", label="TimeStamp", whole=True)
    example = {"domains": ["push.example.com"], "types": ["push"], "interval": "5m", **_WINDOW}

    class Query(OfDomains, OverIsps, InUserRegions, InWindow):
        """What can be asked."""

        types: list[Literal["push", "relay-source", "transcode"]] | None = word(
            "StreamType",
            "Kinds of streams. Absent: all. Carriers and user regions count for `push` only.",
            min_length=1,
        )
        interval: Interval = aggregation("5m")
        group_by: _ByIsp | None = grouping("domain", "isp")

    class Row(DomainRow):
        """A domain, or all together."""

        # The vendor sums up for everything together only.
        peak_streams: Count | None = peak("", "Most streams at a time.", of="streams")

    class Slot(Columns):
        """How many."""

        streams: Count | None = gauge("PeakCount", "Most streams at a time in the slot.")

    class Totals(Columns):
        """Of everything together."""

        peak_streams: Count | None = peak("PeakCount", "Most streams at a time.", of="streams")

    def call(self, want: Any, part: Part) -> Any:
        """The Result."""
        self.notice_groups(want)
        if (want.isps or want.user_regions) and want.types != ["push"]:
            text = tr(
                "isps and userRegions are documented for types [push] only; what the platform does otherwise is not"
            )
            self.account.notices.once(said_of(self.name(), text))
        return super().call(want, part)


class TopPlay(VolcengineReport):
    """Which domains or streams were played most; a day is there from the next day's 07:00 on."""

    action = "DescribeLiveTopPlayData"
    limits = Limits(window=days(31), history=days(366), delay=hours(31))
    keeps_order = True
    whole = "1h"
    shape = Shape("DataItemList")
    example = {"rank": "stream", "limit": 20, **_WINDOW}

    class Query(InWindow):
        """What can be asked. The window begins and ends at whole hours."""

        rank: Literal["domain", "stream"] = word(
            "QueryType",
            "What is ranked.",
            default="stream",
            encode={"domain": "Domain", "stream": "Stream"}.__getitem__,
        )
        sort_by: Literal["peakBandwidth", "averageBandwidth", "traffic"] = word(
            "SortBy",
            "By what, largest first.",
            default="peakBandwidth",
            encode={
                "peakBandwidth": "PeakBandwidth",
                "averageBandwidth": "AvgBandwidth",
                "traffic": "TotalTraffic",
            }.__getitem__,
        )
        domains: list[Domain] | None = word("DomainList", "The domains. Absent: all.", min_length=1)
        domain_spaces: list[str] | None = word(
            "VhostList", "Domain spaces, instead of domains. Absent: all.", min_length=1
        )
        limit: int = word("PageSize", "How many rows, from the top: 1 to 1000.", default=10, ge=1, le=1000, encode=str)

        @rule("domains", "domainSpaces")
        def _one_of_two(self, context: Context) -> Iterator[Problem]:
            if self.domains and self.domain_spaces:
                yield Problem("domainSpaces", tr("is set, and so is domains: leave one of them out"))

    class Row(StreamRow):
        """A domain or a stream, the most played first."""

        peak_bandwidth_bps: float | None = gauge("PeakBandwidth", "Largest bandwidth, bps.")
        average_bandwidth_bps: float | None = gauge("AvgBandwidth", "Mean bandwidth, bps.")
        traffic_bytes: float | None = gauge("TotalTraffic", "Traffic, bytes.")

    def settled_until(self, want: Any, now: float) -> float:
        """A day of +08:00 is there from 07:00 of the next day on."""
        return down_to_slot(now - hours(7), SECONDS["1d"])


class EdgeStats(_SoonerByTheMinute):
    """Traffic, bandwidth and requests at the edge, in both directions; for monitoring, not for bills."""

    action = "DescribeLiveEdgeStatData"
    shape = Shape("EdgeStatDetailDataList", "EdgeStatDataList", label="TimeStamp", whole=True)
    example = {"domains": ["pull.example.com", "push.example.com"], "groupBy": ["domain"], "interval": "5m", **_WINDOW}

    class Query(OfDomains, OverProtocols, OverIsps, InEitherRegions, InWindow):
        """What can be asked."""

        apps: list[App] | None = word("AppList", "Apps. Absent: all.", min_length=1)
        stream_names: list[StreamName] | None = word("StreamList", "Streams, by name. Absent: all.", min_length=1)
        interval: Interval = aggregation("5m")
        group_by: (
            Annotated[
                list[
                    Literal[
                        "domain",
                        "protocol",
                        "isp",
                        "area",
                        "country",
                        "province",
                        "userArea",
                        "userCountry",
                        "userProvince",
                    ]
                ],
                Distinct,
                "set",
            ]
            | None
        ) = grouping(
            "domain", "protocol", "isp", "area", "country", "province", "userArea", "userCountry", "userProvince"
        )

    class _Sums(Columns):
        peak_up_bandwidth_mbps: float | None = peak("PeakUpBandwidth", "Largest, pushed, Mbps.", of="up_bandwidth_mbps")
        peak_down_bandwidth_mbps: float | None = peak(
            "PeakDownBandwidth", "Largest, played, Mbps.", of="down_bandwidth_mbps"
        )
        total_up_traffic_gb: float | None = total("TotalUpTraffic", "Pushed, GB.", of="up_traffic_gb", digits=6)
        total_down_traffic_gb: float | None = total("TotalDownTraffic", "Played, GB.", of="down_traffic_gb", digits=6)
        total_requests: Count | None = total("TotalRequest", "Requests.", of="requests", digits=0)

    class Row(DomainRow, _Sums):
        """What was told apart, or all together."""

        protocol: str | None = dimension("Protocol", "The protocol.")
        isp: str | None = dimension("ISP", "The carrier's code.")
        area: str | None = dimension("Area", "Area of the node.")
        country: str | None = dimension("Country", "Country of the node.")
        province: str | None = dimension("Province", "Province of the node, in China only.")
        user_area: str | None = dimension("UserArea", "Area of the client.")
        user_country: str | None = dimension("UserCountry", "Country of the client.")
        user_province: str | None = dimension("UserProvince", "Province of the client, in China only.")

    class Slot(Columns):
        """Both directions."""

        up_traffic_gb: float | None = amount("UpTraffic", "Pushed, GB of 1000 MB.", digits=6)
        down_traffic_gb: float | None = amount("DownTraffic", "Played, GB of 1000 MB.", digits=6)
        up_bandwidth_mbps: float | None = gauge("UpBandwidth", "Largest in the slot, pushed, Mbps.")
        down_bandwidth_mbps: float | None = gauge("DownBandwidth", "Largest in the slot, played, Mbps.")
        requests: Count | None = amount("Request", "Requests.", digits=0)

    class Totals(_Sums):
        """Of everything together."""
