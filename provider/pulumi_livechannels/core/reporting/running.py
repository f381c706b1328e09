"""Runs a report: its parts side by side within the account's budget, then one answer from all of them, or an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..function import Progress
from .columns import Column, Fold, columns
from .declared import Declared, names_of
from .merging import add_shares, by_day, folded, merge, merge_row
from .missing import missing
from .parts import Read, asked
from .plan import Part, parts
from .reading import Reader
from .rules import finer_interval
from .slots import ZONE_SECONDS
from .table import Key, Row, Series


@dataclass
class Answer:
    """A whole report. `series` is of all rows together, where the report is split into rows."""

    report: type[Declared]
    rows: list[tuple[Key, Row]]
    totals: dict[str, Any]
    series: Series | None
    slots: dict[str, Column]
    settling_from: str | None
    missing: list[str] = field(default_factory=list)
    zone: int = ZONE_SECONDS
    _stamps: dict[int, str] = field(default_factory=dict)

    def told(self) -> dict[str, Any]:
        """As the user sees it: camelCase keys, times as RFC 3339, without what is missing."""
        whole: dict[str, Any] = {"rows": [self._row(key, row) for key, row in self.rows]}
        whole |= _there(self.totals, columns(self.report.Totals))
        if self.series is not None:
            whole["series"] = self.series.told(self.slots, self._stamps, self.zone)
        if self.settling_from:
            whole["settlingFrom"] = self.settling_from
        if self.missing:
            whole["missing"] = self.missing
        return whole

    def _row(self, key: Key, row: Row) -> dict[str, Any]:
        names = zip(names_of(self.report), key, strict=False)
        told: dict[str, Any] = {column.key: value for column, value in names if value is not None}
        told |= _there(row.totals, columns(self.report.Row))
        if row.series is not None:
            told["series"] = row.series.told(self.slots, self._stamps, self.zone)
        return told


def run(report: Declared, want: Any, progress: Progress | None = None) -> Answer:
    """The whole answer to a checked query.

    Raises:
        LiveChannelsError: a part failed, and is named; nothing partial is answered.
    """
    finer = finer_interval(report, want)
    if finer is not None:
        return _in_days(report, want, run(report, want.model_copy(update={"interval": finer}), progress))
    slots, zone = report.columns_of(want), report.zone(want)
    named = names_of(type(report))
    reader = Reader(
        report.shape,
        {column.name: column for column in named},
        {name: column for name, column in columns(report.Row).items() if column not in named},
        slots,
        lambda label, length: report.time_of(label, length, zone),
        report.tidy,
        report.mended,
        report.slot_length(want),
        zone,
    )
    window = report.window(want)
    windows = [None] if window is None else window.cut(report.limit.longest(want), report.slot_length(want) or 1)
    every, read = asked(report, want, parts(windows, report.chunks(want)), reader, progress)
    rows = _rows(
        report, reader, every, read, {part.window.start for part in every if part.window} - {window and window.start}
    )
    groups = _by_chunk(every, read)
    series = merge([[each.series for each in group if each.series] for group in groups], slots)
    if not any(any(key) for key in rows):
        # Nothing was split, so the one row says it all.
        series = None
    elif series is not None:
        rows = {key: row for key, row in rows.items() if any(key)}
    about_all = series or (next(iter(rows.values())).series if len(rows) == 1 else None)
    totals = read[0].totals
    if len(read) > 1:
        declared = columns(report.Totals)
        only_time = len(groups) == 1
        every_total = folded(declared, [each.totals for each in read], about_all, only_time=only_time)
        totals = {
            # What was asked for in groups has no common peak or mean, unless there are slots to find it in.
            name: every_total[name]
            for name, column in declared.items()
            if column.fold in (Fold.SUM, Fold.GAUGE) or about_all is not None or only_time
        }
    order = list(rows.items())
    if not report.keeps_order:
        order.sort(key=lambda item: tuple(part or "" for part in item[0]))
    absent = missing(report, want, order)
    _tell(report, want, absent)
    return Answer(type(report), order, totals, series, slots, report.settling_from(want), absent, zone)


def _in_days(report: Declared, want: Any, answer: Answer) -> Answer:
    """The same with the slots of each day of the zone added up."""
    zone = report.zone(want)
    for _, row in answer.rows:
        row.series = row.series and by_day(row.series, answer.slots, zone)
    answer.series = answer.series and by_day(answer.series, answer.slots, zone)
    answer.settling_from = report.settling_from(want)
    return answer


def _tell(report: Declared, want: Any, absent: Sequence[str]) -> None:
    """What the person who asked has to know beside the numbers."""
    notices = report.account.notices
    if absent:
        notices.once(
            f"{report.name()}: no row tells of {', '.join(absent)}: mistyped, not this account's, or without data"
        )
    untold = [column.key for column in columns(report.Slot).values() if column.active(want)]
    untold = [key for key in untold if key not in {column.key for column in report.columns_of(want).values()}]
    if untold:
        notices.once(
            f"{report.name()}: {', '.join(untold)} is left out, for it cannot be added over the groups of domains that "
            "one call takes: group by domain, or ask for slots of 5m"
        )


def _by_chunk(every: Sequence[Part], read: Sequence[Read]) -> list[list[Read]]:
    """The parts in order of time, for each group of values that was asked for together."""
    groups: dict[int, list[Read]] = {}
    for part, each in zip(every, read, strict=True):
        groups.setdefault(part.chunk, []).append(each)
    return list(groups.values())


def _rows(
    report: Declared, reader: Reader, every: Sequence[Part], read: Sequence[Read], cuts: set[int]
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


def _there(values: dict[str, Any], declared: Mapping[str, Column]) -> dict[str, Any]:
    return {declared[name].key: value for name, value in values.items() if value is not None}
