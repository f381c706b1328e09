"""What functions answer in Python: the core's dictionaries under Python names, by attribute or by key."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from ..core.fields import properties
from ..core.function import element


class Record(Mapping[str, Any]):
    """A read-only group of values, as `model` declares them: `record.rows` is `record["rows"]`.

    An attribute that is declared and absent is None. A value may be called `items`, so use the names, not the methods
    of a mapping, to reach what is in it.
    """

    def __init__(self, values: Mapping[str, Any], model: type[BaseModel]) -> None:
        self.__dict__["_values"] = values
        self.__dict__["_declared"] = {item.name: item for item in properties(model).values()}
        if "items" in values:
            self.__dict__["items"] = self["items"]

    def __getitem__(self, name: str) -> Any:
        item = self._declared[name]
        return _seen(self._values[item.key], element(item.annotation))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._declared:
            near = difflib.get_close_matches(name, self._declared, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(self._declared)}."
            raise AttributeError(f"there is no {name} in this answer: {hint}")
        return self[name] if self._declared[name].key in self._values else None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("an answer cannot be changed")

    def __iter__(self) -> Iterator[str]:
        return (name for name, item in self._declared.items() if item.key in self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and bool(self._values == other._values)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={self[name]!r}' for name in self)})"


def _seen(value: Any, model: type[BaseModel] | None) -> Any:
    if isinstance(value, list):
        return [_seen(item, model) for item in value]
    return value if model is None else Record(value, model)
