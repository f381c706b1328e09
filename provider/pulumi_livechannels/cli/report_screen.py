"""A report on a screen: what it comes to first, then as many lines as fit, and how to get the rest."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import islice
from typing import Any

from ..core.reporting.flat import Head, Kind, Table
from ..ground.language import tr
from .output import table
from .session import say

# Where nobody's terminal says how high it is.
_SCREEN = (80, 50)
# Head lines, gaps, and the prompt that comes after.
_AROUND = 8
_LEAST = 5
REST = "--format csv has them all, and --out FILE.csv, .xlsx or .parquet"


def show(tables: Sequence[Table]) -> None:
    """Each table as far as it fits, the first ones first; none of more lines than are shown is put together."""
    room = max(shutil.get_terminal_size(_SCREEN).lines - _AROUND, _LEAST * len(tables))
    shown_any = False
    for number, each in enumerate(tables, start=1):
        # The tables that follow have their share of the screen.
        fit = max(room // (len(tables) - number + 1), _LEAST)
        lines = list(islice(each.lines(), fit + 1))
        heads, cells = _without_empty(each.heads, lines[:fit])
        if heads:
            if shown_any:
                print()
            shown = [[_shown(each, head, value) for head, value in zip(heads, line, strict=True)] for line in cells]
            table([head.key for head in heads], shown)
            shown_any = True
        room -= len(cells)
        if len(lines) > fit:
            say(tr("the first {count:,} lines of {table}: {rest}", count=fit, table=tr(each.name), rest=tr(REST)))


def _without_empty(heads: Sequence[Head], lines: Sequence[Sequence[Any]]) -> tuple[list[Head], list[list[Any]]]:
    """Without columns in which nothing stands, and without the flag where all is settled."""
    places = [
        place
        for place, head in enumerate(heads)
        if any(line[place] is not None and not (head.key == "settled" and line[place]) for line in lines)
    ]
    return [heads[place] for place in places], [[line[place] for place in places] for line in lines]


def _shown(each: Table, head: Head, value: Any) -> Any:
    return each.stamp(value) if head.kind is Kind.INSTANT and value is not None else value
