"""Puts the parts of a report together: slots one after the other, domains added up, totals computed anew.

A total that the vendor gave for one call is right for that call alone. So with several parts, or where slots outside
the window were taken out, it is computed from the slots; where there are none, from the totals of the parts. A peak is
finer than slots where the vendor tells it, so where only time was split the largest of the told ones is kept.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Mapping, Sequence
from typing import Any

from .columns import Column, Fold
from .rows import Rows
from .slots import DAY, Window, down_to_slot, rfc3339, unix
from .table import MISSING, Key, Row, Series, added, known


def merge_row(
    parts: Sequence[Sequence[Row]],
    totals: Mapping[str, Column],
    slots: Mapping[str, Column],
    mended: Callable[[Series], Series],
) -> Row:
    """One row from its parts: for each group of domains the windows in order of time, `mended` where they meet."""
    series = merge([[row.series for row in windows if row.series is not None] for windows in parts], slots)
    series = series and mended(series)
    every = [row for windows in parts for row in windows]
    if len(every) == 1:
        return Row(every[0].totals, series)
    return Row(folded(totals, [row.totals for row in every], series, only_time=len(parts) == 1), series)


def folded(
    columns: Mapping[str, Column], parts: Sequence[Mapping[str, Any]], series: Series | None, *, only_time: bool
) -> dict[str, Any]:
    """Totals of the whole; with `only_time` the parts are windows of the same thing, in order of time."""
    if series is not None and not series.times:
        # Nothing can be added up, and what was told of the parts still holds.
        series = None
    whole = {name: fold(column, parts, series) for name, column in columns.items()}
    return whole | (_peaks(columns, parts, whole) if only_time else {})


def _peaks(
    columns: Mapping[str, Column], parts: Sequence[Mapping[str, Any]], whole: Mapping[str, Any]
) -> dict[str, Any]:
    """The largest of the parts' peaks, with its moment, where the slots have no larger one."""
    found: dict[str, Any] = {}
    for name, column in columns.items():
        told = [part for part in parts if column.fold is Fold.LARGEST and part.get(name) is not None]
        if told:
            largest = max(told, key=lambda part: float(part[name]))
            if whole[name] is not None and whole[name] > largest[name]:
                continue
            for each, twin in columns.items():
                if each == name or (twin.fold is Fold.WHEN and twin.of == column.of):
                    found[each] = largest[each]
    return found


def fold(column: Column, parts: Sequence[Mapping[str, Any]], series: Series | None) -> Any:
    """A total of the whole, from the slots where they hold its column, else from the totals of the parts."""
    value = _folded(column, parts, series)
    return int(value) if column.whole and value is not None else value


def completed(
    columns: Mapping[str, Column], told: Mapping[str, Any], series: Series | None, outside: Window | None
) -> dict[str, Any]:
    """Totals of one call: as the vendor told them, or from the slots what it does not tell.

    With `outside` slots beyond that window were left out, so all is from the slots but a peak of a moment within it.
    """
    within = {
        column.of
        for name, column in columns.items()
        if outside and column.fold is Fold.WHEN and told[name] and outside.start < unix(told[name]) <= outside.end
    }
    return {
        name: told[name] if _holds(column, outside, within) else fold(column, [told], series)
        for name, column in columns.items()
    }


def _holds(column: Column, outside: Window | None, within: Container[str | None]) -> bool:
    """Whether a total that the vendor tells for a call is that of its window."""
    if outside is None:
        return bool(column.wire)
    return column.fold in (Fold.LARGEST, Fold.WHEN) and column.of in within


def _folded(column: Column, parts: Sequence[Mapping[str, Any]], series: Series | None) -> Any:
    if column.of is not None and series is not None and column.of in series.numbers:
        return _from_slots(column, series)
    values = [part[column.name] for part in parts if part.get(column.name) is not None]
    if not values:
        return None
    if column.fold is Fold.SUM:
        return round(math.fsum(values), column.digits)
    if column.fold is Fold.LARGEST or column.moment:
        return max(values)
    return values[0] if all(value == values[0] for value in values) else None


def _from_slots(column: Column, series: Series) -> Any:
    numbers = series.numbers[column.of or ""]
    present = list(known(numbers))
    if not present:
        return None
    if column.fold is Fold.SUM:
        return round(math.fsum(present), column.digits)
    if column.fold is Fold.MEAN:
        return round(math.fsum(present) / len(present), column.digits)
    largest = max(present)
    # A vendor that tells when something was most says when that had passed, which is when its slot ends.
    return rfc3339(series.times[numbers.index(largest)] + series.length) if column.fold is Fold.WHEN else largest


def merge(groups: Sequence[Sequence[Series]], columns: Mapping[str, Column]) -> Series | None:
    """One series from those of each group of domains, whose windows follow each other; None where there is none."""
    wholes = []
    for windows in groups:
        if windows:
            for later in windows[1:]:
                windows[0].extend(later)
            wholes.append(windows[0])
    return added(wholes, columns) if len(wholes) > 1 else next(iter(wholes), None)


def by_day(series: Series, columns: Mapping[str, Column], zone: int) -> Series:
    """Slots added up to the days of a zone, which is in seconds east of UTC."""
    starts = [down_to_slot(time, DAY, zone) for time in series.times]
    days = Series.of(columns.values())
    days.length = DAY
    places: dict[int, list[int]] = {}
    for place, start in enumerate(starts):
        places.setdefault(start, []).append(place)
    for start, held in places.items():
        sums = {}
        for name, numbers in series.numbers.items():
            present = list(known(numbers[place] for place in held))
            sums[name] = round(math.fsum(present), columns[name].digits) if present else MISSING
        days.append(start, sums)
    return days


def with_shares(rows: Mapping[Key, Row], names: Sequence[str], totals: Mapping[str, Column]) -> Mapping[Key, Row]:
    """The same rows with their shares computed anew: each row's part of the whole that it belongs to, in percent."""
    declared = [column for column in totals.values() if column.fold is Fold.SHARE and column.of is not None]
    if not declared:
        return rows
    told = {key: row.totals for key, row in rows.items()}
    shares: dict[Key, dict[str, Any]] = {key: {} for key in told}
    for column in declared:
        places = [names.index(name) for name in column.within]
        wholes: dict[Key, float] = {}
        for key, values in told.items():
            about = tuple(key[place] for place in places)
            wholes[about] = wholes.get(about, 0.0) + (values.get(column.of or "") or 0.0)
        for key, values in told.items():
            whole, part = wholes[tuple(key[place] for place in places)], values.get(column.of or "")
            shares[key][column.name] = round(100 * part / whole, column.digits) if part is not None and whole else None

    def with_its(key: Key) -> Row:
        row = rows[key]
        return Row({**row.totals, **shares[key]}, row.series)

    return Rows(rows, with_its)
