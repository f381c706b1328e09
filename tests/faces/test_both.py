"""The same cases over both faces, with the same expected states: they are codecs of one core."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, Live
from kinds import MAKES
from kit import KINDS, OBJECTS
from pulumi_livechannels.core.fields import UNKNOWN
from pulumi_livechannels.emulator.platform import Platform

EVERY = pytest.mark.parametrize("kind", sorted(KINDS))
NONE, SOME = messages.DiffResponse.DIFF_NONE, messages.DiffResponse.DIFF_SOME
STOP = (datetime.now(timezone.utc) + timedelta(hours=2)).isoformat(timespec="seconds")


def wanted(face: Face, kind: str) -> dict[str, Any]:
    """Inputs for a resource, with a channel to work on where it needs one."""
    if kind in ("RecordTask", "ForwardTask"):
        host = face.create("Channel", {**KINDS["Channel"].example, "channelName": "host"})
        return {**KINDS[kind].example, "pullId": host.id, "endTime": STOP}
    return dict(KINDS[kind].example)


def expected(kind: str, inputs: dict[str, Any], live: Live) -> dict[str, Any]:
    """What every face has to hand over, in its own words: the inputs, their defaults, and these outputs."""
    seconds = live.state.get("createTime") or live.state.get("startTime")
    played = {"protocol": "rtmp", "domain": "pull.example.com"}
    channel = {"pullId": live.id, "createTime": seconds, "pullProtocols": ["rtmp"], "forceDestroy": False}
    outputs = {
        "Channel": {
            **channel,
            "liveToVod": False,
            "videoEncryption": "none",
            "playerId": "default-player",
            "pushUrl": live.state.get("pushUrl"),
            "srtPushUrl": live.state.get("srtPushUrl"),
            "pullUrls": [
                {**played, "rate": "source", "url": f"rtmp://pull.example.com/live/{live.id}"},
                {**played, "rate": "hd", "url": f"rtmp://pull.example.com/live/{live.id}_3"},
            ],
        },
        "PullChannel": {
            **channel,
            "playerId": "default-player",
            "pullUrls": [{**played, "rate": "source", "url": f"rtmp://pull.example.com/live/{live.id}"}],
        },
        "RecordTask": {
            "taskId": live.id,
            "transNo": live.state.get("transNo"),
            "status": "running",
            "startTime": seconds,
            "fileType": "mp4",
            "concat": False,
            "recordOverHttp": False,
        },
        "ForwardTask": {"taskId": live.id, "status": "running", "startTime": seconds},
    }
    return {**inputs, **outputs.get(kind, {KINDS[kind].id_key: live.id})}


@pytest.mark.rule("R4", "R5")
@EVERY
def test_create_read_and_an_unchanged_diff(face: Face, kind: str) -> None:
    inputs = wanted(face, kind)
    live = face.create(kind, inputs)
    assert {key: value for key, value in live.state.items() if not key.startswith("__")} == expected(kind, inputs, live)
    assert face.read(kind, live, inputs) == live.state
    checked, _ = face.check(kind, inputs, inputs)
    assert face.diff(kind, live, checked).changes == NONE
    face.delete(kind, live)
    face.delete(kind, live)


@pytest.mark.rule("R9")
@EVERY
def test_what_disappeared_reads_as_gone(hurried: Face, platform: Platform, kind: str) -> None:
    inputs = wanted(hurried, kind)
    live = hurried.create(kind, inputs)
    platform.store.remove(OBJECTS[kind], live.id)
    hurried.configure()
    touched = hurried.create("RecordDirectory", {"directoryType": f"touch{kind}", "path": "a"})
    hurried.delete("RecordDirectory", touched)
    hurried.delete(kind, live)
    assert hurried.read(kind, live, inputs) is None


@pytest.mark.rule("R7", "R8")
@pytest.mark.parametrize("kind", ["Channel", "PullChannel"])
def test_drift_and_updates_look_the_same(face: Face, platform: Platform, kind: str) -> None:
    inputs = wanted(face, kind)
    live = face.create(kind, inputs)
    news, _ = face.check(kind, {**inputs, "channelName": "New"}, inputs)
    found = face.diff(kind, live, news)
    assert (found.changes, list(found.replaces)) == (SOME, [])
    updated = face.update(kind, live, news)
    assert updated.state == {**live.state, "channelName": "New"}
    assert [item["channelName"] for item in platform.objects(OBJECTS[kind])] == ["New"]


@pytest.mark.rule("R7")
@pytest.mark.parametrize(
    ("kind", "key", "value", "first"),
    [
        ("Channel", "channelType", "other", True),
        ("Channel", "pullProtocols", ["hls"], True),
        ("RecordDirectory", "directoryType", "other", False),
        ("RecordTask", "fileType", "flv", True),
        ("ForwardTask", "forwardUrl", "rtmp://relay.example.net/app/other", True),
    ],
)
def test_replacements_look_the_same(face: Face, kind: str, key: str, value: Any, first: bool) -> None:
    inputs = wanted(face, kind)
    live = face.create(kind, inputs)
    news, _ = face.check(kind, {**inputs, key: value}, inputs)
    found = face.diff(kind, live, news)
    assert (list(found.replaces), found.deleteBeforeReplace) == ([key], first)


@pytest.mark.rule("R1", "R29")
def test_broken_rules_are_told_in_the_same_words(face: Face) -> None:
    wrong = {"channelName": "", "channelType": "a-b", "pullRates": ["4k"], "nonsense": 1}
    _, failures = face.check("Channel", wrong)
    assert failures == [
        ("nonsense", failures[0][1]),
        ("channelName", "must be at least 1 character, but is '': write something"),
        ("channelType", "may hold only letters, digits and underscores, but is 'a-b': take other characters out"),
        ("pushDomain", "is required, but is missing: set it"),
        (
            "pullRates[0]",
            "must be one of 'source', 'smooth', 'sd', 'hd' or 'super', but is '4k': choose one of these",
        ),
    ]
    _, failures = face.check("ForwardTask", {"pullId": "p", "forwardUrl": "geheim"})
    assert [failure[0] for failure in failures] == [""]
    assert "geheim" not in failures[0][1]


@pytest.mark.rule("R1", "R33")
@EVERY
def test_what_is_not_known_yet_stays_unknown(face: Face, kind: str) -> None:
    key = next(iter(KINDS[kind].example))
    inputs, failures = face.check(kind, {**KINDS[kind].example, key: UNKNOWN})
    assert not [failure for failure in failures if failure[0] == key]
    assert inputs[key] is UNKNOWN


@pytest.mark.rule("R16", "R37")
@pytest.mark.parametrize("kind", ["Channel", "RecordDirectory", "RecordTask"])
def test_a_lost_create_makes_one_object(face: Face, platform: Platform, kind: str) -> None:
    inputs = wanted(face, kind)
    platform.faults.add({"path": MAKES[kind], "kind": "lost-answer"})
    live = face.create(kind, inputs)
    held = [item["id"] for item in platform.objects(OBJECTS[kind]) if item.get("channelName") != "host"]
    assert held == [live.id]


@pytest.mark.rule("R2")
@EVERY
def test_checking_what_was_checked_changes_nothing(face: Face, kind: str) -> None:
    inputs = wanted(face, kind)
    once, failures = face.check(kind, inputs)
    assert face.check(kind, once, once) == (once, failures) == (once, [])


@pytest.mark.rule("R6")
def test_what_means_the_same_is_no_difference(face: Face) -> None:
    inputs = {**KINDS["Channel"].example, "pullProtocols": ["flv", "rtmp"], "pullRates": ["hd", "source"]}
    live = face.create("Channel", inputs)
    assert (live.state["pullProtocols"], live.state["pullRates"]) == (["flv", "rtmp"], ["hd", "source"])
    turned = {**inputs, "pullProtocols": ["rtmp", "flv"], "pullRates": ["source", "hd"], "shareButton": None}
    checked, _ = face.check("Channel", turned, inputs)
    assert face.diff("Channel", live, checked).changes == NONE

    task = wanted(face, "ForwardTask")
    relay = face.create("ForwardTask", task)
    moved = datetime.fromisoformat(STOP).astimezone(timezone(timedelta(hours=8))).isoformat(timespec="seconds")
    checked, _ = face.check("ForwardTask", {**task, "endTime": moved}, task)
    assert face.diff("ForwardTask", relay, checked).changes == NONE


@pytest.mark.rule("R10", "R29")
@pytest.mark.parametrize("kind", ["Channel", "PullChannel"])
def test_an_update_of_what_is_gone_says_so(face: Face, platform: Platform, kind: str) -> None:
    inputs = wanted(face, kind)
    live = face.create(kind, inputs)
    platform.store.remove(OBJECTS[kind], live.id)
    news, _ = face.check(kind, {**inputs, "channelName": "New"}, inputs)
    with pytest.raises(grpc.RpcError) as caught:
        face.update(kind, live, news)
    assert f"{kind} {live.id} is gone from the platform" in caught.value.details()
    assert "pulumi refresh" in caught.value.details()
    assert "Traceback" not in caught.value.details()
