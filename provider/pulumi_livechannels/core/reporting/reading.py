"""Reads the data of one call: which items are rows, what each says, and which slots lie in the window asked for."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import compress
from math import gcd, isnan
from typing import Any

from . import columnar
from .answers import NOTHING, flag, listed, many_of, number, objects, reading, second, text, when
from .columns import Column, Fold
from .merging import completed, folded
from .slots import SECONDS, ZONE_SECONDS, Window
from .table import MISSING, Key, Row, Series

# A minute that no slot of five minutes begins or ends at.
_OFF_GRID = re.compile(r"\S+ \d\d:\d[1-46-9]")


@dataclass
class Shape:
    """Where things stand in the data of a report.

    Attributes:
        rows: keys of the lists that lead from an item of the data to its rows, joined by dots; empty where each item
            is a row.
        slots: the key of a row's slots, or several where the vendor chooses one; empty where it has none.
        label: the key of a slot's time.
        events: that these are no slots of a fixed length but events, which may have begun before the window.
        whole: that an answer without rows is one row itself, so that the data around them are totals of all.
    """

    rows: str = ""
    slots: str | tuple[str, ...] = ()
    label: str = "timestamp"
    events: bool = False
    whole: bool = False

    def slots_of(self, item: Mapping[str, Any]) -> list[Any]:
        """A row's slots."""
        keys = (self.slots,) if isinstance(self.slots, str) else self.slots
        return next((objects(item, key) for key in keys if item.get(key) is not None), [])

    def keys(self) -> tuple[str, ...]:
        """What a first item of the data may have its rows or slots under."""
        slots = (self.slots,) if isinstance(self.slots, str) else self.slots
        return tuple(filter(None, (self.rows.partition(".")[0], *slots)))

    def items(self, data: Any) -> Iterator[list[Mapping[str, Any]]]:
        """Each row's item, as the last of the items around it."""
        for item in listed(data, data, ()):
            found = False
            for chain in self._below([item], self.rows.split(".") if self.rows else []):
                found = True
                yield chain
            if self.whole and not found:
                yield [item]

    def _below(self, chain: list[Mapping[str, Any]], keys: list[str]) -> Iterator[list[Mapping[str, Any]]]:
        if not keys:
            yield chain
            return
        for item in objects(chain[-1], keys[0]):
            yield from self._below([*chain, item], keys[1:])


@dataclass
class Reader:
    """Reads the answers of one run.

    `time_of` makes the start of a slot from its label and its length, `tidy` a row's names ours, `mended` puts slots in
    order. `length` is that of a slot as it was asked for, `zone` that of labels without an offset, in seconds.
    """

    shape: Shape
    names: Mapping[str, Column]
    totals: Mapping[str, Column]
    slots: Mapping[str, Column]
    time_of: Callable[[str, int], int]
    tidy: Callable[[Key], Key]
    mended: Callable[[Series], Series]
    length: int = 0
    zone: int = ZONE_SECONDS
    _starts: dict[int, dict[str, int]] = field(default_factory=dict)

    def of_answer(self, data: Any) -> Reader:
        """The reader of one answer: an account whose data is finer is answered in shorter slots than it asked for."""
        length = self._length_in(data) if self.length == SECONDS["5m"] else self.length
        return self if length == self.length else replace(self, length=length)

    def _length_in(self, data: Any) -> int:
        """The length of slots that the labels of the first row with any tell."""
        for chain in self.shape.items(data):
            labels = [slot.get(self.shape.label) for slot in self.shape.slots_of(chain[-1])]
            if any(isinstance(label, str) and _OFF_GRID.fullmatch(label) for label in labels):
                # A slot without length begins where its label stands, whichever end of it the label names.
                moments = (second(label, lambda text: self.time_of(text, 0)) for label in labels)
                return gcd(self.length, *moments)
            if labels:
                break
        return self.length

    def rows(self, data: Any, window: Window | None) -> tuple[dict[Key, Row], bool]:
        """The rows of one call, and whether slots outside the window were left out.

        Raises:
            MisreadError: something is not what the vendor documents; the text names it.
        """
        found: dict[Key, Row] = {}
        any_dropped = False
        for chain in self.shape.items(data):
            key = self.tidy(tuple(self._name(chain, column) for column in self.names.values()))
            series, dropped = self.series(chain[-1], window)
            any_dropped = any_dropped or dropped
            told = self.totals_of(chain[-1], self.totals)
            row = Row(completed(self.totals, told, series, window if dropped else None), series)
            if key not in found:
                found[key] = row
            elif series is None:
                # A row without slots is an item of a list, and two may say the same.
                another: Key = (*key, str(len(found)))
                found[another] = row
            else:
                # Some answers tell a row day by day.
                self._append(found[key], row)
        return found, any_dropped

    def series(self, item: Mapping[str, Any], window: Window | None) -> tuple[Series | None, bool]:
        """The slots of an item that lie in the window, and whether others were there too."""
        if not self.shape.slots:
            return None, False
        slots = self.shape.slots_of(item)
        times = columnar.starts(slots, self.shape.label, self._starts.get(self.length, {}))
        if times is None:
            times = array("q", [self._start(slot, self.shape.label) for slot in slots])
        chosen = columnar.inside(times, window, events=self.shape.events)
        if chosen is not None:
            slots, times = list(compress(slots, chosen)), array("q", compress(times, chosen))
        series = Series(
            times,
            {name: self._numbers(slots, column) for name, column in self.slots.items() if not column.text},
            {name: [self._value(slot, column) for slot in slots] for name, column in self.slots.items() if column.text},
            self.length,
        )
        return self.mended(series), chosen is not None

    def totals_of(self, item: Mapping[str, Any], columns: Mapping[str, Column]) -> dict[str, Any]:
        """The totals that an item tells."""
        found: dict[str, Any] = {}
        for name, column in columns.items():
            value = self._value(item, column)
            if column.fold is Fold.WHEN:
                value = reading(item, column.wire, value, self._when) if value else None
            elif not column.text:
                value = None if isnan(value) else int(value) if column.whole else value
            found[name] = value
        return found

    def _append(self, row: Row, more: Row) -> None:
        if row.series is not None and more.series is not None:
            row.series.extend(more.series)
            row.series = self.mended(row.series)
        row.totals = folded(self.totals, [row.totals, more.totals], row.series, only_time=True)

    def _start(self, item: Mapping[str, Any], wire: str) -> int:
        label = item.get(wire)
        starts = self._starts.setdefault(self.length, {})
        if not isinstance(label, str):
            return reading(item, wire, label, self._second)
        if label not in starts:
            starts[label] = reading(item, wire, label, self._second)
        return starts[label]

    def _second(self, label: Any) -> int:
        return second(label, lambda text: self.time_of(text, self.length))

    def _when(self, value: Any) -> str | None:
        return when(value, self.zone)

    @staticmethod
    def _name(chain: list[Mapping[str, Any]], column: Column) -> str | None:
        item: Mapping[str, Any] = next((item for item in reversed(chain) if column.wire in item), {})
        value = item.get(column.wire)
        return None if value in (None, "") else reading(item, column.wire, value, text)

    def _numbers(self, slots: Sequence[Mapping[str, Any]], column: Column) -> array[float]:
        found = None if "." in column.wire else columnar.numbers(slots, column.wire)
        return array("d", [self._value(slot, column) for slot in slots]) if found is None else found

    def _value(self, item: Mapping[str, Any], column: Column) -> Any:
        # A slot's value stands directly in it, and there are millions of them.
        found = _at(item, column.wire.split(".")) if "." in column.wire else (item.get(column.wire),)
        values = [value for value in found if value not in NOTHING]
        if column.text:
            read: Callable[[Any], Any] = self._when if column.moment else flag if column.flag else text
            return reading(item, column.wire, values[0], read) if values else None
        if not values:
            return MISSING
        numbers = [reading(item, column.wire, value, number) for value in values]
        return sum(numbers) if column.fold is Fold.SUM else numbers[0]


def _at(item: Any, keys: list[str]) -> list[Any]:
    """What stands at a path, once for each item of the lists on the way."""
    if not keys:
        return [item]
    return [value for each in many_of(item) if isinstance(each, Mapping) for value in _at(each.get(keys[0]), keys[1:])]
