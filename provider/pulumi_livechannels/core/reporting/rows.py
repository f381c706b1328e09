"""Rows of an answer that are put together when they are looked at, so that one at a time is in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from .table import Key, Row


class Rows(Mapping[Key, Row]):
    """Rows in the order of their keys. `find` puts one together, anew each time that it is asked for."""

    def __init__(self, keys: Iterable[Key], find: Callable[[Key], Row]) -> None:
        self._keys = dict.fromkeys(keys)
        self._find = find

    def __getitem__(self, key: Key) -> Row:
        if key not in self._keys:
            raise KeyError(key)
        return self._find(key)

    def __iter__(self) -> Iterator[Key]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return key in self._keys
