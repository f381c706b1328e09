"""Fixtures for every test, and the promise that a scripted fault which never fired fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.ground import language

pytest_plugins = ["duration", "unproved"]

# How long an example takes is the machine's affair.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
CONTRACT = Path(__file__).parent / "contract"


@pytest.fixture(autouse=True)
def speak_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever runs the tests, and whatever a command chose before."""
    monkeypatch.setenv("LANGUAGE", language.ENGLISH)
    with language.speaking(None):
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def stage(clock: FakeClock) -> Iterator[Stage]:
    """A platform, and an account on it. Every fault that a test adds has to fire (R37)."""
    with running(quota=0, seed=0, now=clock.now) as (port, platform):
        yield Stage(port, platform, clock)
        idle = [fault for fault in platform.faults.account() if not fault["fired"]]
        assert not idle, f"these faults never fired: {idle}"
