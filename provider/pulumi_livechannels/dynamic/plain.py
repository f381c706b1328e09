"""Errors that end a Python program in plain words: Pulumi spares its own kind of error the traceback, and no other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import pulumi

from ..ground.errors import InputError, LiveChannelsError, Problem

E = TypeVar("E", bound=LiveChannelsError)

_run_errors: dict[type, Any] = {}


def plain(error: E) -> E:
    """The error as one that Pulumi shows without a traceback."""
    kind = type(error)
    if not issubclass(kind, pulumi.RunError):
        if kind not in _run_errors:
            names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
            _run_errors[kind] = type(kind.__name__, (kind, pulumi.RunError), names)
        error.__class__ = _run_errors[kind]
    return error


def refusal(what: str, problems: Sequence[Problem]) -> InputError:
    """The plain error for mistakes in something that the program declares, which `what` names."""
    error = plain(InputError(problems))
    error.operation = what
    return error
