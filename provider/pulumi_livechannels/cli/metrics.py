"""What the exporter tells: the newest settled slot of each report, under names and in units as Prometheus has them."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic.alias_generators import to_snake

from ..core.asking import ask
from ..core.asking import question as checked
from ..core.check import require
from ..core.fields import choices, properties
from ..core.reporting.columns import Column, columns
from ..core.reporting.declared import names_of
from ..core.reporting.slots import SECONDS, down_to_slot, minutes, rfc3339, unix
from ..ground.allowance import Allowance
from ..ground.clock import Clock
from ..ground.errors import InputError, LiveChannelsError, VendorError
from ..ground.limiter import WINDOW_SECONDS
from ..vendors.volcengine.codes import CODES as VOLCENGINE_CODES
from ..vendors.wangsu.codes import CODES as WANGSU_CODES
from .units import base_unit

if TYPE_CHECKING:
    from ..core.account import Account
    from ..core.reporting.report import Report

PREFIX = "livechannels"
_LEAST_PAUSE = minutes(1)
_LOOK_BACK = minutes(15)
_SLOTS_BACK = 3
# Finer than any unit, coarser than what multiplying adds.
_DIGITS = 9
_OTHER = "other"
# Names a push, of which each is a new one: as a label, it would make a new series of every reconnect.
_PUSH = "session_id"


class OwnCalls(Allowance):
    """Counts the calls to Wangsu that this process makes, and lets each of them pass."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(0)
        self._clock = clock
        self._made: deque[float] = deque()
        self._counting = threading.Lock()

    def take(self) -> None:
        """Count a call that is about to be made."""
        with self._counting:
            self._forget()
            self._made.append(self._clock.monotonic())

    def of_late(self) -> int:
        """How many there were in the length of the vendor's window."""
        with self._counting:
            self._forget()
            return len(self._made)

    def _forget(self) -> None:
        while self._made and self._made[0] <= self._clock.monotonic() - WINDOW_SECONDS:
            self._made.popleft()


@dataclass(frozen=True)
class Value:
    """A column's value in the newest settled slot, of one row."""

    column: Column
    labels: Mapping[str, str]
    number: float


@dataclass
class Watched:
    """A report that is asked again and again: what of, when next, and what it told last."""

    kind: type[Report]
    words: dict[str, Any]
    due: float = 0
    up: bool = False
    slot: int | None = None
    values: list[Value] = field(default_factory=list)

    def is_late(self, now: float) -> bool:
        """Whether it should have told something newer by now: its call waits, or hangs."""
        return now >= self.due + _LEAST_PAUSE


class Exporter(Collector):
    """Asks reports as often as there is something new, and hands Prometheus what they told last.

    Raises:
        InputError: a report cannot be asked so.
    """

    def __init__(
        self,
        account: Account,
        own: OwnCalls,
        kinds: Iterable[type[Report]],
        domains: Sequence[str] = (),
        streams: Sequence[str] = (),
    ) -> None:
        self._account = account
        self._own = own
        self._lock = threading.Lock()
        self._errors: Counter[tuple[str, str, str]] = Counter()
        self.watched = [Watched(kind, question(kind, domains, streams)) for kind in kinds]
        for each in self.watched:
            self._check(each)

    def refresh(self) -> float:
        """Ask every report that is due, and answer after how many seconds the next one will be."""
        return min(self.refresh_one(each) for each in self.watched)

    def refresh_one(self, each: Watched) -> float:
        """The same of one report. Reports may be asked side by side, each by a thread of its own."""
        if each.due <= self._account.clock.monotonic():
            self._ask(each)
        return max(0.0, each.due - self._account.clock.monotonic())

    def describe(self) -> list[Metric]:
        """Nothing, for what there is to tell depends on the answers."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Everything, as of the last answers."""
        with self._lock:
            told = list(self._values())
            told += [*self._about_reports(), *self._about_budget()]
        yield from told

    def _ask(self, each: Watched) -> None:
        now = self._account.clock.now()
        slot: int | None = None
        values: list[Value] = []
        try:
            inputs, length = self._inputs(each, now)
            answer = ask(self._account, each.kind, inputs)
            slot, values = newest(each.kind, answer, unix(inputs["endTime"]) - length, inputs)
            error = None
        except LiveChannelsError as failed:
            error, length = failed, 0
        with self._lock:
            each.due = self._account.clock.monotonic() + max(_LEAST_PAUSE, length)
            each.up, each.slot, each.values = error is None, slot, values
            if error is not None:
                code = error.code if isinstance(error, VendorError) else ""
                # A code may be any text of the vendor's, and each new one would be a series of its own.
                code = code if not code or code in WANGSU_CODES or code in VOLCENGINE_CODES else _OTHER
                self._errors[each.kind.name(), type(error).__name__, code] += 1

    def _inputs(self, each: Watched, now: float) -> tuple[dict[str, Any], int]:
        """What to ask: some settled slots, of which the last one is told; and how long one is."""
        report = each.kind(self._account)
        anything = {"startTime": rfc3339(now - 60), "endTime": rfc3339(now)}
        want = require(each.kind.inputs(), {**each.words, **anything}, None, now)
        length = report.slot_length(want) or 1
        whole = max(length, SECONDS[report.whole] if report.whole else 0)
        end = down_to_slot(report.settled_until(want, now), whole)
        back = max(_SLOTS_BACK * whole, _LOOK_BACK // whole * whole)
        return {**each.words, "startTime": rfc3339(end - back), "endTime": rfc3339(end)}, length

    def _check(self, each: Watched) -> None:
        try:
            inputs, _ = self._inputs(each, self._account.clock.now())
            checked(self._account, each.kind, inputs)
        except InputError as error:
            error.operation = each.kind.name()
            raise

    def _values(self) -> Iterator[Metric]:
        now = self._account.clock.monotonic()
        for each in self.watched:
            if each.is_late(now):
                continue
            families: dict[str, GaugeMetricFamily] = {}
            for value in each.values:
                name, scale = metric_of(each.kind, value.column)
                if name not in families:
                    labels = list(value.labels)
                    families[name] = GaugeMetricFamily(name, _help(each.kind, value.column, scale), labels=labels)
                families[name].add_metric(list(value.labels.values()), round(value.number * scale, _DIGITS))
            yield from families.values()

    def _about_reports(self) -> Iterator[Metric]:
        up = GaugeMetricFamily(f"{PREFIX}_report_up", "1 if the report was answered when last due.", labels=["report"])
        slot = GaugeMetricFamily(
            f"{PREFIX}_report_slot_timestamp_seconds",
            "When the slot of the report's values begins, in unix time.",
            labels=["report"],
        )
        errors = CounterMetricFamily(
            f"{PREFIX}_report_errors",
            "How often a report was not answered, by kind of error and the vendor's code.",
            labels=["report", "error", "code"],
        )
        now = self._account.clock.monotonic()
        for each in self.watched:
            name = each.kind.name()
            is_late = each.is_late(now)
            up.add_metric([name], float(each.up and not is_late))
            if each.slot is not None and not is_late:
                slot.add_metric([name], each.slot)
        for labels, number in self._errors.items():
            errors.add_metric(labels, number)
        yield from (up, slot, errors)

    def _about_budget(self) -> Iterator[Metric]:
        """The account's budget at Wangsu: how large, how much of it is used by all, and how much by this process."""
        calls = self._account.settings.calls_per_five_minutes
        if not calls or not any(each.kind.vendor == "wangsu" for each in self.watched):
            return
        own = self._own.of_late()
        told = {
            "calls": ("Calls that the account may make in 5 minutes.", calls),
            "used_calls": (
                "Calls of the last 5 minutes, of all who share the budget.",
                self._account.budget.used() or 0,
            ),
            "own_calls": ("Calls of the last 5 minutes that this exporter made.", own),
            "own_share_ratio": ("The part of the budget that this exporter uses, 0 to 1.", own / calls),
        }
        for name, (about, number) in told.items():
            yield GaugeMetricFamily(f"{PREFIX}_budget_{name}", about, value=number)


def metric_of(kind: type[Report], column: Column) -> tuple[str, float]:
    """What a column is called, its base unit last, and what its values are multiplied with."""
    unit = base_unit(column.name)
    words = [PREFIX, to_snake(kind.name()).removeprefix("get_"), column.name.rpartition("_")[0], unit.name]
    return "_".join(word for word in words if word), unit.scale


def _help(kind: type[Report], column: Column, scale: float) -> str:
    times = "" if scale == 1 else f" times {scale:g}"
    return f"{kind.sentence()} Newest settled slot: {kind.name()} {column.key}{times}."


def question(kind: type[Report], domains: Sequence[str], streams: Sequence[str]) -> dict[str, Any]:
    """What a report is asked, the window aside: the domains or streams that it takes, told apart, in short slots."""
    declared = properties(kind.inputs())
    words: dict[str, Any] = {}
    if streams and "streams" in declared:
        words["streams"] = list(streams)
    elif domains and "domains" in declared:
        words["domains"] = list(domains)
    groups = choices(declared["groupBy"].annotation) if "groupBy" in declared else ()
    # What is listed alone Volcengine does not tell apart, and need not.
    if "domain" in groups and (kind.vendor == "wangsu" or len(words.get("domains", [])) > 1):
        words["groupBy"] = ["domain"]
    if "interval" in declared and declared["interval"].default == "1d":
        words["interval"] = "5m"
    return words


def newest(
    kind: type[Report], answer: Mapping[str, Any], last: int, asked: Mapping[str, Any]
) -> tuple[int | None, list[Value]]:
    """The newest slot that begins at `last` or before, and what the rows have in it; a row without it has a gap."""
    rows = [(row, {unix(slot["time"]): slot for slot in row["series"]}) for row in answer["rows"]]
    slot = max((time for _, slots in rows for time in slots if time <= last), default=None)
    if slot is None:
        return None, []
    told = [name for name in names_of(kind) if any(row.get(name.key) is not None for row, _ in rows)]
    names = [name for name in told if name.name != _PUSH]
    alone = asked["domains"][0] if len(asked.get("domains", [])) == 1 else None
    values: dict[tuple[str, ...], list[Value]] = {}
    for row, slots in sorted(rows, key=lambda each: _pushed(each[1].get(slot, {}))):
        if slot not in slots:
            continue
        labels = {name.name: str(row.get(name.key, "")) for name in names}
        if alone and "domain" not in labels:
            labels = {"domain": alone, **labels}
        # Of several pushes of a stream, the newest tells.
        values[tuple(labels.values())] = [
            Value(column, labels, number)
            for column in columns(kind.Slot).values()
            if isinstance(number := slots[slot].get(column.key), (int, float)) and not isinstance(number, bool)
        ]
    return slot, [value for of_row in values.values() for value in of_row]


def _pushed(slot: Mapping[str, Any]) -> int:
    """When the push of a slot began; 0 where that is not told."""
    return unix(slot["pushStartTime"]) if slot.get("pushStartTime") else 0
