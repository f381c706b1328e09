"""Who pushed when: one stream around the clock with short breaks, the others a few times a day."""

from __future__ import annotations

from collections.abc import Callable

from .basis import behaves
from .domains import KNOWN_STREAMS, UNNAMED
from .slots import EAST

DAY = 86400
FIRST = 6 * 3600
MOST = 3
STEADY = KNOWN_STREAMS[0]
SHORTEST_BREAK, LONGEST_BREAK = 5 * 60, 20 * 60

Chance = Callable[..., int]

behaves("streams", "assumed", f"{STEADY} is pushed around the clock, but for up to three short breaks a day")
behaves("streams", "assumed", "the others are pushed one to three times a day, after 6 and never past midnight")
behaves("streams", "assumed", "while nothing is pushed a stream has no slot and no bucket; a domain has them always")


def sessions(chance: Chance, stream: str, start: int, end: int) -> list[tuple[int, int]]:
    """The sessions of a stream that begin in a window, oldest first, each with its start and end in unix seconds."""
    if stream.partition("/")[2] not in (*KNOWN_STREAMS, UNNAMED):
        return []
    first, last = (start + EAST * 60) // DAY, (end + EAST * 60) // DAY
    found = [session for day in range(first, last + 1) for session in _of_day(chance, stream, day)]
    return [(begins, ends) for begins, ends in found if start <= begins < end]


def _of_day(chance: Chance, stream: str, day: int) -> list[tuple[int, int]]:
    midnight = day * DAY - EAST * 60
    count = 1 + chance("sessions", stream, day) % MOST
    if stream.endswith(f"/{STEADY}"):
        return _with_breaks(chance, stream, midnight, count)
    length = (DAY - FIRST) // count
    pushed = []
    for number in range(count):
        drawn = chance("session", stream, midnight, number)
        begins = midnight + FIRST + number * length + drawn % (length // 3)
        pushed.append((begins, begins + 300 + drawn // length % (length // 2)))
    return pushed


def _with_breaks(chance: Chance, stream: str, midnight: int, count: int) -> list[tuple[int, int]]:
    """A whole day in pieces, each after a break."""
    length, pushed = DAY // count, []
    for number in range(count):
        rest = SHORTEST_BREAK + chance("break", stream, midnight, number) % (LONGEST_BREAK - SHORTEST_BREAK)
        pushed.append((midnight + number * length + rest, midnight + (number + 1) * length))
    return pushed
