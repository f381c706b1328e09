"""Lists that lag and lists whose pages shift: what is there may be missing, and what is gone may still show."""

from __future__ import annotations

from typing import Any

import pytest

from emulator_kit import PATHS, a_channel, a_pull_channel, ask, knock, objects
from kit import Stage

LISTS = {
    "channel": ("getChannelList", "pullId"),
    "pullChannel": ("getPullChannelList", "pullId"),
    "recordDirectory": ("getDirectoryList", "directoryId"),
    "recordTask": ("recordTaskListQuery", "taskId"),
    "forwardTask": ("getForwardTaskList", "taskId"),
}
EVERY = pytest.mark.parametrize("kind", LISTS)


def make(stage: Stage, kind: str, name: str = "a") -> str:
    """An object of a kind."""
    if kind == "channel":
        return a_channel(stage)
    if kind == "pullChannel":
        return a_pull_channel(stage)
    if kind == "recordDirectory":
        return str(ask(stage, "directoryCreate", directoryType=name, firstLevelDirectory="a")["directoryId"])
    channel = a_channel(stage)
    if kind == "recordTask":
        end = int(stage.clock.now()) + 7200
        return str(ask(stage, "createRecordTask", pullId=channel, quickStart=True, endTime=end)["taskId"])
    return str(ask(stage, "startForwardTask", pullId=channel, forwardUrl="rtmp://x/y")["taskId"])


def listed(stage: Stage, kind: str, **fields: Any) -> list[str]:
    """The ids on a page."""
    action, key = LISTS[kind]
    data = ask(stage, action, **fields)
    data = data[0] if isinstance(data, list) else data
    return [item[key] for item in next(value for value in data.values() if isinstance(value, list))]


@EVERY
@pytest.mark.rule("E8")
def test_a_list_lags_for_what_is_made_and_for_what_is_gone(stage: Stage, kind: str) -> None:
    old, young = make(stage, kind, "a"), make(stage, kind, "b")
    stage.clock.let_pass(60)
    made = make(stage, kind, "c")
    stage.platform.store.remove(kind, old)
    stage.fault(PATHS[LISTS[kind][0]], "stale-list", seconds=30)
    assert listed(stage, kind) == [young, old], "each stands where it stood"
    assert listed(stage, kind) == [made, young]


@EVERY
def test_a_list_that_lags_catches_up_by_the_clock_of_the_platform(stage: Stage, kind: str) -> None:
    made = make(stage, kind)
    stage.fault(PATHS[LISTS[kind][0]], "stale-list", seconds=30, times=2)
    assert listed(stage, kind) == []
    knock(stage, "POST", "clock", {"seconds": 60}).raise_for_status()
    assert listed(stage, kind) == [made]


@EVERY
def test_a_list_as_before_the_last_write(stage: Stage, kind: str) -> None:
    first, second = make(stage, kind, "a"), make(stage, kind, "b")
    stage.fault(PATHS[LISTS[kind][0]], "stale-list", times=2)
    assert listed(stage, kind) == [first]
    stage.platform.store.remove(kind, first)
    assert listed(stage, kind) == [second, first]


def test_a_read_that_is_a_list_lags_as_well(stage: Stage) -> None:
    stage.clock.let_pass(60)
    made = make(stage, "forwardTask")
    stage.fault(PATHS["getForwardTaskList"], "stale-list", seconds=30)
    assert listed(stage, "forwardTask", taskId=made) == []
    assert listed(stage, "forwardTask", taskId=made) == [made]


def test_a_list_that_lags_shows_how_things_stood(stage: Stage) -> None:
    key = a_channel(stage)
    stage.clock.let_pass(60)
    ask(stage, "channelEdit", pullId=key, channelName="new")
    ask(stage, "channelForbidden", pullId=key)
    stage.fault(PATHS["getChannelList"], "stale-list", seconds=30)
    shown = [ask(stage, "getChannelList")["channelList"][0] for _ in range(2)]
    assert [(item["channelName"], item["channelStatus"]) for item in shown] == [("Main", 2), ("new", 3)]


def test_the_past_is_forgotten_after_an_hour(stage: Stage) -> None:
    first = a_channel(stage)
    stage.remove("Channel", first)
    stage.clock.let_pass(3700)
    second = a_channel(stage)
    steps = stage.platform.store._history._steps["channel"]
    assert [step.key for step in steps] == [second]


@EVERY
@pytest.mark.rule("E8")
def test_an_object_hides_between_two_pages(stage: Stage, kind: str) -> None:
    keys = [make(stage, kind, name) for name in "abcde"][::-1]
    stage.fault(PATHS[LISTS[kind][0]], "shift-pages", nth=2, times=2)
    pages = [listed(stage, kind, pageIndex=number, pageSize=2) for number in (1, 2, 3)]
    assert pages == [keys[:2], keys[3:], []]
    assert set(objects(stage, kind)) == set(keys), "nothing is deleted"
    assert [listed(stage, kind, pageIndex=number, pageSize=2) for number in (1, 2)] == [keys[:2], keys[2:4]]


def test_a_shifted_page_tells_the_count_without_what_left(stage: Stage) -> None:
    for name in "abc":
        make(stage, "recordDirectory", name)
    stage.fault(PATHS["getDirectoryList"], "shift-pages")
    assert [ask(stage, "getDirectoryList")[0]["totalCount"] for _ in range(2)] == [2, 3]


def test_a_shifted_list_of_another_order_misses_its_first_object_too(stage: Stage) -> None:
    keys = [a_channel(stage) for _ in range(3)]
    stage.fault(PATHS["getChannelList"], "shift-pages")
    assert listed(stage, "channel", listOrder=1) == keys[1:]
