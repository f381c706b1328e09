"""Stages for reports: a platform with its limits, and one without any."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.server import running


@pytest.fixture(scope="module")
def unlimited() -> Iterator[Stage]:
    """A platform that answers any window, any number of domains and all rows at once."""
    clock = FakeClock()
    with running(quota=0, now=clock.now, limits=False) as (port, platform):
        yield Stage(port, platform, clock)
