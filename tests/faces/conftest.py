"""Fixtures for both faces' processes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent import futures
from typing import Any

import grpc
import pytest
from pulumi.runtime import mocks
from pulumi.runtime.proto import engine_pb2_grpc

from faces_kit import Face, Listener, started
from kit import HURRIED
from pulumi_livechannels.core import account
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running


@pytest.fixture(autouse=True)
def _loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What Pulumi's outputs wait in: it makes a loop for each thread that has none, and leaves it open."""
    made = [asyncio.new_event_loop()]
    asyncio.set_event_loop(made[0])
    ensure = mocks._ensure_event_loop

    def noted() -> Any:
        made.append(ensure())
        return made[-1]

    monkeypatch.setattr(mocks, "_ensure_event_loop", noted)
    yield
    asyncio.set_event_loop(None)
    for loop in made:
        loop.close()


@pytest.fixture
def engine() -> Iterator[tuple[str, Listener]]:
    """An address to hand to a provider, and what was said there."""
    listener = Listener()
    server = grpc.server(futures.ThreadPoolExecutor(4))
    engine_pb2_grpc.add_EngineServicer_to_server(listener, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}", listener
    server.stop(0)


@pytest.fixture(scope="module")
def serving() -> Iterator[tuple[int, Platform]]:
    """One emulated platform for the tests of a module; each begins with it empty."""
    with running(quota=0) as held:
        yield held


@pytest.fixture
def platform(serving: tuple[int, Platform]) -> Iterator[Platform]:
    given = serving[1].store._count
    serving[1].reset()
    # The processes live on, and an id that they know already would be one of another test.
    serving[1].store._count = given
    yield serving[1]
    idle = serving[1].faults.idle()
    assert not idle, f"these faults never fired: {idle}"


@pytest.fixture(scope="module")
def _native(serving: tuple[int, Platform]) -> Iterator[Face]:
    with started("native", environment(serving[0], 0)) as face:
        yield face


@pytest.fixture(scope="module")
def _dynamic(serving: tuple[int, Platform]) -> Iterator[Face]:
    with started("dynamic", environment(serving[0], 0)) as face:
        face.configure()
        yield face


@pytest.fixture(scope="module", params=["dynamic", "native"])
def _in_a_hurry(request: pytest.FixtureRequest, serving: tuple[int, Platform]) -> Iterator[Face]:
    with started(request.param, {**environment(serving[0], 0), "PYTHONPATH": HURRIED}) as face:
        yield face


@pytest.fixture
def hurried(_in_a_hurry: Face, platform: Platform) -> Face:
    """Each face in turn, whose waits take no time."""
    _in_a_hurry.configure()
    return _in_a_hurry


@pytest.fixture
def native(_native: Face, platform: Platform) -> Face:
    _native.configure()
    return _native


@pytest.fixture(params=["dynamic", "native"])
def face(request: pytest.FixtureRequest, platform: Platform) -> Face:
    """Each face in turn. A dynamic process keeps its account, so a test that looks twice has to write in between."""
    held: Face = request.getfixturevalue(f"_{request.param}")
    held.configure()
    return held


@pytest.fixture
def program(serving: tuple[int, Platform], platform: Platform, monkeypatch: pytest.MonkeyPatch) -> Platform:
    """A Python program's process that knows nothing yet."""
    for name, value in environment(serving[0], 0).items():
        monkeypatch.setenv(name, value)
    account._accounts.clear()
    return platform
