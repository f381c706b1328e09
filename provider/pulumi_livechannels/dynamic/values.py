"""What Python programs may hand over: Pulumi's own complaint names neither the property nor the way out."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from ..ground.errors import InputError, Problem
from ..ground.language import tr

_PLAIN = (str, int, float, bool, type(None), pulumi.Output)


def sendable(name: str, value: Any) -> Any:
    """The value in what Pulumi can send: sets become lists.

    Raises:
        InputError: nothing can be made of it.
    """
    if isinstance(value, _PLAIN) or inspect.isawaitable(value):
        return value
    if isinstance(value, Mapping):
        return {key: sendable(f"{name}.{key}", part) for key, part in value.items()}
    if isinstance(value, (set, frozenset)):
        # In an order of their own, so that nothing differs from run to run.
        return [sendable(name, part) for part in sorted(value, key=str)]
    if isinstance(value, (list, tuple)):
        return [sendable(name, part) for part in value]
    if isinstance(value, pulumi.Resource):
        raise InputError(
            [Problem(name, tr("is a resource: write the output of it that is meant, such as its pull_id"))]
        )
    raise InputError(
        [Problem(name, tr("is a {value}, of which nothing can be made: write it as text", value=type(value).__name__))]
    )


def given_twice(values: Any, stored: Mapping[str, str], at: str = "") -> Iterator[Problem]:
    """What is there in both spellings, of which Pulumi would drop one; `stored` are the names that it stores."""
    if isinstance(values, (list, tuple)):
        for number, part in enumerate(values):
            yield from given_twice(part, stored, f"{at}[{number}]")
    if not isinstance(values, Mapping):
        return
    spelt: dict[str, str] = {}
    for name, value in values.items():
        first = spelt.setdefault(stored.get(name, name), name)
        where = f"{at}.{name}" if at else name
        if first != name:
            text = tr("is given twice, as {one} and as {other}: keep one of them", one=first, other=name)
            yield Problem(where, text)
        yield from given_twice(value, stored, where)
