"""The functions of the face for Python programs: `get_x` asks at once, `get_x_output` when its inputs are known."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import get_config
from pydantic.alias_generators import to_snake

from ..core.asking import ask
from ..core.fields import properties
from ..core.function import Function, renamed, secrets_in, without_secrets
from ..functions import of_module
from ..ground.errors import InputError, LiveChannelsError
from ..stubs import function_docs
from .records import Record

if TYPE_CHECKING:
    from ..core.account import Account

_run_errors: dict[type, Any] = {}
_lock = threading.Lock()
OUTPUT = "_output"


def names(module: str) -> list[str]:
    """The functions that a module shows, in Python names."""
    plain = [to_snake(kind.name()) for kind in of_module(module)]
    return sorted([*plain, *(f"{name}{OUTPUT}" for name in plain)])


def function(place: str, module: str, name: str) -> Callable[..., Any]:
    """A function by its Python name.

    Raises:
        AttributeError: the module has none of this name.
    """
    for kind in of_module(module):
        plain = to_snake(kind.name())
        if name in (plain, f"{plain}{OUTPUT}"):
            return _callable(kind, place, name)
    raise AttributeError(f"module {place!r} has no attribute {name!r}")


def _callable(kind: type[Function[Any]], place: str, name: str) -> Callable[..., Any]:
    def asked(**inputs: Any) -> Any:
        return _ask(kind, inputs)

    def asked_later(**inputs: Any) -> Any:
        # Beside the other work of the program, which would wait otherwise. Resources are made in another process,
        # so what this one was told about them before may be outdated.
        answer: pulumi.Output[dict[str, Any]] = pulumi.Output.all(**inputs).apply(
            lambda known: asyncio.to_thread(_answer, kind, known, anew=kind.module == "index")
        )
        return answer.apply(lambda known: _record(kind, known))

    made = asked_later if name.endswith(OUTPUT) else asked
    made.__name__ = made.__qualname__ = name
    made.__module__ = place
    made.__doc__ = function_docs(kind)
    made.__signature__ = _signature(kind.inputs())  # type: ignore[attr-defined]
    return made


def _signature(inputs: Any) -> inspect.Signature:
    ordered = sorted(properties(inputs).values(), key=lambda item: not item.required)
    return inspect.Signature(
        [
            inspect.Parameter(
                item.name, inspect.Parameter.KEYWORD_ONLY, default=inspect.Parameter.empty if item.required else None
            )
            for item in ordered
        ]
    )


def _ask(kind: type[Function[Any]], inputs: Mapping[str, Any]) -> Record:
    answer = _answer(kind, inputs)
    return Record(without_secrets(answer, secrets_in(kind.output(), answer)), kind.output())


def _record(kind: type[Function[Any]], answer: Mapping[str, Any]) -> Any:
    """An answer that holds secrets is one as a whole."""
    record = Record(answer, kind.output())
    return pulumi.Output.secret(record) if secrets_in(kind.output(), answer) else record


def _answer(kind: type[Function[Any]], inputs: Mapping[str, Any], *, anew: bool = False) -> dict[str, Any]:
    declared = {item.name: item for item in properties(kind.inputs()).values()}
    given = {declared[name].key if name in declared else name: value for name, value in inputs.items()}
    try:
        return ask(_account(), kind, given, anew=anew)
    except InputError as error:
        names = {item.key: name for name, item in declared.items()}
        raise _plain(InputError([renamed(problem, names) for problem in error.problems])) from None
    except LiveChannelsError as error:
        raise _plain(error) from None


def _plain(error: LiveChannelsError) -> LiveChannelsError:
    """The error as one that Pulumi shows without a traceback, which it does for its own kind only."""
    kind = type(error)
    if kind not in _run_errors:
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
        _run_errors[kind] = type(kind.__name__, (kind, pulumi.RunError), names)
    error.__class__ = _run_errors[kind]
    return error


def _account() -> Account:
    from .. import config
    from ..core.account import account_of

    given = {setting.key: get_config(f"{config.NAMESPACE}:{setting.key}") for setting in config.SETTINGS}
    ours = {key: str(value) for key, value in given.items() if value is not None}
    return account_of(config.load(ours), pulumi.log.warn)
