"""Time in reports: slots of a fixed length, windows of them, and the vendors' labels.

A slot is known by the unix second at which it starts. Days are days of the vendors' zone, +08:00.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from ...ground.language import tr
from ..values.times import VENDOR_ZONE, from_unix, moment

SECONDS = {"5s": 5, "30s": 30, "1m": 60, "5m": 300, "1h": 3600, "1d": 86400}
DAY = 86400
_DIGITS_OF_SECONDS = 11
# Nobody streamed before, and a time in milliseconds that is taken for one in seconds is after.
_EARLIEST = int(datetime(2000, 1, 1, tzinfo=VENDOR_ZONE).timestamp())
_LATEST = int(datetime(9999, 1, 1, tzinfo=VENDOR_ZONE).timestamp())
_LABEL = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})([ T](?P<hour>\d{1,2})(:(?P<minute>[0-5]\d)(:(?P<second>[0-5]\d)(\.\d+)?)?)?(\+08:00)?)?",
    re.ASCII,
)
ZONE_SECONDS = int(timedelta(hours=8).total_seconds())


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
            return f"{number} {tr(f'{name}s' if number > 1 else name)}"
    return f"{seconds:g} {tr('seconds')}"


def unix(text: str) -> int:
    """The unix second of an RFC 3339 text."""
    return int(moment(text).timestamp())


def rfc3339(second: float, zone: int = ZONE_SECONDS) -> str:
    """A unix second as RFC 3339, with the vendors' offset or another one, in seconds."""
    if zone == ZONE_SECONDS:
        return from_unix(int(second)) or ""
    return datetime.fromtimestamp(int(second), timezone(timedelta(seconds=zone))).isoformat()


def up_to_slot(second: float, length: int, zone: int = ZONE_SECONDS) -> int:
    """The first start of a slot at or after a moment; `zone` is that of days, in seconds east of UTC."""
    return -(-(int(-(-second // 1)) + zone) // length) * length - zone


def down_to_slot(second: float, length: int, zone: int = ZONE_SECONDS) -> int:
    """The start of the slot that holds a moment; `zone` is that of days, in seconds east of UTC."""
    return (int(second // 1) + zone) // length * length - zone


@dataclass(frozen=True)
class Window:
    """The half-open time from `start` to `end`, in unix seconds."""

    start: int
    end: int

    def __str__(self) -> str:
        return tr("{start} to {end}", start=rfc3339(self.start), end=rfc3339(self.end))

    def last(self, length: int) -> Window:
        """Its last slot."""
        return Window(max(self.start, self.end - length), self.end)

    def cut(self, longest: float | None, length: int) -> list[Window]:
        """The fewest windows that are not longer than `longest` and begin at slots of `length`, in order."""
        if longest is None or self.end - self.start <= longest:
            return [self]
        step = int(longest // length) * length
        return [Window(start, min(start + step, self.end)) for start in range(self.start, self.end, step)]


def slot_of_label(label: str, length: int, zone: int = ZONE_SECONDS) -> int:
    """The start of the slot that a Wangsu label names.

    The label is the slot's end in its zone, which is `zone` seconds east of UTC: minutes `2026-11-01 00:05`, hours
    `2026-11-01 01`, where midnight is the next day's `00` or the same day's `24`. A label that is a day names the day
    itself.

    Raises:
        ValueError: it is no label.
    """
    parts = _LABEL.fullmatch(label.strip())
    if parts is None:
        raise ValueError("no label")
    midnight = int(datetime.strptime(parts[1], "%Y-%m-%d").replace(tzinfo=timezone.utc).timestamp()) - zone
    if parts["hour"] is None:
        return midnight
    clock = int(parts["hour"]) * 3600 + int(parts["minute"] or 0) * 60 + int(parts["second"] or 0)
    if clock > DAY:
        raise ValueError("no time of a day")
    return midnight + clock - length


def time_text(value: Any, zone: int = ZONE_SECONDS) -> str:
    """RFC 3339 of a time in one of the vendors' forms: unix seconds, unix milliseconds, or a label; empty for 0.

    Raises:
        ValueError: it is in none of these, nor RFC 3339, or from before or after all streaming.
    """
    text = str(value).strip()
    if text.isdecimal():
        second = int(text) // (1000 if len(text) > _DIGITS_OF_SECONDS else 1)
        return rfc3339(streamed(second), zone) if second else ""
    if _LABEL.fullmatch(text) and "+" not in text:
        return rfc3339(streamed(slot_of_label(text, 0, zone)), zone)
    streamed(unix(text))
    return text


def streamed(second: int) -> int:
    """A unix second in which somebody may have streamed.

    Raises:
        ValueError: it is from before or after.
    """
    if not _EARLIEST <= second < _LATEST:
        raise ValueError("nobody streamed then")
    return second
