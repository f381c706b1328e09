"""Wangsu, and CDNetworks, which serves the same API on another host.

The actions stand in a module for each topic, and are written with it: `wangsu.channels.GetChannelList`. A topic is
loaded when the first of its names is asked for: its models take longer to make than a program takes to declare its
resources, and neither a program nor a preview sends any.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import channels, forwarding, playback, recording, switches
    from .wire import Action

__all__ = ["channels", "forwarding", "playback", "recording", "switches"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def actions() -> dict[str, type[Action[Any]]]:
    """Every action of every topic, by its path."""
    from .wire import Action

    for topic in __all__:
        import_module(f".{topic}", __name__)
    return Action.every
