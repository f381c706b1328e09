"""How many calls a command may make in all: a share of the account's budget, so that others find their calls too."""

from __future__ import annotations

import threading

from .errors import CancelledError
from .language import tr


class Allowance:
    """So many calls, whichever thread and account makes them, repetitions included."""

    def __init__(self, calls: int) -> None:
        self.calls = calls
        self._left = calls
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a call that is about to be made.

        Raises:
            CancelledError: all of them were made.
        """
        with self._lock:
            if self._left:
                self._left -= 1
                return
        raise CancelledError(
            tr("the {calls} calls of this run are spent", calls=self.calls), next_step=tr("run again to go on.")
        )
