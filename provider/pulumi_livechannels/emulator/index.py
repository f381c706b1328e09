"""Which objects hold a value in a field, so that a call about one channel costs the same among any number of tasks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LOOKED_UP_BY = {
    "recordDirectory": ("directoryType",),
    "recordTask": ("pullId", "transNo"),
    "forwardTask": ("pullId",),
}


class Index:
    """The keys of what was noted, by kind, field and value."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, str, Any], set[str]] = {}

    def note(self, kind: str, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> None:
        """Note a write: an object as it was and as it is, None where there is none."""
        for field in LOOKED_UP_BY.get(kind, ()):
            if before is not None:
                there = self._keys[kind, field, before.get(field)]
                there.discard(key)
                if not there:
                    del self._keys[kind, field, before.get(field)]
            if after is not None:
                self._keys.setdefault((kind, field, after.get(field)), set()).add(key)

    def keys(self, kind: str, field: str, values: Iterable[str]) -> set[str]:
        """The keys of the objects of a kind with one of these values, in no order."""
        return {key for value in values for key in self._keys.get((kind, field, value), ())}
