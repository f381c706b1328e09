"""What a query's window may be: told with the field, the rule and the way out, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...ground.errors import Problem
from .slots import SECONDS, down_to_slot, rfc3339, span, unix

if TYPE_CHECKING:
    from .report import Report

_CALLED = {"1h": "a whole hour", "1d": "a midnight of +08:00"}


def window_problems(report: Report, want: Any) -> list[Problem]:
    """The broken rules about the window of a query whose words are right each for itself."""
    if bool(want.start_time) != bool(want.end_time):
        missing, there = ("startTime", "endTime") if want.end_time else ("endTime", "startTime")
        return [Problem(missing, f"is missing, but {there} is set: set both, or neither for the newest data")]
    return list(_problems(report, want)) if want.start_time else []


def _problems(report: Report, want: Any) -> Iterator[Problem]:
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
