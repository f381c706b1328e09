"""What the provider processes of one engine's run tell each other: a private file of lines, one for what each has done.

An engine starts a process for every provider resource, and hands each of them its own address. Processes of the same
account under the same address would otherwise know nothing of each other, and one could end what another has just
taken over. Addresses come again, so whoever finds a file that no living process holds begins it anew. Where the file
cannot be used, it is said once, and each knows only its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from .language import tr
from .private_files import UnusableError, open_to_append, private_folder, tidy

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

Note = Sequence[Any]
_ADDRESS = re.compile(r"^[\w.\[\]:-]+:\d+$")
_SUFFIX = ".jsonl"
# No run takes so long, and the next one has another address.
_OLD_SECONDS = 7 * 24 * 3600
# A machine of pipelines has thousands of such files, and every provider process would look at them all.
_TIDY_SECONDS = 24 * 3600


def engine_address() -> str | None:
    """Where the engine of this process listens; None for one that no engine has started."""
    return next((word for word in reversed(sys.argv[1:]) if _ADDRESS.match(word)), None)


class RunNotes:
    """The notes of one account in one run, which is told by its engine's address."""

    def __init__(self, run: str, account: str, warn: Callable[[str], None], folder: Path | None = None) -> None:
        self._folder = folder or user_cache_path("livechannels") / "runs"
        self._file = self._folder / f"{hashlib.sha256(f'{run} {account}'.encode()).hexdigest()[:32]}{_SUFFIX}"
        self._warn = warn
        self._own = f"{os.getpid()}.{time.time_ns()}"
        self._lock = threading.Lock()
        self._handle = -1
        self._read = 0
        # Without such locks an old file could not be told from a new one.
        self._usable = fcntl is not None
        self._try(self._open)

    def tell(self, note: Note) -> None:
        """Note something for the others."""
        line = json.dumps([self._own, *note]).encode() + b"\n"
        with self._lock:
            self._try(lambda: self._add(line))

    def heard(self) -> list[list[Any]]:
        """What others have noted since the last time, oldest first."""
        with self._lock:
            found: list[bytes] = []
            self._try(lambda: found.extend(self._new_lines()))
        notes = (json.loads(line) for line in found)
        return [rest for own, *rest in notes if own != self._own]

    def _open(self) -> None:
        private_folder(self._folder)
        self._tidy()
        self._handle = open_to_append(self._file)
        weakref.finalize(self, os.close, self._handle)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            # What is in it was written by a run that is over.
            os.ftruncate(self._handle, 0)
        # Held for as long as this process lives: the system lets it go, whatever ends it.
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def _tidy(self) -> None:
        """Once a day, remove what was left by runs of long ago."""
        mark = self._folder / "tidied"
        with suppress(FileNotFoundError):
            if time.time() - mark.lstat().st_mtime < _TIDY_SECONDS:
                return
        os.close(open_to_append(mark))
        os.utime(mark)
        tidy(self._folder, _SUFFIX, _OLD_SECONDS)

    def _add(self, line: bytes) -> None:
        # In one piece, so that lines of several processes never mix.
        os.write(self._handle, line)
        # Where nobody else wrote in between there is nothing to read.
        if (end := os.lseek(self._handle, 0, os.SEEK_CUR)) - len(line) == self._read:
            self._read = end

    def _new_lines(self) -> list[bytes]:
        # Asked for before every decision, and mostly there is nothing new.
        if os.fstat(self._handle).st_size == self._read:
            return []
        with self._file.open("rb") as file:
            file.seek(self._read)
            whole = file.read().rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
        return whole.splitlines()

    def _try(self, act: Callable[[], Any]) -> None:
        if not self._usable:
            return
        try:
            act()
        except (OSError, UnusableError) as error:
            self._usable = False
            self._warn(
                tr(
                    "provider processes of this run cannot tell each other what they hold ({error}): do not "
                    "move objects between providers of one account in it",
                    error=error,
                )
            )
