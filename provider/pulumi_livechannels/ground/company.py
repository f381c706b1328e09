"""Who may come along: how many things are under way at once, so that calls that could be one wait for each other.

An engine starts things one after the other as it writes its state down, which takes it longer than a call takes us.
What goes at once travels alone, each time; what waits for a moment travels with the others, and nobody waits longer for
it, as the engine writes meanwhile. Nobody waits where nothing else was under way of late, but for a moment after a
pause: an engine that begins starts many things, and the first of them seems alone. Nor does anybody where all others
wait too and the engine, as fast as it was of late, would have started the next by now.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# For so long another one may come after the one before it.
GAP_SECONDS = 0.25
# Of the time that an engine takes at most to start something in the place of what has ended, and of which it forgets
# a part with each that it starts.
PACE_TIMES = 3
PACE_KEPT = 0.9
# How often it is looked whether all others wait by now, each where it needs something.
LOOK_SECONDS = 0.02
# What was under way at once so long ago says nothing of now.
MEMORY_SECONDS = 2.0
# So long it takes an engine to start what it starts at once.
MOMENT_SECONDS = 0.02


class Company:
    """The things under way of one account. `monotonic` tells the seconds of the engine, whose pace it is about."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._now = 0
        self._most, self._seen_at = 0, 0.0
        self._began_at = -MOMENT_SECONDS
        self._ended: deque[float] = deque()
        self._pace: float | None = None
        self._gatherings: list[Callable[[], int]] = []

    @contextmanager
    def joined(self) -> Iterator[None]:
        """One more thing is under way while the block runs."""
        with self._lock:
            if not self._now and self._monotonic() - self._seen_at > MEMORY_SECONDS:
                self._began_at = self._monotonic()
            self._now += 1
            self._note()
            self._note_pace()
        try:
            yield
        finally:
            with self._lock:
                self._note()
                self._now -= 1
                self._ended.append(self._monotonic())

    def now(self) -> float:
        """The seconds of the engine."""
        return self._monotonic()

    def expected(self) -> int:
        """How many may come to one place: as many as were under way at once of late."""
        with self._lock:
            self._note()
            return self._most

    def beginning(self) -> float:
        """How many seconds are left of the moment after a pause, in which it is not known yet how many come."""
        with self._lock:
            return max(0.0, self._began_at + MOMENT_SECONDS - self._monotonic())

    @contextmanager
    def gathering(self, waiting: Callable[[], int]) -> Iterator[None]:
        """While the block runs, so many wait for others at one place, and come to no other one."""
        with self._lock:
            self._gatherings.append(waiting)
        try:
            yield
        finally:
            with self._lock:
                self._gatherings.remove(waiting)

    def patience(self, since: float) -> float:
        """How many seconds from now another one may still come, where the last one came at `since`."""
        with self._lock:
            at, gap = self._monotonic(), GAP_SECONDS
            if sum(waiting() for waiting in self._gatherings) >= self._now and self._pace is not None:
                gap = min(gap, PACE_TIMES * self._pace)
                since = max(since, self._ended[-1]) if self._ended else since
            return since + gap - at

    def _note(self) -> None:
        at = self._monotonic()
        if self._now >= self._most or at - self._seen_at > MEMORY_SECONDS:
            self._most, self._seen_at = self._now, at

    def _note_pace(self) -> None:
        """How long it took until this one came in the place of one that had ended."""
        at = self._monotonic()
        while self._ended and at - self._ended[0] > GAP_SECONDS:
            self._ended.popleft()
        if self._ended:
            self._pace = max(at - self._ended.popleft(), PACE_KEPT * (self._pace or 0.0))


def gather(turn: threading.Condition, waiting: Callable[[], int], most: int, company: Company) -> None:
    """Wait, holding `turn`, until `most` are waiting or all who are expected; or until no other one comes in time."""
    turn.wait_for(lambda: waiting() >= most, company.beginning())
    with company.gathering(waiting):
        since = company.now()
        while (there := waiting()) < min(most, company.expected()) and (left := company.patience(since)) > 0:
            if turn.wait_for(lambda: waiting() > there, min(left, LOOK_SECONDS)):
                since = company.now()
