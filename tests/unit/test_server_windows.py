"""A budget on a server that machines share: many at once, clocks that differ, servers that hang, restart or die."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import datetime, timezone
from pathlib import Path

import psycopg
import pytest

from kit import FakeClock
from pulumi_livechannels import config
from pulumi_livechannels.ground import postgres as session
from pulumi_livechannels.ground import windows
from pulumi_livechannels.ground.limiter import WINDOW_SECONDS, Window
from servers_kit import Server, postgres_server, redis_server

LIMIT = 10
STORES = {"redis": windows.in_redis, "postgres": windows.in_postgres}
Open = Callable[[], Window]


@pytest.fixture(params=["file", *STORES])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens one account's window, each time as another process does."""
    if request.param == "file":
        return lambda: windows.in_file(LIMIT, WINDOW_SECONDS, "account", tmp_path)
    server: Server = request.getfixturevalue(request.param)
    return lambda: STORES[request.param](LIMIT, WINDOW_SECONDS, request.node.name, server.address)


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest) -> Open:
    """The same of a server, as other machines do."""
    server: Server = request.getfixturevalue(request.param)
    return lambda: STORES[request.param](LIMIT, WINDOW_SECONDS, request.node.name, server.address)


@pytest.fixture
def on_postgres(postgres: Server, request: pytest.FixtureRequest) -> Open:
    return lambda: windows.in_postgres(LIMIT, WINDOW_SECONDS, request.node.name, postgres.address)


def falling_back(opened: Open, told: list[str], name: str) -> windows.FallbackWindow:
    alone = windows.in_memory(LIMIT, WINDOW_SECONDS, lambda: 0.0)
    return windows.FallbackWindow(opened, alone, name, told.append)


def backends(postgres: Server) -> list[int]:
    """The server's processes that serve our windows."""
    with psycopg.connect(postgres.address) as connection:
        ours = "SELECT pid FROM pg_stat_activity WHERE application_name = 'livechannels'"
        return [pid for (pid,) in connection.execute(ours)]


@pytest.mark.rule("R27")
def test_those_who_call_at_once_get_the_whole_budget_and_not_a_call_more(shared: Open) -> None:
    def calls(_: int) -> int:
        window = shared()
        return sum(window.reserve(time.time()) == 0 for _ in range(LIMIT))

    with ThreadPoolExecutor(6) as callers:
        assert sum(callers.map(calls, range(6))) == LIMIT


@pytest.mark.rule("R25", "R27")
def test_the_clock_of_the_server_counts_and_none_of_the_machines(opened: Open) -> None:
    for now in (0.0, 1e9, 4e9):
        assert opened().reserve(now) == 0
    assert opened().used(2e9) == 3


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("name", "server"),
    [("Redis", redis_server), ("Postgres", postgres_server)],
)
def test_a_server_that_dies_in_the_middle_is_told_once_and_calls_are_counted_alone(
    tmp_path: Path, name: str, server: Callable[[Path], AbstractContextManager[Server]]
) -> None:
    told: list[str] = []
    with server(tmp_path) as running:
        store = STORES[name.lower()]
        window = falling_back(lambda: store(LIMIT, WINDOW_SECONDS, "account", running.address), told, name)
        assert [window.reserve(0.0) for _ in range(3)] == [0, 0, 0]
        running.process.send_signal(signal.SIGQUIT if name == "Postgres" else signal.SIGKILL)
        running.process.wait()
        assert [window.reserve(0.0) for _ in range(LIMIT)] == [0] * LIMIT
        assert window.reserve(0.0) > 0
    assert len(told) == 1
    assert told[0].startswith(f"the call budget cannot be shared through {name} (")
    assert "geheim" not in told[0]


def test_a_connection_that_was_dropped_is_made_anew_and_nothing_is_forgotten(
    postgres: Server, on_postgres: Open
) -> None:
    told: list[str] = []
    window = falling_back(on_postgres, told, "Postgres")
    window.reserve(0.0)
    with psycopg.connect(postgres.address, autocommit=True) as connection:
        for pid in backends(postgres):
            connection.execute("SELECT pg_terminate_backend(%s, 60000)", [pid])
    window.reserve(0.0)
    assert (window.used(0.0), told) == (2, [])


def test_of_several_hosts_the_one_that_is_there_is_taken(postgres: Server) -> None:
    several = postgres.address.replace("@", "@127.0.0.1:1,")
    told: list[str] = []
    store = config.load({"accessKey": "a", "secretKey": "b", "budgetStore": several}, {}).budget_store
    window = falling_back(lambda: windows.in_postgres(LIMIT, WINDOW_SECONDS, "several", store), told, "Postgres")
    assert (window.reserve(0.0), told) == (0, [])


def test_a_server_that_hangs_holds_nobody_up(
    postgres: Server, on_postgres: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = on_postgres()
    window.reserve(0.0)
    hanging = backends(postgres)
    monkeypatch.setattr(session, "ANSWER_SECONDS", 0.3)
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    try:
        monkeypatch.setattr(session.Session, "_connect", lambda self: pytest.fail("cut off"))
        with pytest.raises(pytest.fail.Exception, match="cut off"):
            window.reserve(0.0)
    finally:
        for pid in hanging:
            os.kill(pid, signal.SIGCONT)


def test_a_machine_that_stops_with_the_lock_loses_it(on_postgres: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "HOLD_SECONDS", 0.1)
    stopped, other = on_postgres(), on_postgres()
    with pytest.raises(psycopg.Error), stopped._together:  # type: ignore[attr-defined]
        assert other.reserve(0.0) == 0
    assert other.used(0.0) == 1


def test_a_lock_that_somebody_else_keeps_is_given_up(
    postgres: Server, on_postgres: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "LOCK_SECONDS", 0.1)
    told: list[str] = []
    window = falling_back(on_postgres, told, "Postgres")
    with psycopg.connect(postgres.address) as connection:
        table = window._window._bucket._full_tbl  # type: ignore[attr-defined]
        connection.execute(psycopg.sql.SQL("LOCK TABLE {}").format(psycopg.sql.Identifier(table)))
        assert window.reserve(0.0) == 0
    assert told == [
        "the call budget cannot be shared through Postgres (LockNotAvailable), so this run counts its own calls only"
    ]


def test_a_user_who_may_make_no_table_is_told_so(postgres: Server) -> None:
    address = postgres.database("guarded")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE ROLE guest LOGIN PASSWORD 'geheim'")
        connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    told: list[str] = []
    guest = address.replace("somebody:", "guest:")
    falling_back(lambda: windows.in_postgres(LIMIT, WINDOW_SECONDS, "account", guest), told, "Postgres")
    assert "Postgres (InsufficientPrivilege)" in told[0]


def test_an_hour_that_the_servers_zone_has_twice_is_two_hours(on_postgres: Open, clock: FakeClock) -> None:
    window = on_postgres()
    window._clock = clock.now  # type: ignore[attr-defined]
    # New York, whose time the server shows, goes from 2:00 back to 1:00.
    clock.let_pass(datetime(2026, 11, 1, 5, 30, tzinfo=timezone.utc).timestamp() - clock.now())
    for _ in range(LIMIT):
        assert window.reserve(0.0) == 0
    clock.let_pass(3600 - 10)
    assert window.reserve(0.0) == 0
