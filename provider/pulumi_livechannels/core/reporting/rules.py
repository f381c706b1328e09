"""What a query's window may be, and what cannot be put together: told with the way out, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ground.errors import Problem
from ...ground.language import tr
from ..fields import choices
from ..values.times import moment
from .columns import Fold, columns
from .declared import Declared
from .slots import SECONDS, ZONE_SECONDS, down_to_slot, rfc3339, span, unix


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
    text = tr(
        "is {site}, which has no {report} ({path}): ask an account of {sites}",
        site=site,
        report=report.name(),
        path=report.path,
        sites=tr(" or ").join(report.sites),
    )
    return [Problem("site", text)]


def _of_zone(report: Declared, want: Any) -> list[Problem]:
    zone, length = report.zone(want), report.slot_length(want)
    if report.cuts_days or (zone - ZONE_SECONDS) % (length or 1) == 0 or finer_interval(report, want):
        return []
    text = tr(
        "must be +08:00, whose {parts} the platform cuts, but is {zone!r}, and these numbers cannot be put together "
        "from shorter slots: leave it out, or ask for shorter slots",
        parts=tr("days") if length == SECONDS["1d"] else tr("hours"),
        zone=want.time_zone,
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
    known = choices(type(want).model_fields["interval"].annotation)
    fitting = (word for word in ("1h", "5m") if word in known and (zone - ZONE_SECONDS) % SECONDS[word] == 0)
    return next(fitting, None)


def _of_window(report: Declared, want: Any) -> list[Problem]:
    if bool(want.start_time) != bool(want.end_time):
        missing, there = ("startTime", "endTime") if want.end_time else ("endTime", "startTime")
        text = tr("is missing, but {there} is set: set both, or neither for the newest data", there=there)
        return [Problem(missing, text)]
    return list(_of_times(report, want)) if want.start_time else []


def _of_times(report: Declared, want: Any) -> Iterator[Problem]:
    start, end = unix(want.start_time), unix(want.end_time)
    now = report.account.clock.now()
    history = report.limit.history
    if end <= start:
        text = tr("must be after startTime, but is {time!r}: write a later time", time=want.end_time)
        yield Problem("endTime", text)
        return
    if start >= now:
        text = tr("must be in the past, but is {time!r}: write an earlier time", time=want.start_time)
        yield Problem("startTime", text)
    elif history is not None and now - start > history:
        text = tr(
            "is too long ago: the platform keeps {history}, back to {time}, so write a later time",
            history=span(history),
            time=rfc3339(now - history),
        )
        yield Problem("startTime", text)
    yield from _of_grid(report, want)
    longest = report.limit.longest(want)
    if longest is not None and end - start > longest and not report.splits_time():
        text = tr(
            "is {length} after startTime, but one call takes {longest} and a ranking cannot be put together from "
            "several: narrow the window",
            length=span(end - start),
            longest=span(longest),
        )
        yield Problem("endTime", text)


def _of_grid(report: Declared, want: Any) -> Iterator[Problem]:
    grid, zone = report.grid(want), report.zone(want)
    length = next(word for word, seconds in [*SECONDS.items(), ("", grid)] if seconds == grid)
    has_zone = "time_zone" in type(want).model_fields
    if length == "1d":
        called = tr("a midnight of {zone}", zone=(has_zone and want.time_zone) or "+08:00")
    elif length == "1h":
        called = tr("a whole hour")
    else:
        called = tr("the start of a slot of {length}", length=length)
    for key, text in (("startTime", want.start_time), ("endTime", want.end_time)):
        second = moment(text).timestamp()
        before = down_to_slot(second, grid, zone)
        if before != second and grid > 1:
            rule = tr("must be {called}, but is {text!r}: ", called=called, text=text)
            way_out = tr(
                "write {before} or {after}, the two nearest",
                before=rfc3339(before, zone),
                after=rfc3339(before + grid, zone),
            )
            # Whoever writes a midnight means the days of its zone.
            if has_zone and length == "1d" and "T00:00:00" in text.upper():
                own = text.upper().replace("Z", "+00:00")[-6:]
                way_out += tr(", or set timeZone to {zone}", zone=own)
            yield Problem(key, rule + way_out)


def of_parts(report: Declared, want: Any) -> list[Problem]:
    """Why more values than one call takes cannot be asked for, where they cannot."""
    groups = report.chunks(want)
    split = {word for group in groups for word in group} if len(groups) > 1 else set()
    if not split or report.tells_apart(want):
        return []
    if can_be_added(report, want):
        return []
    word = min(split)
    given = len(getattr(want, word) or [])
    text = tr(
        "names {given} values, but one call takes {most} and these numbers cannot be added: {way_out}",
        given=given,
        most=report.limit.each[word],
        way_out=(
            tr("ask for fewer at once or group by domain")
            if "group_by" in type(want).model_fields
            else tr("ask for fewer at once")
        ),
    )
    return [Problem(type(want).model_fields[word].alias or word, text)]


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
