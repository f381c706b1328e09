"""What functions answer in Python: the core's dictionaries under Python names, by attribute or by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..core.fields import properties
from ..core.function import element
from ..ground.hints import did_you_mean

if TYPE_CHECKING:
    from pandas import DataFrame


class Record(Mapping[str, Any]):
    """A read-only group of values, as `model` declares them: `record.rows` is `record["rows"]`.

    An attribute that is declared and absent is None. A value may be called `items`, so use the names, not the methods
    of a mapping, to reach what is in it.
    """

    def __init__(self, values: Mapping[str, Any], model: type[BaseModel]) -> None:
        self.__dict__["_values"] = values
        self.__dict__["_model"] = model
        self.__dict__["_declared"] = _declared(model)
        if "items" in values:
            self.__dict__["items"] = self["items"]

    def to_dict(self) -> dict[str, Any]:
        """The values under their Python names, in plain dictionaries and lists all the way down.

        `json.dumps` takes them. Times stay RFC 3339 text, what is absent is left out, and secrets stand as they do in
        the answer.
        """
        return {name: _plain(self[name]) for name in self}

    def to_dataframe(self) -> DataFrame:
        """The answer as a frame of pandas, which the extra `dataframe` brings; the columns are always the same.

        A report has a line for each slot, with what its row is about and what the slot holds, and a line for each row
        where it has no slots; sums of rows and of the whole are left out where there are slots. A list has a line for
        each item, anything else is one line. Units are what the names end with: `_mb`, `_mbps`, `_seconds`, `_percent`.
        Times are datetimes with an offset, what is absent is missing, and what is nested is a list or a dictionary.

        Raises:
            ConfigurationError: pandas is not there.
        """
        from .frames import frame

        return frame(self.to_dict(), self._model)

    def __getitem__(self, name: str) -> Any:
        key, inside = self._declared[name]
        return _seen(self._values[key], inside)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._declared:
            hint = did_you_mean(name, self._declared, f"there are {', '.join(self._declared)}.")
            raise AttributeError(f"there is no {name} in this answer: {hint}")
        return self[name] if self._declared[name][0] in self._values else None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("an answer cannot be changed")

    def __iter__(self) -> Iterator[str]:
        return (name for name, (key, _) in self._declared.items() if key in self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and bool(self._values == other._values)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={self[name]!r}' for name in self)})"


@cache
def _declared(model: type[BaseModel]) -> Mapping[str, tuple[str, type[BaseModel] | None]]:
    """By Python name the key in an answer, and the model of what stands there."""
    return {item.name: (item.key, element(item.annotation)) for item in properties(model).values()}


def _seen(value: Any, model: type[BaseModel] | None) -> Any:
    if isinstance(value, list):
        return [_seen(item, model) for item in value]
    return value if model is None else Record(value, model)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.to_dict() if isinstance(value, Record) else value
