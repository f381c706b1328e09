"""The reports of Volcengine Live, for Python programs.

    from pulumi_livechannels import volcengine

    played = volcengine.get_top_play(start_time="2026-11-01T00:00:00+08:00", end_time="2026-11-08T00:00:00+08:00")

Each report of `pulumi_livechannels.reports` is a function `get_…` here, and one `get_…_output` that takes outputs of
resources and answers an output.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    from .dynamic.functions import report

    return report(__name__, "volcengine", name)


def __dir__() -> list[str]:
    from .dynamic.functions import names

    return names("volcengine")
