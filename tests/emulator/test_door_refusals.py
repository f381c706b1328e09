"""What the emulator's own door and its fixture refuse: each is told what is wrong, and what would be right."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from emulator_kit import PATHS, ask, knock
from kit import Stage
from pulumi_livechannels.emulator.domains import all_domains
from pulumi_livechannels.emulator.series import TRAFFIC
from pulumi_livechannels.emulator.slots import Slots
from pulumi_livechannels.emulator.testing import EmulatedPlatform
from pulumi_livechannels.emulator.wangsu.times import FORMS, rewritten
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS, Call, Refusal

FIELDS = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
KINDS = "kind must be one of channel, pullChannel, recordDirectory, recordTask, forwardTask, "
NO_TEXT = (5, 1.5, True, None, [], ["x"], {}, {"x": 1})
NO_NUMBER = (1.5, True, [], {}, "", "x", "1.5", 10**40)


ODD = (
    *(
        "",
        "x",
        "9",
        "0,0",
        "2,3",
        ",",
        "9" * 5000,
        "²",
        "1_0",
        "http://[",
        "\ud800",
        "2026-11-26T08:00:00Z",
        "0001-01-01",
    ),
    *(None, True, 0, 1, 4, 9, -1, 1.5, 10**20, 253_000_000_000, 2**31, [], ["x"], {}, {"x": 1}),
)
READS = (
    *((f"get{kind}Configure", "pullId") for kind in ("Channel", "PullChannel")),
    *((f"get{kind}List", "") for kind in ("Channel", "PullChannel", "ForwardTask", "Directory")),
    *((word, "pullId") for word in ("getChannelLiveState", "getChannelShareUrl", "getSinglePullCode")),
    *(("getDirectory", "directoryId"), ("recordTaskQuery", "taskId"), ("batchChannelLiveState", "")),
)


def made(stage: Stage, kind: str) -> str:
    """An object of a kind, by its id."""
    channel = stage.platform.make("channel", FIELDS)["id"]
    later = stage.platform.store.now() + 3600
    fields: dict[str, dict[str, Any]] = {
        "recordDirectory": {"directoryType": "x", "firstLevelDirectory": "x"},
        "pullChannel": {
            **{"channelName": "Guest", "pullDomain": "pull.example.com", "pullRate": "0"},
            **{"sourcePullUrl": "rtmp://origin.example.net/a/b", "sourcePullProtocol": "0"},
        },
        "recordTask": {"pullId": channel, "quickStart": True, "endTime": later},
        "forwardTask": {"pullId": channel, "forwardUrl": "rtmp://relay.example.net/a/b"},
        "channelBan": {"pullId": channel},
        "channelStateCallback": {"domainName": "push.example.com", "notifyUrl": "https://x.test"},
    }
    return channel if kind == "channel" else stage.platform.make(kind, fields[kind])["id"]


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "told"),
    [
        *(("channel", name, NO_TEXT, "a string") for name in ("channelName", "pullRate", "appScenario")),
        ("channel", "live2vod", (1.5, True, None, [], {}), "a string"),
        ("channel", "hlsEncryptDuration", (*NO_NUMBER[:-1], None), "a whole number"),
        ("channel", "channelStatus", (*NO_NUMBER, None), "a whole number"),
        ("pullChannel", "sourcePullUrl", NO_TEXT, "a string"),
        ("recordDirectory", "firstLevelDirectory", NO_TEXT, "a string"),
        ("recordTask", "isConcat", (1, "true", None, []), "true or false"),
        ("recordTask", "endTime", (*NO_NUMBER, None, -1), "a whole number"),
        ("recordTask", "endedAt", (*NO_NUMBER, None), "a whole number"),
        ("recordTask", "status", NO_NUMBER, "a whole number"),
        ("forwardTask", "forwardUrl", NO_TEXT, "a string"),
        ("forwardTask", "codingParams", (5, True, [], "x", "[1]"), "an object, or the text of one"),
        ("channelBan", "until", (*NO_NUMBER, None), "a whole number"),
        ("channelStateCallback", "notifyUrl", NO_TEXT, "a string"),
    ],
)
def test_a_click_of_another_type_is_refused_and_changes_nothing(
    stage: Stage, kind: str, name: str, wrong: tuple[Any, ...], told: str
) -> None:
    key = made(stage, kind)
    if name == "endedAt":
        ask(stage, "endRecordTask", taskId=key)
    before = stage.platform.objects()
    for value in wrong:
        answer = knock(stage, "PATCH", f"objects/{kind}/{key}", {name: value})
        assert answer.status_code == 400, value
        assert answer.json()["error"].startswith(f"{name} must be {told}"), value
    assert stage.platform.objects() == before


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "told"),
    [
        ("channel", "createTime", ("x", "9" * 5000), "a time, in seconds or as a text, or null"),
        ("recordDirectory", "updateTime", ("x", "", [], {}, 1.5, True, "2026-13-01"), "a time, in seconds"),
        ("channel", "channelStatus", (0, 4, 9, "9"), "a whole number of 1, 2, 3"),
        ("recordTask", "status", (-1, 4), "a whole number of 0, 1, 2, 3"),
        ("channel", "pullProtocol", ("9", "x", "", "0,", "0,0"), "a comma list of 0, 1, 2, 3"),
        ("channel", "pullProtocol", ("2,3",), "HLS and HDS exclude each other"),
        ("channel", "live2vod", ("2", 2, "x", ""), "one of 0, 1"),
        ("channel", "videoEncrypted", (3, -1, "²", "1_0"), "a whole number"),
        ("channel", "hlsEncryptDuration", (0, 10**40), "a whole number from 1 to"),
        ("pullChannel", "sourcePullProtocol", ("4", 9, "x", ""), "one of 0, 1, 2, 3"),
        ("channel", "pushDomain", ("", "a b", "\ud800"), "a domain"),
        ("channel", "pushId", NO_TEXT, "a string"),
        ("pullChannel", "channelType", NO_TEXT, "a string"),
    ],
)
def test_a_click_that_no_platform_could_answer_is_refused(
    stage: Stage, kind: str, name: str, wrong: tuple[Any, ...], told: str
) -> None:
    key = made(stage, kind)
    for value in wrong:
        answer = knock(stage, "PATCH", f"objects/{kind}/{key}", {name: value})
        assert answer.status_code == 400, value
        assert answer.json()["error"].startswith(told if " exclude " in told else f"{name} must be {told}"), value


@pytest.mark.parametrize(
    "kind", ["channel", "pullChannel", "recordDirectory", "recordTask", "forwardTask", "channelBan"]
)
def test_whatever_is_clicked_every_read_is_answered(stage: Stage, kind: str) -> None:
    key, store = made(stage, kind), stage.platform.store
    before = dict(store.get(kind, key) or {})
    with pytest.raises(ValueError, match="these can be changed") as refused:
        stage.platform.edit(kind, key, {"?": 1})
    slots = Slots.within(store.now() - 3600, store.now(), 5, store.now())
    names = str(refused.value).partition("changed: ")[2].partition(";")[0].split(", ")
    for name, value in product(names, ODD):
        try:
            stage.platform.edit(kind, key, {name: value})
        except ValueError:
            continue
        assert stage.platform.objects()
        assert stage.platform.figures.rate(TRAFFIC, all_domains(store), slots, 8)
        for word, field in READS:
            wanted = {field: before[field]} if field in before else {}
            try:
                data = ACTIONS[PATHS[word]].handler(Call(wanted, store))
            except Refusal:
                continue
            for form in FORMS:
                assert json.dumps(rewritten(data, form)), (name, value, word, form)
        store.put(kind, key, before)


@pytest.mark.parametrize(
    ("kind", "change", "kept"),
    [
        ("channel", {"channelStatus": "1"}, {"channelStatus": 1, "status": 1}),
        ("channel", {"createTime": None}, {"createTime": None}),
        ("channel", {"createTime": 1723726121000}, {"createTime": 1723726121000}),
        ("channel", {"createTime": "2026-11-26T00:00:00Z"}, {"createTime": "2026-11-26T00:00:00Z"}),
        ("channel", {"live2vod": 1}, {"live2vod": "1"}),
        ("channel", {"videoEncrypted": "2"}, {"videoEncrypted": 2}),
        ("pullChannel", {"sourcePullProtocol": 1}, {"sourcePullProtocol": "1"}),
        ("forwardTask", {"status": "2"}, {"status": 2}),
        ("forwardTask", {"status": None}, {"status": 1}),
        ("forwardTask", {"codingParams": '{"bitrate": 800}'}, {"codingParams": {"bitrate": 800}}),
        ("forwardTask", {"codingParams": {"bitrate": 800}}, {"codingParams": {"bitrate": 800}}),
    ],
)
def test_what_the_vendor_writes_as_a_number_and_as_text_may_be_clicked_as_either(
    stage: Stage, kind: str, change: dict[str, Any], kept: dict[str, Any]
) -> None:
    shown = knock(stage, "PATCH", f"objects/{kind}/{made(stage, kind)}", change).json()
    assert {name: shown[name] for name in kept} == kept


def test_a_channel_that_is_encrypted_by_a_click_is_read_with_the_usual_duration(stage: Stage) -> None:
    key = made(stage, "channel")
    assert knock(stage, "PATCH", f"objects/channel/{key}", {"videoEncrypted": "1"}).status_code == 200
    assert ask(stage, "getChannelConfigure", pullId=key)["hlsEncryptDuration"] == 604_800


@pytest.mark.parametrize("value", NO_TEXT)
def test_nothing_is_made_with_a_field_of_another_type(stage: Stage, value: Any) -> None:
    answer = knock(stage, "POST", "objects", {"kind": "channel", **FIELDS, "channelName": value})
    assert answer.status_code == 400
    assert answer.json()["error"] == "channelName must be a string (code 1013)"
    assert stage.platform.objects() == []


@pytest.mark.parametrize(
    ("kind", "name", "wrong", "told"),
    [
        ("forwardTask", "codingParams", "[1]", "codingParams is not an object (code 1013)"),
        ("forwardTask", "codingParams", "[" * 100_000, "codingParams is not JSON (code 1013)"),
        ("pullChannel", "sourcePullUrl", "http://[", "sourcePullUrl is not a URL (code 1013)"),
    ],
)
def test_a_text_that_is_not_what_it_should_hold_is_refused_as_the_vendor_would(
    stage: Stage, kind: str, name: str, wrong: str, told: str
) -> None:
    key = made(stage, kind)
    body = {**(stage.platform.store.get(kind, key) or {}), name: wrong}
    fields = ("pullId", "forwardUrl", "channelName", "pullDomain", "pullRate", "sourcePullUrl", "sourcePullProtocol")
    wanted = {field: body[field] for field in (*fields, name) if body.get(field)}
    if kind == "pullChannel":
        del wanted["pullId"]
    answer = knock(stage, "POST", "objects", {"kind": kind, **wanted})
    assert (answer.status_code, answer.json()["error"]) == (400, told)


def test_a_kind_that_is_none_is_refused_with_those_that_are(stage: Stage) -> None:
    listed = knock(stage, "GET", "objects?kind=chanel")
    assert listed.status_code == 400
    assert listed.json()["error"].startswith(KINDS)
    assert listed.json()["error"].endswith("; is it channel?")
    assert knock(stage, "POST", "objects", {"kind": "chanel"}).json() == listed.json()
    for method in ("PATCH", "DELETE"):
        answer = knock(stage, method, "objects/chanel/x", {})
        assert (answer.status_code, answer.json()) == (404, listed.json())
    assert knock(stage, "GET", "objects?kind=channel").json() == []


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "objects?kinds=channel", "GET /_emulator/objects takes kind alone; is it kind?"),
        ("GET", "orphans?stat=stack.json", "GET /_emulator/orphans takes state alone; is it state?"),
        ("GET", "journal?since=3", "GET /_emulator/journal takes after alone"),
        ("GET", "figures?hour=3", "GET /_emulator/figures takes domain, hours alone; is it hours?"),
        ("DELETE", "faults?kind=slow", "DELETE /_emulator/faults takes no parameters"),
    ],
)
def test_a_parameter_that_is_none_is_refused_with_those_that_are(
    stage: Stage, method: str, path: str, told: str
) -> None:
    answer = knock(stage, method, path)
    assert answer.status_code == 400
    assert told in answer.json()["error"]


@pytest.mark.parametrize("value", ["x", "", "1.5", "-1", "1e3", "9" * 5000, "\u0663"])
def test_a_parameter_that_is_no_number_is_refused_by_its_name(stage: Stage, value: str) -> None:
    hours = knock(stage, "GET", f"figures?hours={value}")
    assert (hours.status_code, hours.json()["error"]) == (400, "hours must be a whole number from 1 to 744")
    after = knock(stage, "GET", f"journal?after={value}")
    assert after.status_code == 400
    assert after.json()["error"].startswith("after must be how many calls")


def test_a_page_may_ask_for_the_number_of_calls_alone(stage: Stage) -> None:
    """By leaving out as many as a script can count."""
    assert knock(stage, "GET", f"journal?after={2**53 - 1}").json() == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"nth": "1"}, "nth must be a whole number"),
        ({"seconds": "1"}, "seconds must be a number"),
        ({"kind": 5}, "kind must be a string"),
        ({"code": None}, "code must be a whole number or a string"),
        ({"second": 1}, "; is it seconds?"),
    ],
)
def test_a_fault_of_another_type_is_told_the_right_one(stage: Stage, wrong: dict[str, Any], told: str) -> None:
    fault = {"path": "/live/channelManage/getChannelList", "kind": "slow", **wrong}
    answer = knock(stage, "POST", "faults", fault)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(told)


@pytest.fixture
def emulated(stage: Stage) -> EmulatedPlatform:
    """What the fixture `livechannels_platform` gives a test."""
    return EmulatedPlatform({}, stage.platform)


def test_the_fixture_counts_no_calls_of_what_is_no_action(stage: Stage, emulated: EmulatedPlatform) -> None:
    for word in ("createChannel", "channelEdit", "DescribeLiveStreamSessionData", "domain-country"):
        assert emulated.calls(word) == 0
    with pytest.raises(ValueError, match=r"'createChanel' is no action of a vendor; is it createChannel\?"):
        emulated.calls("createChanel")
    with pytest.raises(ValueError, match=r"is it createChannel\?"):
        emulated.calls("/live/channelManage/createChannel")
    with pytest.raises(ValueError, match="GET /_emulator/coverage tells all of them"):
        emulated.calls("zzz")
    stage.platform.serve("POST", "/live/channelManage/notYetThere", {}, b"")
    assert emulated.calls("notYetThere") == 1, "it was called"


def test_the_fixture_knows_no_kind_that_is_none(emulated: EmulatedPlatform) -> None:
    assert emulated.objects("channel") == emulated.objects() == []
    with pytest.raises(ValueError, match=r"is it channel\?"):
        emulated.objects("chanel")
    with pytest.raises(LookupError, match=r"is it channel\?"):
        emulated.click("chanel", "x", channelName="x")
    with pytest.raises(LookupError, match=r"is it channel\?"):
        emulated.delete("chanel", "x")
    with pytest.raises(LookupError, match="no channel x"):
        emulated.delete("channel", "x")
