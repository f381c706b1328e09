"""Emulators in the background: how one is started, how those of this machine are known, and how one is ended.

Each notes itself in a private file that it keeps locked for as long as it lives. A lock goes with its process, however
that ends, and comes back to no other as a process number does; so a lock that is held is an emulator that is there, and
who waits for it waits until the process is gone. Who else might lock such a file is not what the note names: only the
process that wrote it is signalled, which its start tells from a later one of the same number.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, cast

from platformdirs import user_cache_path

from ..ground.language import tr
from ..ground.private_files import private_folder
from .session import BAD_USAGE

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows
    fcntl = None  # type: ignore[assignment]

STOP_SECONDS, KILL_SECONDS = 10.0, 10.0
_LOOK_SECONDS = 0.02


@dataclass(frozen=True)
class Detached:
    """An emulator in the background; `state` is its file's whole path, or nothing; `started` is as `_start` tells."""

    pid: int
    port: int
    state: str
    started: str

    def is_there(self) -> bool:
        """Whether its process runs, and is not another one that has its number now."""
        return type(self.pid) is int and self.pid > 0 and _start(self.pid) == self.started

    def __str__(self) -> str:
        if self.state:
            return tr("the emulator on port {port} with the state {state}", port=self.port, state=self.state)
        return tr("the emulator on port {port}", port=self.port)


class StartError(Exception):
    """An emulator did not come up; its last words, and its exit code."""

    def __init__(self, words: str, code: int) -> None:
        super().__init__(words)
        self.code = code


def start(options: Sequence[str]) -> dict[str, str]:
    """Start one in a session of its own, and wait until it serves; answers the environment to set.

    Raises:
        StartError: it did not come up.
    """
    if fcntl is None:
        raise StartError(tr("--detach needs a POSIX system: run the emulator without it, or with --exec"), BAD_USAGE)
    child = subprocess.Popen(
        [sys.executable, "-m", "pulumi_livechannels.cli", "emulator", *options, "--format", "json", "--in-background"],
        # A folder that happens to hold a json.py must not matter.
        env={**os.environ, "PYTHONSAFEPATH": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    with cast("IO[str]", child.stdout) as answer, cast("IO[str]", child.stderr) as complaint:
        try:
            told = answer.readline()
            if not told:
                raise StartError(complaint.read().strip(), child.wait())
        except KeyboardInterrupt:
            child.kill()
            child.wait()
            raise
    # It goes on, and whoever started it does not wait for it.
    child.returncode = 0
    found: dict[str, str] = json.loads(told)
    return found


class StopError(Exception):
    """An emulator did not end."""


@contextmanager
def noted(port: int, state: Path | None) -> Iterator[None]:
    """Note this process as an emulator in the background, for as long as the block lasts.

    Raises:
        OSError: the note cannot be written.
    """
    private_folder(_folder())
    handle = os.open(_file(port), os.O_RDWR | os.O_CREAT, 0o600)
    # Never closed: it is the end of the process that lets go of the lock.
    fcntl.flock(handle, fcntl.LOCK_EX)
    own = Detached(os.getpid(), port, str(state.resolve()) if state else "", _start(os.getpid()))
    os.truncate(handle, 0)
    os.write(handle, json.dumps(asdict(own)).encode())
    try:
        yield
    finally:
        _file(port).unlink(missing_ok=True)
        log = _log(port)
        if log.exists() and not log.stat().st_size:
            log.unlink()


def leave_the_terminal(port: int) -> None:
    """Write what is still said to a log beside the note, for nobody listens any more.

    Raises:
        OSError: it cannot be written.
    """
    handle = os.open(_log(port), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for stream in (1, 2):
        os.dup2(handle, stream)
    os.close(handle)


def found(port: int = 0, state: Path | None = None) -> list[Detached]:
    """Those of this machine that are there, by port; of a port or a state, if one is given."""
    alive = [each for file in _folder().glob(f"{platform.node()}-*.json") if (each := _alive(file))]
    wanted = str(state.resolve()) if state else ""
    return sorted(
        (each for each in alive if port in (0, each.port) and wanted in ("", each.state)), key=lambda each: each.port
    )


def stop(one: Detached, seconds: float = STOP_SECONDS) -> None:
    """End one, and return when its process is gone. One that takes longer than `seconds` is killed.

    A state file is whole even then.

    Raises:
        StopError: it is there even so.
    """
    try:
        handle = os.open(_file(one.port), os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, KILL_SECONDS)):
            if one.is_there():
                with suppress(ProcessLookupError):
                    os.kill(one.pid, number)
            if _is_let_go(handle, patience):
                return
    finally:
        os.close(handle)
    text = tr("{emulator} does not end: see what holds process {pid}, and end that", emulator=one, pid=one.pid)
    raise StopError(text)


def _is_let_go(handle: int, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while _is_held(handle):
        if time.monotonic() >= end:
            return False
        time.sleep(_LOOK_SECONDS)
    return True


def _start(pid: int) -> str:
    """When a process started, in the system's own terms; nothing where the system does not say, or has none."""
    try:
        # What follows the name, which may hold anything: the state is field 3, and the start field 22.
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _folder() -> Path:
    return user_cache_path("livechannels") / "emulators"


def _file(port: int) -> Path:
    # A folder may be shared between machines and containers, their processes are not.
    return _folder() / f"{platform.node()}-{port}.json"


def _log(port: int) -> Path:
    return _file(port).with_suffix(".log")


def _alive(file: Path) -> Detached | None:
    """Whoever noted itself in a file and holds it still."""
    try:
        handle = os.open(file, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        # One that is just noting itself is not there yet.
        with suppress(ValueError, TypeError):
            one = Detached(**json.loads(os.read(handle, 65536)))
            return one if one.is_there() and _is_held(handle) else None
    finally:
        os.close(handle)
    return None


def _is_held(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
