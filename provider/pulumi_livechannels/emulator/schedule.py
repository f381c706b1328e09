"""Who pushed when: for each stream and day a few sessions, which never run past midnight, and their transcode tasks."""

from __future__ import annotations

from .series import Figures
from .slots import EAST

DAY = 86400
FIRST = 6 * 3600
MOST = 3


def sessions(figures: Figures, stream: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sessions of a stream that begin in a window, oldest first, each with its start and end in unix seconds."""
    first, last = (start + EAST * 60) // DAY, (end + EAST * 60) // DAY
    found = [session for day in range(first, last + 1) for session in _of_day(figures, stream, day)]
    return [(begins, ends) for begins, ends in found if start <= begins < end]


def _of_day(figures: Figures, stream: str, day: int) -> list[tuple[int, int]]:
    midnight = day * DAY - EAST * 60
    count = 1 + figures.chance("sessions", stream, day) % MOST
    length = (DAY - FIRST) // count
    pushed = []
    for number in range(count):
        chance = figures.chance("session", stream, day, number)
        begins = midnight + FIRST + number * length + chance % (length // 3)
        pushed.append((begins, begins + 300 + chance // length % (length // 2)))
    return pushed
