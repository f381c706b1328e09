"""The account's call budget: never more than so many calls in any window, whichever thread makes them.

A caller reserves the next free moment and sleeps until it, so waiting calls leave in the order in which they asked.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from .clock import Clock

WINDOW_SECONDS = 300.0
# A call leaves a little after its reserved moment, so the window is kept a little longer than the vendor counts.
MARGIN_SECONDS = 0.1
_SHARE = 1 / 300
TELL_AFTER_SECONDS = 1.0


class Limiter:
    """At most `calls` in any `window` seconds; 0 means no limit.

    `tell` hears of every wait of at least `tell_after` seconds.
    """

    def __init__(
        self,
        clock: Clock,
        calls: int,
        tell: Callable[[str], None],
        *,
        window: float = WINDOW_SECONDS,
        tell_after: float = TELL_AFTER_SECONDS,
    ) -> None:
        self._window = window
        self._tell_after = tell_after
        self._margin = max(MARGIN_SECONDS, window * _SHARE)
        self._clock = clock
        self._calls = calls
        self._tell = tell
        self._lock = threading.Lock()
        self._reserved: deque[float] = deque()
        self._closed_until = 0.0

    def acquire(self) -> None:
        """Return when a call may be sent."""
        now = self._clock.monotonic()
        with self._lock:
            moment = max(now, self._closed_until)
            if self._calls:
                if len(self._reserved) >= self._calls:
                    moment = max(moment, self._reserved.popleft() + self._window + self._margin)
                self._reserved.append(moment)
        wait = moment - now
        if wait >= self._tell_after:
            budget = f"for the account's budget of {self._calls} calls in {_words(self._window)}"
            throttled = "because the platform says that calls come too fast"
            self._tell(f"waiting {wait:.0f} s {throttled if moment == self._closed_until else budget}")
        if wait > 0:
            self._clock.sleep(wait)

    def close_for(self, seconds: float) -> None:
        """The platform said that calls come too fast: let none leave for a while."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)


def _words(seconds: float) -> str:
    return "5 minutes" if seconds == WINDOW_SECONDS else f"{seconds:g} s"
