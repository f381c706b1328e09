"""The vendor's lists, read page by page and shared by every object of a kind.

A page of 50 tells of 50 objects in one call. Pages are read newest first and only as far as somebody needs; a write
makes outdated what they say of the object written, and what they do not say; while one thread reads a page the others
wait for it. What a list *lacks* is believed of a complete reading only, whose pages fit each other.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from ..ground.company import Company, gather
from ..ground.errors import NoAnswerError
from ..ground.language import tr
from ..vendors.calling import not_understood

PAGE_SIZE = 50
# Far beyond any account; a list that has more does not end.
MOST_PAGES = 4000
READINGS = 3
HEAD_SECONDS = 5.0
T = TypeVar("T")


@dataclass(frozen=True)
class Head(Generic[T]):
    """The newest objects at some moment, by key. `complete` where there were no others."""

    items: Mapping[str, T]
    complete: bool
    read_at: float


class Listing(Generic[T]):
    """One kind's list. `load` answers a page of some size (1 is the first); `key` names an item; `clock` tells seconds.

    `company` tells how many may ask at once.

    `reach` ends a search after so many pages, for lists that keep everything that ever was; a complete reading ignores
    it.
    """

    def __init__(
        self,
        load: Callable[[int, int], list[T]],
        key: Callable[[T], str],
        clock: Callable[[], float],
        company: Company,
        reach: int | None = None,
    ) -> None:
        self._load = load
        self._key = key
        self._clock = clock
        self._company = company
        self._reach = reach
        self._asking = 0
        self._began = 0.0
        self._ready = threading.Condition()
        self._loading = False
        self._writes = 0
        self._as_of = -1
        self._pages = 0
        self._complete = False
        self._items: dict[str, T] = {}
        self._written: set[str] = set()
        self._seen_anew: dict[str, T] = {}
        self._last_write: dict[str, int] = {}
        self._head: Head[T] | None = None
        self._asking_head = threading.Lock()
        self._reading = threading.Lock()
        self._whole: tuple[int, dict[str, T]] | None = None

    def find(self, key: str, reach: int | None = None) -> T | None:
        """The item as the list shows it after all writes to it; None when the pages within reach lack it."""
        shown = self._read_until(
            lambda: key in self._seen_anew or (key in self._items and key not in self._written),
            self._reach if reach is None else reach,
        )
        return self._seen_anew.get(key) or shown.get(key)

    def seen(self, key: str) -> T | None:
        """The item where the pages that were read since the last write show it; reads none."""
        with self._ready:
            return self._items.get(key) if self._as_of == self._writes else None

    def whole(self) -> dict[str, T]:
        """Every item, from a complete reading that was begun after all writes so far.

        Raises:
            NoAnswerError: the list changes too fast to be read, or does not end.
        """
        with self._reading:
            with self._ready:
                writes = self._writes
            held = self._whole
            return dict(held[1] if held is not None and held[0] >= writes else self._read_all(writes))

    def shown(self) -> dict[str, T]:
        """Every item that the pages show, each page read once: a fifth fewer calls than `whole`.

        Whatever leaves meanwhile moves another one past the reading, so what is not in it may be there all the same.
        """
        return dict(self._read_until(lambda: False, None))

    def lacks(self, key: str) -> bool:
        """Whether a complete reading, begun after the last write to the object, lacks it.

        One reading serves all who ask in a run: an object that was there before it was begun is in it.
        """
        with self._reading:
            with self._ready:
                writes, written = self._writes, self._last_write.get(key, 0)
            held = self._whole
            if held is None or held[0] < written or key in held[1]:
                return key not in self._read_all(writes)
            return True

    def head(self) -> Head[T]:
        """The newest objects, as they were a few seconds ago at most."""
        with self._asking_head:
            head = self._head
            if head is None or self._clock() - head.read_at > HEAD_SECONDS:
                head = self._head_of(self._load_page(1, PAGE_SIZE), self._clock())
            return head

    def newer(self, before: Head[T]) -> list[T]:
        """What came since: whatever stands above, or among, what was the newest then."""
        known = set(before.items)
        seen: set[str] = set()
        found: list[T] = []
        pending: list[T] = []
        for number in range(1, MOST_PAGES):
            items = self._load_page(number, PAGE_SIZE)
            keys = {self._key(item) for item in items}
            if len(items) >= PAGE_SIZE and keys <= seen:
                raise _endless()
            seen |= keys
            has_known = False
            for item in items:
                if self._key(item) in known:
                    # Whatever stands before an older object is newer, or as old as that.
                    found += pending
                    pending = []
                    has_known = True
                else:
                    pending.append(item)
            if len(items) < PAGE_SIZE:
                return found + pending if before.complete else found
            if has_known and not before.complete:
                return found
        raise _endless()

    def expire(self, key: str, seconds: float) -> None:
        """Read anew what was read longer ago than so many seconds, or what says that there is no such item."""
        with self._ready:
            lacks = key not in self._items and self._ends(self._reach)
            if lacks or self._clock() - self._began > seconds:
                self._writes += 1
                self._written |= self._items.keys()
                self._seen_anew.clear()

    def outdated(self, key: str | None = None) -> None:
        """An object was written; without a key, one that may be new."""
        with self._ready:
            self._writes += 1
            if key is not None:
                self._written.add(key)
                self._last_write[key] = self._writes
                self._seen_anew.pop(key, None)

    def _read_until(self, enough: Callable[[], bool], reach: int | None) -> dict[str, T]:
        with self._ready:
            wanted = self._writes
            self._asking += 1
            self._ready.notify_all()
        try:
            while True:
                with self._ready:
                    self._ready.wait_for(lambda: not self._loading)
                    if enough():
                        return self._items
                    if self._as_of < wanted:
                        self._gather()
                        self._start_over(self._clock(), self._writes)
                    elif self._ends(reach):
                        return self._items
                    self._loading = True
                    page = self._pages + 1
                self._read(page)
        finally:
            with self._ready:
                self._asking -= 1

    def _gather(self) -> None:
        """Wait a moment for others, as what they have made by then will be on the same page; nothing made, no wait."""
        if not self._writes:
            return
        self._loading = True
        try:
            gather(self._ready, lambda: self._asking, PAGE_SIZE, self._company)
        finally:
            self._loading = False

    def _ends(self, reach: int | None) -> bool:
        """Whether what was read is all that there is, or all within reach."""
        return self._complete or (reach is not None and self._pages >= reach)

    def _start_over(self, began: float, writes: int) -> None:
        self._began = began
        self._as_of = writes
        self._pages = 0
        self._complete = False
        self._items = {}
        self._written = set()

    def _read(self, page: int) -> None:
        try:
            items = self._load_page(page, PAGE_SIZE)
            with self._ready:
                keys = {self._key(item) for item in items}
                if len(items) >= PAGE_SIZE and (keys <= self._items.keys() or page >= MOST_PAGES):
                    raise _endless()
                found = {self._key(item): item for item in items}
                self._items |= found
                # The next reading begins anew, and by then this one of ours may stand pages farther down.
                self._seen_anew |= {key: found[key] for key in keys if 0 < self._last_write.get(key, 0) <= self._as_of}
                self._pages = page
                self._complete = len(items) < PAGE_SIZE
        finally:
            with self._ready:
                self._loading = False
                self._ready.notify_all()

    def _load_page(self, number: int, size: int) -> list[T]:
        began = self._clock()
        items = self._load(number, size)
        if number == 1 and size == PAGE_SIZE:
            self._head = self._head_of(items, began)
        return items

    def _head_of(self, items: list[T], began: float) -> Head[T]:
        return Head({self._key(item): item for item in items}, len(items) < PAGE_SIZE, began)

    def _read_all(self, writes: int) -> dict[str, T]:
        began = self._clock()
        for _ in range(READINGS):
            found = self._read_once()
            if found is not None:
                self._whole = (writes, found)
                with self._ready:
                    if not self._loading and self._as_of <= writes:
                        self._start_over(began, writes)
                        self._items, self._complete = dict(found), True
                return found
        raise NoAnswerError(
            tr("the list changes while it is read, or its pages do not fit each other"),
            next_step=tr("run again when fewer objects come and go; if it stays, send the request id to the vendor."),
        )

    def _read_once(self) -> dict[str, T] | None:
        """One complete reading; None where its pages do not fit each other.

        An object that leaves moves all behind it one place forward, and one of them from a page that is not read yet
        to one that was. So each page begins within the one before it, and has to repeat what that ended with.
        """
        items: list[T] = []
        keys: list[str] = []
        number, size, start = 1, PAGE_SIZE, 0
        for _ in range(MOST_PAGES):
            page = self._load_page(number, size)
            names = [self._key(item) for item in page]
            overlap = len(keys) - start
            if set(names[:overlap]) != set(keys[start:]):
                return None
            items += page[overlap:]
            keys += names[overlap:]
            if len(page) < size:
                return None if len(set(keys)) < len(keys) else dict(zip(keys, items, strict=True))
            number, size, start = _next_page(len(keys))
        raise _endless()


def told_by(page: int, rows: list[T], total: int | str | None) -> list[T]:
    """The rows of a page. Some are counted and none are there: then the first page says nothing, and not "none".

    Of the other pages it is not known whether their counts are those of the page or of the whole list.

    Raises:
        NoAnswerError: the first page contradicts itself.
    """
    if page == 1 and not rows and str(total or 0) != "0":
        raise not_understood(tr("{total} are counted, and none is there", total=total))
    return rows


def _next_page(read: int) -> tuple[int, int, int]:
    """Number, size and place of the page that reaches farthest and begins with, or before, the last object read."""
    pages = ((size, (read - 1) // size) for size in range(1, PAGE_SIZE + 1))
    size, number = max(pages, key=lambda page: page[0] * page[1] + page[0])
    return number + 1, size, size * number


def _endless() -> NoAnswerError:
    return NoAnswerError(
        tr("the list does not end: a full page repeats itself"),
        next_step=tr("send the request id to the vendor and open an issue for this provider."),
    )
