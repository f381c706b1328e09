"""What functions answer in Python: the core's dictionaries under Python names, by attribute or by key."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ..core.fields import by_name
from ..core.function import element
from ..ground.hints import did_you_mean

if TYPE_CHECKING:
    from pandas import DataFrame


class Items(list[Any]):
    """A list that an answer calls `items`, which is a dictionary's method too: called, it is that."""

    def __init__(self, values: Iterable[Any], owner: Record) -> None:
        super().__init__(values)
        self._owner = owner

    def __call__(self) -> ItemsView[str, Any]:
        """The names and values of the answer."""
        return dict.items(self._owner)


class Record(dict[str, Any]):
    """A read-only group of values, as `model` declares them: `record.rows` is `record["rows"]`.

    It is a dictionary with Python names, so it can be exported, written as JSON, and handed on. An attribute that is
    declared and absent is None. `twin` is the function that has the secrets which a plain one leaves out.
    """

    def __init__(self, values: Mapping[str, Any], model: type[BaseModel], twin: str | None = None) -> None:
        declared, elements = by_name(model), _elements(model)
        super().__init__(
            (name, _seen(values[item.key], elements[name], twin))
            for name, item in declared.items()
            if item.key in values
        )
        self.__dict__.update(_model=model, _declared=declared, _twin=twin)
        if "items" in declared:
            items = Items(self.get("items") or (), self)
            super().__setitem__("items", items)
            self.__dict__["items"] = items

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

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._declared:
            hint = did_you_mean(name, self._declared, f"there are {', '.join(self._declared)}.")
            raise AttributeError(f"there is no {name} in this answer: {hint}")
        if name not in self and self._is_left_out(name):
            raise AttributeError(f"{name} is a secret, which a plain function leaves out: call {self._twin}")
        return self.get(name)

    def __missing__(self, name: str) -> Any:
        # A key that is not there says more of itself than its name, but stays a KeyError.
        if self._is_left_out(name):
            raise KeyError(f"{name} is a secret, which a plain function leaves out: call {self._twin}")
        raise KeyError(name)

    def _is_left_out(self, name: str) -> bool:
        return bool(self._twin) and name in self._declared and self._declared[name].flags.secret

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("an answer cannot be changed")

    def _refuse_name(self, *_: Any) -> Any:
        raise AttributeError("an answer cannot be changed")

    __setattr__ = __delattr__ = _refuse_name
    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __copy__(self) -> Record:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Record:
        return self

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={self[name]!r}' for name in self)})"


@cache
def _elements(model: type[BaseModel]) -> Mapping[str, type[BaseModel] | None]:
    """By Python name the model of what stands there; found out once, for a report has it in every slot."""
    return {name: element(item.annotation) for name, item in by_name(model).items()}


def _seen(value: Any, model: type[BaseModel] | None, twin: str | None) -> Any:
    if isinstance(value, list):
        return [_seen(item, model, twin) for item in value]
    return value if model is None else Record(value, model, twin)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value.to_dict() if isinstance(value, Record) else value
