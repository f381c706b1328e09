"""Ends a provider whose engine is gone: nobody would store what it makes from then on.

An engine reads what its providers print. When it is killed, however many processes stand between, the reading end of
that pipe closes, and the system tells so at once.
"""

from __future__ import annotations

import os
import select
import sys
import threading

_started = threading.Event()


def end_with_the_engine() -> None:
    """From now on, end this process as soon as nobody reads its output; asking twice is asking once."""
    if _started.is_set() or not hasattr(select, "poll"):
        return
    _started.set()
    try:
        descriptor = sys.stdout.fileno()
        is_pipe = os.fstat(descriptor).st_mode & 0o170000 == 0o010000
    except (OSError, ValueError, AttributeError):
        return
    if is_pipe:
        threading.Thread(target=_watch, args=[descriptor], name="engine watch", daemon=True).start()


def _watch(descriptor: int) -> None:
    poll = select.poll()
    poll.register(descriptor, 0)
    while not any(event & (select.POLLERR | select.POLLNVAL) for _, event in poll.poll()):
        continue
    # At once, and without waiting for threads: none of them may begin another call.
    os._exit(1)
