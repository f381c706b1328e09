"""Words to the user that stop nothing: warnings, and what a long wait is for. Each face says them in its own way."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ..ground.redact import scrub


class Notices:
    """Passes scrubbed sentences on to `show`."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._said: set[str] = set()
        self._lock = threading.Lock()

    def warn(self, text: str) -> None:
        """Say it."""
        self._show(scrub(text))

    def once(self, text: str) -> None:
        """Say it, unless this run has said it before."""
        with self._lock:
            if text in self._said:
                return
            self._said.add(text)
        self.warn(text)
