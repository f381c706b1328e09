"""Reports by directory and by stream, and how long streams were pushed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..basis import behaves
from ..domains import CHANNEL, KNOWN_STREAMS, UNNAMED, all_domains
from ..forms import Form
from ..series import TRAFFIC, VIEWERS, Part
from ..slots import EAST
from ..store import ZONE
from .places import KINDS
from .report_wire import (
    BAD_BODY,
    BAD_DATE,
    DAY,
    HEADER,
    NAMES,
    TWO_YEARS,
    Query,
    Window,
    decimal,
    refuse,
    report,
    zone_minutes,
)

LEVELS = ("1", "2", "3", "4")
TOPS = ("live", "vod")
DATA_TYPE = Form(required=True, allowed=("flow", "bandwidth"))
DIRECTORIES = Form("array<object>", True, inner={"domain": Form(required=True), "dir": NAMES})
STREAMS = Form("array<object>", True, inner={"domain": Form(required=True), "stream": NAMES})
EMPTY = Form("int", allowed=(0, 1))
MOST_DIRECTORIES, MOST_STREAMS = 200, 2000

behaves("report streams", "assumed", "the longest lists of directories and streams hold for each domain")
behaves(
    "report streams", "documented", "pushes without a name are a stream with an empty one; filterEmptyStream 1: none"
)
behaves("report streams", "assumed", "a stream that is named and not known is dropped, as a domain is")
behaves("report streams", "assumed", "live/ with a channel's pullId is known, and nothing was pushed to it yet")
behaves("report directories", "assumed", f"directories of a domain: {', '.join(TOPS)}; by name every other one too")
behaves("report directories", "assumed", "what does not look like a path of the asked depth is unknown, and dropped")
behaves("stream duration", "assumed", "dateTo is left out")
behaves("stream duration", "assumed", "by default the last 7 whole days and today; no domains ask for all")
behaves("stream duration", "assumed", "streams without a domain are asked of all domains")
behaves("stream duration", "assumed", f"a date that is none is refused with {BAD_DATE}")
behaves("onlineUser", "documented", "only with isReturnOnline true and 1m")


def _asked(query: Query, field: str, inner: str, most: tuple[int, int], drop: bool) -> list[tuple[str, list[str]]]:
    """The domains of a list of objects with what else is named for each; `most` limits domains and names."""
    groups = query.get(field) or [{}]
    every = [] if (is_named := all(group.get("domain") for group in groups)) else all_domains(query.store)
    asked = [
        {**item, "domain": name} for item in groups for name in ([item["domain"]] if item.get("domain") else every)
    ]
    mine = query.owned([item["domain"] for item in asked], most[0] if is_named else None, drop)
    for item in asked:
        query.require_few(item.get(inner, []), most[1], inner)
    named = [(item["domain"].lower(), list(dict.fromkeys(item.get(inner, [])))) for item in asked]
    return [(domain, names) for domain, names in named if domain in mine]


def _streams(query: Query, asked: list[str], with_unnamed: bool) -> list[str]:
    """The known ones of the streams that are named, or else all; one of them may have no name."""
    if asked:
        of_channels = {f"live/{key}" for key in query.store.held(CHANNEL)}
        return [name for name in asked if name in KNOWN_STREAMS or name in of_channels]
    return [*KNOWN_STREAMS, UNNAMED] if with_unnamed else list(KNOWN_STREAMS)


def _directory(domain: str, name: str) -> str:
    return f"{domain}//{name.strip('/')}"


def _figures(query: Query, source: str, part: Part | None) -> tuple[list[str], dict[str, str]]:
    """The asked values of a source, with its total and its peak."""
    flows, rates = query.flow(TRAFFIC, [source], part), query.rate(TRAFFIC, [source], part)
    values = rates if query.get("dataType") == "bandwidth" else flows
    sums = {"totalFlow": decimal(sum(flows)), "bandwidthPeakValue": decimal(max(rates, default=0))}
    return [decimal(value) for value in values], sums


@report(
    "/api/report/flow/dir/detail",
    Window(7 * DAY, TWO_YEARS, None),
    {"domainDir": DIRECTORIES, "protocolType": Form(allowed=("http", "https")), "dataType": DATA_TYPE},
    intervals=("5m", "1m"),
)
def directory_details(query: Query) -> Any:
    """Traffic or bandwidth of directories."""
    part = KINDS.part(protocol=[query.get("protocolType")] if query.get("protocolType") else None)
    rows = []
    for domain, asked in _asked(query, "domainDir", "dir", (20, MOST_DIRECTORIES), drop=False):
        details = []
        for name in _directories(asked, TOPS, None):
            source = _directory(domain, name)
            values, sums = _figures(query, source, part)
            details.append({"dir": name, **sums, "details": query.told([source], value=values)})
        rows.append({"domain": domain, "details": details})
    return rows


@report(
    "/api/report/flow/dir/info",
    Window(31 * DAY, usual=None),
    {"dirHierarchy": Form(required=True, allowed=LEVELS), "domainDir": DIRECTORIES},
)
def directory_sums(query: Query) -> Any:
    """Traffic and peak bandwidth of the directories of one level."""
    level = int(query.get("dirHierarchy"))
    usual = tuple("/".join([top, *["sub"] * (level - 1)]) for top in TOPS)
    return [
        {
            "domain": domain,
            "details": [
                {"dir": name, **_figures(query, _directory(domain, name), None)[1]}
                for name in _directories(asked, usual, level)
            ],
        }
        for domain, asked in _asked(query, "domainDir", "dir", (1, MOST_DIRECTORIES), drop=False)
    ]


def _directories(asked: list[str], usual: tuple[str, ...], level: int | None) -> list[str]:
    """The known ones of the directories that are named, or else the usual ones."""
    names = [name for name in asked if re.fullmatch(r"/?[^/\s]+(/[^/\s]+)*/?", name)]
    if level is not None:
        names = [name for name in names if len(name.strip("/").split("/")) == level]
    return names if asked else list(usual)


@report(
    "/api/report/flow/stream/detail",
    Window(DAY, usual=None),
    {"domainStream": STREAMS, "dataType": DATA_TYPE, "filterEmptyStream": EMPTY},
    intervals=("5m", "1m"),
)
def stream_details(query: Query) -> Any:
    """Traffic with its total, or bandwidth with its peak, of streams."""
    sum_name = {"flow": "totalFlow", "bandwidth": "bandwidthPeakValue"}[query.get("dataType")]
    rows = []
    for domain, asked in _asked(query, "domainStream", "stream", (20, MOST_STREAMS), drop=False):
        details = []
        for stream in _streams(query, asked, not query.get("filterEmptyStream")):
            source = f"{domain}/{stream}"
            values, sums = _figures(query, source, None)
            series = query.told([source], value=values)
            details.append({"stream": stream, sum_name: sums[sum_name], "details": series})
        rows.append({"domain": domain, "details": details})
    return rows


@report(
    "/api/report/flow-bandwidth/stream/detail",
    Window(None),
    {
        "domainStream": STREAMS,
        "dataType": Form(allowed=DATA_TYPE.allowed),
        "filterEmptyStream": EMPTY,
        "keyword": Form(),
        "isReturnOnline": Form(),
    },
    intervals=("5m", "1m"),
    envelope="data",
)
def streams_with_viewers(query: Query) -> Any:
    """Traffic or bandwidth of streams, minute by minute with viewers."""
    try:
        keyword = re.compile(query.get("keyword", ""))
    except re.error:
        raise refuse(BAD_BODY, "keyword is not a regular expression.") from None
    viewed = query.get("isReturnOnline") == "true" and query.slots.minutes == 1
    rows = []
    for domain, asked in _asked(query, "domainStream", "stream", (20, MOST_STREAMS), drop=True):
        streams = []
        for stream in filter(keyword.search, _streams(query, asked, not query.get("filterEmptyStream"))):
            source = f"{domain}/{stream}"
            values, sums = _figures(query, source, None)
            users = {"onlineUser": query.figures.level(VIEWERS, [source], query.slots)} if viewed else {}
            series = query.told([source], value=values, **users)
            streams.append({"stream": stream, **sums, "detailList": series})
        rows.append({"domain": domain, "domainOfStreamList": streams})
    return rows


@dataclass(frozen=True)
class Days(Window):
    """A window of whole days."""

    def read(self, fields: Mapping[str, Any], now: int, limited: bool, interval: str) -> tuple[int, int, int]:
        """Start and end as for every window; by default whole days before today, and today."""
        zone = zone_minutes(fields.get(HEADER) or "")
        start, end, _ = super().read(fields, now, limited, interval)
        if fields.get(self.names[0]):
            moved = (EAST - zone) * 60
            return start + moved, min(end + moved, now), zone
        return start - (start + zone * 60) % DAY, end, zone

    def moment(self, text: str) -> int:
        """The unix second at which a day begins at +08:00."""
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                return int(datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp())
        except ValueError:
            pass
        raise refuse(BAD_DATE, "The date specified is invalid.")


@report(
    "/api/report/domain/stream/duration",
    Days(31 * DAY, usual=7 * DAY),
    {"domainStream": Form("array<object>", inner={"domain": Form(), "stream": NAMES})},
    envelope="data",
)
def push_durations(query: Query) -> Any:
    """How long streams were pushed: sessions in unix seconds, lengths in milliseconds."""
    rows = []
    for domain, asked in _asked(query, "domainStream", "stream", (1, MOST_STREAMS), drop=True):
        streams = []
        for stream in _streams(query, asked, with_unnamed=False):
            name = f"{domain}/{stream}"
            pushed = query.figures.sessions(name, query.start, query.end)
            # What is still being pushed counts until now.
            spans = [(start, min(end, query.end)) for start, end in pushed]
            lengths = [(end - start) * 1000 for start, end in spans]
            details = [
                {"startTime": str(start), "endTime": str(end), "duration": length}
                for (start, end), length in zip(spans, lengths, strict=True)
            ]
            streams.append({"stream": name, "sumTime": sum(lengths), "durationDetailList": details})
        rows.append({"domain": domain, "streamList": streams})
    return rows
