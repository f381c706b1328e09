"""Time in reports: slots of a fixed length, windows of them, and the vendors' labels.

A slot is known by the unix second at which it starts. Days are days of the vendors' zone, +08:00.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ..values import VENDOR_ZONE, from_unix, moment

SECONDS = {"5s": 5, "30s": 30, "1m": 60, "5m": 300, "1h": 3600, "1d": 86400}
DAY = 86400
_ZONE_SECONDS = int(timedelta(hours=8).total_seconds())


def days(number: float) -> float:
    """Days in seconds."""
    return number * DAY


def hours(number: float) -> float:
    """Hours in seconds."""
    return number * 3600


def minutes(number: float) -> float:
    """Minutes in seconds."""
    return number * 60


def span(seconds: float) -> str:
    """A length of time in words."""
    for length, name in ((DAY, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= length and seconds % length == 0:
            number = int(seconds // length)
            return f"{number} {name}{'s' if number > 1 else ''}"
    return f"{seconds:g} seconds"


def unix(text: str) -> int:
    """The unix second of an RFC 3339 text."""
    return int(moment(text).timestamp())


def rfc3339(second: float) -> str:
    """A unix second as RFC 3339 with the vendors' offset."""
    return from_unix(int(second)) or ""


def up_to_slot(second: float, length: int) -> int:
    """The first start of a slot at or after a moment."""
    return -(-(int(-(-second // 1)) + _ZONE_SECONDS) // length) * length - _ZONE_SECONDS


def down_to_slot(second: float, length: int) -> int:
    """The start of the slot that holds a moment."""
    return (int(second // 1) + _ZONE_SECONDS) // length * length - _ZONE_SECONDS


@dataclass(frozen=True)
class Window:
    """The half-open time from `start` to `end`, in unix seconds."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{rfc3339(self.start)} to {rfc3339(self.end)}"

    def cut(self, longest: float | None, length: int) -> list[Window]:
        """The fewest windows that are not longer than `longest` and begin at slots of `length`, in order."""
        if longest is None or self.end - self.start <= longest:
            return [self]
        step = int(longest // length) * length
        return [Window(start, min(start + step, self.end)) for start in range(self.start, self.end, step)]


def slot_of_label(label: str, length: int) -> int:
    """The start of the slot that a Wangsu label names.

    The label is the slot's end in +08:00: minutes `2026-11-01 00:05`, hours `2026-11-01 01`, where midnight is the next
    day's `00` or the same day's `24`. A label that is a day names the day itself.

    Raises:
        ValueError: it is no label.
    """
    day, _, clock = label.strip().replace("T", " ").partition(" ")
    midnight = int(datetime.strptime(day, "%Y-%m-%d").replace(tzinfo=VENDOR_ZONE).timestamp())
    if not clock:
        return midnight
    hour, _, minute = clock[:5].partition(":")
    return midnight + int(hour) * 3600 + int(minute or 0) * 60 - length


def time_text(value: Any) -> str:
    """RFC 3339 of a time in one of the vendors' forms: unix seconds, unix milliseconds, or `2026-11-01 00:05`.

    A text in another form stays as it is.
    """
    text = str(value).strip()
    if text.isdigit():
        return rfc3339(int(text) / (1000 if len(text) > 11 else 1))
    try:
        return rfc3339(slot_of_label(text, 0)) if " " in text else text
    except ValueError:
        return text
