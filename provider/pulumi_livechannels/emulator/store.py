"""What the platform holds: objects by kind and id, in memory or in one SQLite file, and the platform's own clock.

Every write is a transaction of its own, so a state file is whole whenever the emulator is stopped. Objects are kept in
memory beside it, because lists are read far more often than written.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

Body = dict[str, Any]
ZONE = timezone(timedelta(hours=8))


class Store:
    """The platform's memory. `file` None keeps it in memory only; `seed` fixes the ids."""

    def __init__(self, file: Path | None = None, seed: int = 0, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._seed = seed
        self._database = sqlite3.connect(str(file) if file else ":memory:", check_same_thread=False)
        with self._database:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS objects"
                " (kind TEXT, id TEXT, place INTEGER, body TEXT, PRIMARY KEY (kind, id))"
            )
            self._database.execute("CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT)")
        self._load()

    def _load(self) -> None:
        self._objects: dict[str, dict[str, Body]] = {}
        for kind, key, body in self._database.execute("SELECT kind, id, body FROM objects ORDER BY place"):
            self._objects.setdefault(kind, {})[key] = json.loads(body)
        facts = dict(self._database.execute("SELECT name, value FROM facts"))
        self._count = int(facts.get("count", 0))
        self._ahead = float(facts.get("ahead", 0))
        self._earlier: dict[str, dict[str, Body]] = {}

    def now(self) -> int:
        """The platform's time in unix seconds."""
        return int(self._now() + self._ahead)

    def today(self) -> str:
        """The platform's time as its answers write it, at +08:00."""
        return text_of(self.now())

    def move_clock(self, seconds: float) -> None:
        """Let time pass on the platform."""
        self._ahead += seconds
        self._note("ahead", self._ahead)

    def new_id(self, length: int = 32) -> str:
        """An id that was never given before; the same for the same seed and order of calls."""
        self._count += 1
        self._note("count", self._count)
        return hashlib.sha256(f"{self._seed}/{self._count}".encode()).hexdigest()[:length]

    def put(self, kind: str, key: str, body: Body) -> None:
        """Write an object, new or changed."""
        held = self._objects.setdefault(kind, {})
        self._earlier[kind] = dict(held)
        held[key] = body
        with self._database:
            self._database.execute(
                "INSERT INTO objects VALUES (?, ?, (SELECT COALESCE(MAX(place), 0) + 1 FROM objects), ?)"
                " ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
                (kind, key, json.dumps(body)),
            )

    def remove(self, kind: str, key: str) -> None:
        """Delete an object."""
        self._earlier[kind] = dict(self._objects.get(kind, {}))
        del self._objects[kind][key]
        with self._database:
            self._database.execute("DELETE FROM objects WHERE kind = ? AND id = ?", (kind, key))

    def get(self, kind: str, key: str) -> Body | None:
        """One object."""
        return self._objects.get(kind, {}).get(key)

    def all(self, kind: str, stale: bool = False) -> dict[str, Body]:
        """Every object of a kind, oldest first; `stale` shows them as before the last write."""
        if stale and kind in self._earlier:
            return dict(self._earlier[kind])
        return dict(self._objects.get(kind, {}))

    def reset(self) -> None:
        """Forget everything, the clock and the given ids too."""
        with self._database:
            self._database.execute("DELETE FROM objects")
            self._database.execute("DELETE FROM facts")
        self._load()

    def snapshot(self) -> Body:
        """The whole platform as one document."""
        return {"objects": json.loads(json.dumps(self._objects)), "count": self._count, "ahead": self._ahead}

    def restore(self, document: Body) -> None:
        """Bring back what `snapshot` gave."""
        self.reset()
        for kind, held in document["objects"].items():
            for key, body in held.items():
                self.put(kind, key, body)
        self._count = int(document["count"])
        self._ahead = float(document["ahead"])
        self._note("count", self._count)
        self._note("ahead", self._ahead)
        self._earlier = {}

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _note(self, name: str, value: float) -> None:
        with self._database:
            self._database.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, str(value)))


def text_of(seconds: int) -> str:
    """A time as the live actions write it: no zone, meaning +08:00."""
    return datetime.fromtimestamp(seconds, ZONE).strftime("%Y-%m-%d %H:%M:%S")
