"""Where the tools keep what they fetch or build, outside of every checkout, and how one of them waits for another."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path


def home(name: str) -> Path:
    """The cache of a tool, for its user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "livechannels" / name


@contextlib.contextmanager
def locked(path: Path, waiting: Callable[[], None]) -> Iterator[None]:
    """Holds a lock that the system drops with the process, so one that was killed blocks nobody; says when it waits."""
    with path.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
