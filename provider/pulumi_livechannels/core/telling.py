"""What is told of an object in a sentence: how it differs, secrets by name only, and what was not compared."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ..ground.errors import LiveChannelsError
from ..ground.language import tr
from ..ground.redact import scrub, shorten
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


def passed_on(thing: str, taker: str, is_replacement: bool) -> str:
    """A sentence about an object that is not ended, for another resource holds it by now."""
    other = "" if is_replacement else tr(", a resource with another name in the program")
    advice = tr(". With the old name as an alias the engine would see no change at all") if other else ""
    by = tr(taker) if is_replacement else taker
    text = tr("{thing} is held by {taker}{other}, so it stays", thing=thing, taker=by, other=other)
    return f"{text}{advice}"


def shared(thing: str) -> str:
    """A sentence about an object that is not ended, for it is not this stack's alone."""
    return tr("{thing} was there before this stack, which only shared it: it goes on", thing=thing)


def not_read_back(thing: str, error: Exception) -> str:
    """A sentence about an object that was written, and nothing more is known of it."""
    why = str(error)
    if not isinstance(error, LiveChannelsError):
        why = tr("an answer that nobody foresaw ({error})", error=type(error).__name__)
    return tr("{thing} exists, but could not be read back: {why}", thing=thing, why=why)


def not_taken(thing: str, ignored: Collection[str]) -> str:
    """A sentence about properties that were sent, and that the platform then has otherwise."""
    return tr(
        "the platform did not take {names} of {thing}: the account may lack the service that it needs",
        names=", ".join(ignored),
        thing=thing,
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
    return tr("not set") if value is None else shorten(scrub(repr(value)), 120)
