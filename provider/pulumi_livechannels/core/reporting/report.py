"""A report as a function: a declaration, the rules of its query, and the run that answers it."""

from __future__ import annotations

from typing import Any

from ...ground.errors import Problem
from ..function import Progress
from . import rules, running
from .declared import Declared


class Report(Declared):
    """What every report builds on. Subclasses declare; see `Declared` for what."""

    def problems(self, want: Any) -> list[Problem]:
        """Rules about the window, and what cannot be put together exactly."""
        return rules.problems(self, want)

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """Ask, in as many calls as it takes."""
        return running.run(self, want, progress).told()
