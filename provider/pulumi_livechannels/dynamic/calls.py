"""One call of a function in a program: what it was handed, and its mistakes with the function's name and the place.

Both are told as the program writes them. An output of a resource has no value yet, so only a function's `_output` twin
takes one.
"""

from __future__ import annotations

import copy
import inspect
import sys
import traceback
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import pulumi
from pydantic.alias_generators import to_snake

from ..core.check import check, veiled
from ..core.fields import UNKNOWN, Property, properties
from ..core.function import Function, renamed
from ..ground.clock import SystemClock
from ..ground.errors import InputError, LiveChannelsError, Problem
from ..ground.hints import did_you_mean
from ..ground.language import tr
from .plain import plain
from .times import as_text
from .values import sendable

E = TypeVar("E", bound=LiveChannelsError)

OUTPUT = "_output"
_PACKAGE = __name__.partition(".")[0]


def by_need(kind: type[Function[Any]]) -> dict[str, Property]:
    """The arguments of a function by their Python names, what is required first."""
    declared = sorted(properties(kind.inputs()).values(), key=lambda item: not item.required)
    return {item.name: item for item in declared}


def caller() -> str:
    """File and line of the code that has called into this package."""
    outside = (
        f"{frame.f_code.co_filename}:{line}"
        for frame, line in traceback.walk_stack(sys._getframe())
        if frame.f_globals.get("__name__", "").partition(".")[0] != _PACKAGE
    )
    return next(outside, tr("an unknown place"))


@dataclass(frozen=True)
class Call:
    """A call of the function `kind` under the Python name `name`; `place` is where the program has it."""

    kind: type[Function[Any]]
    name: str
    place: str

    def taken(
        self,
        inputs: Mapping[str, Any],
        unnamed: Sequence[Any] = (),
        *,
        waiting: bool = False,
        hidden: Collection[str] = (),
    ) -> dict[str, Any]:
        """The arguments by the core's keys, times as text.

        While `waiting`, outputs are let be; only then are the other arguments checked here, for asking does it too.

        Raises:
            InputError: an argument has no name, an unknown one, or a value that no function takes.
        """
        declared = by_need(self.kind)
        given: dict[str, Any] = {}
        problems: list[Problem] = []
        way_out = tr("call {name}{output}, which waits for it", name=self.name, output=OUTPUT)
        if unnamed:
            names = list(declared)[: len(unnamed)]
            given |= dict.fromkeys([declared[name].key for name in names], UNKNOWN)
            written = ", ".join(f"{name}=…" for name in names)
            problems.append(
                Problem("arguments", tr("are given by name: write {name}({written})", name=self.name, written=written))
            )
        for name, value in inputs.items():
            item = declared.get(name)
            if item is None:
                problems.append(Problem(name, _unknown(name, declared)))
                continue
            given[item.key] = UNKNOWN
            if not _is_awaited(value):
                try:
                    given[item.key] = sendable(name, as_text(item, value))
                except InputError as refused:
                    problems += refused.problems
            elif not waiting:
                problems.append(
                    Problem(name, tr("holds an output, which is not known yet: {way_out}", way_out=way_out))
                )
        if problems or waiting:
            found = check(self.kind.inputs(), given, None, SystemClock().now()).problems
            problems += self._in_python(found, given, hidden)
        if problems:
            raise self._placed(InputError(problems))
        return given

    def refused(self, name: str, text: str) -> InputError:
        """A mistake in something that is no argument of the function itself."""
        return self._placed(InputError([Problem(name, text)]))

    def told(self, error: LiveChannelsError, given: Mapping[str, Any], hidden: Collection[str]) -> LiveChannelsError:
        """An error of asking in the program's words; others may hold the same one, so it is left as it is."""
        if isinstance(error, InputError):
            return self._placed(InputError(self._in_python(error.problems, given, hidden)))
        return self._placed(copy.copy(error)) if error.operation else plain(copy.copy(error))

    def _in_python(
        self, problems: Iterable[Problem], given: Mapping[str, Any], hidden: Collection[str]
    ) -> list[Problem]:
        declared = by_need(self.kind)
        names = {item.key: name for name, item in declared.items()}
        keys = {declared[name].key for name in hidden if name in declared}
        return [renamed(problem, names) for problem in veiled(problems, given, keys)]

    def _placed(self, error: E) -> E:
        here = tr("{name} at {place}", name=self.name, place=self.place)
        asked, comma, part = error.operation.partition(tr(", "))
        if asked in ("", self.kind.name()):
            error.operation = f"{here}{comma}{part}"
        else:
            error.operation = f"{here} ({error.operation})"
        return plain(error)


def _unknown(name: str, declared: Iterable[str]) -> str:
    known = ", ".join(declared)
    hint = did_you_mean(
        to_snake(name), declared, tr("the arguments are {known}.", known=known) if known else tr("there are none.")
    )
    return tr("is not an argument here: {hint}", hint=hint)


def _is_awaited(value: Any) -> bool:
    """Whether a value, or any part of it, is known only later."""
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        return True
    if isinstance(value, Mapping):
        return any(map(_is_awaited, value.values()))
    return isinstance(value, (list, tuple, set, frozenset)) and any(map(_is_awaited, value))
