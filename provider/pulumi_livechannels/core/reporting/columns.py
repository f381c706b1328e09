"""How a report declares what it answers: a column for each field, with its unit in the name and its way to be merged.

A column's wire name is looked up in the item that the row was made from; a dimension's also in the items around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeAlias, cast

from pydantic import BaseModel

from ..fields import Model, prop, properties


class Fold(Enum):
    """What becomes of a column's values when several calls tell of the same thing."""

    NAME = "name"
    """Tells rows apart."""
    SUM = "sum"
    """Adds up, over time and over domains."""
    RATE = "rate"
    """Adds up over domains as long as it is an average; a coarser slot may hold a peak instead."""
    GAUGE = "gauge"
    """Belongs to its slot and its row and can be put together with nothing."""
    LARGEST = "largest"
    """The largest of the parts."""
    WHEN = "when"
    """The slot of the largest."""
    MEAN = "mean"
    """The mean of the slots."""
    SHARE = "share"
    """The share among rows, in percent."""


@dataclass(frozen=True)
class Column:
    """One column: its wire name, how it folds, and on what.

    Attributes:
        of: the slot column that a total is computed from, or the total that a share is a part of.
        when: the query word and its value for which the vendor answers this column.
        digits: decimals to round a computed value to.
        moment: that it is a time, in one of the vendors' forms.
        within: for a share, the names of the rows that make the whole.
    """

    name: str
    key: str
    wire: str
    fold: Fold
    of: str | None
    when: tuple[str, str] | None
    whole: bool
    text: bool
    flag: bool
    digits: int
    moment: bool
    within: tuple[str, ...]

    def active(self, want: Any) -> bool:
        """Whether the vendor answers it for this query."""
        return self.when is None or getattr(want, self.when[0]) == self.when[1]


_Declared: TypeAlias = "tuple[str, Fold, str | None, tuple[str, str] | None, int, bool, tuple[str, ...]]"


class Columns(Model):
    """A group of columns: those of a row, of a slot, or of the whole answer."""


def _column(
    wire: str,
    doc: str,
    fold: Fold,
    *,
    of: str | None = None,
    when: tuple[str, str] | None = None,
    digits: int = 6,
    moment: bool = False,
    within: tuple[str, ...] = (),
) -> Any:
    field = prop(doc, default=None)
    field.json_schema_extra["column"] = (wire, fold, of, when, digits, moment, within)
    if moment or fold is Fold.WHEN:
        field.metadata.append("instant")
    return field


def dimension(wire: str, doc: str) -> Any:
    """What a row is about. Absent where the report merges it."""
    return _column(wire, doc, Fold.NAME)


def amount(wire: str, doc: str, *, when: tuple[str, str] | None = None, digits: int = 2) -> Any:
    """A quantity of a slot, or of a row without slots, that adds up."""
    return _column(wire, doc, Fold.SUM, when=when, digits=digits)


def rate(wire: str, doc: str, *, when: tuple[str, str] | None = None, digits: int = 2) -> Any:
    """A bandwidth of a slot, which adds up over domains while it is an average."""
    return _column(wire, doc, Fold.RATE, when=when, digits=digits)


def gauge(wire: str, doc: str, *, when: tuple[str, str] | None = None) -> Any:
    """A value or a text of a slot or a row that can be put together with no other."""
    return _column(wire, doc, Fold.GAUGE, when=when)


def moment(wire: str, doc: str) -> Any:
    """A time that belongs to its slot or its row."""
    return _column(wire, doc, Fold.GAUGE, moment=True)


def total(wire: str, doc: str, *, of: str | None = None, digits: int = 2) -> Any:
    """A sum, of a column of the slots where there is one."""
    return _column(wire, doc, Fold.SUM, of=of, digits=digits)


def peak(wire: str, doc: str, *, of: str | None = None, digits: int = 2) -> Any:
    """The largest, of a column of the slots where there is one."""
    return _column(wire, doc, Fold.LARGEST, of=of, digits=digits)


def peak_time(wire: str, doc: str, *, of: str) -> Any:
    """When a column of the slots was largest: as the vendor tells it, or the end of that slot."""
    return _column(wire, doc, Fold.WHEN, of=of)


def average(wire: str, doc: str, *, of: str, digits: int = 4) -> Any:
    """The mean of a column over the slots."""
    return _column(wire, doc, Fold.MEAN, of=of, digits=digits)


def share(wire: str, doc: str, *, of: str, within: tuple[str, ...], digits: int = 2) -> Any:
    """The share of a row's total among the rows that have the names of `within` in common, in percent."""
    return _column(wire, doc, Fold.SHARE, of=of, within=within, digits=digits)


@cache
def columns(model: type[BaseModel] | None) -> Mapping[str, Column]:
    """The columns of a group, by their Python name; those that the vendor does not send are left out."""
    if model is None:
        return {}
    declared = {item.name: item for item in properties(model).values()}
    found = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or "column" not in extra:
            continue
        wire, fold, of, when, digits, is_moment, within = cast("_Declared", extra["column"])
        kind = str(field.annotation)
        found[name] = Column(
            name=name,
            key=declared[name].key,
            wire=wire,
            fold=fold,
            of=of,
            when=when,
            whole="int" in kind,
            text="str" in kind or "bool" in kind,
            flag="bool" in kind,
            digits=digits,
            moment=is_moment,
            within=within,
        )
    return found
