"""The account's call budget: never more than so many calls in any window, whichever thread, run or machine makes them.

The window is kept by a library; here is only what a caller notices of it: the wait, and the words about it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol

from .allowance import Allowance
from .clock import Clock
from .language import tr

WINDOW_SECONDS = 300.0
# A call leaves a little after it was counted, so the window is kept a little longer than the vendor's.
MARGIN_SECONDS = 0.1
_SHARE = 1 / 300
TELL_AFTER_SECONDS = 1.0
# How often to see whether several calls fit, of which a window tells nothing.
LOOK_AGAIN_SECONDS = 5.0
# Many calls that wait together are one piece of news.
TELL_AGAIN_SECONDS = 10.0
# After the platform said that calls come too fast, one call goes ahead of the others, who may not have to hear it too.
PROBE_SECONDS = 1.0


class Window(Protocol):
    """Where calls are counted. All times are unix seconds."""

    def reserve(self, now: float) -> float:
        """Count a call, and answer 0; or count none, and answer after how many seconds one may fit."""
        ...

    def used(self, now: float) -> int:
        """How many calls are counted."""
        ...

    def fill(self, now: float, seconds: float) -> None:
        """The vendor counts more than we do: let none fit for so many seconds."""
        ...


class Limiter:
    """Waits until a call fits into a window; without a window it only waits while the vendor says so.

    `words` name the budget, `calls` is the size of its window, and `tell` hears of every wait of at least `tell_after`
    seconds. `allowance` is what the run may spend of it in all.
    """

    def __init__(
        self,
        clock: Clock,
        window: Window | None,
        tell: Callable[[str], None],
        *,
        words: str = "",
        calls: int = 0,
        tell_after: float = TELL_AFTER_SECONDS,
        allowance: Allowance | None = None,
    ) -> None:
        self._clock = clock
        self._window = window
        self._tell = tell
        self._words = words
        self._calls = calls
        self._local = threading.local()
        self._promised = 0
        self._tell_after = tell_after
        self._allowance = allowance
        self._lock = threading.Lock()
        self._closed_until = float("-inf")
        self._told_until = float("-inf")
        self._patience: float | None = None
        self._probe_next = False

    def acquire(self) -> None:
        """Return when a call may be sent.

        Raises:
            CancelledError: the run has made all the calls that it may make.
        """
        if self._allowance is not None:
            self._allowance.take()
        while True:
            with self._lock:
                wait = self._closed_until - self._clock.monotonic()
                closed = wait > 0
                if not closed:
                    wait = self._reserve()
                    if wait <= 0:
                        if self._probe_next:
                            self._probe_next = False
                            self._closed_until = self._clock.monotonic() + PROBE_SECONDS
                        return
            self._mention(wait, closed)
            self._clock.sleep(wait)

    def keep_room(self, calls: int) -> None:
        """Let this thread's next call leave only when so many more fit behind it, and keep these free for it.

        What a create makes has to be read back at once, for meanwhile nobody else knows of it. `give_room` ends this.
        """
        self.give_room()
        # Of a small window no room can be kept.
        self._local.wanted = min(calls, max(0, (self._calls - 1) // 2))

    def give_room(self) -> None:
        """What this thread still keeps free is free for all again."""
        with self._lock:
            self._promised -= getattr(self._local, "kept", 0)
            self._local.kept = self._local.wanted = 0

    def _reserve(self) -> float:
        """Count a call, or answer after how many seconds to try again; what is promised to others stays free."""
        if self._window is None:
            return 0.0
        now = self._clock.now()
        kept, wanted = getattr(self._local, "kept", 0), getattr(self._local, "wanted", 0)
        others = self._promised - kept
        if (wanted or others) and self._calls - self._window.used(now) < 1 + wanted + others:
            return LOOK_AGAIN_SECONDS
        wait = self._window.reserve(now)
        if wait <= 0:
            if wanted:
                self._local.kept, self._local.wanted = wanted, 0
                self._promised += wanted
            elif kept:
                self._local.kept -= 1
                self._promised -= 1
        return wait

    def close_for(self, seconds: float, patience: float | None = None) -> None:
        """The platform said that calls come too fast: let none leave for a while, whoever shares the window.

        `patience` is how many seconds more the call that was told so goes on, after which it gives up.
        """
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock.monotonic() + seconds)
            self._patience = patience
            self._probe_next = True
            if self._window is not None:
                self._window.fill(self._clock.now(), seconds)

    def used(self) -> int | None:
        """How many calls of the window are used; None where nothing is counted."""
        with self._lock:
            return self._window.used(self._clock.now()) if self._window else None

    def _mention(self, wait: float, closed: bool) -> None:
        with self._lock:
            until = self._clock.monotonic() + wait
            if wait < self._tell_after or until < self._told_until + TELL_AGAIN_SECONDS:
                return
            self._told_until = until
            patience = self._patience
        reason = tr("for {words}", words=self._words)
        if closed:
            reason = tr("because the platform says that calls come too fast")
            if patience is not None:
                reason += tr(" (goes on for about {minutes} min more)", minutes=max(1, round(patience / 60)))
        self._tell(tr("waiting {wait:.0f} s {reason}", wait=wait, reason=reason))


def margin(seconds: float) -> float:
    """How much longer than the vendor a window of this length is kept."""
    return max(MARGIN_SECONDS, seconds * _SHARE)
