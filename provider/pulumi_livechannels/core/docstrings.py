"""What the docstring of a resource or a function tells: what it is, and after `Source:` the vendor's actions."""

from __future__ import annotations

import inspect


def about(kind: type) -> str:
    """The text without the vendor's actions."""
    return _parts(kind)[0].strip()


def source(kind: type) -> str:
    """The vendor's actions, as the docstring lists them; empty where it names none."""
    return _parts(kind)[1].rstrip(".\n")


def _parts(kind: type) -> tuple[str, str]:
    text, _, actions = inspect.cleandoc(kind.__doc__ or "").partition("Source: ")
    return text, actions
