"""Volcengine's figures by bucket: viewers, requests, traffic, status codes and concurrent streams."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..basis import behaves
from ..forms import Form
from ..series import ADDRESSES, MISSED, MISSED_REQUESTS, REQUESTS, SESSIONS, STREAMS, TRAFFIC, UPLINK, VIEWERS
from .places import ISP_LIST, PROTOCOL_LIST, REGION_WORDS, REGIONS, STATUS_CODES, STREAM_TYPES
from .rows import Row, details, whole
from .wire import (
    APP,
    BITS,
    DAY,
    HOUR,
    NARROWED,
    STREAM,
    TEXTS,
    Query,
    Reach,
    action,
    excluding,
    gigabytes,
    one_way_to_name_domains,
    quic_alone,
)

BUCKETS = (60, 300, 3600)
REACH = Reach({60: DAY, 300: 31 * DAY, 3600: 31 * DAY}, {60: 3 * HOUR, 300: DAY, 3600: 7 * DAY})
USERS = {"Online": VIEWERS, "Viewer": SESSIONS, "ClientIP": ADDRESSES}

behaves("volcengine bandwidth", "assumed", "a bucket's bandwidth is its traffic over its length")
behaves("DescribeLiveStreamCountData", "documented", "detail rows are by domain only, whatever is split")
behaves("DescribeLivePlayStatusCodeData", "assumed", "Percent is out of 100, and codes that did not occur are left out")


def splits(*dimensions: str) -> Form:
    """What an answer can be split by."""
    return Form("array<string>", allowed=dimensions)


def _bandwidth(query: Query, quantity: str, row: Row) -> list[float]:
    """The Mbps of each bucket."""
    return [rate / 1_000_000 for rate in query.figures.rate(quantity, row.sources, query.slots, BITS, row.part)]


def _detailed(name: str, rows: list[Row], told: Callable[[Row], dict[str, Any]]) -> dict[str, Any]:
    """The rows of a split; without one the key is missing."""
    return {name: [{**row.key, **told(row)} for row in rows]} if rows else {}


@action(
    "DescribeLiveStreamSessionData",
    {
        "DomainList": TEXTS,
        "Domain": Form(),
        "App": APP,
        "Stream": STREAM,
        "ProtocolList": PROTOCOL_LIST,
        "ISPList": ISP_LIST,
        "RegionList": REGIONS,
        "DetailField": splits("Domain", "ISP", "Protocol"),
        "OnlineUserType": Form(allowed=tuple(USERS)),
    },
    REACH,
    BUCKETS,
    usual_bucket=300,
    rules=(one_way_to_name_domains, quic_alone),
)
def stream_sessions(query: Query) -> dict[str, Any]:
    """Viewers and requests by bucket."""

    def told(row: Row) -> dict[str, Any]:
        users = query.figures.level(USERS[query.get("OnlineUserType", "Online")], row.sources, query.slots, row.part)
        requests = query.figures.flow(REQUESTS, row.sources, query.slots, row.part)
        return {
            "PeakOnlineUser": max(users, default=0),
            "TotalRequest": sum(requests),
            "SessionDataList": query.buckets(row.sources, OnlineUser=users, Request=requests),
        }

    return {
        **query.echo("StartTime", "EndTime", "Domain", "App", "Stream", *NARROWED),
        "Aggregation": query.bucket,
        **told(whole(query)),
        **_detailed("SessionDetailDataList", details(query), told),
    }


@action(
    "DescribeLiveSourceTrafficData",
    {
        "DomainList": TEXTS,
        "Domain": Form(),
        "App": APP,
        "Stream": STREAM,
        "ISPList": ISP_LIST,
        "UserRegionList": REGIONS,
        "DetailField": splits("Domain", "ISP"),
    },
    REACH,
    BUCKETS,
    usual_bucket=300,
    rules=(one_way_to_name_domains,),
)
def source_traffic(query: Query) -> dict[str, Any]:
    """Traffic and bandwidth towards the source by bucket."""

    def told(row: Row) -> dict[str, Any]:
        amounts = query.figures.flow(MISSED, row.sources, query.slots, row.part)
        rates = _bandwidth(query, MISSED, row)
        return {
            "PeakBandwidth": max(rates, default=0.0),
            "TotalTraffic": gigabytes(sum(amounts)),
            "TrafficDataList": query.buckets(
                row.sources, Bandwidth=rates, Traffic=[gigabytes(amount) for amount in amounts]
            ),
        }

    return {
        **query.echo("StartTime", "EndTime", "Domain", "App", "Stream", *NARROWED),
        "Aggregation": query.bucket,
        **told(whole(query)),
        **_detailed("TrafficDetailDataList", details(query), told),
    }


@action(
    "DescribeLiveEdgeStatData",
    {
        "DomainList": TEXTS,
        "AppList": Form("array<string>", pattern=APP.pattern),
        "StreamList": Form("array<string>", pattern=STREAM.pattern),
        "ProtocolList": PROTOCOL_LIST,
        "ISPList": ISP_LIST,
        "RegionList": REGIONS,
        "UserRegionList": REGIONS,
        "DetailField": splits("Domain", "Protocol", "ISP", *REGION_WORDS, *(f"User{word}" for word in REGION_WORDS)),
    },
    REACH,
    BUCKETS,
    usual_bucket=300,
    rules=(quic_alone, excluding("RegionList", "UserRegionList")),
)
def edge_stats(query: Query) -> dict[str, Any]:
    """Traffic and bandwidth both ways and requests by bucket; every split has effect."""

    def told(row: Row) -> dict[str, Any]:
        down = query.figures.flow(TRAFFIC, row.sources, query.slots, row.part)
        up = query.figures.flow(UPLINK, row.sources, query.slots, row.part)
        requests = query.figures.flow(REQUESTS, row.sources, query.slots, row.part)
        down_rates, up_rates = _bandwidth(query, TRAFFIC, row), _bandwidth(query, UPLINK, row)
        return {
            "PeakDownBandwidth": max(down_rates, default=0.0),
            "PeakUpBandwidth": max(up_rates, default=0.0),
            "TotalDownTraffic": gigabytes(sum(down)),
            "TotalUpTraffic": gigabytes(sum(up)),
            "TotalRequest": float(sum(requests)),
            "EdgeStatDataList": query.buckets(
                row.sources,
                DownBandwidth=down_rates,
                UpBandwidth=up_rates,
                DownTraffic=[gigabytes(amount) for amount in down],
                UpTraffic=[gigabytes(amount) for amount in up],
                Request=[float(amount) for amount in requests],
            ),
        }

    return {
        **query.echo("StartTime", "EndTime", "AppList", "StreamList", *NARROWED),
        "Aggregation": query.bucket,
        **told(whole(query)),
        **_detailed("EdgeStatDetailDataList", details(query, needs_several=False), told),
    }


@action(
    "DescribeLivePlayStatusCodeData",
    {
        "DomainList": TEXTS,
        "ISPList": ISP_LIST,
        "RegionList": REGIONS,
        "UserRegionList": REGIONS,
        "DetailField": splits("Domain", "ISP"),
        "Type": Form(allowed=("Access", "Source")),
    },
    Reach({60: DAY, 300: 31 * DAY, 3600: 93 * DAY}),
    BUCKETS,
    rules=(excluding("RegionList", "UserRegionList"),),
)
def status_codes(query: Query) -> dict[str, Any]:
    """How often each HTTP status occurred by bucket."""
    quantity = MISSED_REQUESTS if query.get("Type") == "Source" else REQUESTS

    def counted(row: Row) -> dict[int, list[int]]:
        return {
            int(code): query.figures.flow(quantity, row.sources, query.slots, row.narrowed(StatusCode=[code]))
            for code in STATUS_CODES
        }

    def told(row: Row) -> dict[str, Any]:
        counts = counted(row)
        buckets = [dict(zip(counts, values, strict=True)) for values in zip(*counts.values(), strict=True)]
        return {
            "StatusDataList": query.buckets(row.sources, StatusSummaryDataList=[_summary(each) for each in buckets])
        }

    every = whole(query)
    return {
        **query.echo("StartTime", "EndTime", *NARROWED),
        "Aggregation": query.bucket,
        "Type": query.get("Type", "Access"),
        **told(every),
        "StatusSummaryDataList": _summary({code: sum(values) for code, values in counted(every).items()}),
        **_detailed("StatusDetailDataList", details(query), told),
    }


def _summary(counts: dict[int, int]) -> list[dict[str, Any]]:
    total = sum(counts.values())
    return [
        {"StatusCode": code, "Value": count, "Percent": round(100 * count / total, 6)}
        for code, count in counts.items()
        if count
    ]


@action(
    "DescribeLiveStreamCountData",
    {
        "DomainList": TEXTS,
        "StreamType": Form("array<string>", allowed=tuple(STREAM_TYPES)),
        "ISPList": ISP_LIST,
        "UserRegionList": REGIONS,
        "DetailField": splits("Domain", "ISP"),
    },
    REACH,
    BUCKETS,
    usual_bucket=300,
)
def stream_count(query: Query) -> dict[str, Any]:
    """Concurrent streams by bucket."""

    def told(row: Row) -> tuple[int, list[dict[str, Any]]]:
        counts = query.figures.level(STREAMS, row.sources, query.slots, row.part)
        return max(counts, default=0), query.buckets(row.sources, PeakCount=counts)

    most, series = told(whole(query))
    rows = details(query, needs_several=False, only=("Domain",))
    return {
        **query.echo("StartTime", "EndTime", "StreamType", *NARROWED),
        "Aggregation": query.bucket,
        "PeakCount": most,
        "TotalStreamDataList": series,
        **_detailed("StreamDetailDataList", rows, lambda row: {"TotalStreamDataList": told(row)[1]}),
    }
