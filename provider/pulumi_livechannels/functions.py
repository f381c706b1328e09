"""Every function of the package, by the module that shows it. Each registry is where one is added."""

from __future__ import annotations

from typing import Any

from .core.function import Function
from .lookups import LOOKUPS
from .modules import VENDORS
from .reports import REPORTS
from .reports.billing import BILLS

FUNCTIONS: tuple[type[Function[Any]], ...] = (*LOOKUPS, *REPORTS, *BILLS)
MODULES = ("index", *VENDORS)


def of_module(module: str) -> list[type[Function[Any]]]:
    """The functions that a module shows."""
    return [kind for kind in FUNCTIONS if kind.module == module]
