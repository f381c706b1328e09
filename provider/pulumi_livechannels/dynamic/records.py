"""What functions answer in Python: the core's dictionaries under Python names, by attribute or by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic.alias_generators import to_camel, to_snake


class Record(Mapping[str, Any]):
    """A read-only group of values: `record.rows` is `record["rows"]`, and an attribute that is absent is None.

    A value may be called `items`, so use the names, not the methods of a mapping, to reach what is in it.
    """

    def __init__(self, values: Mapping[str, Any], known: frozenset[str] = frozenset()) -> None:
        self.__dict__["_values"] = values
        self.__dict__["_known"] = known
        if "items" in values:
            self.__dict__["items"] = _seen(values["items"])

    def __getitem__(self, name: str) -> Any:
        return _seen(self._values[to_camel(name)])

    def __getattr__(self, name: str) -> Any:
        key = to_camel(name)
        if key in self._values:
            return _seen(self._values[key])
        if name.startswith("_") or (self._known and key not in self._known):
            raise AttributeError(f"there is no {name} in this answer")
        return None

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError("an answer cannot be changed")

    def __iter__(self) -> Iterator[str]:
        return (to_snake(key) for key in self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and bool(self._values == other._values)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={self[name]!r}' for name in self)})"


def _seen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return Record(value)
    if isinstance(value, list):
        return [_seen(item) for item in value]
    return value
