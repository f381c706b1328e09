"""The window of a report as a person names it: days, a span back from now, a month; and the one before it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, NoReturn

from pydantic import TypeAdapter, ValidationError

from ..core.reporting.slots import SECONDS, Window, down_to_slot, rfc3339
from ..core.values.calendar import Month, span_of, zone_of
from ..core.values.times import VENDOR_ZONE, Offset, moment
from ..ground.language import tr
from .session import BAD_USAGE, end, say

if TYPE_CHECKING:
    from ..core.reporting.report import Report

WINDOW = {"startTime": "from", "endTime": "to"}
LAST, MONTH = "last", "month"
_YEARS = range(2000, 2100)
_LONGEST = 3653 * 86400
_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
_SPAN = re.compile(r"([1-9]\d{0,5})([mhdw])", re.ASCII)
_OFFSET: TypeAdapter[str] = TypeAdapter(Offset)
_MONTH: TypeAdapter[str] = TypeAdapter(Month)


def with_window(kind: type[Report], typed: Mapping[str, Any], now: float, *, over: bool = False) -> dict[str, Any]:
    """What was typed as the report's inputs, whatever way the window was named in; a mistake ends the command.

    `over` ends a month that is not over with its newest slot that is, so that it can be compared with another.
    """
    ways = [f"--{word}" for word in (LAST, MONTH) if word in typed]
    ways += [f"--{option}" for key, option in WINDOW.items() if key in typed]
    if len(ways) > 1 and ways != ["--from", "--to"]:
        named = tr(" and ").join(ways)
        misused(tr("{options} each name a window: leave all but one out", options=named))
    if not ways and not kind.timeless and kind.Query.model_fields["start_time"].is_required():
        misused(tr("{report} needs a window: write --last 7d, --month 2026-10, or --from and --to", report=kind.name()))
    inputs = {key: value for key, value in typed.items() if key not in (LAST, MONTH)}
    zone = _zone(typed)
    if LAST in typed:
        return inputs | _edges(*_last(kind, typed, now, zone), zone)
    if MONTH in typed:
        start, until = _month(typed[MONTH], zone)
        if over and until > now:
            until = down_to_slot(now, SECONDS[_slot(kind, typed)], _east(zone))
            if until <= start:
                misused(tr("--compare: of {month} no slot is over yet: take shorter ones", month=typed[MONTH]))
        return inputs | _edges(start, until, zone)
    return inputs | {key: _time(option, inputs[key], zone) for key, option in WINDOW.items() if key in inputs}


def previous(typed: Mapping[str, Any], asked: Window) -> dict[str, str]:
    """The window before: as long, or the month before. Of a month that is not over, as much of the one before."""
    length, zone = asked.end - asked.start, _zone(typed)
    if MONTH not in typed:
        return _edges(asked.start - length, asked.start, zone)
    first = datetime.fromtimestamp(asked.start - 1, zone)
    start, after = span_of(f"{first.year}-{first.month:02}", zone)
    is_over = asked.end >= _month(typed[MONTH], zone)[1]
    return _edges(start, after if is_over else min(after, start + length), zone)


def misused(text: str) -> NoReturn:
    """End the command for a mistake in how it was called."""
    end(BAD_USAGE, text)


def _zone(typed: Mapping[str, Any]) -> timezone:
    """The zone whose days and months are meant."""
    try:
        return zone_of(_OFFSET.validate_python(typed.get("timeZone")))
    except ValidationError:
        # None was typed; or one that is none, which is told with what else is wrong in the question.
        return VENDOR_ZONE


def _edges(start: float, until: float, zone: timezone) -> dict[str, str]:
    return {"startTime": rfc3339(start, _east(zone)), "endTime": rfc3339(until, _east(zone))}


def _east(zone: timezone) -> int:
    return int(zone.utcoffset(None).total_seconds())


def _last(kind: type[Report], typed: Mapping[str, Any], now: float, zone: timezone) -> tuple[int, int]:
    """The newest slots that are over, and so many of them that they reach as far as was asked for."""
    parts = _SPAN.fullmatch(typed[LAST])
    if parts is None:
        misused(tr("--last must be a number and m, h, d or w, like 7d, but is {given!r}", given=typed[LAST]))
    if int(parts[1]) * _UNITS[parts[2]] > _LONGEST:
        misused(tr("--last must reach back 10 years at most, but is {given!r}: write a shorter one", given=typed[LAST]))
    word, east, span = _slot(kind, typed), _east(zone), int(parts[1]) * _UNITS[parts[2]]
    slot = SECONDS[word]
    until = down_to_slot(now, slot, east)
    start = down_to_slot(until - span, slot, east)
    if until - start != span:
        # Whoever reads a sum would take it for that of the time that was typed.
        shorter = tr("; --interval takes shorter ones") if "interval" in kind.Query.model_fields else ""
        say(
            tr(
                "--last {last} is told as {start} to {end}: the slots here are of {slot}{shorter}",
                last=typed[LAST],
                start=rfc3339(start, east),
                end=rfc3339(until, east),
                slot=word,
                shorter=shorter,
            )
        )
    return start, until


def _slot(kind: type[Report], typed: Mapping[str, Any]) -> str:
    """The word for the length of a slot, or of the shortest window that can be asked for."""
    return kind.whole or kind.slot_word(typed) or "1m"


def _month(text: str, zone: timezone) -> tuple[int, int]:
    try:
        return span_of(_MONTH.validate_python(text), zone)
    except ValidationError as error:
        rule, way_out = (error.errors()[0]["ctx"][word] for word in ("rule", "way_out"))
        misused(
            tr(
                "{option} {rule}, but is {text!r}: {way_out}",
                option="--month",
                rule=tr(rule),
                text=text,
                way_out=tr(way_out),
            )
        )


def _time(option: str, text: str, zone: timezone) -> str:
    """RFC 3339 of what a person writes: a time without an offset is one of the zone."""
    try:
        moment(text)
    except ValueError:
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            told = tr("must be a day like 2026-11-01 or an RFC 3339 time, but is {text!r}", text=text)
            misused(f"--{option} {told}")
        if written.year not in _YEARS:
            told = tr("must be of the years 2000 to 2099, but is {text!r}: see whether a digit is mistyped", text=text)
            misused(f"--{option} {told}")
        return rfc3339(written.replace(tzinfo=zone).timestamp(), _east(zone))
    return text
