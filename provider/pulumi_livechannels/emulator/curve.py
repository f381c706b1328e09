"""How much of a quantity there is, minute by minute: days are alike in shape, and no two months are the same."""

from __future__ import annotations

import math
import random
from itertools import accumulate

from .slots import DAY, EAST

WEEK = 7 * DAY
DAYS = 52 * 7
"""After so many days a curve begins anew, on the same day of the week."""
PEAK_HOUR = 20.75
PEAK_WIDTH = 3.2
NOISE = 0.08
SEASON, MOOD = 14, 9
"""How far the year and the single day swing to either side, in percent."""
EVENTS, CROWD = 40, 45
"""One day of so many draws so many percent more."""
UNITS = 100
"""A weight of the week counts as so many units on a usual day."""


class Curve:
    """One quantity: an evening peak, livelier weekends, seasons, days of a big event, and some noise."""

    def __init__(self, seed: str) -> None:
        chance = random.Random(seed)  # noqa: S311 - figures, not secrets
        busy = (100, 97, 101, 103, 110, 126, 121)
        self._weights = []
        for minute in range(WEEK):
            hours = minute % DAY / 60
            away = min(abs(hours - PEAK_HOUR), 24 - abs(hours - PEAK_HOUR))
            height = 350 + 1700 * math.exp(-((away / PEAK_WIDTH) ** 2))
            self._weights.append(int(height * busy[minute // DAY] / 100 * (1 + NOISE * (2 * chance.random() - 1))))
        self._within = [0, *accumulate(self._weights)]
        turn = chance.random()
        self._scales = [
            round(UNITS + SEASON * math.sin(2 * math.pi * (day / DAYS + turn)))
            + chance.randint(-MOOD, MOOD)
            + (CROWD if chance.randrange(EVENTS) == 0 else 0)
            for day in range(DAYS)
        ]
        whole = [self._within[(day % 7 + 1) * DAY] - self._within[day % 7 * DAY] for day in range(DAYS)]
        self._before = [0, *accumulate(units * scale for units, scale in zip(whole, self._scales, strict=True))]

    def count(self, minute: int) -> int:
        """How many units there were before a minute since 1970."""
        days, clock = divmod(minute + EAST, DAY)
        turns, day = divmod(days, DAYS)
        midnight = day % 7 * DAY
        today = (self._within[midnight + clock] - self._within[midnight]) * self._scales[day]
        return turns * self._before[-1] + self._before[day] + today

    def highest(self, start: int, end: int) -> int:
        """The most units in one of some minutes since 1970."""
        most = 0
        start, end = start + EAST, end + EAST
        while start < end:
            days, clock = divmod(start, DAY)
            last = min(DAY, clock + end - start)
            midnight = days % 7 * DAY
            most = max(most, max(self._weights[midnight + clock : midnight + last]) * self._scales[days % DAYS])
            start += last - clock
        return most
