"""Asks the parts of a report side by side, and asks again for less where the platform will not take or tell so much."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...ground.errors import LiveChannelsError, RefusedError, TooLargeError
from ...ground.language import tr
from ...vendors.calling import not_understood
from ...vendors.wangsu.codes import BAD_DOMAIN, TOO_LONG, TOO_MANY
from ..function import Progress
from .answers import MisreadError, listed
from .columns import columns
from .declared import Declared
from .merging import completed
from .plan import DOMAINS, Learned, Part, gaps, halved
from .reading import Reader
from .rules import can_be_added
from .slots import span
from .table import Said, Series

if TYPE_CHECKING:
    from .kept import Kept

SIDE_BY_SIDE = 8
# What one answer may hold in numbers and texts of slots, by what is known of its rows: about 30 MB of JSON.
MOST_VALUES = 1_000_000
_NAMES_WORTH_TELLING = 20


def asked(
    report: Declared,
    want: Any,
    planned: Sequence[Part],
    reader: Reader,
    progress: Progress | None = None,
    kept: Kept | None = None,
) -> tuple[list[Part], list[Said]]:
    """Every part that was asked for in the end, by its values and in order of time, with what it said.

    With `kept`, what it holds is not asked for, and all else goes there.

    Raises:
        LiveChannelsError: one failed; it is named.
    """
    asking = _Asking(report, want, reader, len(planned), kept)
    if len(planned) == 1:
        report.progress = progress
    found: list[tuple[Part, Said]] = []
    with ThreadPoolExecutor(SIDE_BY_SIDE, thread_name_prefix="report") as pool:
        waiting: list[Future[_Outcome]] = [pool.submit(asking.ask, part) for part in planned]
        while waiting:
            done, _ = wait(waiting, return_when=FIRST_COMPLETED)
            if any(future.exception() for future in done):
                _raise_first(waiting)
            waiting = [future for future in waiting if future not in done]
            for future in done:
                outcome = future.result()
                found += outcome.read
                waiting += [pool.submit(asking.ask, part) for part in outcome.instead]
            if progress is not None and asking.count > 1:
                progress(len(found), max(asking.count, len(found) + len(waiting)))
    found.sort(key=lambda each: (each[0].chunk, each[0].window.start if each[0].window else 0))
    return [part for part, _ in found], [read for _, read in found]


def calls_left(report: Declared, want: Any, planned: Sequence[Part], kept: Kept | None) -> tuple[int, int]:
    """About how many calls parts take, and how many that took which are kept already."""
    held = [[] if kept is None else kept.within(part) for part in planned]
    rest = [gap for part, pieces in zip(planned, held, strict=True) for gap in gaps(part, pieces)]
    return sum(_expected(report, want, part) for part in rest), sum(map(len, held))


def _expected(report: Declared, want: Any, part: Part) -> int:
    """How many answers can hold what a part asks for."""
    length = report.slot_length(want)
    if part.window is None or not length or not report.splits_time():
        return 1
    longest = _most_seconds(report.rows_expected(want, part.values), len(report.columns_of(want)), length)
    return len(part.window.cut(longest, length))


def _most_seconds(rows: int, columns: int, length: int) -> int:
    """The longest window that one answer can hold: each slot of each row has a time and its columns."""
    return max(1, MOST_VALUES // (rows * (columns + 1))) * length


def _raise_first(futures: Sequence[Future[Any]]) -> None:
    """Raise what failed of those begun, the first in the order of the question."""
    for future in futures:
        future.cancel()
    for future in futures:
        if not future.cancelled():
            future.result()


@dataclass
class _Outcome:
    """What became of a part: what was read of it, and what is to be asked instead of it, or for the rest of it."""

    read: list[tuple[Part, Said]]
    instead: list[Part]


class _Asking:
    """The parts of one question. What a refusal teaches counts for the whole run of the account."""

    def __init__(self, report: Declared, want: Any, reader: Reader, count: int, kept: Kept | None) -> None:
        self._report = report
        self._want = want
        self._reader = reader
        self._kept = kept
        self._length = report.slot_length(want) or report.grid(want)
        self._learned: Learned = report.account.shared(("learned", report.name(), self._length), Learned)
        self._chunks = itertools.count(10**6)
        self._rows: dict[int, int] = {}
        self.count = count

    def ask(self, part: Part) -> _Outcome:
        """Ask for a part, or say what to ask instead where it is known to be too much."""
        held = self._held(part)
        if held:
            self._rows[part.chunk] = max(1, *(len(said.rows) for _, said in held))
            return self._counted(_Outcome(held, gaps(part, [piece for piece, _ in held])))
        instead = self._cut(part, self._learned.window) or self._apart(part, self._learned.domains)
        if instead:
            return self._instead(instead)
        head, rest = self._of_rows(part)
        try:
            return self._counted(_Outcome([(head, self._call(head))], rest))
        except (RefusedError, TooLargeError) as error:
            smaller = self._smaller(head, error)
            if not smaller:
                self._tell_of_one_slot(head, error)
                raise _named(error, self._report, part, self.count) from None
            # One piece alone finds out how much is taken; the others need not try in vain.
            first, *others = smaller
            outcome = self.ask(first)
            return self._counted(_Outcome(outcome.read, [*outcome.instead, *others, *rest]))

    def _held(self, part: Part) -> list[tuple[Part, Said]]:
        """What of a part is kept."""
        return [] if self._kept is None else [(piece, self._kept.get(piece)) for piece in self._kept.within(part)]

    def _instead(self, parts: list[Part]) -> _Outcome:
        return self._counted(_Outcome([], parts))

    def _counted(self, outcome: _Outcome) -> _Outcome:
        self.count += max(0, len(outcome.read) + len(outcome.instead) - 1)
        return outcome

    def _cut(self, part: Part, longest: float | None) -> list[Part]:
        """Its windows within a length; none where it is short enough."""
        if longest is None or part.window is None or part.window.end - part.window.start <= longest:
            return []
        if not self._report.splits_time():
            return []
        return [replace(part, window=window) for window in part.window.cut(longest, self._length)]

    def _apart(self, part: Part, most: int | None) -> list[Part]:
        """The same with fewer domains each; none where they are few enough, or where their numbers cannot be added."""
        domains = part.values.get(DOMAINS) or []
        if most is None or len(domains) <= most or set(part.values) - {DOMAINS}:
            return []
        if not self._report.tells_apart(self._want) and not can_be_added(self._report, self._want):
            return []
        groups = [domains[at : at + most] for at in range(0, len(domains), most)]
        return [replace(part, chunk=next(self._chunks), values={DOMAINS: group}) for group in groups]

    def _smaller(self, part: Part, error: LiveChannelsError) -> list[Part]:
        """What to ask instead of a part that was too much; nothing where it was refused for something else."""
        code = error.code if isinstance(error, RefusedError) else TOO_LONG
        learned = self._learned
        if code == TOO_LONG and part.window is not None:
            surely = self._report.limit.surely if isinstance(error, RefusedError) else None
            shorter = halved(part.window.end - part.window.start, surely, self._length)
            if shorter is not None and isinstance(error, RefusedError):
                learned.window = min(shorter, learned.window or shorter)
            return self._cut(part, shorter)
        if code == TOO_MANY and len(part.values.get(DOMAINS) or []) > 1:
            fewer = len(part.values[DOMAINS]) // 2
            learned.domains = min(fewer, learned.domains or fewer)
            return self._apart(part, fewer)
        return []

    def _tell_of_one_slot(self, part: Part, error: LiveChannelsError) -> None:
        """Say so where no shorter window is left to ask for, because it would not hold a slot."""
        if isinstance(error, RefusedError) and error.code == TOO_LONG and part.window and self._report.splits_time():
            error.next_step = tr(
                "a window that holds one slot of {span} is longer than this account may ask for in one call: ask for "
                "shorter slots where the report has them, or have the vendor raise the limit.",
                span=span(self._length),
            )

    def _of_rows(self, part: Part) -> tuple[Part, list[Part]]:
        """As much of a part as one answer can hold, and the rest; how many rows there are the first answer tells."""
        if part.window is None or not self._reader.length or not self._report.splits_time():
            return part, []
        rows = self._rows.get(part.chunk) or self._report.rows_expected(self._want, part.values)
        edge = part.window.start + _most_seconds(rows, len(self._reader.slots), self._length)
        if edge >= part.window.end:
            return part, []
        head, rest = replace(part.window, end=edge), replace(part.window, start=edge)
        return replace(part, window=head), [replace(part, window=rest)]

    def _call(self, part: Part) -> Said:
        now = self._report.account.clock.now()
        said = self._told(part)
        if self._kept is not None:
            settled = part.window is not None and part.window.end <= self._report.settled_until(self._want, now)
            said = self._kept.put(part, said, now, settled=settled)
        self._rows[part.chunk] = max(len(said.rows), 1)
        return said

    def _told(self, part: Part) -> Said:
        report = self._report
        data: Any = None
        try:
            data = report.call(self._want, part)
            return _read(report, self._want, self._reader, report.shaped(data), part)
        except MisreadError as wrong:
            text = wrong.within(data, report.under())
            raise _named(not_understood(text), report, part, self.count) from None
        except (RefusedError, TooLargeError) as error:
            _name_candidates(error, part)
            raise
        except LiveChannelsError as error:
            raise _named(error, report, part, self.count) from None


def _name_candidates(error: LiveChannelsError, part: Part) -> None:
    """Say which domains a refusal can be about, for the platform does not."""
    if not isinstance(error, RefusedError) or error.code != BAD_DOMAIN:
        return
    below = [value.partition("/")[0] for word, values in part.values.items() if word != DOMAINS for value in values]
    names = list(dict.fromkeys([*part.values.get(DOMAINS, []), *below]))
    if names:
        more = len(names) - _NAMES_WORTH_TELLING
        told = ", ".join(names[:_NAMES_WORTH_TELLING])
        if more > 0:
            told = tr("{names} and {more} more", names=told, more=more)
        about = told if len(names) == 1 else tr("of {names}", names=told)
        error.next_step = tr("{about}: {advice}", about=about, advice=error.next_step)


def _named(error: LiveChannelsError, report: Declared, part: Part, count: int) -> LiveChannelsError:
    about = [report.name(), *([part.label(count)] if count > 1 else []), *([error.part] if error.part else [])]
    error.operation = tr(", ").join(about)
    return error


def _read(report: Declared, want: Any, reader: Reader, data: Any, part: Part) -> Said:
    reader = reader.of_answer(data)
    rows, dropped = reader.rows(data, part.window)
    item: Mapping[str, Any] = next(iter(listed(data, data, ())), {})
    series: Series | None = None
    if report.shape.whole and getattr(want, "group_by", None):
        series, dropped = reader.series(item, part.window)
    declared = columns(report.Totals)
    about_all = series or (next(iter(rows.values())).series if len(rows) == 1 else None)
    totals = completed(declared, reader.totals_of(item, declared), about_all, part.window if dropped else None)
    return Said(rows, totals, series)
