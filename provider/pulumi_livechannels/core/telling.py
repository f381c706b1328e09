"""Puts a difference between the platform and a program into a sentence: both values, and secrets by name only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..ground.redact import shorten
from .fields import UNKNOWN, Inputs, Property, properties


def difference(
    model: type[Inputs], path: str, state: Mapping[str, Any], news: Mapping[str, Any], hidden: Collection[str]
) -> str:
    """What `state` and `news` hold under a path; the values of `hidden` inputs are secret too."""
    key, _, part = path.partition(".")
    item = properties(model)[key]
    if item.flags.write_only:
        return f"{path} is sent, and the platform does not show what it has now"
    if item.flags.secret or key in hidden:
        return f"{path} differs; it is a secret, so its values are not shown"
    actual, wanted = state.get(key), item.default if news.get(key) is None else news[key]
    if part:
        actual, wanted = _inside(actual, part), _inside(wanted, part)
    return f"{path} is {_shown(item, actual)} on the platform and {_shown(item, wanted)} in the program"


def _inside(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, Mapping) else None


def _shown(item: Property, value: Any) -> str:
    if value is UNKNOWN:
        return "not known before the run"
    if item.is_set and isinstance(value, list):
        # It has no order, and two of them are easier to compare in the same one.
        value = sorted(map(str, value))
    return "not set" if value is None else shorten(repr(value), 120)
