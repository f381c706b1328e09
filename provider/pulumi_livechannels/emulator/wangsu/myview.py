"""The oldest reports, /myview/: XML unless JSON is asked for, dates without offset, lists joined by semicolons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any
from xml.etree import ElementTree

from ..basis import behaves
from ..domains import all_domains
from ..exchange import Answer
from ..forms import Form
from ..series import TRAFFIC, TRANSCODED, Part, Split
from ..slots import DAY, Slots
from ..store import Body
from .places import ACCELERATIONS, AREAS, ISPS, NETWORKS
from .report_wire import (
    BAD_BODY,
    BAD_DATE,
    BAD_DATE_FORMAT,
    BAD_DOMAIN,
    GMT,
    Query,
    Window,
    decimal,
    refuse,
    report,
    zone_minutes,
)
from .wire import Refusal

ACCOUNT = "emulator"
XML = "text/xml;charset=UTF-8"
OPERATIONS = {
    **{"trans": 40, "hevc": 18, "audio_trans": 10, "encap_trans": 8, "vframe": 6},
    **{"file_op": 4, "trans_nbhd": 6, "hevc_nbhd": 4, "video_enhance": 2, "drm": 2},
}
SIZES = {"sd240": 5, "sd480": 15, "sd720": 30, "hd1080": 35, "2k": 9, "4k": 6}
WORK = Split(transcoding=OPERATIONS, transcodingType=SIZES, region=AREAS)

behaves("myview", "documented", "XML unless dataformat is json; date overrides startdate and enddate; none means today")
behaves("myview", "assumed", "XML has plain values as attributes, and the word text as an element's text")
behaves("myview", "assumed", "parameters are a JSON body; refusals are those of the other reports, as JSON")
behaves(
    "myview", "assumed", "a day that is an end is inside; labels are full slot ends; any span and history is answered"
)
behaves("myview", "assumed", "one date, channel or wct is an object, several are a list")
behaves("myview", "assumed", "cust, space and provider are accepted without effect")
behaves("myview", "documented", "invalid channels are dropped; without isExactMatch a channel is the end of a name")
behaves("myview", "documented", "channels of which all are invalid are refused with HTTP 403")
behaves("myview", "assumed", f"and with the code {BAD_DOMAIN}")
behaves(
    "/myview/Flowchannel", "assumed", "a merged channel comes before the others, and is called by all names joined by ;"
)
behaves("/myview/Flowchannel", "assumed", "flowInfo adds peakValue, peakTime and totalFlow to a channel")
behaves("/myview/Flowchannel", "assumed", "slots of 5 minutes whose start lies in the window")
behaves("/myview/Wctquery", "assumed", "a wct for each operation; the unit is count")


@dataclass(frozen=True)
class Dates(Window):
    """A window of days in the zone that the request names, or of minutes."""

    by_minute: bool = False

    def forms(self) -> dict[str, Form]:
        """The fields of the request that say when."""
        zone = {} if self.by_minute else {"timezone": Form(pattern=GMT)}
        return {**dict.fromkeys(("date", "startdate", "enddate"), Form()), **zone}

    def read(self, fields: Mapping[str, Any], now: int, limited: bool, interval: str) -> tuple[int, int, int]:
        """Start and end in unix seconds, and the zone of the days in minutes."""
        zone = zone_minutes(fields.get("timezone") or "")
        texts = [fields.get(name) or "" for name in ("startdate", "enddate")]
        if bool(texts[0]) != bool(texts[1]):
            raise refuse(BAD_DATE, "startdate and enddate go together.")
        if fields.get("date") or not texts[0]:
            today = f"{datetime.fromtimestamp(now, timezone(timedelta(minutes=zone))):%Y-%m-%d}"
            texts = [fields.get("date") or today] * 2
        start, end = self._moment(texts[0], zone, 0), self._moment(texts[1], zone, DAY)
        if start >= end or start > now:
            raise refuse(BAD_DATE, "The date specified is invalid.")
        return start, min(end, now), zone

    def _moment(self, text: str, zone: int, more: int) -> int:
        """The unix second of a time; of a day alone, `more` minutes after it begins."""
        day, _, clock = text.partition(" ")
        if clock == "24:00":
            clock, more = "", DAY
        pattern = r"\d{4}-\d\d-\d\d( \d\d:\d\d)?" if self.by_minute else r"\d{4}-\d\d-\d\d"
        try:
            if re.fullmatch(pattern, f"{day} {clock}".strip()):
                begins = datetime.fromisoformat(f"{day} {clock or '00:00'}").replace(tzinfo=timezone.utc)
                return int(begins.timestamp()) + ((0 if clock else more) - zone) * 60
        except ValueError:
            pass
        raise refuse(BAD_DATE_FORMAT, "Date format error.")


def _listed(query: Query, name: str, known: Mapping[str, Any]) -> list[str] | None:
    """The values of a list joined by semicolons; None for all."""
    values = [value for value in query.get(name, "").split(";") if value]
    if not values or values == ["all"]:
        return None
    if not set(values) <= set(known):
        raise refuse(BAD_BODY, f"{name} is unknown.")
    return values


def _channels(query: Query) -> list[str]:
    asked = [name for name in query.get("channel", "").split(";") if name]
    if not asked:
        return all_domains(query.store)
    if query.get("isExactMatch", "true") == "true":
        channels = query.owned(asked, None, drop=True)
    else:
        channels = [name for name in all_domains(query.store) if name.endswith(tuple(asked))]
    if not channels:
        raise Refusal(BAD_DOMAIN, "param:channel is invalid.", 403)
    return channels


def _network(query: Query) -> Part | None:
    regions, isps = _listed(query, "region", AREAS), _listed(query, "isp", ISPS)
    return NETWORKS.part(region=regions, isp=isps, accetype=_listed(query, "accetype", ACCELERATIONS))


def _told(query: Query, kind: str, content: Body) -> Any:
    """The tree under `provider`, in the asked format."""
    provider = {"name": ACCOUNT, "type": kind, **content}
    if query.get("dataformat", "xml") == "json":
        return {"provider": provider}
    text = ElementTree.tostring(_element("provider", provider), encoding="unicode")
    return Answer(200, f'<?xml version="1.0" encoding="UTF-8"?>{text}', XML)


def _element(name: str, content: Body) -> ElementTree.Element:
    element = ElementTree.Element(name)
    for key, value in content.items():
        if key == "text":
            element.text = value
        elif isinstance(value, str):
            element.set(key, value)
        else:
            element.extend(_element(key, item) for item in (value if isinstance(value, list) else [value]))
    return element


def _one_or_more(items: list[Body]) -> Any:
    return items[0] if len(items) == 1 else items


def _by_day(slots: Slots) -> dict[str, range]:
    """Each day, with the places of its slots."""
    days: dict[str, list[int]] = {}
    for place, begins in enumerate(slots.begins):
        days.setdefault(begins[:10], []).append(place)
    return {day: range(places[0], places[-1] + 1) for day, places in days.items()}


def _series(labels: list[str], values: list[str], places: range) -> list[Body]:
    return [{"time": labels[place], "text": values[place]} for place in places]


PLACED = {"channel": Form(), "region": Form(), "isp": Form(), "accetype": Form()}
COMMON = {"cust": Form(), "dataformat": Form(allowed=("xml", "json"))}
MATCHED = {"isExactMatch": Form(), **PLACED, **COMMON}


@report(
    "/myview/Flowchannel",
    Dates(None, by_minute=True),
    {**MATCHED, "resultType": Form(allowed=("1", "2", "3")), "optionalFields": Form(allowed=("flowInfo",))},
    envelope="plain",
)
def channel_flow(query: Query) -> Any:
    """Traffic of channels in 5 minutes, merged, separate or both, by day."""
    channels, kind, part = _channels(query), query.get("resultType", "1"), _network(query)
    rows = [(";".join(channels), channels)] if kind in "13" else []
    rows += [(name, [name]) for name in channels] if kind in "23" else []
    counted = [(name, held, query.flow(TRAFFIC, held, part)) for name, held in rows]
    labels = query.slots.ends
    days = []
    for day, places in _by_day(query.slots).items():
        told = []
        for name, held, flows in counted:
            channel: Body = {"name": name}
            if query.get("optionalFields"):
                channel |= _sums(query, held, flows, part, places)
            channel["flow"] = _series(labels, [decimal(value) for value in flows], places)
            told.append(channel)
        days.append({"name": day, "channel": _one_or_more(told)})
    return _told(query, "Flowchannel", {"resultType": kind, "date": _one_or_more(days)})


def _sums(query: Query, sources: list[str], flows: list[int], part: Part | None, places: range) -> Body:
    highest, time = query.peak_bandwidth(TRAFFIC, sources, part, query.slots.some(places))
    total = sum(flows[place] for place in places)
    return {"peakTime": time, "peakValue": decimal(highest), "totalFlow": decimal(total)}


@report("/myview/flow-day", Dates(None), MATCHED, envelope="plain")
def daily_peaks(query: Query) -> Any:
    """Peak bandwidth, its time and the traffic of channels, day by day."""
    part, days = _network(query), _by_day(query.slots)
    channels = []
    for name in _channels(query):
        flows = query.flow(TRAFFIC, [name], part)
        peaks = [{"date": day, **_sums(query, [name], flows, part, places)} for day, places in days.items()]
        channels.append({"name": name, "channel-peak": peaks})
    return _told(query, "flow-day", {"date": {**_span(query), "channel": _one_or_more(channels)}})


def _span(query: Query) -> Body:
    days = list(_by_day(query.slots)) or [""]
    return {"startdate": days[0], "enddate": days[-1]}


@report(
    "/myview/Wctquery",
    Dates(None),
    {
        "transcoding": Form(),
        "transcodingType": Form(),
        "space": Form(),
        "provider": Form(),
        "region": Form(),
        **COMMON,
    },
    envelope="plain",
)
def transcoding_usage(query: Query) -> Any:
    """How many transcodings of each operation there were in 5 minutes."""
    operations = _listed(query, "transcoding", OPERATIONS) or list(OPERATIONS)
    sizes, regions = _listed(query, "transcodingType", SIZES), _listed(query, "region", AREAS)
    labels, told, total = query.slots.ends, [], 0
    for operation in operations:
        part = WORK.part(transcoding=[operation], transcodingType=sizes, region=regions)
        values = query.flow(TRANSCODED, [ACCOUNT], part)
        total += sum(values)
        data = _series(labels, [str(value) for value in values], range(len(values)))
        told.append({"type": operation, "total": str(sum(values)), "data": data})
    date = {
        **_span(query),
        "customerId": ACCOUNT,
        "transcoding": query.get("transcoding", "all"),
        "transcodingType": query.get("transcodingType", "all"),
        "unit": "count",
        "total": str(total),
        "wct": _one_or_more(told),
    }
    return _told(query, "Wctquery", {"date": date})
