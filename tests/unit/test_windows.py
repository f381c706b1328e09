"""The call budget that runs share: in a file, in Redis, in Postgres, and alone where none of them can be had."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import PATIENCE, FakeClock, Stage
from pulumi_livechannels import config
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.emulator.server import environment, running
from pulumi_livechannels.ground import windows
from pulumi_livechannels.ground.limiter import WINDOW_SECONDS, Limiter, Window
from pulumi_livechannels.vendors.wangsu.channels import GetChannelList
from servers_kit import Server

Make = Callable[[int, float], Window]


@pytest.fixture(params=["file", "redis", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Make:
    """Makes windows of one account that count together."""
    if request.param == "file":
        return lambda limit, length: windows.in_file(limit, length, "account", tmp_path)
    server: Server = request.getfixturevalue(request.param)
    store = {"redis": windows.in_redis, "postgres": windows.in_postgres}[request.param]
    account = f"{request.node.name} {tmp_path}"

    def on_a_server(limit: int, length: float) -> Window:
        window = store(limit, length, account, server.address)
        assert window._clock is not None, "machines agree on the server's time"
        window._clock = clock.now
        return window

    return on_a_server


def counted(clock: FakeClock, window: Window, calls: int) -> list[float]:
    limiter = Limiter(clock, window, lambda text: None)
    moments = []
    for _ in range(calls):
        limiter.acquire()
        moments.append(clock.now())
    return moments


@pytest.mark.rule("R25")
def test_no_window_ever_holds_more_than_the_budget(clock: FakeClock, shared: Make) -> None:
    moments = counted(clock, shared(10, WINDOW_SECONDS), 35)
    assert all(later - earlier > WINDOW_SECONDS for earlier, later in zip(moments, moments[10:], strict=False))
    assert moments[9] == moments[0], "and nobody waits without need"


@pytest.mark.rule("R27")
def test_runs_at_once_share_one_window(clock: FakeClock, shared: Make) -> None:
    one, other = (Limiter(clock, shared(10, WINDOW_SECONDS), lambda text: None) for _ in range(2))
    moments = []
    for turn in range(40):
        (one if turn % 3 else other).acquire()
        moments.append(clock.now())
    assert all(later - earlier > WINDOW_SECONDS for earlier, later in zip(moments, moments[10:], strict=False))


@pytest.mark.rule("R27")
def test_a_run_with_a_smaller_budget_counts_the_calls_of_the_others_too(clock: FakeClock, shared: Make) -> None:
    counted(clock, shared(10, WINDOW_SECONDS), 10)
    began = clock.now()
    (waited,) = counted(clock, shared(5, WINDOW_SECONDS), 1)
    assert waited - began > WINDOW_SECONDS


def test_a_run_that_follows_goes_on_counting(clock: FakeClock, tmp_path: Path) -> None:
    counted(clock, windows.in_file(10, WINDOW_SECONDS, "account", tmp_path), 8)
    clock.let_pass(1)
    following = windows.in_file(10, WINDOW_SECONDS, "account", tmp_path)
    assert following.used(clock.now()) == 8
    assert counted(clock, following, 3)[-1] > clock.start + WINDOW_SECONDS


def test_accounts_do_not_count_together(clock: FakeClock, tmp_path: Path) -> None:
    counted(clock, windows.in_file(10, WINDOW_SECONDS, "one", tmp_path), 10)
    assert windows.in_file(10, WINDOW_SECONDS, "other", tmp_path).used(clock.now()) == 0
    assert not any("one" in file.name for file in tmp_path.iterdir())


def test_a_throttle_answer_corrects_the_count_for_everybody(clock: FakeClock, shared: Make) -> None:
    told = Limiter(clock, shared(10, WINDOW_SECONDS), lambda text: None)
    told.acquire()
    told.close_for(60)
    before = clock.now()
    counted(clock, shared(10, WINDOW_SECONDS), 1)
    assert 60 <= clock.now() - before < 65


def test_windows_that_nobody_uses_any_more_are_tidied_away(tmp_path: Path) -> None:
    import os

    windows.in_file(10, WINDOW_SECONDS, "old", tmp_path)
    for file in tmp_path.iterdir():
        os.utime(file, (0, 0))
    windows.in_file(10, WINDOW_SECONDS, "new", tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} <= {".sqlite", ".lock", ".pid", ".sqlite-wal", ".sqlite-shm"}
    assert len([file for file in tmp_path.iterdir() if file.suffix == ".sqlite"]) == 1


@pytest.mark.parametrize("failing", ["at once", "later"])
def test_a_store_that_fails_is_told_once_and_replaced(clock: FakeClock, failing: str) -> None:
    told: list[str] = []

    class Broken:
        def reserve(self, now: float) -> float:
            raise OSError("geheim")

        used = fill = reserve

    def make() -> Window:
        if failing == "at once":
            raise OSError("geheim")
        return Broken()  # type: ignore[return-value]

    window = windows.FallbackWindow(make, windows.in_memory(10, WINDOW_SECONDS, clock.monotonic), "Redis", told.append)
    moments = counted(clock, window, 11)
    assert moments[-1] - moments[0] > WINDOW_SECONDS
    assert told == ["the call budget cannot be shared through Redis (OSError), so this run counts its own calls only"]


@pytest.mark.parametrize(
    ("store", "module", "extra"), [("redis://host", "redis", "redis"), ("postgres://host/db", "psycopg", "postgres")]
)
def test_a_library_that_is_missing_is_named(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch, store: str, module: str, extra: str
) -> None:
    told: list[str] = []
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.delitem(sys.modules, "pulumi_livechannels.ground.postgres", raising=False)
    windows.of_store(store, 10, WINDOW_SECONDS, "account", clock.monotonic, told.append)
    assert told[0].endswith(f"pip install 'pulumi-livechannels[{extra}]'")


@pytest.mark.rule("R27", "R41")
def test_two_runs_of_one_account_both_finish_and_the_platform_sees_no_call_too_many(
    clock: FakeClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(windows, "user_cache_path", lambda name: tmp_path)
    told: list[str] = []
    with running(quota=30, now=clock.now) as (port, platform):
        every = environment(port, 30)
        accounts = [Account(config.load({}, every), told.append, clock) for _ in range(2)]
        for turn in range(100):
            accounts[turn % 2].wangsu.call(GetChannelList(page_index=1))
    times = [call["at"] for call in platform.journal]
    assert len(times) == 100, "none was refused and tried again"
    assert all(later - earlier >= WINDOW_SECONDS for earlier, later in zip(times, times[30:], strict=False))
    assert any("budget of 30 calls in 5 minutes" in text for text in told)


def test_the_store_is_chosen_by_the_settings(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows, "user_cache_path", lambda name: tmp_path)
    every = environment(stage.port, 300)
    by_default = Account(config.load({}, every), print, stage.clock)
    by_default.wangsu.call(GetChannelList(page_index=1))
    assert list((tmp_path / "budget").glob("*.sqlite"))
    assert by_default.budget.used() == 1
    assert Account(config.load({}, every), print, stage.clock).budget.used() == 1
    assert Account(config.load({"budgetStore": "memory"}, every), print, stage.clock).budget.used() == 0
    assert Account(config.load({}, environment(stage.port, 0)), print, stage.clock).budget.used() is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("redis://:geheim@127.0.0.1:1/0", "Redis"),
        ("postgres://somebody:geheim@127.0.0.1:1/calls", "Postgres"),
        ("postgresql://127.0.0.1:1/calls?user=somebody&password=geheim", "Postgres"),
    ],
)
def test_a_store_that_is_not_there_is_told_without_its_password_and_stops_no_call(
    stage: Stage, address: str, name: str
) -> None:
    settings = config.load({"budgetStore": address}, environment(stage.port, 300))
    nowhere = Account(settings, stage.told.append, stage.clock)
    nowhere.wangsu.call(GetChannelList(page_index=1))
    assert f"cannot be shared through {name} (" in stage.told[0]
    assert "geheim" not in str(stage.told)
    assert nowhere.budget.used() == 1


@pytest.mark.rule("R20", "R23")
def test_a_create_leaves_only_when_it_can_be_read_back_at_once(clock: FakeClock) -> None:
    limiter = Limiter(clock, windows.in_memory(10, WINDOW_SECONDS, clock.monotonic), lambda text: None, calls=10)
    for _ in range(7):
        limiter.acquire()
    limiter.keep_room(2)
    limiter.acquire()
    assert clock.slept == [], "three of ten were free"
    # Somebody else may not take what is kept.
    thread = threading.Thread(target=limiter.acquire)
    thread.start()
    thread.join(PATIENCE)
    assert sum(clock.slept) > WINDOW_SECONDS - 10
    limiter.give_room()


def test_what_was_not_needed_is_free_for_all_again(clock: FakeClock) -> None:
    limiter = Limiter(clock, windows.in_memory(10, WINDOW_SECONDS, clock.monotonic), lambda text: None, calls=10)
    limiter.keep_room(4)
    limiter.acquire()
    limiter.acquire()
    limiter.give_room()
    for _ in range(8):
        limiter.acquire()
    assert clock.slept == []


def test_a_create_waits_for_all_of_its_calls_and_not_between_them(clock: FakeClock) -> None:
    limiter = Limiter(clock, windows.in_memory(10, WINDOW_SECONDS, clock.monotonic), lambda text: None, calls=10)
    for _ in range(8):
        limiter.acquire()
    limiter.keep_room(2)
    limiter.acquire()
    waited = sum(clock.slept)
    assert waited > WINDOW_SECONDS - 10
    limiter.acquire()
    limiter.acquire()
    assert sum(clock.slept) == waited
