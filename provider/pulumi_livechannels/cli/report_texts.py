"""Reports as text, written from the columns as they come: CSV, JSON, and JSON a line. Nothing is built for a slot."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any, TextIO

from ..core.reporting.flat import Head, Kind, Table, slot_cells, slot_heads
from ..core.reporting.running import Answer
from ..core.reporting.table import Series

# What begins a formula in a spreadsheet, and what some of them skip before one.
_FORMULA = "=+-@\t\r\n\0"
# What a field of CSV stands in quotes for.
_QUOTE = '"'
_APART = re.compile(r'[",\r\n]')


def as_csv(table: Table, to: TextIO) -> None:
    """A head line, also where nothing follows; what is missing is empty, and no text is a formula.

    Columns are made text whole, which for millions of lines takes a third of the time of a writer of values.
    """
    to.write(",".join(_quoted(head.key) for head in table.heads) + "\n")
    for block in table.blocks():
        heads, more = table.heads[: len(block.common)], table.heads[len(block.common) :]
        shared = [_fields(head, [value], table.stamp)[0] for head, value in zip(heads, block.common, strict=True)]
        cells = [_fields(head, values, table.stamp) for head, values in zip(more, block.cells, strict=True)]
        about = [repeat(",".join(shared))] if shared else []
        to.writelines(f"{line}\n" for line in map(",".join, zip(*about, *cells, strict=False)))


def _fields(head: Head, values: Sequence[Any], stamp: Callable[[int], str]) -> Sequence[str]:
    """A column as fields of CSV; an empty text where the value is missing."""
    if head.kind is Kind.TEXT:
        return ["" if value is None else _quoted(_inert(value)) for value in values]
    if head.kind in (Kind.NUMBER, Kind.WHOLE):
        return list(map(repr, values)) if isinstance(values, array) else [_or_empty(value) for value in values]
    return ["" if word is None else word for word in _words(head, values, stamp)]


def _or_empty(value: float | None) -> str:
    return "" if value is None else repr(value)


def _quoted(text: str) -> str:
    return f'"{text.replace(_QUOTE, _QUOTE * 2)}"' if _APART.search(text) else text


def _inert(text: str) -> str:
    """A text with a quote before it where a spreadsheet would run it.

    Whoever pushes a stream names it, and whoever sums up the file opens it in a spreadsheet.
    """
    return f"'{text}" if text and text[0] in _FORMULA else text


def as_lines(table: Table, to: TextIO) -> None:
    """An object a line, without what is missing."""
    to.writelines(f"{line}\n" for line in _lines(table))


def as_list(table: Table, to: TextIO) -> None:
    """The same objects as one list."""
    to.write("[")
    for number, line in enumerate(_lines(table)):
        to.write(f",\n{line}" if number else f"\n{line}")
    to.write("\n]\n")


def _lines(table: Table) -> Iterator[str]:
    for block in table.blocks():
        heads, more = table.heads[: len(block.common)], table.heads[len(block.common) :]
        shared = [_members(head, [value], table.stamp)[0] for head, value in zip(heads, block.common, strict=True)]
        cells = [_members(head, values, table.stamp) for head, values in zip(more, block.cells, strict=True)]
        yield from _objects(shared, cells)


def as_json(answer: Answer, to: TextIO) -> None:
    """The answer as the functions give it: rows with their series, and what is told of all of them."""
    to.write('{\n"rows": [')
    for number, (key, row) in enumerate(answer.rows):
        to.write(",\n" if number else "\n")
        about = answer.about(key, row)
        to.write(json.dumps(about, ensure_ascii=False)[:-1])
        if row.series is not None:
            to.write(", " if about else "")
            _write_series(answer, row.series, to)
        to.write("}")
    to.write("\n]" if answer.by_key else "]")
    for name, value in answer.around().items():
        to.write(f",\n{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    if answer.series is not None:
        to.write(",\n")
        _write_series(answer, answer.series, to)
    to.write("\n}\n")


def _write_series(answer: Answer, series: Series, to: TextIO) -> None:
    heads = slot_heads(answer.report)
    cells = [
        _members(head, values, answer.stamp)
        for head, values in zip(heads, slot_cells(answer.report, series), strict=True)
    ]
    to.write('"series": [\n')
    to.write(",\n".join(_objects([], cells)))
    to.write("\n]")


def _objects(shared: Sequence[str], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """Objects of members, each of which begins with a comma and a space."""
    return (f"{{{''.join(line)[2:]}}}" for line in zip(*map(repeat, shared), *cells, strict=False))


def _members(head: Head, values: Sequence[Any], stamp: Callable[[int], str]) -> list[str]:
    """A column as members of objects; an empty text where the value is missing."""
    name = f", {json.dumps(head.key)}: "
    if head.kind in (Kind.NUMBER, Kind.WHOLE):
        return ["" if value is None else f"{name}{value!r}" for value in values]
    words = _words(head, values, stamp)
    if head.kind is not Kind.FLAG:
        words = [None if word is None else json.dumps(word, ensure_ascii=False) for word in words]
    return ["" if word is None else f"{name}{word}" for word in words]


def _words(head: Head, values: Sequence[Any], stamp: Callable[[int], str]) -> Sequence[Any]:
    """A column as a text file has it: times and flags as words, and the rest as it is."""
    if head.kind is Kind.INSTANT:
        return [None if value is None else stamp(value) for value in values]
    if head.kind is Kind.FLAG:
        return [None if value is None else "true" if value else "false" for value in values]
    return values
