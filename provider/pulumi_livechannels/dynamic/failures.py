"""How a failure in a program's own process reaches its user: our words, without a Python traceback."""

from __future__ import annotations

from typing import Any

import pulumi

from ..ground.errors import LiveChannelsError

_run_errors: dict[type, Any] = {}


def plain(error: LiveChannelsError) -> LiveChannelsError:
    """The error as one that Pulumi shows without a traceback, which it does for its own kind only."""
    kind = type(error)
    if kind not in _run_errors:
        names = {"__doc__": kind.__doc__, "__module__": kind.__module__}
        _run_errors[kind] = type(kind.__name__, (kind, pulumi.RunError), names)
    error.__class__ = _run_errors[kind]
    return error
