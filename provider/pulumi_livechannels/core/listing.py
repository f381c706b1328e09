"""The vendor's lists, read page by page and shared by every object of a kind.

A page of 50 tells of 50 objects in one call. Pages are read newest first and only as far as somebody needs; a write
makes outdated what they say of the object written, and what they do not say; while one thread reads a page the others
wait for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

PAGE_SIZE = 50
T = TypeVar("T")


class Listing(Generic[T]):
    """One kind's list. `load` answers a page (1 is the first); `key` names an item; `clock` tells seconds.

    `reach` ends a search after so many pages, for lists that keep everything that ever was; a complete scan ignores it.
    """

    def __init__(
        self,
        load: Callable[[int], list[T]],
        key: Callable[[T], str],
        clock: Callable[[], float],
        reach: int | None = None,
    ) -> None:
        self._load = load
        self._key = key
        self._clock = clock
        self._reach = reach
        self._began = 0.0
        self._ready = threading.Condition()
        self._loading = False
        self._writes = 0
        self._as_of = -1
        self._pages = 0
        self._complete = False
        self._items: dict[str, T] = {}
        self._written: set[str] = set()

    def find(self, key: str) -> T | None:
        """The item as the list shows it after all writes to it; None when the pages within reach lack it."""
        return self._read_until(lambda: key in self._items and key not in self._written, self._reach).get(key)

    def whole(self) -> dict[str, T]:
        """Every item after all writes so far, from the pages that were read already and the others."""
        return dict(self._read_until(lambda: False, None))

    def _read_until(self, enough: Callable[[], bool], reach: int | None) -> dict[str, T]:
        with self._ready:
            wanted = self._writes
        while True:
            with self._ready:
                while self._loading:
                    self._ready.wait()
                if enough():
                    return self._items
                if self._as_of >= wanted:
                    if self._ends(reach):
                        return self._items
                else:
                    self._start_over()
                self._loading = True
                page = self._pages + 1
            self._read(page)

    def scan(self, stop: Callable[[T], bool] | None = None) -> dict[str, T]:
        """Every item, from a complete scan that begins now; with `stop`, up to the first page that has such an item."""
        page = 1
        found: dict[str, T] = {}
        while True:
            items = self._load(page)
            found.update((self._key(item), item) for item in items)
            if len(items) < PAGE_SIZE or (stop and any(stop(item) for item in items)):
                return found
            page += 1

    def expire(self, key: str, seconds: float) -> None:
        """Read anew what was read longer ago than so many seconds, or what says that there is no such item."""
        with self._ready:
            lacks = key not in self._items and self._ends(self._reach)
            if lacks or self._clock() - self._began > seconds:
                self._writes += 1
                self._written |= self._items.keys()

    def outdated(self, key: str | None = None) -> None:
        """An object was written; without a key, one that may be new."""
        with self._ready:
            self._writes += 1
            if key is not None:
                self._written.add(key)

    def _ends(self, reach: int | None) -> bool:
        """Whether what was read is all that there is, or all within reach."""
        return self._complete or (reach is not None and self._pages >= reach)

    def _start_over(self) -> None:
        self._began = self._clock()
        self._as_of = self._writes
        self._pages = 0
        self._complete = False
        self._items = {}
        self._written = set()

    def _read(self, page: int) -> None:
        try:
            items = self._load(page)
            with self._ready:
                self._items.update((self._key(item), item) for item in items)
                self._pages = page
                self._complete = len(items) < PAGE_SIZE
        finally:
            with self._ready:
                self._loading = False
                self._ready.notify_all()
