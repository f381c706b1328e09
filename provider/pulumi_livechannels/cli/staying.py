"""Waits of the main thread that hear signals.

Python answers a signal between two steps of the main thread. One that comes just as a wait begins, or that the system
gives to another thread, does not end that wait: without an end of its own it would go on for ever.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable

HEARD_SECONDS = 1.0


def stay(wanted: Callable[[], bool] = lambda: True) -> None:
    """Wait for a signal, or until it is not wanted any more."""
    while wanted():
        threading.Event().wait(HEARD_SECONDS)


def outlast(child: subprocess.Popen[bytes]) -> int:
    """Wait until a process has ended; answers its code."""
    while True:
        try:
            return child.wait(HEARD_SECONDS)
        except subprocess.TimeoutExpired:
            continue
