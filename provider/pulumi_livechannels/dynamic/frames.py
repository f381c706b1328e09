"""Answers as data frames: which lines and columns an answer has is told by its model, and times are real ones.

pandas comes with an extra, and is loaded when the first frame is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from ..core.fields import Property, by_name
from ..core.function import element
from ..core.reporting.columns import Fold, columns
from ..core.values.times import VENDOR_ZONE, moment
from ..ground.errors import ConfigurationError
from ..ground.language import tr
from .plain import plain

if TYPE_CHECKING:
    from pandas import DataFrame

_LISTS = ("rows", "items")
_SERIES = "series"


def frame(values: Mapping[str, Any], model: type[BaseModel]) -> DataFrame:
    """The frame of an answer, or of a part of one, in Python names.

    Raises:
        ConfigurationError: pandas is not there.
    """
    try:
        import pandas
    except ModuleNotFoundError:
        raise plain(
            ConfigurationError(
                tr("a data frame needs pandas"),
                next_step=tr("pip install 'pulumi-livechannels[dataframe]' and run again."),
            )
        ) from None
    declared, lines = _table(values, model)
    made = pandas.DataFrame(lines, columns=[item.name for item in declared])
    for name in [item.name for item in declared if item.is_instant]:
        try:
            times = [line.get(name) and moment(line[name]) for line in lines]
        except ValueError:
            # The vendor has written it in a form of its own.
            continue
        zone = next((time.tzinfo for time in times if time), VENDOR_ZONE)
        made[name] = (
            pandas.to_datetime(pandas.Series(times, dtype=object), utc=True).dt.tz_convert(zone).dt.as_unit("us")
        )
    return made


def _table(values: Mapping[str, Any], model: type[BaseModel]) -> tuple[list[Property], list[Any]]:
    """The columns and the lines: one for each slot, else for each row or item, else one for all."""
    declared, parts = by_name(model), [values]
    for name in _LISTS:
        if name in declared:
            parts, model = values[name], _inside(declared[name])
            declared = by_name(model)
    if _SERIES not in declared:
        return list(declared.values()), parts
    # What a row adds up to would stand on each of its lines, and be added up once more.
    kinds = columns(model).values()
    about = [column.name for column in kinds if column.fold is Fold.NAME or (column.fold is Fold.GAUGE and column.text)]
    named = [{name: part.get(name) for name in about} for part in parts]
    lines = [{**names, **slot} for names, part in zip(named, parts, strict=True) for slot in part[_SERIES]]
    slots = by_name(_inside(declared[_SERIES]))
    return [*(declared[name] for name in about), *slots.values()], lines


def _inside(item: Property) -> type[BaseModel]:
    return cast("type[BaseModel]", element(item.annotation))
