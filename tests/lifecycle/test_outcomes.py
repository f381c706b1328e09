"""What a write is believed to have done: odd, unknown and lost answers raise, double and forget nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from evidence_kit import EMPTY, EVERY, is_there, ok
from kinds import LISTS, MAKES, READS
from kit import Stage
from pulumi_livechannels.core.lifecycle import Made
from pulumi_livechannels.ground import errors

ODD = {
    "an address that no parser takes": {"pushConfigureInfo": [{"pushUrl": "rtmp://[::bad/live/k"}]},
    "a time in ms": {"createTime": "1764144000000"},
    "a time of no calendar": {"createTime": "9" * 30},
    "a huge integer": {"videoEncrypted": 1, "hlsEncryptDuration": 10**400},
    "half a character": {"playerId": "x\ud800y"},
    "a list for a text": {"playerId": ["x"]},
    "an address with a port of no network": {"pullConfigureList": [
        {"pullProtocol": "RTMP", "pullUrlList": [{"originPullUrl": "rtmp://[x:99999999/live/k"}]}]},
}  # fmt: skip


@pytest.mark.rule("R21")
@pytest.mark.parametrize("odd", ODD, ids=list(ODD))
def test_once_the_id_is_known_nothing_raises(stage: Stage, odd: str) -> None:
    inputs = stage.sample("Channel")
    stage.platform.faults.add(
        {"path": READS["Channel"], "kind": "answer", "body": ok({"channelName": "Main stage", **ODD[odd]}), "times": 9}
    )
    made = stage.of("Channel").create(inputs)
    assert made.id == stage.objects("Channel")[0]["id"]
    json.dumps(made.state, allow_nan=False, ensure_ascii=False).encode()
    stage.platform.faults.clear()


@EVERY
@pytest.mark.parametrize(
    "body", ['{"code": 200', "null", "[]", '{"code":200,"data":{"pullId":1e999}}', *map(json.dumps, EMPTY)]
)
@pytest.mark.rule("R16")
def test_a_create_whose_answer_says_nothing_is_looked_up(stage: Stage, name: str, body: str) -> None:
    inputs = stage.sample(name)
    stage.platform.faults.add({"path": MAKES[name], "kind": "answer", "body": body})
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]


@EVERY
@pytest.mark.rule("R16", "R22")
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (408, {"message": "request timeout"}),
        (499, "<html>client closed request</html>"),
        (429, "slow down"),
        (502, "bad gateway"),
        (200, {"code": 5003, "message": "system busy"}),
        (200, {"code": "GW_BUSY", "message": "try later"}),
        (403, {"code": "Blocked", "message": "by a gateway"}),
        (404, {"code": "NoRoute"}),
    ],
)
def test_a_code_that_nobody_has_documented_is_an_unknown_outcome(
    stage: Stage, name: str, status: int, body: Any
) -> None:
    inputs = stage.sample(name)
    stage.platform.faults.add({"path": MAKES[name], "kind": "answer", "status": status, "body": body})
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 1


@EVERY
def test_and_says_so_where_nothing_is_found(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "error-code", code=5003)
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.up(name, **inputs)
    assert caught.value.changed is errors.Changed.UNKNOWN
    assert "livechannels orphans" in str(caught.value)
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 1


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.parametrize("form", ["utc", "ms", "iso", "missing", "garbage"])
@pytest.mark.rule("R17")
def test_clocks_are_no_evidence(stage: Stage, name: str, form: str) -> None:
    inputs = stage.sample(name)
    foreign = stage.up(name, **inputs)
    stage.clock.let_pass(30 * 86400)
    stage.new_run()
    stage.platform.faults.add({"path": LISTS[name], "kind": "times", "form": form, "times": 99})
    stage.platform.faults.add({"path": READS[name], "kind": "times", "form": form, "times": 99})
    stage.fault(MAKES[name], "lost-answer")
    made = stage.up(name, **inputs)
    assert made.id != foreign.id
    assert len(stage.objects(name)) == 2
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
@pytest.mark.rule("R17")
def test_a_name_that_the_platform_trimmed_is_found(stage: Stage, name: str) -> None:
    inputs = stage.sample(name, channelName="  Main   stage ")
    stage.platform.faults.add({"path": MAKES[name], "kind": "lost-answer"})
    put = stage.platform.store.put

    def trimmed(kind: str, key: str, body: dict[str, Any]) -> None:
        put(kind, key, {**body, **({"channelName": "Main stage"} if "channelName" in body else {})})

    stage.platform.store.put = trimmed  # type: ignore[method-assign]
    stage.of(name).create(inputs)
    assert len(stage.objects(name)) == 1


def _outcome(stage: Stage, name: str, inputs: dict[str, Any]) -> tuple[Made | None, errors.LiveChannelsError | None]:
    try:
        return stage.of(name).create(inputs), None
    except errors.LiveChannelsError as error:
        return None, error


@pytest.mark.parametrize("name", ["Channel", "PullChannel", "ForwardTask"])
@pytest.mark.rule("R16", "R17")
@pytest.mark.parametrize("lag", ["20 s", "40 s", "for ever"])
@pytest.mark.parametrize("lost", [1, 2])
def test_a_list_that_lags_makes_no_silent_double(stage: Stage, name: str, lag: str, lost: int) -> None:
    inputs = stage.sample(name)
    stage.clock.let_pass(60)
    stage.fault(MAKES[name], "lost-answer", times=lost)
    seconds = 3600 if lag == "for ever" else int(lag.split(maxsplit=1)[0])
    stage.platform.faults.add({"path": LISTS[name], "kind": "stale-list", "seconds": seconds, "nth": 2, "times": 99})
    made, error = _outcome(stage, name, inputs)
    if made is None:
        assert error is not None
        assert error.changed is errors.Changed.UNKNOWN
        assert "livechannels orphans" in str(error) or isinstance(error, errors.AmbiguousCreateError)
    else:
        there = [item["id"] for item in stage.objects(name) if is_there(stage, name, item["id"])]
        assert there == [made.id] or "`livechannels orphans` tells" in made.unfinished[0]
    stage.platform.faults.clear()


@pytest.mark.parametrize("name", ["Channel", "PullChannel", "ForwardTask"])
@pytest.mark.rule("R17", "R24")
def test_an_outage_while_looking_ends_nothing(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "lost-answer")
    stage.fault(LISTS[name], "refuse", nth=2, times=9)
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]


@EVERY
@pytest.mark.rule("R22")
def test_what_is_known_is_never_more_than_after_the_worst_attempt(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "reset")
    stage.fault(MAKES[name], "error-code", code=1008, nth=2)
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.up(name, **inputs)
    assert caught.value.changed is errors.Changed.UNKNOWN
    assert "Nothing was changed" not in str(caught.value)


@pytest.mark.rule("R18", "R22")
def test_nor_after_the_worst_attempt_of_an_update(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.fault("/live/channelManage/channelEdit", "lost-answer")
    stage.fault("/live/channelManage/channelEdit", "error-code", code=1008, nth=2)
    with pytest.raises(errors.AccessDeniedError) as caught:
        stage.of("Channel").update(made.id, made.state, {**inputs, "channelName": "New"})
    assert caught.value.changed is errors.Changed.UNKNOWN


CALLBACK = "/live/channelManage/setChannelStateRealtimeBack"
HOOK = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}


@pytest.mark.rule("R18")
def test_a_callback_whose_answers_are_lost_is_kept_and_made_sure(stage: Stage) -> None:
    stage.fault(CALLBACK, "lost-answer", times=4)
    made = stage.of("ChannelStateCallback").create(HOOK)
    assert "is unknown" in made.unfinished[0]
    stage.new_run()
    assert stage.of("ChannelStateCallback").diff(made.state, HOOK).any
    sure = stage.of("ChannelStateCallback").update(made.id, made.state, HOOK)
    assert not sure.unfinished
    assert not stage.of("ChannelStateCallback").diff(sure.state, HOOK).any


@pytest.mark.rule("R18")
def test_a_change_of_a_callback_whose_answers_are_lost_is_told_with_what_makes_sure(stage: Stage) -> None:
    made = stage.up("ChannelStateCallback", **HOOK)
    news = {**HOOK, "notifyUrl": "https://hooks.example.com/other"}
    stage.fault(CALLBACK, "lost-answer", times=4)
    holder = stage.holder("ChannelStateCallback", "hook")
    with pytest.raises(errors.NoAnswerError, match=r"pulumi up --replace 'urn:.*::hook'") as caught:
        stage.of("ChannelStateCallback").update(made.id, made.state, news, holder)
    half = caught.value.half_made
    # The program goes back to what the state says, and it is sent all the same.
    stage.new_run()
    assert stage.of("ChannelStateCallback").diff(half, HOOK).any
    stage.of("ChannelStateCallback").update(made.id, half, HOOK)
    assert stage.platform.objects("channelStateCallback")[0]["notifyUrl"] == HOOK["notifyUrl"]
