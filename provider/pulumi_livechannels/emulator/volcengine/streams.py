"""Volcengine's lists: sums by stream, rankings, and what was pushed and transcoded."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from ..basis import behaves
from ..domains import KNOWN_STREAMS
from ..forms import Form
from ..series import REQUESTS, TRAFFIC, UPLINK
from ..store import ZONE
from .places import ISP_LIST, PROTOCOL_LIST, REGIONS
from .rows import sources, whole
from .usage import USERS
from .wire import (
    APP,
    BITS,
    DAY,
    NARROWED,
    PAGES,
    STREAM,
    TEXTS,
    Query,
    Reach,
    action,
    excluding,
    gigabytes,
    paired,
    quic_alone,
)

RANKS = 1000
SUFFIXES = {"480P": "sd", "720P": "hd", "1080P": "uhd", "2K": "2k", "4K": "4k", "8K": "8k", "0P": "ao"}
CODECS = (
    *(f"{family}_{codec}" for family in ("Normal", "ByteHD") for codec in ("H264", "H265", "H266")),
    *("ByteQE", "Audio"),
)
REASONS = ("对端主动断开链接", "推流超时断开")
RANKED = ("PeakBandwidth", "AvgBandwidth", "TotalTraffic")

behaves("volcengine streams", "assumed", "a list of streams has those of each domain that were pushed in the window")
behaves("volcengine pages", "documented", "three styles; a page size out of bounds is refused")
behaves("DescribeLivePushStreamInfoData", "assumed", "ended pushes whose start lies in the window, oldest first")
behaves("DescribeLiveTranscodeInfoData", "assumed", "tasks whose start lies in the window, with their whole length")
behaves("DescribeLiveTranscodeInfoData", "assumed", "two tasks for each push, of 480P to 1080P")
behaves("DescribeLiveTopPlayData", "assumed", "hours that begin in the window, today's too; a domain space is a domain")
behaves("DescribeLiveTopPlayData", "documented", f"ranks beyond {RANKS} are not shown")
behaves("DescribeLiveTopPlayData", "assumed", "nor counted; equal ones are ranked by name")


def _usual_streams(query: Query) -> list[tuple[str, dict[str, str]]]:
    """The source and the names of every stream that was pushed in the window."""
    pairs = [name.split("/") for name in KNOWN_STREAMS]
    streams = [
        (f"{domain}/{app}/{stream}", {"Domain": domain, "App": app, "Stream": stream})
        for domain in query.domains()
        for app, stream in pairs
    ]
    return [(source, names) for source, names in streams if any(query.figures.aired([source], query.slots))]


@action(
    "DescribeLiveBatchStreamSessionData",
    {
        "DomainList": TEXTS,
        "ProtocolList": PROTOCOL_LIST,
        "ISPList": ISP_LIST,
        "RegionList": REGIONS,
        "OnlineUserType": Form(allowed=("Online", "Viewer")),
        **PAGES,
    },
    Reach({0: DAY}),
    rules=(quic_alone,),
)
def batch_sessions(query: Query) -> dict[str, Any]:
    """Viewers and requests of each stream over the window."""
    window, part = query.slots.joined(), whole(query).part
    quantity, rows = USERS[query.get("OnlineUserType", "Viewer")], []
    pushed = _usual_streams(query)
    together = query.figures.level(quantity, [source for source, _ in pushed], query.slots.by_minute(), part)
    for source, names in pushed:
        users = max(query.figures.level(quantity, [source], window, part), default=0)
        requests = sum(query.figures.flow(REQUESTS, [source], window, part))
        rows.append({**names, "PeakOnlineUser": users, "TotalRequest": requests})
    page, number, size = query.page(rows, 1000, 100, 1000)
    return {
        **query.echo("StartTime", "EndTime", *NARROWED),
        "PeakOnlineUser": max(together, default=0),
        "TotalRequest": sum(row["TotalRequest"] for row in rows),
        "StreamInfoList": page,
        "Pagination": {"PageNum": number, "PageSize": size, "TotalCount": len(rows)},
    }


@action(
    "DescribeLiveBatchStreamTrafficData",
    {
        "DomainList": TEXTS,
        "ProtocolList": PROTOCOL_LIST,
        "ISPList": ISP_LIST,
        "RegionList": REGIONS,
        "UserRegionList": REGIONS,
        **PAGES,
    },
    Reach({0: DAY}),
    rules=(quic_alone, excluding("RegionList", "UserRegionList")),
)
def batch_traffic(query: Query) -> dict[str, Any]:
    """Traffic of each stream over the window, both ways."""
    window, part = query.slots.joined(), whole(query).part
    rows, totals = [], {"Down": 0, "Up": 0}
    for source, names in _usual_streams(query):
        amounts = {}
        for way, quantity in (("Down", TRAFFIC), ("Up", UPLINK)):
            amounts[way] = sum(query.figures.flow(quantity, [source], window, part))
            totals[way] += amounts[way]
        rows.append({**names, **{f"{way}Traffic": gigabytes(amount) for way, amount in amounts.items()}})
    page, number, size = query.page(rows, 1000, 100, 1000)
    return {
        **query.echo("StartTime", "EndTime", *NARROWED),
        **{f"Total{way}Traffic": gigabytes(amount) for way, amount in totals.items()},
        "StreamInfoList": page,
        "Pagination": {"PageNum": number, "PageSize": size, "TotalCount": len(rows)},
    }


@action(
    "DescribeLiveTopPlayData",
    {
        "QueryType": Form(allowed=("Domain", "Stream")),
        "SortBy": Form(allowed=RANKED),
        "VhostList": TEXTS,
        "DomainList": TEXTS,
        **{name: Form(pattern=r"\d{1,9}") for name in PAGES},
    },
    Reach({0: 31 * DAY}),
    usual_bucket=3600,
    rules=(excluding("VhostList", "DomainList"),),
)
def top_play(query: Query) -> dict[str, Any]:
    """Domains or streams by bandwidth or traffic, in bits per second and bytes; pages are numbered in text."""
    ranked = _usual_streams(query)
    if query.get("QueryType") == "Domain":
        ranked = [(domain, {"Domain": domain}) for domain in query.domains()]
    seconds = max(1, len(query.slots.starts)) * query.slots.seconds
    rows: list[dict[str, Any]] = []
    for source, names in ranked:
        total = sum(query.figures.flow(TRAFFIC, [source], query.slots))
        rates = query.figures.rate(TRAFFIC, [source], query.slots, BITS)
        values = (max(rates, default=0), round(total * BITS / seconds, 6), total * BITS // 8)
        rows.append({**names, **{name: float(value) for name, value in zip(RANKED, values, strict=True)}})
    sort_by = query.get("SortBy", "PeakBandwidth")
    rows.sort(key=lambda row: (-row[sort_by], row["Domain"], row.get("Stream", "")))
    shown = rows[:RANKS]
    page, number, size = query.page(shown, 10, 1, 1000)
    return {
        **query.echo("StartTime", "EndTime"),
        "QueryType": query.get("QueryType", "Stream"),
        "SortBy": sort_by,
        "DomainList": query.get("DomainList", []),
        "VhostList": query.get("VhostList", []),
        "DataItemList": page,
        "Pagination": {"PageNum": str(number), "PageSize": str(size), "TotalCount": str(len(shown))},
    }


def _pushes(query: Query) -> list[tuple[int, int, str]]:
    """Start, end and source of every push that began in the window, oldest first."""
    names = [name for held in sources(query).values() for name in held]
    streams = names if query.get("App") or query.get("Stream") else [source for source, _ in _usual_streams(query)]
    end = min(query.end, query.now)
    return sorted((*times, name) for name in streams for times in query.figures.sessions(name, query.start, end))


def _time(second: int) -> str:
    return datetime.fromtimestamp(second, ZONE).isoformat()


@action(
    "DescribeLivePushStreamInfoData",
    {
        "DomainList": TEXTS,
        "App": APP,
        "Stream": STREAM,
        **PAGES,
    },
    Reach({}, history=93 * DAY),
    rate=100,
)
def pushes(query: Query) -> dict[str, Any]:
    """Pushes that have ended."""
    rows = []
    for start, end, source in _pushes(query):
        if end <= query.now:
            _, app, stream = source.split("/")
            chance = query.figures.chance("push", source, start)
            rows.append(
                {
                    "App": app,
                    "Stream": stream,
                    "StartTime": _time(start),
                    "EndTime": _time(end),
                    "Duration": end - start,
                    "IP": f"203.0.113.{1 + chance % 254}",
                    "StreamBreakReason": REASONS[chance // 254 % len(REASONS)],
                }
            )
    page, number, size = query.page(rows, 20, 1, 1000)
    return {
        **query.echo("StartTime", "EndTime", "DomainList", "App", "Stream"),
        "PushStreamInfoDataList": page,
        "Pagination": {"PageCur": number, "PageSize": size, "TotalCount": len(rows)},
    }


@action(
    "DescribeLiveTranscodeInfoData",
    {
        "DomainList": TEXTS,
        "App": APP,
        "Stream": STREAM,
        "Resolution": Form("array<string>", allowed=tuple(SUFFIXES)),
        "TranscodeType": Form("array<string>", allowed=CODECS),
        **PAGES,
    },
    Reach({}),
    rate=100,
    rules=(paired,),
)
def transcodings(query: Query) -> dict[str, Any]:
    """Transcode tasks with their length in minutes."""
    resolutions, codecs = query.get("Resolution", list(SUFFIXES)), query.get("TranscodeType", CODECS)
    rows = []
    for start, end, source in _pushes(query):
        for number in range(2):
            chance = query.figures.chance("transcoding", source, start, number)
            resolution, codec = list(SUFFIXES)[(chance + number) % 3], CODECS[chance // 3 % 5]
            if resolution in resolutions and codec in codecs:
                until = min(end, query.now)
                rows.append(
                    {
                        "TaskID": hashlib.sha256(f"{source}/{start}/{number}".encode()).hexdigest()[:20],
                        "Stream": source.rsplit("/", 1)[-1],
                        "StartTime": _time(start),
                        "EndTime": _time(until),
                        "Duration": round((until - start) / 60, 6),
                        "Resolution": resolution,
                        "TranscodeSuffix": SUFFIXES[resolution],
                        "TranscodeType": codec,
                    }
                )
    page, number, size = query.page(rows, 20, 1, 100_000)
    return {
        **query.echo("StartTime", "EndTime", "DomainList", "App", "Stream", "Resolution", "TranscodeType"),
        "TranscodeInfoDataList": page,
        "Pagination": {"PageCur": number, "PageSize": size, "TotalCount": len(rows)},
    }
