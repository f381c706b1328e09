"""Every function of the package, by the module that shows it. Adding one is its class and its line in its registry."""

from __future__ import annotations

from typing import Any

from .core.function import Function
from .reports import REPORTS

FUNCTIONS: tuple[type[Function[Any]], ...] = (*REPORTS,)
MODULES = ("index", "wangsu", "volcengine")


def of_module(module: str) -> list[type[Function[Any]]]:
    """The functions that a module shows."""
    return [kind for kind in FUNCTIONS if kind.module == module]
