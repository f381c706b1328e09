"""What the platform holds: objects by kind and id, in memory or in one SQLite file, and the platform's own clock.

Every write is a transaction of its own, so a state file is whole whenever the emulator is stopped. Objects are kept in
memory beside it, because lists are read far more often than written.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from errno import EINVAL
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

from .basis import behaves
from .history import History, Step
from .index import Index

behaves("ids", "assumed", "32 hexadecimal digits that are never given twice, random unless a seed fixes them")

Body = dict[str, Any]
ZONE = timezone(timedelta(hours=8))
TEXT = "%Y-%m-%d %H:%M:%S"
END_OF_TIME = 253_370_000_000
"""In unix seconds, some days before the year 10000, which no date can name."""
_TABLES = (
    "CREATE TABLE IF NOT EXISTS objects (kind TEXT, id TEXT, place INTEGER, body TEXT, PRIMARY KEY (kind, id))",
    "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT)",
)


class StateFileError(OSError):
    """The state file cannot be opened or made."""


class StateInUseError(StateFileError):
    """Another emulator, or another program, has the state file open."""


class Reading(Protocol):
    """What can be read of the platform, at present or in the past."""

    def now(self) -> int:
        """The platform's time in unix seconds."""

    def get(self, kind: str, key: str) -> Body | None:
        """One object."""

    def held(self, kind: str) -> dict[str, Body]:
        """Every object of a kind, oldest first; to be read at once, and never written to."""

    def where(self, kind: str, field: str, values: Iterable[str]) -> list[Body]:
        """The objects of a kind that hold one of some values in a field, oldest first."""


class Store:
    """The platform's memory. `file` None keeps it in memory only; `seed` fixes the ids, and None makes them random.

    `writes` counts what was written: while it stays the same, only time changes what there is to see.

    Raises:
        StateFileError: the file cannot be opened or made.
    """

    def __init__(self, file: Path | None = None, seed: int | None = None, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seed = seed
        self._database = _opened(file) if file else None
        self.writes = 0
        for table in _TABLES:
            self._write(table)
        self._load()

    def _load(self) -> None:
        self._objects: dict[str, dict[str, Body]] = {}
        self._places: dict[str, dict[str, int]] = {}
        self._index = Index()
        self._history = History()
        self._last_place = 0
        facts: dict[str, str] = {}
        if self._database:
            for kind, key, place, body in self._database.execute("SELECT * FROM objects ORDER BY place"):
                self._objects.setdefault(kind, {})[key] = json.loads(body)
                self._index.note(kind, key, None, self._objects[kind][key])
                self._places.setdefault(kind, {})[key] = self._last_place = place
            facts = dict(self._database.execute("SELECT name, value FROM facts"))
        self._count = int(facts.get("count", 0))
        self._ahead = float(facts.get("ahead", 0))

    def now(self) -> int:
        """The platform's time in unix seconds."""
        return int(self._exactly())

    def _exactly(self) -> float:
        return self._now() + self._ahead

    def today(self) -> str:
        """The platform's time as its answers write it, at +08:00."""
        return text_of(self.now())

    def move_clock(self, seconds: float) -> None:
        """Let time pass on the platform."""
        self._ahead += seconds
        self.writes += 1
        self._note("ahead", self._ahead)

    def new_id(self) -> str:
        """An id that was never given before; the same for the same seed and order of calls."""
        if self._seed is None:
            return secrets.token_hex(16)
        self._count += 1
        self._note("count", self._count)
        return hashlib.sha256(f"{self._seed}/{self._count}".encode()).hexdigest()[:32]

    def put(self, kind: str, key: str, body: Body) -> None:
        """Write an object, new or changed."""
        held, places = self._objects.setdefault(kind, {}), self._places.setdefault(kind, {})
        if key not in places:
            self._last_place += 1
            places[key] = self._last_place
        self._history.note(kind, Step(self._exactly(), key, held.get(key), places[key]))
        self._index.note(kind, key, held.get(key), body)
        held[key] = body
        self.writes += 1
        if self._database:
            self._write("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", kind, key, places[key], json.dumps(body))

    def remove(self, kind: str, key: str) -> None:
        """Delete an object."""
        before = self._objects[kind].pop(key)
        self._history.note(kind, Step(self._exactly(), key, before, self._places[kind].pop(key)))
        self.writes += 1
        self._index.note(kind, key, before, None)
        self._write("DELETE FROM objects WHERE kind = ? AND id = ?", kind, key)

    def get(self, kind: str, key: str) -> Body | None:
        """One object."""
        return self._objects.get(kind, {}).get(key)

    def all(self, kind: str) -> dict[str, Body]:
        """Every object of a kind, oldest first, as they are now."""
        return dict(self._objects.get(kind, {}))

    def held(self, kind: str) -> dict[str, Body]:
        """As `all` without a copy, which makes a page of a long list as cheap as one of a short list."""
        return self._objects.get(kind, {})

    def where(self, kind: str, field: str, values: Iterable[str]) -> list[Body]:
        """The objects of a kind that hold one of some values in a field that is looked up by, oldest first."""
        held, places = self._objects.get(kind, {}), self._places.get(kind, {})
        return [held[key] for key in sorted(self._index.keys(kind, field, values), key=places.__getitem__)]

    def past(self, seconds: float) -> Reading:
        """The platform as it was that long ago; 0 is each kind as before its last write, seen at present."""
        return Past(self, seconds)

    def earlier(self, kind: str, seconds: float) -> dict[str, Body]:
        """Every object of a kind as `past` shows them."""
        held, places = self._objects.get(kind, {}), self._places.get(kind, {})
        if seconds:
            return self._history.as_of(kind, held, places, self._exactly() - seconds)
        return self._history.before_last(kind, held, places)

    def reset(self) -> None:
        """Forget everything, the clock and the given ids too."""
        self._write("DELETE FROM objects")
        self._write("DELETE FROM facts")
        self.writes += 1
        self._load()

    def snapshot(self) -> Body:
        """The whole platform as one document."""
        return {"objects": json.loads(json.dumps(self._objects)), "count": self._count, "ahead": self._ahead}

    def restore(self, document: Body) -> None:
        """Bring back what `snapshot` gave, in one transaction: half of it would be no platform."""
        if not self._database:
            self._restore(document)
            return
        try:
            with self._database:
                self._database.execute("BEGIN")
                self._restore(document)
        except BaseException:
            self._load()
            raise

    def _restore(self, document: Body) -> None:
        self.reset()
        for kind, held in document["objects"].items():
            for key, body in held.items():
                self.put(kind, key, body)
        self._count = int(document["count"])
        self._ahead = float(document["ahead"])
        self._note("count", self._count)
        self._note("ahead", self._ahead)
        self._history = History()

    def close(self) -> None:
        """Close the file."""
        if self._database:
            self._database.close()

    def _note(self, name: str, value: float) -> None:
        self._write("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, str(value))

    def _write(self, statement: str, *values: Any) -> None:
        if self._database and self._database.in_transaction:
            self._database.execute(statement, values)
        elif self._database:
            with self._database:
                self._database.execute(statement, values)


class Past:
    """The platform as lists show it while they lag."""

    def __init__(self, store: Store, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._shown: dict[str, dict[str, Body]] = {}

    def now(self) -> int:
        """The time that is shown, in unix seconds."""
        return self._store.now() - int(self._seconds)

    def get(self, kind: str, key: str) -> Body | None:
        """One object; before the last write of one kind, those of the others are as they are."""
        return self.held(kind).get(key) if self._seconds else self._store.get(kind, key)

    def where(self, kind: str, field: str, values: Iterable[str]) -> list[Body]:
        """The objects of a kind that hold one of some values in a field, oldest first."""
        wanted = set(values)
        return [body for body in self.held(kind).values() if body.get(field) in wanted]

    def held(self, kind: str) -> dict[str, Body]:
        """Every object of a kind, oldest first."""
        if kind not in self._shown:
            self._shown[kind] = self._store.earlier(kind, self._seconds)
        return self._shown[kind]


def _opened(file: Path) -> sqlite3.Connection:
    """A database that nobody else can read, for it holds push addresses; SQLite gives its other files the same mode."""
    try:
        _make_private(file)
    except OSError as error:
        raise StateFileError(error.errno, error.strerror) from None
    # Two emulators on one file would each miss what the other writes.
    database = sqlite3.connect(file, check_same_thread=False, timeout=0)
    try:
        # What is no database is left as it is; of one, no other file may be made before this.
        database.execute("PRAGMA schema_version").fetchone()
        # Not opened to do so: to close it again would drop the locks that this process has on it.
        file.chmod(0o600)
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        # A write is on its way to the disk when it is answered, which outlives this process, and costs no wait for it.
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.execute("BEGIN EXCLUSIVE")
        database.execute("COMMIT")
    except sqlite3.Error as error:
        database.close()
        if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
            raise StateInUseError("it is in use") from None
        raise
    return database


def _make_private(file: Path) -> None:
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        if file.is_symlink():
            raise OSError(EINVAL, "it is a symbolic link, which is not followed") from None
        if not file.is_file():
            raise OSError(EINVAL, "it is no file") from None


@lru_cache(4096)
def text_of(seconds: int) -> str:
    """A time as the live actions write it: no zone, meaning +08:00."""
    return datetime.fromtimestamp(seconds, ZONE).strftime(TEXT)
