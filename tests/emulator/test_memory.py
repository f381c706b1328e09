"""What an emulator keeps: ids of its own, and a state file that nobody else can read."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emulator_kit import a_channel
from kit import FakeClock, Stage
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import running
from pulumi_livechannels.emulator.store import StateFileError, StateInUseError, Store

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli", "emulator"]
EXEC = ["--exec", "--", "true"]


def ids(clock: FakeClock, seed: int | None) -> list[str]:
    """The ids of two channels of a new emulator, and of one more after it forgot everything."""
    with running(quota=0, seed=seed, now=clock.now) as (port, platform):
        stage = Stage(port, platform, clock)
        made = [a_channel(stage) for _ in range(2)]
        platform.reset()
        return [*made, a_channel(stage)]


@pytest.mark.rule("E4")
def test_two_emulators_without_a_seed_never_give_equal_ids(clock: FakeClock) -> None:
    given = [*ids(clock, None), *ids(clock, None)]
    assert len(set(given)) == len(given) == 6
    assert {len(key) for key in given} == {len(key) for key in ids(clock, 7)}


def test_a_state_file_without_a_seed_gives_no_id_twice(tmp_path: Path, clock: FakeClock) -> None:
    given = []
    for _ in range(2):
        store = Store(tmp_path / "platform.sqlite", now=clock.now)
        given.append(store.new_id())
        store.close()
    assert given[0] != given[1]


def test_figures_of_reports_need_no_seed(clock: FakeClock) -> None:
    platforms = [Platform(file=None, seed=seed, quota=0, now=clock.now) for seed in (None, None, 0)]
    assert len({platform._reports._figures.chance("x") for platform in platforms}) == 1


@pytest.mark.rule("E4")
def test_only_the_owner_reads_a_state_file(tmp_path: Path, clock: FakeClock) -> None:
    file, before = tmp_path / "platform.sqlite", os.umask(0)
    try:
        store = Store(file, now=clock.now)
        store.put("channel", "a", {"pushId": "secret"})
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
        assert len(modes) > 1
        assert set(modes.values()) == {0o600}
        store.close()
        assert [path.name for path in tmp_path.iterdir()] == [file.name]
    finally:
        os.umask(before)


def test_a_state_file_has_one_emulator_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    first = Store(file)
    with pytest.raises(StateInUseError):
        Store(file)
    done = subprocess.run([*COMMAND, "--state", str(file), *EXEC], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"--state {file} is in use: end the program that has it open" in done.stderr
    first.put("channel", "a", {})
    first.close()
    again = Store(file)
    assert list(again.all("channel")) == ["a"]
    again.close()


def test_what_was_answered_outlives_a_kill(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    script = (
        "import os, pathlib, sys; from pulumi_livechannels.emulator.store import Store\n"
        "store = Store(pathlib.Path(sys.argv[1])); store.put('channel', 'a', {'n': 1}); os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", script, str(file)], check=False).returncode == -signal.SIGKILL
    store = Store(file)
    assert store.all("channel") == {"a": {"n": 1}}
    store.close()


def test_a_state_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    file.touch(0o644)
    Store(file).close()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("there", [True, False])
def test_a_symbolic_link_is_not_followed(tmp_path: Path, there: bool) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    link.symlink_to(target)
    if there:
        target.write_text("precious")
    with pytest.raises(StateFileError, match="symbolic link"):
        Store(link)
    done = subprocess.run([*COMMAND, "--state", str(link), *EXEC], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "it is a symbolic link, which is not followed" in done.stderr
    assert target.exists() == there
    assert not there or target.read_text() == "precious"


def test_a_file_of_faults_with_a_path_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"path": "/live/channelManage/getChanelList", "kind": "refuse"}]))
    done = subprocess.run([*COMMAND, "--faults", str(faults), *EXEC], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "is it /live/channelManage/getChannelList?" in done.stderr


def test_what_is_written_is_read_in_its_order_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "platform.sqlite"
    store = Store(file)
    for key in ("b", "a", "c"):
        store.put("channel", key, {"n": 1})
    store.remove("channel", "b")
    store.put("channel", "a", {"n": 2})
    store.put("channel", "b", {"n": 3})
    held = store.all("channel")
    store.close()
    again = Store(file)
    assert (
        list(again.all("channel").items()) == list(held.items()) == [("a", {"n": 2}), ("c", {"n": 1}), ("b", {"n": 3})]
    )
    again.close()
