"""When to try again: full jitter between attempts, and a budget of retries, so that no stack hammers a dead platform.

Each retry takes tokens from the budget and each success puts one back. With an empty budget retries evidently do not
help: for `PAUSE_SECONDS` after the last failure calls are refused without being sent, then one attempt is let through
again. So with the platform down, a refresh of any size costs one attempt for each worker, `TOKENS / RETRY_COST`
retries, and one attempt for every pause.

A platform that says that calls come too fast is not dead: there a call waits on, for as long as its user allows.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from .clock import Clock

TOKENS = 100
RETRY_COST = 5
PAUSE_SECONDS = 10.0
ATTEMPTS = 4
BASE_SECONDS = 0.5
LONGEST_SECONDS = 20.0
THROTTLE_BASE_SECONDS = 5.0
LONGEST_THROTTLE_SECONDS = 60.0
# No platform's window is longer, whatever an answer says.
LONGEST_RETRY_AFTER_SECONDS = 300.0


class RetryBudget:
    """Tokens for retries, shared by all threads of an account."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens = TOKENS
        self._closed_until = 0.0
        self._lock = threading.Lock()

    def may_send(self) -> bool:
        """Whether a call may be tried at all; lets one through at the end of each pause."""
        with self._lock:
            now = self._clock.monotonic()
            if now < self._closed_until:
                return False
            if self._tokens < RETRY_COST:
                self._closed_until = now + PAUSE_SECONDS
            return True

    def pay(self) -> bool:
        """Pay for one retry; False when the budget is empty, which begins a pause."""
        with self._lock:
            if self._tokens < RETRY_COST:
                self._closed_until = self._clock.monotonic() + PAUSE_SECONDS
                return False
            self._tokens -= RETRY_COST
            return True

    def refund(self) -> None:
        """A call was answered."""
        with self._lock:
            self._tokens = min(TOKENS, self._tokens + 1)
            self._closed_until = 0.0


def backoff(attempt: int, random: Callable[[], float]) -> float:
    """Seconds to wait after the given attempt (0 is the first): anything up to a doubling ceiling."""
    ceiling: float = BASE_SECONDS * 2.0**attempt
    return random() * min(LONGEST_SECONDS, ceiling)


class ThrottlePatience:
    """The waits of one call while the platform says that calls come too fast: for `seconds` in all, then no more.

    Each wait is `least` and anything up to a doubling ceiling, so that runs that know nothing of each other do not
    return together.
    """

    def __init__(
        self,
        clock: Clock,
        seconds: float,
        random: Callable[[], float],
        *,
        base: float = THROTTLE_BASE_SECONDS,
        longest: float = LONGEST_THROTTLE_SECONDS,
        least: float = 0.0,
    ) -> None:
        self._clock = clock
        self._seconds = seconds
        self._random = random
        self._ceiling = base
        self._longest = longest
        self._least = least
        self._since: float | None = None

    @property
    def left(self) -> float:
        """For how many seconds more the call goes on; all of them before the first answer of this kind."""
        if self._since is None:
            return self._seconds
        return max(0.0, self._since + self._seconds - self._clock.monotonic())

    def next_wait(self, retry_after: float | None = None) -> float | None:
        """Seconds to wait after one more such answer, or None when patience is over.

        `retry_after` are the seconds that the answer asks for; they are waited, and a little more, as far as they are
        not longer than patience.
        """
        if self._since is None:
            self._since = self._clock.monotonic()
        left = self.left
        if left <= 0:
            return None
        asked = min(retry_after or 0.0, LONGEST_RETRY_AFTER_SECONDS)
        wait = asked + self._least + self._random() * self._ceiling
        self._ceiling = min(self._longest, self._ceiling * 2)
        return min(wait, left)
