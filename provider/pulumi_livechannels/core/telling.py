"""What is told of an object in a sentence: how it differs, secrets by name only, and what was not compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..ground.language import tr
from ..ground.redact import shorten
from .fields import UNKNOWN, Inputs, Property, properties
from .resource import Resource


def difference(
    model: type[Inputs], path: str, state: Mapping[str, Any], news: Mapping[str, Any], hidden: Collection[str]
) -> str:
    """What `state` and `news` hold under a path; the values of `hidden` inputs are secret too."""
    item = _property(model, path)
    if item.flags.write_only:
        return tr("{path} is sent, and the platform does not show what it has now", path=path)
    if is_secret(model, path, hidden):
        return tr("{path} differs; it is a secret, so its values are not shown", path=path)
    actual, wanted = both(model, path, state, news)
    return tr(
        "{path} is {actual} on the platform and {wanted} in the program",
        path=path,
        actual=_shown(item, actual),
        wanted=_shown(item, wanted),
    )


def unverified(kind: type[Resource[Any]], state: Mapping[str, Any]) -> str | None:
    """A sentence about what a state holds and the platform never shows; None where there is nothing such."""
    declared = properties(kind.inputs)
    names = [key for key, item in declared.items() if item.flags.write_only] + list(kind.unreadable)
    if all(state.get(key) in (None, declared[key].default if key in declared else None) for key in names):
        return None
    return tr(
        "{kind}: the platform does not show {names}, so these were not verified",
        kind=kind.__name__,
        names=", ".join(names),
    )


def unlisted(kind: type[Resource[Any]]) -> str | None:
    """A sentence about what a refresh by the lists does not compare; None where the list carries all."""
    if not kind.in_list:
        return None
    names = [
        key
        for key, item in properties(kind.inputs).items()
        if key not in kind.in_list and not item.flags.write_only and not item.flags.local
    ]
    return tr(
        "{kind}: driftDepth is listed, so {names} were not compared with the platform, unless its list carries them",
        kind=kind.__name__,
        names=", ".join(names),
    )


def is_secret(model: type[Inputs], path: str, hidden: Collection[str]) -> bool:
    """Whether the values under a path must not be shown; `hidden` are inputs that the program has marked secret."""
    item = _property(model, path)
    return item.flags.secret or item.key in hidden


def both(model: type[Inputs], path: str, state: Mapping[str, Any], news: Mapping[str, Any]) -> tuple[Any, Any]:
    """The values under a path: the one that `state` holds, and the one that `news` wants; None where there is none."""
    key, _, part = path.partition(".")
    actual, wanted = state.get(key), _property(model, path).default if news.get(key) is None else news[key]
    return (_inside(actual, part), _inside(wanted, part)) if part else (actual, wanted)


def _property(model: type[Inputs], path: str) -> Property:
    return properties(model)[path.partition(".")[0]]


def _inside(value: Any, part: str) -> Any:
    return value.get(part) if isinstance(value, Mapping) else None


def _shown(item: Property, value: Any) -> str:
    if value is UNKNOWN:
        return tr("not known before the run")
    if item.is_set and isinstance(value, list):
        # It has no order, and two of them are easier to compare in the same one.
        value = sorted(map(str, value))
    return tr("not set") if value is None else shorten(repr(value), 120)
