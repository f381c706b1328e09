"""Runs a report: its parts side by side within the account's budget, then one answer from all of them, or an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Any

from ...ground.errors import Changed, LiveChannelsError
from ...vendors.calling import not_understood
from ..function import Progress
from .answers import MisreadError, listed
from .columns import Column, Fold, columns
from .declared import Declared, names_of
from .merging import add_shares, fold, merge, merge_row
from .plan import Part, parts
from .reading import Reader
from .table import Key, Row, Series

SIDE_BY_SIDE = 8


@dataclass
class Answer:
    """A whole report. `series` is of all rows together, where the report is split into rows."""

    report: type[Declared]
    rows: list[tuple[Key, Row]]
    totals: dict[str, Any]
    series: Series | None
    slots: dict[str, Column]
    settling_from: str | None
    _stamps: dict[int, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As the user sees it: camelCase keys, times as RFC 3339, without what is missing."""
        whole: dict[str, Any] = {"rows": [self._row(key, row) for key, row in self.rows]}
        whole |= _there(self.totals, columns(self.report.Totals))
        if self.series is not None:
            whole["series"] = self.series.told(self.slots, self._stamps)
        if self.settling_from:
            whole["settlingFrom"] = self.settling_from
        return whole

    def _row(self, key: Key, row: Row) -> dict[str, Any]:
        names = zip(names_of(self.report), key, strict=False)
        told: dict[str, Any] = {column.key: value for column, value in names if value is not None}
        told |= _there(row.totals, columns(self.report.Row))
        if row.series is not None:
            told["series"] = row.series.told(self.slots, self._stamps)
        return told


def run(report: Declared, want: Any, progress: Progress | None = None) -> Answer:
    """The whole answer to a checked query.

    Raises:
        LiveChannelsError: a part failed, and is named; nothing partial is answered.
    """
    slots = report.columns_of(want)
    named = names_of(type(report))
    reader = Reader(
        report.shape,
        {column.name: column for column in named},
        {name: column for name, column in columns(report.Row).items() if column not in named},
        slots,
        lambda label: report.time_of(label, report.slot_length(want)),
        report.tidy,
        report.mended,
    )
    window = report.window(want)
    windows = [None] if window is None else window.cut(report.limit.longest(want), report.slot_length(want) or 1)
    every = parts(windows, report.chunks(want))
    read = _side_by_side(report, want, every, reader, progress)
    rows = _rows(report, reader, every, read, {each.start for each in windows[1:] if each})
    series = merge([[each.series for each in group if each.series] for group in _by_chunk(every, read)], slots)
    if not any(any(key) for key in rows):
        # Nothing was split, so the one row says it all.
        series = None
    elif series is not None:
        rows = {key: row for key, row in rows.items() if any(key)}
    about_all = series or (next(iter(rows.values())).series if len(rows) == 1 else None)
    totals = read[0].totals
    if len(read) > 1 or read[0].dropped:
        declared = columns(report.Totals)
        totals = {
            # What was asked for in groups has no common peak or mean, unless there are slots to find it in.
            name: fold(column, [each.totals for each in read], about_all)
            for name, column in declared.items()
            if column.fold in (Fold.SUM, Fold.GAUGE) or about_all is not None or every[-1].chunk == 0
        }
    order = list(rows.items())
    if not report.keeps_order:
        order.sort(key=lambda item: tuple(part or "" for part in item[0]))
    return Answer(type(report), order, totals, series, slots, report.settling_from(want))


@dataclass
class _Read:
    """What one part said: its rows, what stands around them, and whether slots outside the window were left out."""

    rows: dict[Key, Row]
    totals: dict[str, Any]
    series: Series | None
    dropped: bool


def _by_chunk(every: Sequence[Part], read: Sequence[_Read]) -> list[list[_Read]]:
    """The parts in order of time, for each group of values that was asked for together."""
    groups: dict[int, list[_Read]] = {}
    for part, each in zip(every, read, strict=True):
        groups.setdefault(part.chunk, []).append(each)
    return list(groups.values())


def _rows(
    report: Declared, reader: Reader, every: Sequence[Part], read: Sequence[_Read], cuts: set[int]
) -> dict[Key, Row]:
    if len(read) == 1:
        return read[0].rows
    groups = _by_chunk(every, read)
    keys = dict.fromkeys(key for each in read for key in each.rows)
    rows = {}
    for key in keys:
        found = [[each.rows[key] for each in group if key in each.rows] for group in groups]
        rows[key] = merge_row(
            [windows for windows in found if windows],
            reader.totals,
            reader.slots,
            lambda series: report.mended(series, cuts),
        )
    add_shares(rows, list(reader.names), reader.totals)
    return rows


def _side_by_side(
    report: Declared, want: Any, every: Sequence[Part], reader: Reader, progress: Progress | None
) -> list[_Read]:
    done = 0

    def one(part: Part) -> _Read:
        nonlocal done
        data: Any = None
        try:
            data = report.call(want, part)
            read = _read(report, want, reader, report.shaped(data), part)
        except MisreadError as wrong:
            text = wrong.within(data, report.under())
            odd = not_understood(text)
            odd.changed = Changed.NO
            raise _named(odd, report, part, len(every)) from None
        except LiveChannelsError as error:
            raise _named(error, report, part, len(every)) from None
        done += 1
        if progress is not None:
            progress(done, len(every))
        return read

    if len(every) == 1:
        report.progress = progress
        return [one(every[0])]
    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(every)), thread_name_prefix="report") as pool:
        futures: list[Future[_Read]] = [pool.submit(one, part) for part in every]
        try:
            wait(futures, return_when=FIRST_EXCEPTION)
        finally:
            for future in futures:
                future.cancel()
    failed = next((future for future in futures if not future.cancelled() and future.exception()), None)
    if failed is not None:
        failed.result()
    return [future.result() for future in futures]


def _named(error: LiveChannelsError, report: Declared, part: Part, count: int) -> LiveChannelsError:
    about = [report.name(), *([part.label(count)] if count > 1 else []), *([error.part] if error.part else [])]
    error.operation = ", ".join(about)
    return error


def _read(report: Declared, want: Any, reader: Reader, data: Any, part: Part) -> _Read:
    rows, dropped = reader.rows(data, part.window)
    item: Mapping[str, Any] = next(iter(listed(data, data, ())), {})
    series: Series | None = None
    if report.shape.whole and getattr(want, "group_by", None):
        series, dropped = reader.series(item, part.window)
    return _Read(rows, reader.totals_of(item, columns(report.Totals)), series, dropped)


def _there(values: dict[str, Any], declared: Mapping[str, Column]) -> dict[str, Any]:
    return {declared[name].key: value for name, value in values.items() if value is not None}
