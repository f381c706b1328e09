"""A round: work that takes more calls than a run may make, so that the next run goes on where this one stopped.

The file names what was looked at, and what lists held. No value of a property stands in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from .ground.json_text import read_json
from .ground.private_files import private_folder, write_private

# What was looked at longer ago is looked at once more.
_BELIEVED_SECONDS = 30 * 24 * 3600


class Round:
    """One round. Resources go by their keys and by what tells that their state has changed since: `mark`.

    Without a `file` nothing was looked at before, and nothing is kept.
    """

    def __init__(self, file: Path | None, now: float) -> None:
        self._file = file
        self._now = now
        self._clean: dict[str, tuple[str, float]] = {}
        self._found: dict[str, float] = {}
        self._lists: dict[str, tuple[list[str], float]] = {}
        if file is None:
            return
        try:
            left = read_json(file.read_bytes())
            self._clean = {key: (mark, at) for key, (mark, at) in left["clean"].items() if self._is_fresh(at)}
            self._found = {key: at for key, at in left["found"].items() if self._is_fresh(at)}
            lists = left["lists"].items()
            self._lists = {key: ([*map(str, ids)], at) for key, (ids, at) in lists if self._is_fresh(at)}
        # Whatever a damaged file holds, the round begins anew.
        except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
            self._clean, self._found, self._lists = {}, {}, {}

    def is_clean(self, key: str, mark: str) -> bool:
        """Whether nothing was found about the resource when it was looked at, and its state is as it was then."""
        return key in self._clean and self._clean[key][0] == mark

    def was_found(self, key: str) -> bool:
        """Whether something was found about the resource."""
        return key in self._found

    def found(self, keys: Iterable[str]) -> list[str]:
        """Those in which something was found; first what was looked at longest ago."""
        given = set(keys)
        return [key for key in self._found if key in given]

    def looked_at(self, key: str, mark: str, *, is_clean: bool) -> None:
        """The resource was looked at."""
        self._clean.pop(key, None)
        self._found.pop(key, None)
        if is_clean:
            self._clean[key] = mark, self._now
        else:
            self._found[key] = self._now

    def listed(self, key: str) -> list[str] | None:
        """The ids in a list, if it was read."""
        return self._lists[key][0] if key in self._lists else None

    def read(self, key: str, ids: Iterable[str]) -> None:
        """A list was read."""
        self._lists[key] = list(ids), self._now

    def keep(self) -> None:
        """Write down what was looked at.

        Raises:
            OSError: it cannot be written.
        """
        if self._file is None:
            return
        private_folder(self._file.parent)
        left = {"clean": self._clean, "found": self._found, "lists": self._lists}
        write_private(self._file, json.dumps(left, ensure_ascii=False))

    def finish(self, keys: Iterable[str]) -> None:
        """All of these were looked at: they begin anew, and what was found is known. Those of other stacks stay.

        Raises:
            OSError: what is left cannot be written.
        """
        for key in keys:
            self._clean.pop(key, None)
        self._lists = {}
        if self._clean or self._found:
            self.keep()
        elif self._file is not None:
            with suppress(FileNotFoundError):
                self._file.unlink()

    def _is_fresh(self, at: float) -> bool:
        return 0 <= self._now - at < _BELIEVED_SECONDS


def place_of(*what: str) -> Path:
    """Where the round of some work is kept, among this user's small files."""
    name = hashlib.sha256("\n".join(what).encode()).hexdigest()[:16]
    return user_cache_path("livechannels") / "drift" / f"{name}.json"
