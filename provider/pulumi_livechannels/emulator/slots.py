"""The slots of a report: whole intervals that start in its window, none of the future, and how they are called."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property

from .basis import behaves

DAY = 24 * 60
EAST = 8 * 60
MINUTES = {"1m": 1, "5m": 5, "1h": 60, "1d": DAY}

behaves("report slots", "documented", "a label is its slot's end at +08:00; a day's label is the day")
behaves("report slots", "assumed", "a report holds the slots whose start lies in the window, the end left out")
behaves("report slots", "assumed", "a slot that is not over yet shows what passed until the present minute")
behaves("report slots", "assumed", "its bandwidth is what passed over the length of the whole slot")


@dataclass(frozen=True)
class Slots:
    """Slots of one length; `bounds` are minutes since 1970 and hold one more than there are slots."""

    minutes: int
    starts: range
    now: int
    zone: int = EAST

    @classmethod
    def within(cls, start: int, end: int, minutes: int, now: int, zone: int = EAST) -> Slots:
        """The slots that start in a window, given in unix seconds; `zone` is what a day is, in minutes."""
        first = -(-start // 60)
        first = -(-(first + zone) // minutes) * minutes - zone
        last = -(-min(end, now) // 60)
        return cls(minutes, range(first, last, minutes), now // 60, zone)

    @cached_property
    def bounds(self) -> list[int]:
        """Where each slot starts, and where the last one ends or stands."""
        if not self.starts:
            return []
        return [*self.starts, min(self.starts[-1] + self.minutes, self.now)]

    def joined(self) -> Slots:
        """One slot over them all, or none."""
        length = len(self.starts) * self.minutes
        return replace(self, minutes=length, starts=self.starts[:1]) if length else self

    def some(self, places: range) -> Slots:
        """Those at some places in a row."""
        return replace(self, starts=self.starts[places.start : places.stop])

    def by_minute(self) -> Slots:
        """What they cover, minute by minute."""
        bounds = self.bounds or [0, 0]
        return replace(self, minutes=1, starts=range(bounds[0], bounds[-1]))

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Where each slot starts and ends, whether it is over or not."""
        return [(start, start + self.minutes) for start in self.starts]

    @property
    def seconds(self) -> int:
        """The length of a slot."""
        return self.minutes * 60

    @cached_property
    def ends(self) -> list[str]:
        """What each slot is called by its end; a day is called by itself."""
        if self.minutes == DAY:
            return [f"{self._time(start):%Y-%m-%d}" for start in self.starts]
        return [self._time(start + self.minutes).strftime(f"%Y-%m-%d {self._clock}") for start in self.starts]

    @property
    def ends_by_24(self) -> list[str]:
        """As `ends`, but midnight belongs to the day before."""
        midnight, late = (" 00", " 24") if self._clock == "%H" else (" 00:00", " 24:00")
        days = [f"{self._time(start):%Y-%m-%d}" for start in self.starts]
        return [day + late if end.endswith(midnight) else end for day, end in zip(days, self.ends, strict=True)]

    @cached_property
    def begins(self) -> list[str]:
        """What each slot is called by its start."""
        return [self._time(start).isoformat() for start in self.starts]

    @property
    def _clock(self) -> str:
        return "%H" if self.minutes % 60 == 0 else "%H:%M"

    def _time(self, minute: int) -> datetime:
        return datetime.fromtimestamp(minute * 60, timezone(timedelta(minutes=self.zone)))
