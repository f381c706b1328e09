"""What a query's window may be, and what cannot be put together: told with the way out, before it is sent."""

from __future__ import annotations

import typing
from collections.abc import Iterator
from typing import Any

from ...ground.errors import Problem
from ..fields import bare
from ..values.times import moment
from .columns import Fold, columns
from .declared import Declared
from .slots import SECONDS, ZONE_SECONDS, down_to_slot, rfc3339, span, unix

_CALLED = {"1h": "a whole hour", "1d": "a midnight"}


def problems(report: Declared, want: Any) -> list[Problem]:
    """The broken rules of a query whose words are right each for itself."""
    return [
        *_of_site(report),
        *_of_zone(report, want),
        *([] if report.timeless else _of_window(report, want)),
        *of_parts(report, want),
    ]


def _of_site(report: Declared) -> list[Problem]:
    site = report.account.settings.site
    if not report.sites or site in report.sites:
        return []
    text = f"is {site}, which has no {report.name()} ({report.path}): ask an account of {' or '.join(report.sites)}"
    return [Problem("site", text)]


def _of_zone(report: Declared, want: Any) -> list[Problem]:
    zone, length = report.zone(want), report.slot_length(want)
    if report.cuts_days or (zone - ZONE_SECONDS) % (length or 1) == 0 or finer_interval(report, want):
        return []
    whole = "days" if length == SECONDS["1d"] else "hours"
    text = (
        f"must be +08:00, whose {whole} the platform cuts, but is {want.time_zone!r}, and these numbers cannot be put "
        "together from shorter slots: leave it out, or ask for shorter slots"
    )
    return [Problem("timeZone", text)]


def finer_interval(report: Declared, want: Any) -> str | None:
    """The interval from which days of another zone than the vendor's can be added up; None where none are, or cannot.

    The interval is the longest whose slots lie within these days.
    """
    zone = report.zone(want)
    if report.cuts_days or zone == ZONE_SECONDS or report.slot_length(want) != SECONDS["1d"]:
        return None
    slots = report.columns_of(want)
    rest = [*columns(report.Row).values(), *columns(report.Totals).values()]
    if not all(column.fold is Fold.SUM for column in slots.values()) or any(
        column.fold not in (Fold.NAME, Fold.SUM) for column in rest
    ):
        return None
    known = typing.get_args(bare(type(want).model_fields["interval"].annotation))
    fitting = (word for word in ("1h", "5m") if word in known and (zone - ZONE_SECONDS) % SECONDS[word] == 0)
    return next(fitting, None)


def _of_window(report: Declared, want: Any) -> list[Problem]:
    if bool(want.start_time) != bool(want.end_time):
        missing, there = ("startTime", "endTime") if want.end_time else ("endTime", "startTime")
        return [Problem(missing, f"is missing, but {there} is set: set both, or neither for the newest data")]
    return list(_of_times(report, want)) if want.start_time else []


def _of_times(report: Declared, want: Any) -> Iterator[Problem]:
    start, end = unix(want.start_time), unix(want.end_time)
    now = report.account.clock.now()
    history = report.limit.history
    if end <= start:
        yield Problem("endTime", f"must be after startTime, but is {want.end_time!r}: write a later time")
        return
    if start >= now:
        yield Problem("startTime", f"must be in the past, but is {want.start_time!r}: write an earlier time")
    elif history is not None and now - start > history:
        reach = f"the platform keeps {span(history)}, back to {rfc3339(now - history)}"
        yield Problem("startTime", f"is too long ago: {reach}, so write a later time")
    yield from _of_grid(report, want)
    longest = report.limit.longest(want)
    if longest is not None and end - start > longest and not report.splits_time():
        yield Problem(
            "endTime",
            f"is {span(end - start)} after startTime, but one call takes {span(longest)} and a ranking "
            "cannot be put together from several: narrow the window",
        )


def _of_grid(report: Declared, want: Any) -> Iterator[Problem]:
    grid, zone = report.grid(want), report.zone(want)
    length = next(word for word, seconds in [*SECONDS.items(), ("", grid)] if seconds == grid)
    called = _CALLED.get(length) or f"the start of a slot of {length}"
    if length == "1d":
        called += f" of {want.time_zone or '+08:00' if 'time_zone' in type(want).model_fields else '+08:00'}"
    for key, text in (("startTime", want.start_time), ("endTime", want.end_time)):
        second = moment(text).timestamp()
        before = down_to_slot(second, grid, zone)
        if before != second and grid > 1:
            near = f"write {rfc3339(before, zone)} or {rfc3339(before + grid, zone)}, the two nearest"
            # Whoever writes a midnight means the days of its zone.
            own = text[-6:] if length == "1d" and "T00:00:00" in text.upper() else ""
            way = f", or set timeZone to {own.upper().replace('Z', '+00:00')[-6:]}" if own else ""
            offered = way if "time_zone" in type(want).model_fields else ""
            yield Problem(key, f"must be {called}, but is {text!r}: {near}{offered}")


def of_parts(report: Declared, want: Any) -> list[Problem]:
    """Why more values than one call takes cannot be asked for, where they cannot."""
    groups = report.chunks(want)
    split = {word for group in groups for word in group} if len(groups) > 1 else set()
    if not split or report.tells_apart(want, split):
        return []
    if can_be_added(report, want):
        return []
    word = min(split)
    given = len(getattr(want, word) or [])
    way_out = " or group by domain" if "group_by" in type(want).model_fields else ""
    text = f"names {given} values, but one call takes {report.limit.each[word]} and these numbers cannot be added"
    return [Problem(type(want).model_fields[word].alias or word, f"{text}: ask for fewer at once{way_out}")]


def can_be_added(report: Declared, want: Any) -> bool:
    """Whether rows that tell of different domains add up to one."""
    slots = report.columns_of(want)
    fine = 0 < report.slot_length(want) <= SECONDS["5m"]
    rest = [*columns(report.Row).values(), *columns(report.Totals).values()]
    return all(column.fold is Fold.SUM or (column.fold is Fold.RATE and fine) for column in slots.values()) and all(
        column.fold in (Fold.NAME, Fold.SUM, Fold.SHARE)
        # A name beside a code, like a country's, is the same for all domains.
        or (column.fold is Fold.GAUGE and column.text)
        or (column.of or "") in slots
        for column in rest
    )
