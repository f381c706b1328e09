"""What may stand in a report's answer: a number, a text, a time, objects. All else is an error that names the place.

Places are not kept while an answer is read, for there are millions: an error knows the object that it was found in, and
where that stands is looked for then.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from ...ground.json_text import described, place
from ...ground.language import tr
from .slots import ZONE_SECONDS, streamed, time_text

T = TypeVar("T")
Keys = tuple[str | int, ...]
NOTHING = (None, "", "-", "--")
# Far beyond what anybody counts, and sums and shares of it are still finite.
LARGEST = 1e30


class MisreadError(ValueError):
    """Something in an answer is not what the vendor documents. `keys` lead from the object `holder` to it."""

    def __init__(self, holder: Any, keys: Keys, what: str) -> None:
        super().__init__(f"{place(keys) or tr('the answer')} {what}")
        self.holder = holder
        self.keys = keys
        self.what = what

    def within(self, answer: Any, under: str) -> str:
        """The same with the way through the whole answer, whose data stand under a key."""
        outer: Keys = (under,) if under else ()
        way = _way(answer, self.holder, outer) or outer
        return str(MisreadError(None, (*way, *self.keys), self.what))


def _way(value: Any, holder: Any, keys: Keys) -> Keys | None:
    if value is holder:
        return keys
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        if isinstance(each, (dict, list)):
            found = _way(each, holder, (*keys, key))
            if found is not None:
                return found
    return None


def at(holder: Mapping[str, Any], key: str, read: Callable[[Any], T]) -> T:
    """What stands under a key of an object, as `read` reads it.

    Raises:
        MisreadError: `read` raised a ValueError or an OverflowError; what it says, with the place.
    """
    return reading(holder, key, holder.get(key), read)


def reading(holder: Mapping[str, Any], path: str, value: Any, read: Callable[[Any], T]) -> T:
    """The same for a value that was found already, be it deeper in the object; `path` are keys joined by dots."""
    try:
        return read(value)
    except MisreadError:
        raise
    except (ValueError, OverflowError) as wrong:
        raise MisreadError(holder, tuple(path.split(".")), str(wrong)) from None


def number(value: Any) -> float:
    """A number, which the vendors also write as text.

    Raises:
        ValueError: it is none, or none that could be counted with.
    """
    try:
        if not isinstance(value, bool):
            found = float(value)
            if -LARGEST <= found <= LARGEST:
                return found
    except (TypeError, ValueError, OverflowError):
        pass
    raise ValueError(tr("is no number: {value}", value=described(value)))


def text(value: Any) -> str:
    """A text, or a number as text.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    raise ValueError(tr("is no text: {value}", value=described(value)))


def flag(value: Any) -> bool:
    """True or false.

    Raises:
        ValueError: it is neither.
    """
    if isinstance(value, bool):
        return value
    raise ValueError(tr("is neither true nor false: {value}", value=described(value)))


def second(value: Any, second_of: Callable[[str], int]) -> int:
    """The unix second of a time, as `second_of` reads its text.

    Raises:
        ValueError: it is no time, or one that nobody streamed in.
    """
    try:
        return streamed(second_of(text(value)))
    except (ValueError, OverflowError):
        raise ValueError(tr("is no time: {value}", value=described(value))) from None


def when(value: Any, zone: int = ZONE_SECONDS) -> str | None:
    """RFC 3339 of a time in one of the vendors' forms; 0 is none. A text without an offset is of the zone, in seconds.

    Raises:
        ValueError: it is no time, or one that nobody streamed in.
    """
    try:
        return time_text(text(value), zone) or None
    except (ValueError, OverflowError):
        raise ValueError(tr("is no time: {value}", value=described(value))) from None


def require_said(data: Any, keys: Collection[str], *, null: bool = False) -> None:
    """Return unless nothing is told: an answer without a number is no traffic, and one without any field says nothing.

    Each item of the data has to have one of the keys; with `null` it may stand there empty.

    Raises:
        MisreadError: there are no data, or none of the keys is in one of them.
    """
    if data == "":
        raise MisreadError(data, (), tr("tells nothing: {value}", value=described(data)))
    for item in listed(data, data, ()):
        if not any(key in item if null else item.get(key) is not None for key in keys):
            raise MisreadError(item, (), tr("tells nothing: none of {keys} is in it", keys=", ".join(keys)))


def objects(holder: Any, key: str) -> list[dict[str, Any]]:
    """The objects of a list under a key, where the vendor may leave it out or send one item alone.

    Raises:
        MisreadError: something in it is no object.
    """
    return listed(holder.get(key), holder, (key,))


def listed(value: Any, holder: Any, keys: Keys) -> list[dict[str, Any]]:
    """The same for a value that is there already, and for how to get to it."""
    many = many_of(value)
    for index, item in enumerate(many):
        if not isinstance(item, dict):
            inside = (index,) if isinstance(value, list) else ()
            raise MisreadError(holder, (*keys, *inside), tr("is no object: {value}", value=described(item)))
    return many


def many_of(value: Any) -> list[Any]:
    """A list, where the vendor may leave it out or send one item alone."""
    if value is None or value == "":
        return []
    return value if isinstance(value, list) else [value]
