"""What a query's window may be, and what cannot be put together: told with the way out, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...ground.errors import Problem
from .columns import Fold, columns
from .declared import Declared
from .slots import SECONDS, down_to_slot, rfc3339, span, unix

_CALLED = {"1h": "a whole hour", "1d": "a midnight of +08:00"}


def problems(report: Declared, want: Any) -> list[Problem]:
    """The broken rules of a query whose words are right each for itself."""
    return [*([] if report.timeless else _of_window(report, want)), *_of_parts(report, want)]


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
    if report.whole:
        for key, text, second in (("startTime", want.start_time, start), ("endTime", want.end_time, end)):
            if down_to_slot(second, SECONDS[report.whole]) != second:
                yield Problem(key, f"must be {_CALLED[report.whole]}, but is {text!r}: write a whole one")
    window = report.window(want)
    if window is not None and window.end <= window.start:
        length = getattr(want, "interval", None) or report.interval
        yield Problem("endTime", f"leaves no whole slot of {length} after startTime: widen the window")
    longest = report.limit.longest(want)
    if longest is not None and end - start > longest and not report.splits_time():
        yield Problem(
            "endTime",
            f"is {span(end - start)} after startTime, but one call takes {span(longest)} and a ranking "
            "cannot be put together from several: narrow the window",
        )


def _of_parts(report: Declared, want: Any) -> list[Problem]:
    """Why more values than one call takes cannot be asked for, where they cannot."""
    groups = report.chunks(want)
    split = {word for group in groups for word in group} if len(groups) > 1 else set()
    if not split or report.tells_apart(want, split):
        return []
    slots = report.columns_of(want)
    fine = 0 < report.slot_length(want) <= SECONDS["5m"]
    rest = [*columns(report.Row).values(), *columns(report.Totals).values()]
    if all(column.fold is Fold.SUM or (column.fold is Fold.RATE and fine) for column in slots.values()) and all(
        column.fold in (Fold.NAME, Fold.SUM) or (column.of or "") in slots for column in rest
    ):
        return []
    word = min(split)
    given = len(getattr(want, word) or [])
    way_out = " or group by domain" if "group_by" in type(want).model_fields else ""
    text = f"names {given} values, but one call takes {report.limit.each[word]} and these numbers cannot be added"
    return [Problem(type(want).model_fields[word].alias or word, f"{text}: ask for fewer at once{way_out}")]
