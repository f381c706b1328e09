"""Fixtures for every test, and the promise that a scripted fault which never fired fails its test."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.ground import language
from servers_kit import Server, postgres_server, redis_server

pytest_plugins = ["duration", "unproved"]

# How long an example takes is the machine's affair.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")
LONG = 1_000
CONTRACT = Path(__file__).parent / "contract"
BROWSER = Path(__file__).resolve().parents[1] / "tools" / "browser"

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def is_long(value: Any) -> bool:
    return isinstance(value, (str, bytes)) and len(value) > LONG


def pytest_make_parametrize_id(val: Any) -> str | None:
    """A test of a very long text is not named by all of it."""
    return f"{val[:20]!r} and so on" if is_long(val) else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Where a text leads to the greatest depth of calls, nothing that earlier tests left is ended down there."""
    spec = getattr(item, "callspec", None)
    if spec is None or not any(map(is_long, spec.params.values())):
        return (yield)
    gc.collect()
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


@pytest.fixture(autouse=True)
def speak_english(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever runs the tests, and whatever a command chose before."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", language.ENGLISH)
    with language.speaking(None):
        yield


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Redis server that lives as long as the tests."""
    with redis_server(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real Postgres server that lives as long as the tests."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture
def stage(clock: FakeClock) -> Iterator[Stage]:
    """A platform, and an account on it. Every fault that a test adds has to fire (R37)."""
    with running(quota=0, seed=0, now=clock.now) as (port, platform):
        yield Stage(port, platform, clock)
        idle = platform.faults.idle()
        assert not idle, f"these faults never fired: {idle}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, found or fetched; a machine that can have none fails. It ends with its module, as its loop is in
    the way of others. It takes rebound.test for this machine, as an attacker's name server would.
    """
    from playwright.sync_api import sync_playwright

    found = subprocess.run([sys.executable, str(BROWSER)], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    with sync_playwright() as playwright:
        rebound = "--host-resolver-rules=MAP rebound.test 127.0.0.1"
        with playwright.chromium.launch(executable_path=found, args=[rebound]) as started:
            yield started
