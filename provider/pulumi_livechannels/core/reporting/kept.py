"""Parts of a report on disk while it is asked, so that memory holds one row, and an interrupted run goes on.

The file is private, named by a hash, and holds what the answer will hold anyway: names, times and numbers. It goes
when the answer is written. What could still change, and what is older than a day, is asked for again.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from array import array
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from filelock import FileLock, Timeout
from platformdirs import user_cache_path

from ...ground.errors import LiveChannelsError
from ...ground.language import tr
from ...ground.private_files import private_file, private_folder, remove, tidy
from .plan import Part
from .rows import Rows
from .slots import Window
from .table import Key, Row, Said, Series

_BELIEVED_SECONDS = 24 * 3600
_SUFFIX = ".parts"
_TABLES = """
PRAGMA synchronous = OFF;
CREATE TABLE IF NOT EXISTS parts (
    id INTEGER PRIMARY KEY, named TEXT, start INTEGER, until INTEGER, at REAL, settled INTEGER,
    totals TEXT, series BLOB, about TEXT);
CREATE TABLE IF NOT EXISTS rows (
    part INTEGER, key TEXT, totals TEXT, series BLOB, about TEXT, PRIMARY KEY (part, key));
"""


def place_of(*question: str) -> Path:
    """Where the parts of the answer to a question are kept, among this user's small files."""
    name = sha256("\n".join((version("pulumi-livechannels"), *question)).encode()).hexdigest()[:32]
    return user_cache_path("livechannels") / "reports" / f"{name}{_SUFFIX}"


class Kept:
    """The parts of one answer. Threads may put and look at once; another process of the same question has its own file.

    Raises:
        OSError, UnusableError, sqlite3.Error: the file cannot be used.
    """

    def __init__(self, file: Path, now: float) -> None:
        private_folder(file.parent)
        tidy(file.parent, _SUFFIX)
        self._held = FileLock(f"{file}.lock", timeout=0, mode=0o600)
        try:
            self._held.acquire()
        except Timeout:
            file = file.with_name(f"{os.getpid()}-{file.name}")
        self._file = file
        self._lock = threading.Lock()
        self._base = self._open(now)

    def _open(self, now: float) -> sqlite3.Connection:
        private_file(self._file)
        try:
            return _opened(self._file, now)
        except sqlite3.DatabaseError:
            # What a crash of the machine spoilt is asked for again.
            self._file.unlink()
            private_file(self._file)
            return _opened(self._file, now)

    def within(self, part: Part) -> list[Part]:
        """The pieces of a part that were put there and will not change any more, in order of time, each time once."""
        if part.window is None:
            return []
        asked = (
            "SELECT start, until FROM parts WHERE settled AND named = ? AND start >= ? AND until <= ? "
            "ORDER BY start, until DESC"
        )
        with self._lock:
            found = self._base.execute(asked, (_named(part), part.window.start, part.window.end)).fetchall()
        pieces: list[Part] = []
        reached = part.window.start
        for start, until in found:
            if start >= reached:
                pieces.append(replace(part, window=Window(start, until)))
                reached = until
        return pieces

    def get(self, piece: Part) -> Said:
        """What one of these pieces said."""
        asked = "SELECT id, totals, series, about FROM parts WHERE settled AND named = ? AND start = ? AND until = ?"
        with self._lock:
            found = self._base.execute(asked, (_named(piece), *_edges(piece))).fetchone()
        return self._said(*found)

    def put(self, part: Part, said: Said, now: float, *, settled: bool) -> Said:
        """Write down what a part said; answers the same, whose rows are read when they are looked at.

        Raises:
            LiveChannelsError: the disk is full, or the file is gone.
        """
        rows = [(json.dumps(key), json.dumps(row.totals), *_packed(row.series)) for key, row in said.rows.items()]
        about = (_named(part), *_edges(part), now, settled, json.dumps(said.totals), *_packed(said.series))
        try:
            with self._lock, self._base:
                self._base.execute("BEGIN")
                number = self._base.execute("INSERT INTO parts VALUES (NULL,?,?,?,?,?,?,?,?)", about).lastrowid
                self._base.executemany("INSERT INTO rows VALUES (?,?,?,?,?)", [(number, *row) for row in rows])
        except sqlite3.Error as error:
            raise LiveChannelsError(
                tr("parts of the report cannot be kept in {file} ({error})", file=self._file, error=error),
                next_step=tr("make room there, then run again."),
            ) from None
        return Said(self._rows(number or 0, said.rows), said.totals, said.series)

    def close(self) -> None:
        """Leave the file for a run that goes on."""
        self._base.close()
        self._held.release()

    def remove(self) -> None:
        """Remove the file: the answer is written."""
        self._base.close()
        remove(self._file)
        self._held.release()

    def _said(self, number: int, totals: str, series: bytes | None, about: str | None) -> Said:
        with self._lock:
            keys = self._base.execute("SELECT key FROM rows WHERE part = ? ORDER BY rowid", (number,)).fetchall()
        named = [tuple(json.loads(key)) for (key,) in keys]
        return Said(self._rows(number, named), json.loads(totals), _unpacked(series, about))

    def _rows(self, part: int, keys: Iterable[Key]) -> Rows:
        return Rows(keys, lambda key: self._row(part, key))

    def _row(self, part: int, key: Key) -> Row:
        with self._lock:
            found = self._base.execute(
                "SELECT totals, series, about FROM rows WHERE part = ? AND key = ?", (part, json.dumps(key))
            ).fetchone()
        totals, series, about = found
        return Row(json.loads(totals), _unpacked(series, about))


def _opened(file: Path, now: float) -> sqlite3.Connection:
    """The tables, with nothing in them that is older than a day or was still changing."""
    base = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    try:
        base.executescript(_TABLES)
        base.execute("DELETE FROM parts WHERE NOT settled OR at NOT BETWEEN ? AND ?", (now - _BELIEVED_SECONDS, now))
        base.execute("DELETE FROM rows WHERE part NOT IN (SELECT id FROM parts)")
    except BaseException:
        base.close()
        raise
    return base


def _named(part: Part) -> str:
    return json.dumps(part.values)


def _edges(part: Part) -> tuple[int | None, int | None]:
    return (None, None) if part.window is None else (part.window.start, part.window.end)


def _packed(series: Series | None) -> tuple[bytes | None, str | None]:
    """A series as the bytes of its times and numbers, and what else there is to it."""
    if series is None:
        return None, None
    return (
        b"".join([series.times.tobytes(), *(numbers.tobytes() for numbers in series.numbers.values())]),
        json.dumps([len(series), list(series.numbers), series.texts, series.length]),
    )


def _unpacked(data: bytes | None, about: str | None) -> Series | None:
    if data is None or about is None:
        return None
    many, names, texts, length = json.loads(about)
    size = many * array("q").itemsize
    times = array("q", data[:size])
    numbers = {name: array("d", data[size * place : size * (place + 1)]) for place, name in enumerate(names, start=1)}
    return Series(times, numbers, texts, length)
