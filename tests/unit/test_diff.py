"""Differences: what counts, what needs a new object, and that looking from either side shows the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import ALL, KINDS
from pulumi_livechannels.core.diff import Diff, diff
from pulumi_livechannels.core.fields import UNKNOWN, Property, properties

STATE: dict[str, Any] = {
    "pullId": "p",
    "pushUrl": "rtmp://x",
    "pullUrls": [],
    "createTime": "t",
    "channelName": "Main",
    "channelType": "live",
    "pushDomain": "push.example.com",
    "pullRates": ["source", "hd"],
    "pullProtocols": ["rtmp", "flv"],
    "liveToVod": False,
    "videoEncryption": "none",
    "forceDestroy": False,
    "playerId": "default-player",
}
PROGRAM = {
    key: STATE[key]
    for key in (
        *("channelName", "channelType", "pushDomain", "pullRates", "pullProtocols"),
        *("liveToVod", "videoEncryption", "forceDestroy"),
    )
}


def channel(state: dict[str, Any], news: dict[str, Any]) -> Diff:
    return diff(KINDS["Channel"].inputs, KINDS["Channel"].outputs, state, news)


def task(state: dict[str, Any], news: dict[str, Any]) -> Diff:
    base = {"taskId": "t", "status": "running", "pullId": "p", "forwardUrl": "rtmp://a/b/c"}
    asked = {"pullId": "p", "forwardUrl": "rtmp://a/b/c"}
    return diff(KINDS["ForwardTask"].inputs, KINDS["ForwardTask"].outputs, {**base, **state}, {**asked, **news})


@pytest.mark.rule("R6")
@pytest.mark.parametrize(
    "change",
    [
        {"pullRates": ["hd", "source"]},
        {"pullProtocols": ["flv", "rtmp"]},
    ],
)
def test_what_means_the_same_is_no_difference(change: dict[str, Any]) -> None:
    assert not channel(STATE, PROGRAM).any
    assert not channel(STATE, {**PROGRAM, **change}).any


@pytest.mark.rule("R6")
def test_what_the_platform_adds_or_fills_in_is_no_difference() -> None:
    state = {**STATE, "pullProtocols": ["rtmp", "flv", "ts"], "hlsEncryptionSeconds": 5, "directoryId": "d"}
    assert not channel(state, PROGRAM).any


@pytest.mark.rule("R6")
def test_times_count_by_the_minute() -> None:
    state = {"endTime": "2030-01-01T08:00:00+08:00", "startTime": "2029-01-01T00:00:00Z"}
    assert not task(state, {"endTime": "2030-01-01T00:00:30Z"}).any
    assert task(state, {"endTime": "2030-01-01T00:01:00Z"}).replaces == ["endTime"]


@pytest.mark.rule("R7")
@pytest.mark.parametrize(
    ("change", "replaces"),
    [
        ({"channelName": "New"}, False),
        ({"pullRates": ["source"]}, False),
        ({"liveToVod": True}, False),
        ({"videoEncryption": "drm"}, False),
        ({"pushKeyRotation": "1"}, False),
        ({"forceDestroy": True}, False),
        ({"streamCheck": "s"}, False),
        ({"shareButton": True}, False),
        ({"appScenario": "a"}, False),
        ({"directoryId": "d"}, False),
        ({"channelType": "other"}, True),
        ({"pushDomain": "push2.example.com"}, True),
        ({"pullProtocols": ["rtmp"]}, True),
        ({"playerId": "mine"}, True),
    ],
)
def test_a_change_is_made_in_place_unless_no_call_edits_it(change: dict[str, Any], replaces: bool) -> None:
    found = channel(STATE, {**PROGRAM, **change})
    assert found.changed == list(change)
    assert bool(found.replaces) is replaces


def test_an_input_that_leaves_the_program_counts_where_it_can_be_cleared() -> None:
    assert task({"endTime": "2030-01-01T00:00:00Z"}, {}).replaces == ["endTime"]
    assert task({"transcoding": {"bitrateKbps": 1}}, {}).replaces == ["transcoding"]
    assert not channel({**STATE, "streamCheck": "s", "directoryId": "d"}, PROGRAM).any


def test_a_whiteboard_keeps_its_id() -> None:
    state = {**STATE, "whiteboard": {"enabled": True, "whiteboardId": "w"}}
    found = channel(state, {**PROGRAM, "whiteboard": {"enabled": False, "whiteboardId": "w2"}})
    assert found.changed == ["whiteboard.enabled", "whiteboard.whiteboardId"]
    assert found.replaces == ["whiteboard.whiteboardId"]
    given_later = {**STATE, "whiteboard": {"enabled": False}}
    assert channel(given_later, {**PROGRAM, "whiteboard": {"enabled": True, "whiteboardId": "w"}}).replaces == []


def test_what_is_not_known_yet_may_differ() -> None:
    assert channel(STATE, {**PROGRAM, "channelType": UNKNOWN}).replaces == ["channelType"]
    assert task({}, {"pullId": UNKNOWN}).replaces == ["pullId"]


def test_a_create_that_could_not_be_read_back_is_unfinished() -> None:
    state = {key: value for key, value in STATE.items() if key != "pushUrl"}
    found = channel(state, PROGRAM)
    assert found.any
    assert found.changed == []
    assert found.unfinished == ["pushUrl"]


@pytest.mark.rule("R8")
def test_drift_looks_the_same_from_both_sides() -> None:
    """A refresh asks with the live state as the old one and the program as the new one, and the other way round."""
    drifted = {**STATE, "channelName": "clicked"}
    assert channel(drifted, PROGRAM).changed == channel(STATE, {**PROGRAM, "channelName": "clicked"}).changed


def test_the_face_of_a_difference() -> None:
    found = Diff(changed=["whiteboard.enabled"])
    assert found.touches("whiteboard")
    assert not found.touches("white")


def texts(item: Property) -> st.SearchStrategy[Any]:
    """Values that a property may have in a state or in a program."""
    if item.is_set:
        return st.lists(st.sampled_from(["source", "sd", "rtmp", "flv", "ts"]), unique=True, max_size=4)
    if item.is_instant:
        stamps = ("2030-01-01T00:00:00Z", "2030-01-01T08:00:59+08:00", "2030-01-01T00:01:00Z")
        return st.sampled_from(stamps)
    if item.nested:
        inner = {key: st.none() | texts(part) for key, part in properties(item.nested).items()}
        return st.fixed_dictionaries({}, optional=inner)
    return st.sampled_from(["a", "b", 1, True, False])


def meaning(item: Property, value: Any) -> Any:
    """What a value means, computed the long way round."""
    if value is None:
        return None
    if item.is_set:
        return frozenset(part for part in value if part != "ts")
    if item.is_instant:
        return datetime.fromisoformat(value.replace("Z", "+00:00")).timestamp() // 60
    if item.nested:
        return {key: meaning(part, value.get(key)) for key, part in properties(item.nested).items()}
    return value


@pytest.mark.rule("R32")
@given(data=st.data(), name=st.sampled_from(sorted(ALL)))
def test_a_difference_is_what_brute_force_finds(data: st.DataObject, name: str) -> None:
    kind = ALL[name]
    declared = properties(kind.inputs)
    some = {key: st.none() | texts(item) for key, item in declared.items()}
    state, news = (data.draw(st.fixed_dictionaries(some)) for _ in range(2))
    expected = set()
    for key, item in declared.items():
        wanted = item.default if news[key] is None else news[key]
        unmanaged = wanted is None and (item.flags.filled or item.flags.released)
        unread = state[key] is None and item.flags.kept and wanted == item.default
        if not unmanaged and not unread and meaning(item, state[key]) != meaning(item, wanted):
            expected.add(key)
    found = diff(kind.inputs, kind.outputs, state, news)
    assert {path.partition(".")[0] for path in found.changed} == expected
    assert {path.partition(".")[0] for path in found.replaces} <= expected
