"""Who may come along: how many things are under way at once, so that calls that could be one wait for each other.

An engine starts things one after the other as it writes its state down, which takes it longer than a call takes us.
What goes at once travels alone, each time; what waits for a moment travels with the others, and nobody waits longer for
it, as the engine writes meanwhile. Nobody waits where nothing else was under way of late, but for a moment after a
pause: an engine that begins starts many things, and the first of them seems alone.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# For so long another one may come after the one before it.
GAP_SECONDS = 0.25
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

    @contextmanager
    def joined(self) -> Iterator[None]:
        """One more thing is under way while the block runs."""
        with self._lock:
            if not self._now and self._monotonic() - self._seen_at > MEMORY_SECONDS:
                self._began_at = self._monotonic()
            self._now += 1
            self._note()
        try:
            yield
        finally:
            with self._lock:
                self._note()
                self._now -= 1

    def expected(self) -> int:
        """How many may come to one place: as many as were under way at once of late."""
        with self._lock:
            self._note()
            return self._most

    def beginning(self) -> float:
        """How many seconds are left of the moment after a pause, in which it is not known yet how many come."""
        with self._lock:
            return max(0.0, self._began_at + MOMENT_SECONDS - self._monotonic())

    def _note(self) -> None:
        at = self._monotonic()
        if self._now >= self._most or at - self._seen_at > MEMORY_SECONDS:
            self._most, self._seen_at = self._now, at


def gather(turn: threading.Condition, waiting: Callable[[], int], most: int, company: Company) -> None:
    """Wait, holding `turn`, until `most` are waiting or all who are expected; or until no other one comes in time."""
    turn.wait_for(lambda: waiting() >= most, company.beginning())
    while (there := waiting()) < min(most, company.expected()):
        if not turn.wait_for(lambda: waiting() > there, GAP_SECONDS):
            return
