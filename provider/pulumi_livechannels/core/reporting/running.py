"""Runs a report: its parts side by side within the account's budget, then one answer from all of them, or an error.

Where parts are kept on disk, rows are put together as they are looked at; else all of them at once.
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from ...ground.errors import Changed, LiveChannelsError
from ...ground.limiter import WINDOW_SECONDS
from ...vendors.calling import not_understood
from ..function import Progress
from .answers import MisreadError, listed
from .columns import Column, Fold, columns
from .declared import Declared, names_of
from .kept import Kept
from .merging import fold, merge, merge_row, with_shares
from .plan import Part, parts
from .reading import Reader
from .rows import Rows
from .slots import rfc3339
from .table import Key, Row, Said, Series

SIDE_BY_SIDE = 8
# What a vendor takes for a large answer, to say beforehand how long a report will take.
_SECONDS_A_CALL = 2.0


@dataclass
class Answer:
    """A whole report. `series` is of all rows together, where the report is split into rows."""

    report: type[Declared]
    by_key: Mapping[Key, Row]
    totals: dict[str, Any]
    series: Series | None
    slots: dict[str, Column]
    settling_from: str | None
    _stamps: dict[int, str] = field(default_factory=dict)

    @property
    def rows(self) -> ItemsView[Key, Row]:
        """The rows with their keys, in order."""
        return self.by_key.items()

    def stamp(self, second: int) -> str:
        """RFC 3339 of the start of a slot. Rows have the same slots, so they share one text."""
        if second not in self._stamps:
            self._stamps[second] = rfc3339(second)
        return self._stamps[second]

    def told(self) -> dict[str, Any]:
        """As the user sees it: camelCase keys, times as RFC 3339, without what is missing."""
        whole: dict[str, Any] = {"rows": [self._row(key, row) for key, row in self.rows], **self.around()}
        if self.series is not None:
            whole["series"] = self.series.told(self.slots, self.stamp)
        return whole

    def about(self, key: Key, row: Row) -> dict[str, Any]:
        """What a row says beside its slots."""
        names = zip(names_of(self.report), key, strict=False)
        told: dict[str, Any] = {column.key: value for column, value in names if value is not None}
        return told | _there(row.totals, columns(self.report.Row))

    def around(self) -> dict[str, Any]:
        """What is said of all rows together, beside their slots."""
        settling = {"settlingFrom": self.settling_from} if self.settling_from else {}
        return _there(self.totals, columns(self.report.Totals)) | settling

    def _row(self, key: Key, row: Row) -> dict[str, Any]:
        told = self.about(key, row)
        if row.series is not None:
            told["series"] = row.series.told(self.slots, self.stamp)
        return told


def planned(report: Declared, want: Any) -> list[Part]:
    """The calls that a checked query takes, pages aside."""
    window = report.window(want)
    windows = [None] if window is None else window.cut(report.limit.longest(want), report.slot_length(want) or 1)
    return parts(windows, report.chunks(want))


def minutes(report: Declared, calls: int) -> int:
    """About how long so many calls of a report take: what the budget makes them wait, and their own time."""
    budget = report.account.settings.calls_per_five_minutes if report.vendor == "wangsu" else 0
    waiting = (calls - 1) // budget * WINDOW_SECONDS if budget and calls else 0.0
    return max(1, ceil((waiting + calls * _SECONDS_A_CALL / SIDE_BY_SIDE) / 60))


def run(report: Declared, want: Any, progress: Progress | None = None, kept: Kept | None = None) -> Answer:
    """The whole answer to a checked query. With `kept`, its parts go there, and those that are there are not asked for.

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
    every = planned(report, want)
    read = _side_by_side(report, want, every, reader, progress, kept)
    rows = _rows(report, reader, every, read, at_once=kept is None)
    series = merge([[each.series for each in group if each.series] for group in _by_chunk(every, read)], slots)
    if not any(any(key) for key in rows):
        # Nothing was split, so the one row says it all.
        series = None
    elif series is not None:
        rows = Rows((key for key in rows if any(key)), rows.__getitem__)
    order = list(rows) if report.keeps_order else sorted(rows, key=lambda key: tuple(part or "" for part in key))
    rows = Rows(order, rows.__getitem__)
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
    return Answer(type(report), rows, totals, series, slots, report.settling_from(want))


def _by_chunk(every: Sequence[Part], read: Sequence[Said]) -> list[list[Said]]:
    """The parts in order of time, for each group of values that was asked for together."""
    groups: dict[int, list[Said]] = {}
    for part, each in zip(every, read, strict=True):
        groups.setdefault(part.chunk, []).append(each)
    return list(groups.values())


def _rows(
    report: Declared, reader: Reader, every: Sequence[Part], read: Sequence[Said], *, at_once: bool
) -> Mapping[Key, Row]:
    if len(read) == 1:
        return read[0].rows
    groups = _by_chunk(every, read)
    cuts = sorted({part.window.start for part in every if part.window})[1:]

    def merged(key: Key) -> Row:
        found = [[each.rows[key] for each in group if key in each.rows] for group in groups]
        return merge_row(
            [windows for windows in found if windows],
            reader.totals,
            reader.slots,
            lambda series: report.mended(series, cuts),
        )

    rows: Mapping[Key, Row] = Rows((key for each in read for key in each.rows), merged)
    # What is in memory grows into its merged row, and can do so once.
    return with_shares(dict(rows) if at_once else rows, list(reader.names), reader.totals)


def _side_by_side(
    report: Declared, want: Any, every: Sequence[Part], reader: Reader, progress: Progress | None, kept: Kept | None
) -> list[Said]:
    done = 0

    def one(part: Part) -> Said:
        nonlocal done
        read = None if kept is None else kept.get(part)
        if read is None:
            now = report.account.clock.now()
            try:
                read = _asked(report, want, reader, part)
            except LiveChannelsError as error:
                raise _named(error, report, part, len(every)) from None
            if kept is not None:
                settled = part.window is not None and part.window.end <= report.settled_until(want, now)
                read = kept.put(part, read, now, settled=settled)
        done += 1
        if progress is not None:
            progress(done, len(every))
        return read

    if len(every) == 1:
        report.progress = progress
        return [one(every[0])]
    with ThreadPoolExecutor(min(SIDE_BY_SIDE, len(every)), thread_name_prefix="report") as pool:
        futures: list[Future[Said]] = [pool.submit(one, part) for part in every]
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


def _asked(report: Declared, want: Any, reader: Reader, part: Part) -> Said:
    data: Any = None
    try:
        data = report.call(want, part)
        return _read(report, want, reader, report.shaped(data), part)
    except MisreadError as wrong:
        odd = not_understood(wrong.within(data, report.under()))
        odd.changed = Changed.NO
        raise odd from None


def _read(report: Declared, want: Any, reader: Reader, data: Any, part: Part) -> Said:
    rows, dropped = reader.rows(data, part.window)
    item: Mapping[str, Any] = next(iter(listed(data, data, ())), {})
    series: Series | None = None
    if report.shape.whole and getattr(want, "group_by", None):
        series, dropped = reader.series(item, part.window)
    return Said(rows, reader.totals_of(item, columns(report.Totals)), series, dropped)


def _there(values: dict[str, Any], declared: Mapping[str, Column]) -> dict[str, Any]:
    return {declared[name].key: value for name, value in values.items() if value is not None}
