"""Runs a report: its parts side by side within the account's budget, then one answer from all of them, or an error.

Where parts are kept on disk, rows are put together as they are looked at; else all of them at once.
"""

from __future__ import annotations

from collections.abc import ItemsView, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from ...ground.language import said_of, tr
from ...ground.limiter import WINDOW_SECONDS
from ..function import Progress
from .columns import Column, Fold, columns
from .declared import Declared, names_of
from .merging import by_day, folded, merge, merge_row, with_shares
from .missing import missing
from .parts import SIDE_BY_SIDE, asked, calls_left
from .plan import Part, parts
from .reading import Reader
from .rows import Rows
from .rules import finer_interval
from .slots import ZONE_SECONDS, rfc3339
from .table import Key, Row, Said, Series

if TYPE_CHECKING:
    from .kept import Kept

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
    missing: list[str] = field(default_factory=list)
    zone: int = ZONE_SECONDS
    _stamps: dict[int, str] = field(default_factory=dict)

    @property
    def rows(self) -> ItemsView[Key, Row]:
        """The rows with their keys, in order."""
        return self.by_key.items()

    def stamp(self, second: int) -> str:
        """RFC 3339 of the start of a slot. Rows have the same slots, so they share one text."""
        if second not in self._stamps:
            self._stamps[second] = rfc3339(second, self.zone)
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
        told = _there(self.totals, columns(self.report.Totals))
        if self.settling_from:
            told["settlingFrom"] = self.settling_from
        if self.missing:
            told["missing"] = self.missing
        return told

    def _row(self, key: Key, row: Row) -> dict[str, Any]:
        told = self.about(key, row)
        if row.series is not None:
            told["series"] = row.series.told(self.slots, self.stamp)
        return told


def calls(report: Declared, want: Any, kept: Kept | None) -> tuple[int, int]:
    """About how many calls a checked query takes, pages aside, and how many it took that are kept already."""
    want = _of_finer_slots(report, want) or want
    return calls_left(report, want, _planned(report, want), kept)


def _planned(report: Declared, want: Any) -> list[Part]:
    """What is asked first; where an answer cannot hold or tell so much, a part becomes several calls."""
    window = report.window(want)
    windows = [None] if window is None else window.cut(report.limit.longest(want), report.slot_length(want) or 1)
    return parts(windows, report.chunks(want))


def minutes(report: Declared, number: int) -> int:
    """About how long so many calls of a report take: what the budget makes them wait, and their own time."""
    budget = report.account.settings.calls_per_five_minutes if report.vendor == "wangsu" else 0
    waiting = (number - 1) // budget * WINDOW_SECONDS if budget and number else 0.0
    return max(1, ceil((waiting + number * _SECONDS_A_CALL / SIDE_BY_SIDE) / 60))


def run(report: Declared, want: Any, progress: Progress | None = None, kept: Kept | None = None) -> Answer:
    """The whole answer to a checked query. With `kept`, its parts go there, and those that are there are not asked for.

    Raises:
        LiveChannelsError: a part failed, and is named; nothing partial is answered.
    """
    finer = _of_finer_slots(report, want)
    if finer is not None:
        return _in_days(report, want, run(report, finer, progress, kept))
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
    every, read = asked(report, want, _planned(report, want), reader, progress, kept)
    groups = _by_chunk(every, read)
    rows = _rows(report, reader, every, groups, at_once=kept is None)
    series = merge([[each.series for each in group if each.series] for group in groups], slots)
    if not any(any(key) for key in rows):
        # Nothing was split, so the one row says it all.
        series = None
    elif series is not None:
        rows = Rows((key for key in rows if any(key)), rows.__getitem__)
    order = list(rows) if report.keeps_order else sorted(rows, key=lambda key: tuple(part or "" for part in key))
    rows = Rows(order, rows.__getitem__)
    about_all = series or (next(iter(rows.values())).series if len(rows) == 1 else None)
    totals = read[0].totals
    if len(read) > 1:
        only_time = len(groups) == 1
        declared = columns(report.Totals)
        every_total = folded(declared, [each.totals for each in read], about_all, only_time=only_time)
        totals = {
            # What was asked for in groups has no common peak or mean, unless there are slots to find it in.
            name: every_total[name]
            for name, column in declared.items()
            if column.fold in (Fold.SUM, Fold.GAUGE) or about_all is not None or only_time
        }
    absent = missing(report, want, rows)
    _tell(report, want, absent)
    return Answer(type(report), rows, totals, series, slots, report.settling_from(want), absent, zone)


def _of_finer_slots(report: Declared, want: Any) -> Any:
    """The query for the finer slots that its days are added up from; None where the platform has such days itself."""
    finer = finer_interval(report, want)
    return finer and want.model_copy(update={"interval": finer})


def _in_days(report: Declared, want: Any, answer: Answer) -> Answer:
    """The same with the slots of each day of the zone added up."""
    zone = report.zone(want)

    def in_days(key: Key) -> Row:
        row = answer.by_key[key]
        return Row(row.totals, row.series and by_day(row.series, answer.slots, zone))

    return replace(
        answer,
        by_key=Rows(answer.by_key, in_days),
        series=answer.series and by_day(answer.series, answer.slots, zone),
        settling_from=report.settling_from(want),
    )


def _tell(report: Declared, want: Any, absent: Sequence[str]) -> None:
    """What the person who asked has to know beside the numbers."""
    notices = report.account.notices
    if absent:
        text = tr("no row tells of {names}: mistyped, not this account's, or without data", names=", ".join(absent))
        notices.once(said_of(report.name(), text))
    untold = [column.key for column in columns(report.Slot).values() if column.active(want)]
    untold = [key for key in untold if key not in {column.key for column in report.columns_of(want).values()}]
    if untold:
        text = tr(
            "{columns} is left out, for it cannot be added over the groups of domains that one call takes: group by "
            "domain, or ask for slots of 5m",
            columns=", ".join(untold),
        )
        notices.once(said_of(report.name(), text))


def _by_chunk(every: Sequence[Part], read: Sequence[Said]) -> list[list[Said]]:
    """The parts in order of time, for each group of values that was asked for together."""
    groups: dict[int, list[Said]] = {}
    for part, each in zip(every, read, strict=True):
        groups.setdefault(part.chunk, []).append(each)
    return list(groups.values())


def _rows(
    report: Declared, reader: Reader, every: Sequence[Part], groups: Sequence[Sequence[Said]], *, at_once: bool
) -> Mapping[Key, Row]:
    if len(every) == 1:
        return groups[0][0].rows
    cuts = set(sorted({part.window.start for part in every if part.window})[1:])

    def merged(key: Key) -> Row:
        found = [[each.rows[key] for each in group if key in each.rows] for group in groups]
        return merge_row(
            [windows for windows in found if windows],
            reader.totals,
            reader.slots,
            lambda series: report.mended(series, cuts),
        )

    rows: Mapping[Key, Row] = Rows((key for group in groups for each in group for key in each.rows), merged)
    # What is in memory grows into its merged row, and can do so once.
    return with_shares(dict(rows) if at_once else rows, list(reader.names), reader.totals)


def _there(values: dict[str, Any], declared: Mapping[str, Column]) -> dict[str, Any]:
    return {declared[name].key: value for name, value in values.items() if value is not None}
