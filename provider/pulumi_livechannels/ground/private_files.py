"""Files that several runs of one user share and nobody else may read: made private, locked with an end to patience."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

from .language import tr

LOCK_SECONDS = 5.0
_OLD_SECONDS = 30 * 24 * 3600
# What SQLite, the lock and its holder's number put beside a file.
_BESIDE = ("", "-journal", "-wal", "-shm", ".lock", ".pid")


class UnusableError(Exception):
    """A file cannot be used, for a reason that may be shown."""


def private_folder(folder: Path) -> None:
    """Make a folder that only its owner may enter.

    Raises:
        OSError: it cannot be made so.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if stat.S_IMODE(folder.stat().st_mode) & 0o077:
        folder.chmod(0o700)


def private_file(file: Path) -> None:
    """Make an empty file that only its owner may read, or see to it that the one that is there is such a file.

    What is made beside it later, by SQLite, has the same mode.

    Raises:
        UnusableError: a symbolic link stands at its place, or beside it where something of its name will be.
        OSError: it cannot be made so.
    """
    for suffix in _BESIDE:
        place = Path(f"{file}{suffix}")
        if place.is_symlink():
            raise UnusableError(f"at the place of {place.name} stands a symbolic link")
        with suppress(FileNotFoundError):
            _open_private(place, 0)
    _open_private(file, os.O_CREAT)


def _open_private(file: Path, flags: int) -> None:
    handle = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | flags, 0o600)
    try:
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
    finally:
        os.close(handle)


def write_private(file: Path, text: str) -> None:
    """Write a file that nobody else may read, whole or not at all. Where a link stands, what it leads to is written.

    Raises:
        OSError: it cannot be written, or something else than a file stands there.
    """
    if file.exists() and not file.is_file():
        raise OSError(errno.EINVAL, tr("it is no plain file"))
    with beside(file, 0o600) as part:
        part.write_text(text, encoding="utf-8")


@contextmanager
def beside(file: Path, mode: int = 0o666) -> Iterator[Path]:
    """A new file to write, which takes the name when it is whole; a link stays, and what is half goes.

    Nobody can have prepared it. Its mode is what the process may give files at most.

    Raises:
        OSError: there is no place for it.
    """
    with suppress(FileNotFoundError):
        # The system's error for a link that leads to itself, of which `resolve` has another one in each Python.
        file.stat()
    file = file.resolve()
    part = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode))
    try:
        yield part
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def open_to_append(file: Path) -> int:
    """A descriptor that appends to a file which only its owner may read, made if it is not there.

    Raises:
        UnusableError: something else than a file stands at its place.
        OSError: it cannot be opened, or not be made private.
    """
    if file.is_symlink():
        raise UnusableError("a symbolic link stands at its place")
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    # Of a pipe nobody may read, and to open it would wait for one who does.
    handle = os.open(file, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise UnusableError("it is no plain file")
        if hasattr(os, "fchmod"):
            os.fchmod(handle, 0o600)
    except BaseException:
        os.close(handle)
        raise
    return handle


class HeldLock:
    """A lock between processes, for one file. Who does not get it within `seconds` hears who holds it."""

    def __init__(self, file: Path, seconds: float) -> None:
        # As long to load as all of ours, and most processes have no file to lock.
        from filelock import FileLock, Timeout

        self._late = Timeout
        self._lock = FileLock(f"{file}.lock", timeout=seconds, mode=0o600)
        self._pid = Path(f"{file}.pid")

    def __enter__(self) -> None:
        """Wait for the lock.

        Raises:
            UnusableError: somebody else holds it and does not let it go.
        """
        try:
            self._lock.acquire()
        except self._late:
            raise UnusableError(f"{self._holder()} holds its lock and does not let it go") from None
        self._write(str(os.getpid()))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._lock.release()

    def _write(self, pid: str) -> None:
        # It only helps to say who it was.
        with suppress(OSError):
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
            handle = os.open(self._pid, flags, 0o600)
            try:
                os.write(handle, pid.encode())
            finally:
                os.close(handle)

    def _holder(self) -> str:
        try:
            return f"process {int(self._pid.read_text())}"
        except (OSError, ValueError):
            return "another process"


def tidy(folder: Path, suffix: str, old: float = _OLD_SECONDS) -> None:
    """Remove files, with what is beside them, that nobody has used for `old` seconds: a month, unless said."""
    for file in folder.glob(f"*{suffix}"):
        family = [Path(f"{file}{beside}") for beside in _BESIDE]
        # A file that is only written to beside itself is in use too.
        ages = []
        for member in family:
            # It may not be there, or go while another process tidies.
            with suppress(OSError):
                ages.append(time.time() - member.lstat().st_mtime)
        if ages and min(ages) > old:
            remove(file)


def remove(file: Path) -> None:
    """Remove a file with what is beside it; what is not there, or stays, is no error."""
    for beside in _BESIDE:
        with suppress(OSError):
            Path(f"{file}{beside}").unlink()
