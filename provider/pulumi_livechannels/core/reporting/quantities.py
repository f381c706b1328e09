"""What a row comes to: the totals that it tells, and those that its slots make where the report declares none.

Names are made as declared ones are: `totalTrafficMb` of slots of `trafficMb`, `peakBandwidthMbps` and
`peakBandwidthTime` of `bandwidthMbps`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic.alias_generators import to_camel

from .columns import Column, Fold, columns
from .declared import Declared
from .merging import fold
from .table import Row


@cache
def quantities(report: type[Declared]) -> tuple[Column, ...]:
    """The totals that slots make, beside those that the report declares."""
    declared = [*columns(report.Row).values(), *columns(report.Totals).values()]
    known = {(column.fold, column.of) for column in declared}
    made = [column for slot in columns(report.Slot).values() for column in _made(slot)]
    return tuple(column for column in made if (column.fold, column.of) not in known)


def measures(report: type[Declared]) -> list[Column]:
    """The numbers that a row or the whole answer comes to: sums first, then peaks, then others."""
    every = {
        column.key: column
        for column in (*columns(report.Row).values(), *columns(report.Totals).values(), *quantities(report))
        if not column.text
    }
    order = list(Fold)
    return sorted(every.values(), key=lambda column: order.index(column.fold))


def summary(report: type[Declared], row: Row) -> dict[str, Any]:
    """What a row comes to, by the keys that the user sees."""
    told = {column.key: row.totals.get(name) for name, column in columns(report.Row).items()}
    return told | {column.key: fold(column, [], row.series) for column in quantities(report)}


def _made(slot: Column) -> list[Column]:
    if slot.fold is Fold.SUM:
        return [_named(slot, f"total_{slot.name}", Fold.SUM)]
    if slot.fold is Fold.RATE:
        quantity = slot.name.rpartition("_")[0]
        return [
            _named(slot, f"peak_{slot.name}", Fold.LARGEST),
            replace(_named(slot, f"peak_{quantity}_time", Fold.WHEN), whole=False, text=True),
        ]
    if slot.fold is Fold.LARGEST:
        return [_named(slot, slot.name, Fold.LARGEST)]
    return []


def _named(slot: Column, name: str, how: Fold) -> Column:
    return replace(slot, name=name, key=to_camel(name), wire="", fold=how, of=slot.name)
