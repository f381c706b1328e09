"""Finding a few objects of a long list with few calls: a page tells of 50, and an object's own read of one.

Nobody says how many objects will be asked for, so both are tried as their chances stand. The first few are left to
their own reads, unless the newest page shows that the list is short. Then pages are read where the time of an object's
making says that it stands, for what one run has made stands together; never more of them than objects were asked for.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from .listing import MOST_PAGES, PAGE_SIZE
from .values.times import moment

# So many are left to their own reads before pages are looked for: a stack that small never pays for its account.
FEW = 10
# A list that is no longer than so many pages is read like a short one.
SHORT_PAGES = 4
T = TypeVar("T")


class Seeker(Generic[T]):
    """A list whose newest objects come first. What it has read stays as it is until `forget`.

    `load` answers a page of some size (1 is the first); `key` names an item, and `made` tells when it was made, in RFC
    3339.
    """

    def __init__(
        self, load: Callable[[int, int], list[T]], key: Callable[[T], str], made: Callable[[T], str | None]
    ) -> None:
        self._load = load
        self._key = key
        self._made = made
        self._turn = threading.Lock()
        self._writes = self._as_of = 0
        self._begin()

    def forget(self) -> None:
        """Something was written: what was read, and what is being read, is outdated."""
        self._writes += 1

    def _begin(self) -> None:
        self._items: dict[str, T] = {}
        self._read_pages: set[int] = set()
        self._spans: dict[int, tuple[datetime, datetime]] = {}
        self._end = MOST_PAGES
        self._deep = self._spent = 0

    def find(self, key: str, made_at: str | None) -> T | None:
        """The object made then, as a page shows it; None where its own read costs less, or the pages lack it."""
        with self._turn:
            if self._as_of != self._writes:
                self._as_of = self._writes
                self._begin()
            if not self._read_pages:
                self._read(1)
            at = _moment(made_at)
            if key in self._items or at is None:
                return self._items.get(key)
            self._deep += 1
            while key not in self._items and (page := self._next(at)) is not None:
                self._spent += 1
                self._read(page)
            return self._items.get(key)

    def _next(self, at: datetime) -> int | None:
        """The next page to look at for what was made then; None where none is left, or its own read costs less."""
        if 1 not in self._spans:
            return None
        newest, oldest = self._spans[1]
        # As far behind the first page, in pages of its length, as in time.
        pages = 1 + (oldest - at).total_seconds() // max((newest - oldest).total_seconds(), 1.0)
        following = next(page for page in range(1, MOST_PAGES) if page not in self._read_pages)
        if pages <= SHORT_PAGES and following <= min(SHORT_PAGES, self._end - 1):
            return following
        return self._farther(at) if FEW < self._deep > self._spent else None

    def _farther(self, at: datetime) -> int | None:
        """Twice as far each time, until that is too far, and then halfway between too near and too far."""
        before = max((page for page, (_, oldest) in self._spans.items() if oldest > at), default=0)
        behind = min((page for page, (newest, _) in self._spans.items() if newest < at), default=self._end)
        if behind == MOST_PAGES:
            farther = 2 * max(self._read_pages)
            return farther if farther < MOST_PAGES else None
        unread = [page for page in range(before + 1, behind) if page not in self._read_pages]
        return unread[len(unread) // 2] if unread else None

    def _read(self, number: int) -> None:
        items = self._load(number, PAGE_SIZE)
        self._read_pages.add(number)
        if self._as_of != self._writes:
            return
        self._items.update((self._key(item), item) for item in items)
        if len(items) < PAGE_SIZE:
            self._end = min(self._end, number + bool(items))
        moments = [at for item in items if (at := _moment(self._made(item)))]
        if moments:
            self._spans[number] = max(moments), min(moments)


def _moment(text: str | None) -> datetime | None:
    try:
        return moment(text) if text else None
    except ValueError:
        return None
