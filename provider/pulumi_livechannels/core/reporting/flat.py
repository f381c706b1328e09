"""An answer as a flat table, a fact a line and a column at a time: what CSV, spreadsheets and data tools take.

A table has all declared columns whatever was asked, so that files of different days fit together. Slots and totals are
tables of their own, for whoever sums up a column must not meet a sum in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import repeat
from math import isnan
from typing import Any

from .columns import Column, Fold, columns
from .declared import Declared, names_of
from .quantities import quantities, summary
from .running import Answer
from .slots import DAY, unix
from .table import Key, Series


class Kind(Enum):
    """What the values of a column are. A missing one is None."""

    TEXT = "text"
    NUMBER = "number"
    WHOLE = "whole"
    FLAG = "flag"
    INSTANT = "instant"
    """Unix seconds."""


@dataclass(frozen=True)
class Head:
    """The head of a column: its name, which ends with its unit, and what its values are."""

    key: str
    kind: Kind


@dataclass(frozen=True)
class Block:
    """Lines that have their first columns in common: those values, and the other columns, which are of one length."""

    common: Sequence[Any]
    cells: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Table:
    """A table whose lines come in blocks, made anew each time that they are asked for.

    `stamp` makes the text of an instant.
    """

    name: str
    heads: Sequence[Head]
    blocks: Callable[[], Iterator[Block]]
    stamp: Callable[[int], str]

    def lines(self) -> Iterator[tuple[Any, ...]]:
        """Line by line, for what takes no columns."""
        for block in self.blocks():
            yield from zip(*map(repeat, block.common), *block.cells, strict=False)

    @property
    def offset(self) -> str:
        """The offset that its times are written with, like +08:00."""
        return self.stamp(DAY)[-6:]


TIME = Head("time", Kind.INSTANT)
SETTLED = Head("settled", Kind.FLAG)


def facts(answer: Answer) -> Table:
    """A line for each slot of each row, or for each row of a report without slots."""
    return _of_slots(answer) if answer.report.has_series() else _of_rows(answer)


def totals(answer: Answer) -> Table:
    """What all comes to, in a line without a name where that is told, and a line for each row with what it comes to.

    Of a report without slots, whose rows are facts themselves, only the line of all.
    """
    report = answer.report
    names = names_of(report)
    declared = [column for column in columns(report.Row).values() if column.fold is not Fold.NAME]
    of_rows = [*declared, *quantities(report)] if report.has_series() else []
    known = {column.key for column in of_rows}
    of_all = columns(report.Totals)
    every = [*of_rows, *(column for column in of_all.values() if column.key not in known)]

    def blocks() -> Iterator[Block]:
        around = {column.key: answer.totals.get(name) for name, column in of_all.items()}
        told = {key: value for key, value in around.items() if value is not None}
        split = any(any(key) for key in answer.by_key) or not report.has_series()
        if split and told:
            yield _line((), told)
        for key, row in answer.rows if report.has_series() else ():
            yield _line(key, summary(report, row) | ({} if split else told))

    def _line(key: Key, values: dict[str, Any]) -> Block:
        cells = [_value(column, values.get(column.key)) for column in every]
        return Block([*_named(names, key), *cells], [[_is_settled(answer)]])

    heads = [*(Head(column.key, Kind.TEXT) for column in names), *map(_head, every), SETTLED]
    return Table("totals", heads, blocks, answer.stamp)


def slot_heads(report: type[Declared]) -> list[Head]:
    """The columns of slots, time first."""
    return [TIME, *map(_head, columns(report.Slot).values())]


def slot_cells(report: type[Declared], series: Series) -> list[Sequence[Any]]:
    """The values of these columns."""
    return [series.times, *(_cells(column, series) for column in columns(report.Slot).values())]


def _of_slots(answer: Answer) -> Table:
    report = answer.report
    names = names_of(report)
    since = unix(answer.settling_from) if answer.settling_from else None

    def blocks() -> Iterator[Block]:
        for key, row in answer.rows:
            if row.series is not None and len(row.series):
                times = row.series.times
                settled = len(times) if since is None else bisect_left(times, since)
                flags = [True] * settled + [False] * (len(times) - settled)
                yield Block(_named(names, key), [*slot_cells(report, row.series), flags])

    heads = [*(Head(column.key, Kind.TEXT) for column in names), *slot_heads(report), SETTLED]
    return Table("slots", heads, blocks, answer.stamp)


def _of_rows(answer: Answer) -> Table:
    report = answer.report
    names = names_of(report)
    rest = [column for column in columns(report.Row).values() if column.fold is not Fold.NAME]
    settled = [] if report.timeless else [_is_settled(answer)]

    def blocks() -> Iterator[Block]:
        for key, row in answer.rows:
            values = [_value(column, row.totals.get(column.name)) for column in rest]
            yield Block(_named(names, key), [[value] for value in (*values, *settled)])

    heads = [*(Head(column.key, Kind.TEXT) for column in names), *map(_head, rest), *([SETTLED] if settled else [])]
    return Table("rows", heads, blocks, answer.stamp)


def _named(names: Sequence[Column], key: Key) -> list[str | None]:
    # Equal items of a list are told apart by one more part of their keys, which means nothing.
    return [key[place] if place < len(key) else None for place in range(len(names))]


def _is_settled(answer: Answer) -> bool:
    return answer.settling_from is None


def _head(column: Column) -> Head:
    if column.moment or column.fold is Fold.WHEN:
        return Head(column.key, Kind.INSTANT)
    if column.text:
        return Head(column.key, Kind.FLAG if column.flag else Kind.TEXT)
    return Head(column.key, Kind.WHOLE if column.whole else Kind.NUMBER)


def _value(column: Column, value: Any) -> Any:
    return unix(value) if value is not None and _head(column).kind is Kind.INSTANT else value


def _cells(column: Column, series: Series) -> Sequence[Any]:
    if column.name in series.texts:
        texts: Sequence[Any] = series.texts[column.name]
        is_instant = _head(column).kind is Kind.INSTANT
        return [None if text is None else unix(text) for text in texts] if is_instant else texts
    numbers = series.numbers.get(column.name)
    if numbers is None:
        return [None] * len(series)
    # The numbers that are there are finite, so their sum is none where one is missing.
    if not isnan(sum(numbers)):
        return list(map(int, numbers)) if column.whole else numbers
    return [None if isnan(number) else int(number) if column.whole else number for number in numbers]
