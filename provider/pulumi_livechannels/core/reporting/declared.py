"""What a report declares: the vendor's action, what can be asked, what is answered, and what one call of it takes.

Checking, splitting, calling and merging are done beside, once for all.
"""

from __future__ import annotations

import inspect
from abc import abstractmethod
from collections.abc import Container, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, create_model

from ...config import SITES
from ...ground.language import closed_up, tr
from ..fields import Inputs, State, prop
from ..function import Function, Progress
from ..values.times import Time, offset_seconds
from .columns import Column, Columns, Fold, columns
from .plan import Limits, Part, Values, chunks
from .reading import Shape
from .slots import SECONDS, ZONE_SECONDS, Window, down_to_slot, rfc3339, span, unix, up_to_slot
from .table import Key, Series

if TYPE_CHECKING:
    from ..account import Account

# The vendors publish nothing more often, so a program that asks ten times gets one answer.
KEPT_SECONDS = 300.0
# What windows begin and end with, by what the report says of them.
ENDS = {
    "": "The window begins and ends with a slot.",
    "1h": "The window begins and ends at whole hours.",
    "1d": "The window begins and ends at midnights of timeZone.",
}
# How many rows there are for each value of the others, where a query does not name them.
USUAL_ROWS = {"domain": 5, "isp": 5, "province": 32, "country": 60, "stream": 20, "directory": 20, "exact_domain": 20}
# Query words that name what a row is about.
NAMED = ("domains", "streams", "directories", "exact_domains")


class Declared(Function[Inputs]):
    """One report. Subclasses declare `Query`, `Row`, `Slot` and `Totals` with words and columns.

    Attributes:
        action: the vendor's name of it.
        path: the vendor's path, or the path that all its actions share.
        interval: the length of a slot where the query has no word for it; empty where the report has no slots.
        keeps_order: that the vendor's order of rows means something.
        whole: what a window has to begin and end with where that is no slot: a length, or empty.
        cuts_days: that the vendor cuts days in whatever zone is asked for.
        drops_unknown: that the vendor leaves domains out in silence that are not of the account.
        sites: the sites of the vendor that have it; empty for a vendor with one site.
        window_by_default: what is asked for without a window, in seconds; None where a window is required.
        timeless: that the report knows no window at all.
    """

    seconds_kept = KEPT_SECONDS
    vendor: ClassVar[str]
    action: ClassVar[str]
    path: ClassVar[str]
    limits: ClassVar[Limits] = Limits()
    shape: ClassVar[Shape]
    interval: ClassVar[str] = ""
    keeps_order: ClassVar[bool] = False
    whole: ClassVar[str] = ""
    cuts_days: ClassVar[bool] = False
    drops_unknown: ClassVar[bool] = False
    sites: ClassVar[tuple[str, ...]] = ()
    window_by_default: ClassVar[float | None] = None
    timeless: ClassVar[bool] = False
    Query: ClassVar[type[Inputs]]
    Row: ClassVar[type[Columns]]
    Slot: ClassVar[type[Columns] | None] = None
    Totals: ClassVar[type[Columns] | None] = None

    def __init__(self, account: Account, limits: Limits | None = None) -> None:
        super().__init__(account)
        self.limit = limits or self.limits
        # Hears of pages, where these are all that there is to hear of.
        self.progress: Progress | None = None

    @abstractmethod
    def call(self, want: Any, part: Part) -> Any:
        """The data of one call as the vendor sent them, without their envelope."""

    @abstractmethod
    def under(self) -> str:
        """The key of the vendor's answer that the data of a call stand under; empty where they are all of it."""

    @classmethod
    def told_by(cls) -> list[str]:
        """The keys of which an answer has one at least, or else it says nothing: lists, and what it tells of them."""
        told = [column.wire.partition(".")[0] for group in (cls.Row, cls.Totals) for column in columns(group).values()]
        return list(dict.fromkeys((*cls.shape.keys(), *told)))

    def shaped(self, data: Any) -> Any:
        """The same data in the shape that is declared, for a report whose vendor has them in another.

        Raises:
            MisreadError: something in them is not what the vendor documents.
        """
        return data

    @abstractmethod
    def time_of(self, label: str, length: int, zone: int) -> int:
        """The start of the slot that a label names, in unix seconds; `zone` is that of the question, in seconds."""

    def tidy(self, key: Key) -> Key:
        """A row's names in our form."""
        return key

    def mended(self, series: Series, cuts: Container[int] = ()) -> Series:
        """A row's slots in order, each once. `cuts` are the moments where the windows of two calls meet."""
        return series.in_order()

    @classmethod
    def inputs(cls) -> type[Inputs]:
        """What can be asked."""
        return cls.Query

    @classmethod
    @cache
    def output(cls) -> type[BaseModel]:
        """What is answered, made from the declared columns."""
        name = cls.name()[0].upper() + cls.name()[1:]
        fields: dict[str, Any] = {}
        row_fields: dict[str, Any] = {}
        if cls.Slot is not None:
            time = (Time, prop("Start of the slot, RFC 3339."))
            slot = _group(f"{name}Slot", "One slot of time.", {"time": time}, cls.Slot)
            row_fields["series"] = (list[slot], prop("The slots in order of time; one without data is not there."))  # type: ignore[valid-type]
            if cls.shape.whole and cls.shape.rows:
                doc = "All rows together, slot by slot, where the report is split into rows."
                fields["series"] = (list[slot] | None, prop(doc, default=None))  # type: ignore[valid-type]
        row = _group(f"{name}Row", "One row, told apart by what it is about.", {}, cls.Row, row_fields)
        rows = (list[row], prop("The rows, in a stable order."))  # type: ignore[valid-type]
        if not cls.timeless:
            doc = "From when on the numbers may still change, RFC 3339; absent where the window is older than that."
            fields["settling_from"] = (Time | None, prop(doc, default=None))
        if cls.names_things():
            doc = "What was asked for by name and is in no row: mistyped, not the account's, or without data."
            fields["missing"] = (list[str] | None, prop(doc, default=None))
        return _group(f"{name}Result", "The answer of the report.", {"rows": rows}, cls.Totals, fields)

    @classmethod
    def source(cls) -> str:
        """The vendor's action and its path."""
        return f"{cls.action} ({cls.path})" if cls.path != "/" else cls.action

    @classmethod
    def notes(cls) -> list[str]:
        """What one call takes, and what its numbers are worth."""
        limits, told = cls.limits, []
        takes = [f"{most} {tr(name.replace('_', ' '))}" for name, most in limits.each.items()]
        if isinstance(limits.window, (int, float)):
            takes.insert(0, span(limits.window))
        if takes:
            told.append(
                tr("One call takes {most}; more is split into several.", most=closed_up(tr(" and ").join(takes)))
            )
        if callable(limits.window):
            told.append(
                tr("How long a window one call takes depends on the query; a longer one is split into several.")
            )
        if cls.keeps_order and limits.window is not None:
            longest = span(limits.window)  # type: ignore[arg-type]
            told = [tr("The window is at most {longest}, for a ranking cannot be put together.", longest=longest)]
        if limits.history is not None:
            told.append(tr("Data is kept for {history}.", history=span(limits.history)))
        if limits.delay:
            told.append(tr("Numbers of the last {delay} may still change.", delay=span(limits.delay)))
        if not cls.timeless and (cls.whole or cls.Slot is not None):
            told.append(tr(ENDS[cls.whole]))
        if cls.drops_unknown:
            told.append(tr("The platform leaves unknown domains out in silence."))
        if cls.window_by_default is not None:
            told.append(tr("Without a window, the newest {window}.", window=span(cls.window_by_default)))
        return told + cls.of_sites()

    @classmethod
    def of_sites(cls) -> list[str]:
        """Where it can be asked for, if not on every site of its vendor."""
        if cls.sites and len(cls.sites) < len(SITES):
            return [tr("On the site {sites} only.", sites=tr(" and ").join(cls.sites))]
        return []

    @classmethod
    def sentence(cls) -> str:
        """What it is about, in one sentence."""
        return inspect.cleandoc(cls.__doc__ or "").partition("\n")[0]

    @classmethod
    def names_things(cls) -> bool:
        """Whether a query names domains, or what is below them, that rows may lack."""
        return any(name in cls.Query.model_fields for name in NAMED)

    @classmethod
    def has_series(cls) -> bool:
        """Whether its rows have slots of time."""
        return cls.Slot is not None

    def splits_time(self) -> bool:
        """Whether a window longer than one call takes can be put together from several."""
        return not self.keeps_order

    @classmethod
    def slot_word(cls, asked: Mapping[str, Any]) -> str:
        """The word for the length of a slot, as it is asked for or else by default; empty where there are no slots."""
        field = cls.Query.model_fields.get("interval")
        return str(asked.get("interval") or (field.default if field else cls.interval))

    def slot_length(self, want: Any) -> int:
        """The length of a slot in seconds; 0 where the report has none."""
        word = self.slot_word({"interval": getattr(want, "interval", None)})
        return SECONDS[word] if word else 0

    def zone(self, want: Any) -> int:
        """The zone whose days are meant, in seconds east of UTC."""
        offset = getattr(want, "time_zone", None)
        return offset_seconds(offset) if offset else ZONE_SECONDS

    def grid(self, want: Any) -> int:
        """What a window begins and ends with: the length of a slot, or of days or hours, in seconds."""
        return SECONDS[self.whole] if self.whole else self.slot_length(want) or 1

    def window(self, want: Any) -> Window | None:
        """The window of the query, from the first slot that begins in it; None for a report that knows none."""
        if self.timeless:
            return None
        now = self.account.clock.now()
        end = unix(want.end_time) if want.end_time else int(now)
        start = unix(want.start_time) if want.start_time else end - int(self.window_by_default or 0)
        grid, zone = self.grid(want), self.zone(want)
        if not want.end_time and self.whole:
            end = up_to_slot(end, grid, zone)
            start = end - int(self.window_by_default or 0)
        # A call about the future alone would be refused, and there is nothing to tell of it anyway.
        return Window(up_to_slot(start, grid, zone), min(up_to_slot(end, grid, zone), up_to_slot(now, grid, zone)))

    def chunks(self, want: Any) -> list[Values]:
        """The values of words that need several calls, by Python name."""
        return chunks({name: getattr(want, name, None) or [] for name in self.limit.each}, self.limit.each)

    def columns_of(self, want: Any) -> dict[str, Column]:
        """The columns of a slot that are answered for this query.

        A bandwidth of longer slots may be a peak of each call's domains, and these cannot be added.
        """
        active = {name: column for name, column in columns(self.Slot).items() if column.active(want)}
        if self.slot_length(want) <= SECONDS["5m"] or not self.adds_domains(want):
            return active
        addable = {name: column for name, column in active.items() if column.fold is not Fold.RATE}
        return addable or active

    def rows_expected(self, want: Any, values: Values) -> int:
        """About how many rows one call answers, from what it names and what there usually is of the rest."""
        rows = 1
        grouped = getattr(want, "group_by", None) or []
        for column in names_of(type(self)):
            named = values.get(f"{column.name}s") or getattr(want, f"{column.name}s", None)
            if "group_by" not in type(want).model_fields or column.name in grouped:
                rows *= len(named) if named else USUAL_ROWS.get(column.name, 1)
        return rows

    def adds_domains(self, want: Any) -> bool:
        """Whether the query takes groups of domains whose rows have to be added to each other."""
        return len(self.chunks(want)) > 1 and not self.tells_apart(want)

    def tells_apart(self, want: Any) -> bool:
        """Whether the groups of split values answer different rows, so that nothing has to be added."""
        if "domain" not in columns(self.Row):
            return False
        return "group_by" not in type(want).model_fields or "domain" in (want.group_by or [])

    def settling_from(self, want: Any) -> str | None:
        """From when on the newest slots may still change, if the window reaches that far."""
        window = self.window(want)
        since = self.settled_until(want, self.account.clock.now())
        if window is None or window.end <= since:
            return None
        zone = self.zone(want)
        return rfc3339(max(window.start, down_to_slot(since, self.slot_length(want) or 1, zone)), zone)

    def settled_until(self, want: Any, now: float) -> float:
        """Up to when slots do not change any more."""
        return now - self.limit.delay


def _group(
    name: str,
    doc: str,
    first: Mapping[str, Any],
    declared: type[Columns] | None,
    last: Mapping[str, Any] | None = None,
) -> type[BaseModel]:
    own = {} if declared is None else {key: (field.annotation, field) for key, field in declared.model_fields.items()}
    fields: dict[str, Any] = {**first, **own, **(last or {})}
    return create_model(name, __base__=State, __doc__=doc, **fields)


def names_of(report: type[Declared]) -> Sequence[Column]:
    """The dimensions of its rows."""
    return [column for column in columns(report.Row).values() if column.fold is Fold.NAME]
