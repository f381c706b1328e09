"""Many objects at once: what they share, and how few calls that takes."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from kinds import KNOWN
from kit import OBJECTS, PATIENCE, Stage

pytestmark = pytest.mark.slow


@pytest.mark.rule("R12")
@pytest.mark.parametrize(
    ("name", "own_reads"),
    [("Channel", 1), ("PullChannel", 1), ("RecordDirectory", 0), ("ForwardTask", 0)],
)
def test_a_refresh_asks_once_for_fifty(stage: Stage, name: str, own_reads: int) -> None:
    number = 100
    made = []
    for index in range(number):
        made.append(stage.up(name, **stage.sample(name, **KNOWN[name].another(index))))
    stage.new_run()
    before = stage.calls()
    for item in made:
        stage.of(name).read(item.id, item.state)
    pages = 0 if own_reads else number // 50
    assert stage.calls() - before == pages + own_reads * number


def test_a_few_directories_far_down_a_long_list_are_asked_for_singly_and_more_of_them_by_pages(stage: Stage) -> None:
    names = [f"d{number}" for number in range(11 + 4 * 50)]
    made = [stage.up("RecordDirectory", **stage.sample("RecordDirectory", directoryType=name)) for name in names]
    stage.new_run()
    before = {action: stage.calls(action) for action in ("getDirectoryList", "getDirectory")}

    def calls_of_a_refresh(few: list[Any]) -> tuple[int, ...]:
        for item in few:
            assert stage.of("RecordDirectory").read(item.id, item.state) == item.state
        return tuple(stage.calls(action) - count for action, count in before.items())

    assert calls_of_a_refresh(made[:10]) == (4, 10)
    assert calls_of_a_refresh(made[10:]) == (5, 10)


def test_threads_share_one_look_at_a_list(stage: Stage) -> None:
    made = [stage.up("RecordDirectory", **stage.sample("RecordDirectory", directoryType=f"d{n}")) for n in range(20)]
    stage.new_run()
    before = stage.calls("getDirectoryList")
    gate = threading.Barrier(len(made))
    found: list[Any] = []

    def read(key: str) -> None:
        gate.wait(PATIENCE)
        found.append(stage.of("RecordDirectory").read(key, {}))

    threads = [threading.Thread(target=read, args=[item.id]) for item in made]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) == 20
    assert stage.calls("getDirectoryList") - before == 1


def test_many_creates_at_once_make_each_object_once(stage: Stage) -> None:
    gate = threading.Barrier(16)
    made: list[str] = []

    def create() -> None:
        inputs = stage.sample("Channel")
        gate.wait(PATIENCE)
        made.append(stage.up("Channel", **inputs).id)

    stage.fault("/live/channelManage/createChannel", "lost-answer", nth=5)
    threads = [threading.Thread(target=create) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(made) == sorted(item["id"] for item in stage.platform.objects(OBJECTS["Channel"]))
    assert len(set(made)) == 16


@pytest.mark.rule("R41", "R12")
def test_a_refresh_by_the_lists_costs_a_call_for_fifty_and_says_what_it_did_not_compare(stage: Stage) -> None:
    made = [stage.up("Channel", **stage.sample("Channel", channelName=f"c{number}")) for number in range(120)]
    guests = [stage.up("PullChannel", **stage.sample("PullChannel", channelName=f"g{number}")) for number in range(60)]
    stage.new_run(driftDepth="listed")
    stage.platform.journal.clear()
    for name, held in (("Channel", made), ("PullChannel", guests)):
        for one in held:
            assert stage.of(name).read(one.id, one.state) == one.state
    assert stage.calls() == 3 + 2
    told = [text for text in stage.told if "driftDepth" in text]
    assert len(told) == 2
    assert "pullRates" in told[0]


@pytest.mark.rule("R9")
def test_a_refresh_by_the_lists_still_confirms_what_is_gone(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.remove("Channel", made.id)
    stage.new_run(driftDepth="listed")
    assert stage.of("Channel").read(made.id, made.state) is None
    assert stage.calls("getChannelConfigure") >= 1


@pytest.mark.rule("R11")
def test_an_import_reads_everything_however_deep_a_refresh_looks(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run(driftDepth="listed")
    state = stage.of("Channel").read(made.id, {})
    assert state is not None
    assert state["pullRates"] == made.state["pullRates"]


@pytest.mark.rule("R41")
def test_a_thousand_channels_are_read_with_twenty_pages_and_one_read_each(stage: Stage) -> None:
    from pulumi_livechannels.emulator.wangsu.channels import create_channel
    from pulumi_livechannels.emulator.wangsu.wire import Call

    words = {"channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    keys = [
        create_channel(Call({**words, "channelName": f"c{number}"}, stage.platform.store))["pullId"]
        for number in range(1000)
    ]
    for key in keys:
        assert stage.of("Channel").read(key, {"pullId": key}) is not None
    assert stage.calls("getChannelList") == 20
    assert stage.calls("getChannelConfigure") == 1000
    assert stage.calls() == 1020
