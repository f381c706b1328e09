"""What hostile readings have tried: other objects' ids, one answer for a fact, deaths, on air, keys, escapes."""

from __future__ import annotations

from typing import Any

import pytest

from kinds import MAKES
from kit import Stage
from pulumi_livechannels.ground import errors

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
@pytest.mark.parametrize("was", ["banned", "on air, for the ban has lapsed"])
def test_a_channel_that_was_banned_ends_though_an_encoder_comes_back_at_once(stage: Stage, was: str) -> None:
    channel = stage.up("Channel", "main", **stage.sample("Channel"))
    ban = stage.up("ChannelBan", "ban", pullId=channel.id)
    if was != "banned":
        stage.clock.let_pass(8 * 24 * 3600)
        stage.click("Channel", channel.id, channelStatus=1)
    stage.new_run()  # a destroy, or a program without both: nobody declares the channel
    stage.of("ChannelBan").delete(ban.id, ban.state)
    stage.click("Channel", channel.id, channelStatus=1)
    if was == "banned":
        stage.of("Channel").delete(channel.id, channel.state)
        assert not stage.objects("Channel")
    else:
        with pytest.raises(errors.ChannelLiveError):
            stage.of("Channel").delete(channel.id, channel.state)


def test_a_ban_that_goes_alone_is_lifted_and_its_channel_is_spared_as_before(stage: Stage) -> None:
    sample = stage.sample("Channel")
    channel = stage.up("Channel", "main", **sample)
    ban = stage.up("ChannelBan", "ban", pullId=channel.id)
    stage.new_run()
    holder = stage.holder("Channel", "main")
    stage.of("Channel").check(sample, sample, holder)
    stage.of("Channel").plan(channel.id, channel.state, sample, holder)
    stage.of("ChannelBan").delete(ban.id, ban.state)
    assert stage.calls("channelReBrodcast")
    stage.click("Channel", channel.id, channelStatus=1)
    with pytest.raises(errors.ChannelLiveError):
        stage.of("Channel").delete(channel.id, channel.state)
