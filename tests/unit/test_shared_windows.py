"""A budget on a machine with other runs: clocks that are set, processes that stop, files that are in the way."""

from __future__ import annotations

import itertools
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kit import FakeClock
from pulumi_livechannels.ground import private_files, windows
from pulumi_livechannels.ground.limiter import WINDOW_SECONDS, Limiter, Window

DAY = 24 * 3600.0
LENGTH = WINDOW_SECONDS + 5


class SettableClock(FakeClock):
    """A clock whose date somebody sets while time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture(params=["memory", "file", "redis", "postgres"])
def window(request: pytest.FixtureRequest, tmp_path: Path, clock: SettableClock) -> Window:
    if request.param == "memory":
        return windows.in_memory(10, WINDOW_SECONDS, clock.monotonic)
    if request.param == "file":
        return windows.in_file(10, WINDOW_SECONDS, "account", tmp_path)
    server = request.getfixturevalue(request.param)
    store = {"redis": windows.in_redis, "postgres": windows.in_postgres}[request.param]
    shared = store(10, WINDOW_SECONDS, f"set {tmp_path}", server.address)
    shared._clock = clock.now
    return shared


def moments(clock: FakeClock, limiter: Limiter, calls: int) -> list[float]:
    """When each of so many calls left, on the clock that nobody sets."""
    times = []
    for _ in range(calls):
        limiter.acquire()
        times.append(clock.monotonic())
    return times


@pytest.mark.rule("R25")
@pytest.mark.parametrize("ahead", [-DAY, -3600.0, -100.0, -30.0], ids=["a day", "an hour", "less", "little"])
def test_after_the_clock_was_set_back_nobody_waits_longer_than_a_window(
    clock: SettableClock, window: Window, ahead: float
) -> None:
    limiter = Limiter(clock, window, lambda text: None)
    moments(clock, limiter, 10)
    clock.ahead = ahead
    times = moments(clock, limiter, 25)
    assert times[0] <= LENGTH
    assert times[10] - times[0] <= LENGTH
    assert all(later - earlier > WINDOW_SECONDS for earlier, later in zip(times, times[10:], strict=False))


@pytest.mark.parametrize("used", [3, 10])
def test_a_clock_set_forward_and_back_leaves_a_budget_that_still_means_something(
    clock: SettableClock, window: Window, used: int
) -> None:
    limiter = Limiter(clock, window, lambda text: None)
    clock.ahead = DAY
    moments(clock, limiter, used)
    clock.ahead = 0.0
    times = moments(clock, limiter, 40)
    assert all(later - earlier <= LENGTH for earlier, later in itertools.pairwise(times))
    settled = times[10:]
    assert all(later - earlier > WINDOW_SECONDS for earlier, later in zip(settled, settled[10:], strict=False))


def test_a_gate_that_the_platform_closed_opens_in_time_whatever_the_clock_says(clock: SettableClock) -> None:
    limiter = Limiter(clock, None, lambda text: None)
    limiter.close_for(60)
    clock.ahead = -DAY
    assert moments(clock, limiter, 1) == [60]


def test_a_window_in_use_is_not_tidied_away_by_a_clock_set_forward(
    clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = windows.in_file(10, WINDOW_SECONDS, "one", tmp_path)
    first.reserve(clock.now())
    monkeypatch.setattr("time.time", lambda: clock.now() + DAY)
    windows.in_file(10, WINDOW_SECONDS, "other", tmp_path)
    assert windows.in_file(10, WINDOW_SECONDS, "one", tmp_path).used(clock.now()) == 1


HOLDER = """
import sys, time
from pathlib import Path
from pulumi_livechannels.ground.private_files import HeldLock
with HeldLock(Path(sys.argv[1]), 5):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def stopped_holder(file: Path) -> Iterator[int]:
    """A real process that has taken the lock and was stopped then."""
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(file)], stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            holder.send_signal(signal.SIGSTOP)
            yield holder.pid
        finally:
            holder.kill()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="processes are stopped by a signal")
@pytest.mark.parametrize("when", ["before the run", "during the run"])
def test_a_stopped_process_that_holds_the_lock_is_named_and_the_run_goes_on(
    clock: SettableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setattr(private_files, "LOCK_SECONDS", 0.2)
    file = tmp_path / f"{windows._named('account')}.sqlite"
    told: list[str] = []

    def fallback() -> Window:
        alone = windows.in_memory(10, WINDOW_SECONDS, clock.monotonic)
        return windows.FallbackWindow(
            lambda: windows.in_file(10, WINDOW_SECONDS, "account", tmp_path), alone, "a file", told.append
        )

    early = fallback() if when == "during the run" else None
    with stopped_holder(file) as pid:
        limiter = Limiter(clock, early or fallback(), lambda text: None)
        times = moments(clock, limiter, 11)
    assert times[-1] > WINDOW_SECONDS, "it still counts its own calls"
    assert told == [
        f"the call budget cannot be shared through a file (process {pid} holds its lock and does not let it go), "
        "so this run counts its own calls only"
    ]
    windows.in_file(10, WINDOW_SECONDS, "account", tmp_path).reserve(clock.now())


def modes(folder: Path) -> dict[str, int]:
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in (folder, *folder.iterdir())}


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
@pytest.mark.parametrize("earlier", [False, True], ids=["from birth", "of an earlier version"])
def test_only_its_owner_may_read_what_a_window_leaves_on_the_disk(
    clock: SettableClock, tmp_path: Path, earlier: bool
) -> None:
    folder = tmp_path / "budget"
    if earlier:
        folder.mkdir(mode=0o755)
        (folder / f"{windows._named('account')}.sqlite").touch(mode=0o644)
    window = windows.in_file(10, WINDOW_SECONDS, "account", folder)
    window.reserve(clock.now())
    found = modes(folder)
    assert found.pop("budget") == 0o700
    assert len(found) >= 4, found
    assert set(found.values()) == {0o600}, found


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal", ".lock", ".pid"])
def test_a_link_at_a_files_place_is_neither_followed_nor_replaced(
    clock: SettableClock, tmp_path: Path, suffix: str
) -> None:
    folder, theirs = tmp_path / "budget", tmp_path / "theirs"
    folder.mkdir()
    theirs.write_text("of somebody else")
    before = theirs.stat().st_mode
    link = folder / f"{windows._named('account')}.sqlite{suffix}"
    link.symlink_to(theirs)
    told: list[str] = []
    window = windows.FallbackWindow(
        lambda: windows.in_file(10, WINDOW_SECONDS, "account", folder),
        windows.in_memory(10, WINDOW_SECONDS, clock.monotonic),
        "a file",
        told.append,
    )
    assert window.reserve(clock.now()) == 0
    assert "symbolic link" in told[0]
    assert len(told) == 1
    assert theirs.read_text() == "of somebody else"
    assert theirs.stat().st_mode == before
    assert link.is_symlink()


def test_a_file_that_is_no_window_is_left_as_it_is(clock: SettableClock, tmp_path: Path) -> None:
    file = tmp_path / f"{windows._named('account')}.sqlite"
    file.write_text("of somebody else, and longer than the header of a database " * 20)
    before = file.read_text()
    told: list[str] = []
    alone = windows.in_memory(10, WINDOW_SECONDS, clock.monotonic)
    window = windows.FallbackWindow(
        lambda: windows.in_file(10, WINDOW_SECONDS, "account", tmp_path), alone, "a file", told.append
    )
    assert window.reserve(clock.now()) == 0
    assert len(told) == 1
    assert file.read_text() == before
