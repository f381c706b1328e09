"""What hostile readings have tried: other objects' ids, one answer for a fact, deaths, on air, keys, escapes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from kinds import MAKES
from kit import Stage
from pulumi_livechannels.core.custody import GUEST, MARK
from pulumi_livechannels.ground import errors
from pulumi_livechannels.ground.redact import scrub

RELAYS = "/live/forwardTask/getForwardTaskList"


def ok(data: Any) -> dict[str, Any]:
    return {"code": 200, "message": "success", "data": data}


@pytest.mark.parametrize(("name", "key"), [("Channel", "pullId"), ("PullChannel", "pullId"), ("ForwardTask", "taskId")])
@pytest.mark.rule("R16")
def test_the_id_of_another_object_is_no_answer_to_a_create(stage: Stage, name: str, key: str) -> None:
    first = stage.up(name, **stage.sample(name))
    stage.platform.faults.add({"path": MAKES[name], "kind": "answer", "body": ok({key: first.id})})
    other = {"forwardUrl": "rtmp://relay.example.net/app/other"} if name == "ForwardTask" else {"channelName": "Other"}
    second = stage.up(name, **{**stage.sample(name), **other})
    assert second.id != first.id
    there = [item["id"] for item in stage.objects(name) if item["status"] != 2 or "Channel" in name]
    assert sorted(each for each in there if each in (first.id, second.id)) == sorted((first.id, second.id))


def test_the_task_of_another_key_is_not_taken_over(stage: Stage) -> None:
    answered = ok({"taskId": "theirs", "transNo": "another", "status": 1})
    stage.platform.faults.add({"path": "/live/channelManage/recordTaskQuery", "kind": "answer", "body": answered})
    with pytest.raises(errors.NoAnswerError, match="was asked for"):
        stage.up("RecordTask", **stage.sample("RecordTask"))


@pytest.mark.rule("R19")
def test_a_rotation_that_a_killed_run_has_done_is_not_done_again(stage: Stage) -> None:
    inputs = stage.sample("Channel", pushKeyRotation="1")
    made = stage.up("Channel", **inputs)
    news = {**inputs, "pushKeyRotation": "2"}
    stage.of("Channel").update(made.id, made.state, news)  # and the engine died before it stored the answer
    pushed = stage.objects("Channel")[0]["pushUrl"]
    stage.new_run()
    again = stage.of("Channel").update(made.id, made.state, news)
    assert again.state["pushUrl"] == pushed == stage.objects("Channel")[0]["pushUrl"]


@pytest.mark.rule("R19")
def test_nor_after_a_refresh_that_saw_it(stage: Stage) -> None:
    inputs = stage.sample("Channel", pushKeyRotation="1")
    made = stage.up("Channel", **inputs)
    news = {**inputs, "pushKeyRotation": "2"}
    stage.of("Channel").update(made.id, made.state, news)
    pushed = stage.objects("Channel")[0]["pushUrl"]
    stage.new_run()
    refreshed = stage.of("Channel").read(made.id, made.state)
    assert refreshed is not None
    stage.of("Channel").update(made.id, refreshed, news)
    assert stage.objects("Channel")[0]["pushUrl"] == pushed


@pytest.mark.rule("R9")
def test_one_answer_that_a_relay_has_ended_starts_no_second(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    made = stage.up("ForwardTask", "relay", **inputs)
    stage.new_run()
    item = {"taskId": made.id, "pullId": inputs["pullId"], "status": 2, "forwardUrl": inputs["forwardUrl"]}
    stage.platform.faults.add({"path": RELAYS, "kind": "answer", "body": ok({"forwardTastList": [item]})})
    assert stage.of("ForwardTask").read(made.id, made.state) is not None


@pytest.mark.rule("R9", "R17")
def test_a_relay_that_was_read_as_gone_by_mistake_is_taken_over(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    stage.clock.let_pass(60)
    made = stage.up("ForwardTask", "relay", **inputs)
    stage.new_run()
    stage.platform.faults.add({"path": RELAYS, "kind": "stale-list", "seconds": 3000, "times": 4})
    assert stage.of("ForwardTask").read(made.id, made.state) is None
    stage.platform.faults.clear()
    assert stage.up("ForwardTask", "relay", **inputs).id == made.id


@pytest.mark.rule("R9")
def test_one_answer_does_not_drop_a_ban(stage: Stage) -> None:
    made = stage.up("ChannelBan", pullId=stage.a_channel())
    stage.new_run()
    body = ok([{"pullId": made.id, "channelStatus": "2"}])
    stage.platform.faults.add({"path": "/live/channelManage/batchChannelLiveState", "kind": "answer", "body": body})
    assert stage.of("ChannelBan").read(made.id, made.state) is not None


def test_a_channel_that_is_told_in_two_ways_counts_as_on_air(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    body = ok([{"pullId": made.id, "channelStatus": "1"}, {"pullId": made.id, "channelStatus": "2"}])
    stage.platform.faults.add({"path": "/live/channelManage/batchChannelLiveState", "kind": "answer", "body": body})
    with pytest.raises(errors.ChannelLiveError):
        stage.of("Channel").delete(made.id, made.state)
    assert stage.objects("Channel")


@pytest.mark.parametrize("name", ["ForwardTask", "RecordTask"])
@pytest.mark.rule("R13")
def test_what_hangs_on_a_channel_on_air_goes_on_when_both_leave_the_stack(stage: Stage, name: str) -> None:
    channel = stage.up("Channel", "main", **stage.sample("Channel"))
    task = stage.up(name, "task", **{**stage.sample(name), "pullId": channel.id})
    stage.click("Channel", channel.id, channelStatus=1)
    stage.new_run()  # a destroy, or a program without both: nobody declares the channel
    with pytest.raises(errors.ChannelLiveError, match="is on air and leaves the stack too"):
        stage.of(name).delete(task.id, task.state)
    assert [item["status"] for item in stage.objects(name)] == [1]
    # Alone it may end, for the program still declares its channel.
    stage.new_run()
    holder = stage.holder("Channel", "main")
    stage.of("Channel").check(stage.sample("Channel"), stage.sample("Channel"), holder)
    stage.of("Channel").plan(channel.id, channel.state, stage.sample("Channel"), holder)
    stage.of(name).delete(task.id, task.state)
    assert [item["status"] for item in stage.objects(name)] != [1]


@pytest.mark.rule("R13")
def test_a_ban_is_not_lifted_before_its_channel_ends(stage: Stage) -> None:
    """An encoder that goes on trying would be on air again, and the channel spared."""
    sample = stage.sample("Channel")
    channel = stage.up("Channel", "main", **sample)
    ban = stage.up("ChannelBan", "ban", pullId=channel.id)
    stage.new_run()  # a destroy, or a program without both: nobody declares the channel
    stage.of("ChannelBan").delete(ban.id, ban.state)
    assert not stage.calls("channelReBrodcast")
    assert "goes with its channel, which leaves the stack too" in stage.told[-1]
    stage.of("Channel").delete(channel.id, channel.state)
    assert not stage.objects("Channel")


@pytest.mark.parametrize(
    "stays", [True, False], ids=["of a channel that stays", "of a channel that is not the stack's"]
)
def test_a_ban_that_goes_alone_is_lifted(stage: Stage, stays: bool) -> None:
    sample = stage.sample("Channel")
    channel = stage.up("Channel", "main", **sample)
    if not stays:
        stage.new_run()
    ban = stage.up("ChannelBan", "ban", pullId=channel.id)
    stage.new_run()
    if stays:
        holder = stage.holder("Channel", "main")
        stage.of("Channel").check(sample, sample, holder)
        stage.of("Channel").plan(channel.id, channel.state, sample, holder)
    stage.of("ChannelBan").delete(ban.id, ban.state)
    assert stage.calls("channelReBrodcast")


def test_a_channel_that_is_forced_now_takes_what_hangs_on_it_along(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    channel = stage.up("Channel", "main", **inputs)
    relay = stage.up("ForwardTask", "relay", **{**stage.sample("ForwardTask"), "pullId": channel.id})
    stage.click("Channel", channel.id, channelStatus=1)
    stage.new_run()
    holder, forced = stage.holder("Channel", "main"), {**inputs, "forceDestroy": True}
    stage.of("Channel").check(forced, inputs, holder)
    stage.of("Channel").plan(channel.id, channel.state, forced, holder)
    found = stage.of("ForwardTask").plan(relay.id, relay.state, stage.sample("ForwardTask", pullId=channel.id))
    assert found.unfinished == ["status"], "its state has to learn it"
    writes = stage.writes()
    learnt = stage.of("ForwardTask").update(relay.id, relay.state, stage.sample("ForwardTask", pullId=channel.id))
    assert stage.writes() == writes
    stage.new_run()
    stage.of("ForwardTask").delete(relay.id, learnt.state)


def test_a_recording_that_is_over_is_not_shared_because_a_list_lags(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    made = stage.up("RecordTask", "rec", **inputs)
    stage.new_run()
    stage.of("RecordTask").delete(made.id, made.state)
    stage.fault(MAKES["RecordTask"], "error-code", code=1000)
    stage.fault("/live/channelManage/recordTaskListQuery", "stale-list")
    with pytest.raises(errors.RefusedError):
        stage.up("RecordTask", "rec", **{**inputs, "endTime": stage.later(hours=3)})
    stage.platform.faults.clear()


def test_a_recording_that_this_stack_has_adopted_is_its_own_under_a_new_name(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    made = stage.up("RecordTask", "before", **inputs)
    stage.platform.store.put(
        "recordTask", made.id, {**(stage.platform.store.get("recordTask", made.id) or {}), "transNo": "t"}
    )
    stage.new_run()
    adopted = stage.of("RecordTask").adopt(made.id, inputs, stage.holder("RecordTask", "old"))
    stage.new_run()
    stage.of("RecordTask").read(made.id, adopted.state, stage.holder("RecordTask", "old"))
    new = stage.up("RecordTask", "new", **inputs)
    assert new.id == made.id
    assert GUEST not in new.state
    assert new.state[MARK]


SECRET = 'my"check\\text\twith é and \U0001f3a5'


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    "shown",
    [
        json.dumps(SECRET),
        json.dumps(json.dumps(SECRET)),
        json.dumps(SECRET, ensure_ascii=False),
        base64.b64encode(SECRET.encode()).decode(),
        SECRET.encode().hex(),
        SECRET.upper(),
    ],
)
def test_no_escaping_shows_a_secret(shown: str) -> None:
    assert scrub(f"wrong value {shown} given", [SECRET]) == "[hidden]"


@pytest.mark.rule("R6")
def test_a_group_in_which_nothing_is_asked_for_asks_for_nothing(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    made = stage.up("ForwardTask", **inputs)
    checked = stage.of("ForwardTask").check(
        {**inputs, "transcoding": {}, "forwardUrl": "RTMP://Relay.example.net/app/relaykey"}, inputs
    )
    assert not checked.problems
    assert not stage.of("ForwardTask").diff(made.state, checked.inputs).any


@pytest.mark.rule("R28")
def test_what_a_program_marks_secret_stands_in_no_problem(stage: Stage) -> None:
    long = "geheim" * 60
    (problem,) = [
        each
        for each in stage.of("Channel")
        .check({**stage.sample("Channel"), "channelName": long}, None, hidden=["channelName"])
        .problems
    ]
    assert problem.secret
    assert "geheim" not in problem.text
