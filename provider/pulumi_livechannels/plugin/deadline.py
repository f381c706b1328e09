"""Waiting that ends when the engine cancels, or when a resource's customTimeouts run out."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from ..ground.errors import CancelledError
from ..ground.language import tr


class Deadline:
    """A clock whose sleeps end early. A deadline holds for the thread that set it."""

    def __init__(self) -> None:
        self._cancelled = threading.Event()
        self._local = threading.local()

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def cancel(self) -> None:
        """End every wait, now and later."""
        self._cancelled.set()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound the waits of this thread; 0 means no bound."""
        self._local.deadline = self.monotonic() + seconds if seconds > 0 else None
        try:
            yield
        finally:
            self._local.deadline = None

    def bound(self, seconds: float) -> float:
        """At most `seconds`, and no longer than this thread's deadline.

        Raises:
            CancelledError: the deadline has passed.
        """
        deadline: float | None = getattr(self._local, "deadline", None)
        if deadline is None:
            return seconds
        left = deadline - self.monotonic()
        if left <= 0:
            raise CancelledError(
                tr("the time limit of this operation has passed"),
                next_step=tr("raise customTimeouts of the resource, or run again later."),
            )
        return min(seconds, left)

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            CancelledError: the run was cancelled, or the deadline would pass.
        """
        deadline: float | None = getattr(self._local, "deadline", None)
        if deadline is not None and self.monotonic() + seconds > deadline:
            raise CancelledError(
                tr("waiting {seconds:.0f} s more would exceed the time limit of this operation", seconds=seconds),
                next_step=tr("raise customTimeouts of the resource, or run again later."),
            )
        if self._cancelled.wait(seconds):
            raise CancelledError(tr("the run was cancelled while waiting"), next_step=tr("run again to go on."))
