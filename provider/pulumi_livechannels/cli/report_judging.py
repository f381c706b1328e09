"""`--top N` and `--fail-if CONDITION`: the rows that matter most, and those that must not be as they are."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import inf
from typing import TYPE_CHECKING, Any

from ..core.reporting.flat import Table
from ..core.reporting.quantities import measures, summary
from ..core.reporting.rows import Rows
from ..core.reporting.running import Answer
from ..core.reporting.table import Key
from ..ground.hints import did_you_mean
from ..ground.language import apart, said_of, tr
from .report_window import misused
from .session import say

if TYPE_CHECKING:
    from ..core.reporting.report import Report

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
}
_CONDITION = re.compile(r"\s*([A-Za-z]\w*)\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*", re.ASCII)
_CHANGES = {"Change": "change", "ChangePercent": "changePercent"}
_SAID = 10


@dataclass(frozen=True)
class Condition:
    """What a quantity must not be."""

    text: str
    quantity: str
    compare: Callable[[float, float], bool]
    bound: float


def conditions(kind: type[Report], texts: Sequence[str], *, compared: bool) -> list[Condition]:
    """The conditions that were typed; a mistake ends the command."""
    known = [column.key for column in measures(kind)]
    if compared:
        known += [f"{key}{change}" for key in known for change in _CHANGES]
    return [_condition(text, known) for text in texts]


def _condition(text: str, known: Sequence[str]) -> Condition:
    parts = _CONDITION.fullmatch(text)
    if parts is None:
        misused(
            tr(
                "--fail-if must be like 'peakBandwidthMbps>800', with one of > >= < <= == !=, but is {text!r}",
                text=text,
            )
        )
    name, sign, bound = parts.groups()
    if name not in known:
        hint = did_you_mean(name, known, tr("there is {names}", names=_listed(known)))
        misused(tr("--fail-if knows no {name}: {hint}", name=name, hint=hint))
    return Condition(text.strip(), name, _OPERATORS[sign], float(bound))


def _listed(known: Sequence[str]) -> str:
    return ", ".join(known) or tr("nothing to compare in this report")


def violated(found: Sequence[Condition], tables: Sequence[Table]) -> bool:
    """Whether any line of the tables is as it must not be; each is said, and so is what cannot be judged."""
    hits: dict[Condition, list[str]] = {condition: [] for condition in found}
    judged = set()
    for name, values in (line for table in tables for line in _named(table)):
        for condition in found:
            value = values.get(condition.quantity)
            if value is not None:
                judged.add(condition)
                if condition.compare(value, condition.bound):
                    hits[condition].append(said_of(name, f"{value:,}"))
    for condition, lines in hits.items():
        if condition not in judged:
            text = tr("nothing tells {quantity}, so this was not judged", quantity=condition.quantity)
            say(said_of(f"--fail-if {condition.text}", text))
        if lines:
            more = [tr("and {more:,} more", more=len(lines) - _SAID)] if len(lines) > _SAID else []
            say(said_of(condition.text, apart(*lines[:_SAID], *more)))
    return any(hits.values())


def _named(table: Table) -> Iterator[tuple[str, dict[str, Any]]]:
    """The lines of a table of a line a block, by what they are about."""
    for block in table.blocks():
        values_of = [*block.common, *(cells[0] for cells in block.cells)]
        line = dict(zip((head.key for head in table.heads), values_of, strict=True))
        about = [str(value) for value in block.common if isinstance(value, str)]
        if "quantity" in line:
            quantity = line["quantity"]
            values = {f"{quantity}{name}": line[key] for name, key in {"": "value", **_CHANGES}.items()}
            yield ", ".join(word for word in about if word != quantity) or tr("all"), values
        else:
            yield ", ".join(about) or tr("all"), line


def largest(answer: Answer, number: int) -> Answer:
    """The rows that come to most of the first quantity that there is, in that order; of a ranking the first ones."""
    report = answer.report
    if report.keeps_order:
        keys, by = list(answer.by_key)[:number], tr("as the platform ranks them")
    else:
        told = {key: summary(report, row) for key, row in answer.rows}
        names = [column.key for column in measures(report)]
        name = next((name for name in names if any(values.get(name) is not None for values in told.values())), "")
        keys = nlargest(number, told, key=lambda key: _weight(told[key], name))
        by = tr("by {quantity}", quantity=name) if name else tr("in their order, for nothing in them can be compared")
    if len(keys) < len(answer.by_key):
        say(tr("the {shown:,} largest of {all:,} rows, {by}", shown=len(keys), all=len(answer.by_key), by=by))
    return only(answer, keys)


def only(answer: Answer, keys: Iterable[Key]) -> Answer:
    """An answer with these rows alone, as far as it has them."""
    return replace(answer, by_key=Rows((key for key in keys if key in answer.by_key), answer.by_key.__getitem__))


def _weight(values: Mapping[str, Any], name: str) -> float:
    value = values.get(name)
    return -inf if value is None else float(value)
