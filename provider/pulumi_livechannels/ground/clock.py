"""Time as an argument: whatever waits or dates something is handed a clock, so tests never sleep."""

from __future__ import annotations

import threading
import time
from datetime import timezone
from email.utils import parsedate_to_datetime
from typing import Protocol


class Clock(Protocol):
    """What the code may ask of time."""

    def now(self) -> float:
        """Seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring waits."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...

    def bound(self, seconds: float) -> float:
        """How long something may take that has a limit of its own: less where a deadline is nearer."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds that never run backwards."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait, interruptibly."""
        threading.Event().wait(max(0.0, seconds))

    def bound(self, seconds: float) -> float:
        """The limit itself: there is no deadline."""
        return seconds


def parse_http_date(text: str) -> float | None:
    """The unix seconds of a `Date` header; None where it says nothing that can be understood. Never raises."""
    try:
        date = parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=timezone.utc)).timestamp()
    except (ValueError, TypeError, OverflowError, OSError, IndexError, AttributeError):
        return None
