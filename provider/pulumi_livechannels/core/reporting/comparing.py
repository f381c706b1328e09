"""Two answers to the same question about two windows, side by side: a line for each quantity of each row."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from .columns import columns
from .declared import names_of
from .flat import Block, Head, Kind, Table
from .quantities import measures, summary
from .running import Answer
from .table import Key

_DIGITS = 2


def compared(now: Answer, before: Answer) -> Table:
    """The rows of both answers, in the order of the later one."""
    report = now.report
    names = names_of(report)
    numbers = [column.key for column in measures(report)]
    heads = [
        *(Head(column.key, Kind.TEXT) for column in names),
        Head("quantity", Kind.TEXT),
        *(Head(key, Kind.NUMBER) for key in ("value", "previous", "change", "changePercent")),
    ]

    # To sum up a row may be to put it together from the disk, so it is done once, however often this is read.
    later, earlier = _told(now), _told(before)

    def blocks() -> Iterator[Block]:
        for key in dict.fromkeys((*later, *earlier)):
            about = [part for part, _ in zip_longest(key, names)][: len(names)]
            for number in numbers:
                value, previous = later.get(key, {}).get(number), earlier.get(key, {}).get(number)
                if value is not None or previous is not None:
                    yield Block([*about, number, value, previous], [[cell] for cell in _change(value, previous)])

    return Table("compared", heads, blocks, now.stamp)


def _told(answer: Answer) -> dict[Key, dict[str, Any]]:
    """What each row comes to, and all together: with the one row where nothing was split."""
    rows = {key: summary(answer.report, row) for key, row in answer.rows}
    everything: Key = (None,) * len(names_of(answer.report))
    around = {column.key: answer.totals.get(name) for name, column in columns(answer.report.Totals).items()}
    known = {key: value for key, value in around.items() if value is not None}
    return {**rows, everything: {**rows.get(everything, {}), **known}} if known else rows


def _change(value: float | None, previous: float | None) -> tuple[float | None, float | None]:
    """The absolute change, and the percent of what was before."""
    if value is None or previous is None:
        return None, None
    change = round(value - previous, _DIGITS)
    # Nothing, and not minus nothing.
    return change, round(100 * (value - previous) / previous, _DIGITS) + 0.0 if previous else None
