"""A report's rows while they are put together: numbers in columns, so that a large answer stays small until told."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import lt
from typing import Any

from .columns import Column

MISSING = math.nan
Key = tuple[str | None, ...]


@dataclass
class Series:
    """Slots of one `length` in seconds, in order of time. A number that is not told is MISSING, a text None."""

    times: array[int] = field(default_factory=lambda: array("q"))
    numbers: dict[str, array[float]] = field(default_factory=dict)
    texts: dict[str, list[str | bool | None]] = field(default_factory=dict)
    length: int = 0

    @classmethod
    def of(cls, columns: Iterable[Column]) -> Series:
        """An empty series with these columns."""
        listed = list(columns)
        return cls(
            numbers={column.name: array("d") for column in listed if not column.text},
            texts={column.name: [] for column in listed if column.text},
        )

    def __len__(self) -> int:
        return len(self.times)

    def append(self, time: int, values: Mapping[str, Any]) -> None:
        """One more slot, later than all before."""
        self.times.append(time)
        for name, numbers in self.numbers.items():
            numbers.append(values[name])
        for name, texts in self.texts.items():
            texts.append(values[name])

    def extend(self, later: Series) -> None:
        """The slots of a later window."""
        self.times.extend(later.times)
        for name, numbers in self.numbers.items():
            numbers.extend(later.numbers[name])
        for name, texts in self.texts.items():
            texts.extend(later.texts[name])

    def in_order(self) -> Series:
        """The same slots by time, each once; of a repeated slot the last counts."""
        if all(map(lt, self.times, self.times[1:])):
            return self
        last = {time: index for index, time in enumerate(self.times)}
        order = [last[time] for time in sorted(last)]
        return Series(
            array("q", (self.times[index] for index in order)),
            {name: array("d", (numbers[index] for index in order)) for name, numbers in self.numbers.items()},
            {name: [texts[index] for index in order] for name, texts in self.texts.items()},
            self.length,
        )

    def told(self, columns: Mapping[str, Column], stamp: Callable[[int], str]) -> list[dict[str, Any]]:
        """As the user sees it: a dictionary for each slot, without what is missing. `stamp` writes times."""
        slots: list[dict[str, Any]] = [{"time": stamp(time)} for time in self.times]
        for name, numbers in self.numbers.items():
            column = columns[name]
            for slot, number in zip(slots, numbers, strict=True):
                if not math.isnan(number):
                    slot[column.key] = int(number) if column.whole else number
        for name, texts in self.texts.items():
            for slot, text in zip(slots, texts, strict=True):
                if text is not None:
                    slot[columns[name].key] = text
        return slots


@dataclass
class Row:
    """What one row says: its totals by column name, and its slots where the report has any."""

    totals: dict[str, Any]
    series: Series | None


@dataclass
class Said:
    """What one part said: its rows, what stands around them, and the slots of all rows together."""

    rows: Mapping[Key, Row]
    totals: dict[str, Any]
    series: Series | None


def added(parts: Sequence[Series], columns: Mapping[str, Column]) -> Series:
    """Slot by slot the sum of series that tell of different domains. A slot that only some have counts as it is."""
    times = sorted(set().union(*(part.times for part in parts)))
    place = {time: index for index, time in enumerate(times)}
    total = Series(array("q", times), {}, {}, parts[0].length)
    for name in parts[0].numbers:
        sums = array("d", [MISSING]) * len(times)
        for part in parts:
            for time, number in zip(part.times, part.numbers[name], strict=True):
                if not math.isnan(number):
                    index = place[time]
                    sums[index] = number if math.isnan(sums[index]) else sums[index] + number
        digits = columns[name].digits
        total.numbers[name] = array("d", (round(number, digits) for number in sums))
    return total


def known(numbers: Iterable[float]) -> Iterator[float]:
    """The numbers that are there."""
    return (number for number in numbers if not math.isnan(number))
