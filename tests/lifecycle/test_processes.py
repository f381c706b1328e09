"""Two provider processes of one run and one account: an engine starts one for each provider resource."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from kit import ALL, Stage
from pulumi_livechannels.core.lifecycle import Lifecycle
from pulumi_livechannels.core.states import SPARED
from pulumi_livechannels.ground import errors
from pulumi_livechannels.ground.run_notes import RunNotes, engine_address

RUN = "127.0.0.1:4242"
TAKES_OVER = ("RecordTask", "ForwardTask", "ChannelBan", "ChannelStateCallback", "RecordDirectory")


class Process:
    """A provider process of the run."""

    def __init__(self, stage: Stage, run: str = RUN) -> None:
        stage.new_run()
        self._account = type(stage.account)(stage.account.settings, stage.told.append, stage.clock, run)
        self._kinds = {name: Lifecycle(kind, self._account) for name, kind in ALL.items()}

    def of(self, name: str) -> Lifecycle:
        return self._kinds[name]


@pytest.fixture
def processes(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Process, Process]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Process(stage), Process(stage)


def sample(stage: Stage, name: str) -> dict[str, Any]:
    if name == "ChannelBan":
        return {"pullId": stage.a_channel()}
    if name == "ChannelStateCallback":
        return {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    return stage.sample(name)


@pytest.mark.parametrize("name", TAKES_OVER)
def test_a_new_name_under_another_provider_takes_over_what_the_old_one_then_leaves(
    stage: Stage, processes: tuple[Process, Process], name: str
) -> None:
    inputs = sample(stage, name)
    made = stage.up(name, "old", **inputs)
    old, new = processes
    holder = stage.holder(name, "new")
    checked = new.of(name).check(inputs, None, holder)
    taken = new.of(name).create(checked.inputs, holder)
    assert taken.id == made.id
    writes = stage.writes()
    old.of(name).delete(made.id, made.state)
    assert stage.writes() == writes, "nothing was ended"
    assert f"{name} {made.id} is held by new" in stage.told[-1]


@pytest.mark.parametrize("name", ["Channel", "PullChannel", "RecordTask"])
def test_what_another_process_has_adopted_is_not_deleted(
    stage: Stage, processes: tuple[Process, Process], name: str
) -> None:
    made = stage.up(name, "main", **stage.sample(name))
    old, new = processes
    for called in ("main", "other"):
        adopted = new.of(name).adopt(made.id, stage.sample(name), stage.holder(name, called))
        writes = stage.writes()
        old.of(name).delete(made.id, made.state)
        assert stage.writes() == writes
        new.of(name).account.custody.lost(name, made.id)
        assert adopted.id == made.id


def test_two_processes_do_not_adopt_one_object(stage: Stage, processes: tuple[Process, Process]) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    one, two = processes
    one.of("Channel").adopt(made.id, stage.sample("Channel"), stage.holder("Channel", "one"))
    with pytest.raises(errors.ConflictError, match="is held by one already, and two asks for it too"):
        two.of("Channel").adopt(made.id, stage.sample("Channel"), stage.holder("Channel", "two"))


def test_what_one_process_declares_another_does_not_adopt(stage: Stage, processes: tuple[Process, Process]) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", "main", **inputs)
    one, two = processes
    holder = stage.holder("Channel", "main")
    one.of("Channel").check(inputs, inputs, holder)
    one.of("Channel").plan(made.id, made.state, inputs, holder)
    checked = two.of("Channel").check(inputs, inputs, stage.holder("Channel", "other"), adopt=made.id)
    assert "is held by main already, and other asks for it too" in checked.problems[0].text


def test_a_recording_goes_on_with_a_channel_of_another_process(
    stage: Stage, processes: tuple[Process, Process]
) -> None:
    one, two = processes
    channel = one.of("Channel").create(stage.sample("Channel"), stage.holder("Channel", "main"))
    inputs = stage.sample("RecordTask", pullId=channel.id)
    task = two.of("RecordTask").create(inputs, stage.holder("RecordTask", "rec"))
    assert task.state[SPARED] is True
    stage.click("Channel", channel.id, channelStatus=1)
    with pytest.raises(errors.ChannelLiveError):
        Process(stage, "127.0.0.1:4343").of("RecordTask").delete(task.id, task.state)


def test_another_run_knows_nothing_of_this_one(stage: Stage, tmp_path: Path) -> None:
    first, again = (RunNotes(RUN, "account", stage.told.append, tmp_path) for _ in range(2))
    other = RunNotes("127.0.0.1:1", "account", stage.told.append, tmp_path)
    elsewhere = RunNotes(RUN, "another account", stage.told.append, tmp_path)
    first.tell(["taken", "Channel", "c1", "mark", "label"])
    assert again.heard() == [["taken", "Channel", "c1", "mark", "label"]]
    assert again.heard() == first.heard() == other.heard() == elsewhere.heard() == []
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_a_later_run_under_the_same_address_begins_anew(stage: Stage, tmp_path: Path) -> None:
    first = RunNotes(RUN, "account", stage.told.append, tmp_path)
    first.tell(["program", "x"])
    del first
    assert RunNotes(RUN, "account", stage.told.append, tmp_path).heard() == []


def test_what_two_processes_write_in_turns_is_all_heard_and_nobody_hears_itself(stage: Stage, tmp_path: Path) -> None:
    first, second = (RunNotes(RUN, "account", stage.told.append, tmp_path) for _ in range(2))
    heard: dict[RunNotes, list[Any]] = {first: [], second: []}
    for number, (tells, hears) in enumerate([(first, first), (first, second), (second, second), (second, first)] * 5):
        tells.tell([number])
        heard[hears] += hears.heard()
    for notes, others in ((first, (2, 3)), (second, (0, 1))):
        heard[notes] += notes.heard()
        assert heard[notes] == [[number] for number in range(20) if number % 4 in others]


def test_old_notes_are_looked_for_once_a_day(stage: Stage, tmp_path: Path) -> None:
    """What many runs left behind is nothing that each process of the next run has to look through."""

    def after_a_run_of_long_ago() -> bool:
        old = tmp_path / "old.jsonl"
        old.touch()
        os.utime(old, (0, 0))
        RunNotes(RUN, "account", stage.told.append, tmp_path)
        return old.exists()

    assert not after_a_run_of_long_ago()
    assert after_a_run_of_long_ago()
    os.utime(tmp_path / "tidied", (time.time() - 86_401,) * 2)
    assert not after_a_run_of_long_ago()
    assert after_a_run_of_long_ago()


def test_notes_that_cannot_be_kept_are_told_once_and_stop_nothing(stage: Stage, tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file stands here")
    notes = RunNotes(RUN, "account", stage.told.append, tmp_path / "runs")
    notes.tell(["program", "x"])
    assert notes.heard() == []
    assert len(stage.told) == 1
    assert "cannot tell each other what they hold" in stage.told[0]


def test_a_process_knows_its_engine_by_the_address_that_it_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for words, address in ((["x", "127.0.0.1:40001"], "127.0.0.1:40001"), (["x", "--logflow"], None), (["x"], None)):
        monkeypatch.setattr("sys.argv", words)
        assert engine_address() == address
