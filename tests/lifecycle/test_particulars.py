"""What is particular to a resource: rotation, live channels, keys of record tasks, directories, relays."""

from __future__ import annotations

from typing import Any

import pytest

from kit import KINDS, Stage
from pulumi_livechannels.ground import errors


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
def test_a_live_channel_is_spared(stage: Stage, name: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.click(name, made.id, channelStatus=1)
    with pytest.raises(errors.ChannelLiveError, match="forceDestroy"):
        stage.of(name).delete(made.id, made.state)
    assert stage.objects(name)
    assert stage.of(name).resource.delete_before_replace({"forceDestroy": False})
    stage.of(name).delete(made.id, {**made.state, "forceDestroy": True})
    assert not stage.objects(name)


def test_force_destroy_is_set_without_a_call(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    writes = stage.writes()
    updated = stage.of("Channel").update(made.id, made.state, {**inputs, "forceDestroy": True})
    assert updated.state["forceDestroy"] is True
    assert stage.writes() == writes


def test_a_push_key_rotates_once_for_each_new_value(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    live = stage.of("Channel")
    first = live.update(made.id, made.state, {**inputs, "pushKeyRotation": "1"})
    assert first.state["pushUrl"] == made.state["pushUrl"]
    second = live.update(made.id, first.state, {**inputs, "pushKeyRotation": "2", "channelName": "n"})
    assert second.state["pushUrl"] != first.state["pushUrl"]
    assert second.state["channelName"] == "n"
    third = live.update(made.id, second.state, {**inputs, "channelName": "n"})
    assert third.state["pushUrl"] == second.state["pushUrl"]


def test_a_rotation_in_the_console_is_taken_over_with_a_warning(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.click("Channel", made.id, pushId="clicked")
    stage.new_run()
    state = stage.of("Channel").read(made.id, made.state)
    assert state is not None
    assert state["pushUrl"].endswith("/clicked")
    assert "changed outside Pulumi" in stage.told[-1]
    assert "clicked" not in stage.told[-1]


def test_what_the_platform_never_shows_stays_and_is_named_once(stage: Stage) -> None:
    board = {"enabled": True, "whiteboardId": "w"}
    inputs = stage.sample("Channel", streamCheck="s", whiteboard=board, shareButton=True)
    made = stage.up("Channel", **inputs)
    assert made.state["whiteboard"] == board
    stage.new_run()
    for _ in range(2):
        state = stage.of("Channel").read(made.id, made.state)
        assert state == made.state
    said = [text for text in stage.told if "not verified" in text]
    assert len(said) == 1
    assert "streamCheck, whiteboard, shareButton" in said[0]


def test_a_whiteboard_that_leaves_the_program_is_switched_off(stage: Stage) -> None:
    import base64
    import json

    inputs = stage.sample("Channel", whiteboard={"enabled": True, "whiteboardId": "w"}, shareButton=True)
    made = stage.up("Channel", **inputs)
    news = {key: value for key, value in inputs.items() if key not in ("whiteboard", "shareButton")}
    updated = stage.of("Channel").update(made.id, made.state, news)
    body = stage.platform.store.get("channel", made.id) or {}
    assert json.loads(base64.urlsafe_b64decode(body["whiteBoardConfig"])) == {"open": 0}
    assert json.loads(base64.urlsafe_b64decode(body["funcConfig"])) == {"share": 0}
    assert not stage.of("Channel").diff(updated.state, news).any


def test_the_validity_of_encryption_is_not_renewed_by_other_edits(stage: Stage) -> None:
    inputs = stage.sample("Channel", videoEncryption="hls")
    made = stage.up("Channel", **inputs)
    assert made.state["hlsEncryptionSeconds"] == 604800
    stage.of("Channel").update(made.id, made.state, {**inputs, "channelName": "n"})
    sent = [key for key in stage.platform.store.get("channel", made.id) or {}]
    assert "hlsEncryptDuration" in sent
    change = stage.of("Channel").diff(made.state, {**inputs, "channelName": "n"})
    assert change.changed == ["channelName"]


def test_a_service_that_is_off_is_said_and_not_fought(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform ignores live2vod without the paid service, and leaves it out of its answers."""
    from pulumi_livechannels.emulator.wangsu.wire import ACTIONS, Action

    for path in ("/live/channelManage/getChannelConfigure", "/live/channelManage/getChannelList"):
        action = ACTIONS[path]

        def without(call: Any, action: Action = action) -> Any:
            answer = action.handler(call)
            for item in [answer, *answer.get("channelList", [])]:
                item.pop("live2vod", None)
            return answer

        monkeypatch.setitem(ACTIONS, path, Action(path, action.fields, without))
    inputs = stage.sample("Channel", liveToVod=True)
    made = stage.up("Channel", **inputs)
    stage.new_run()
    state = stage.of("Channel").read(made.id, made.state)
    assert state is not None
    assert not stage.of("Channel").diff(state, inputs).any


def test_an_identical_directory_is_taken_over_and_another_path_is_not(stage: Stage) -> None:
    inputs = stage.sample("RecordDirectory")
    first = stage.up("RecordDirectory", **inputs)
    stage.new_run()
    assert stage.up("RecordDirectory", **inputs).id == first.id
    assert len(stage.objects("RecordDirectory")) == 1
    stage.new_run()
    with pytest.raises(errors.ConflictError, match="matches/2026"):
        stage.up("RecordDirectory", **{**inputs, "path": "elsewhere"})


def test_two_resources_cannot_share_a_directory(stage: Stage) -> None:
    stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    with pytest.raises(errors.ConflictError, match="is held by r1 already, and r2 asks for it too"):
        stage.up("RecordDirectory", **stage.sample("RecordDirectory"))


def test_a_path_changed_in_the_console_is_said_to_be_beyond_us(stage: Stage) -> None:
    inputs = stage.sample("RecordDirectory")
    made = stage.up("RecordDirectory", **inputs)
    stage.click("RecordDirectory", made.id, firstLevelDirectory="clicked")
    stage.new_run()
    state = stage.of("RecordDirectory").read(made.id, made.state)
    assert state is not None
    with pytest.raises(errors.ConflictError, match="clicked/2026"):
        stage.of("RecordDirectory").update(made.id, state, inputs)


def test_an_open_identical_record_task_is_taken_over(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    first = stage.up("RecordTask", **inputs)
    stage.new_run()
    assert stage.up("RecordTask", **inputs).id == first.id
    assert stage.calls("createRecordTask") == 1


def test_a_record_task_after_an_ended_one_gets_the_next_key(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    first = stage.up("RecordTask", **inputs)
    stage.of("RecordTask").delete(first.id, first.state)
    second = stage.up("RecordTask", **inputs)
    assert second.id != first.id
    assert second.state["transNo"] != first.state["transNo"]
    assert all(len(made.state["transNo"]) == 32 for made in (first, second))


def test_another_record_task_of_the_channel_is_named_with_the_ways_out(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    first = stage.up("RecordTask", **inputs)
    stage.new_run()
    with pytest.raises(errors.ConflictError, match=rf"{first.id}.* with another fileType.* alias"):
        stage.up("RecordTask", **{**inputs, "fileType": "flv"})


@pytest.mark.rule("E5")
def test_a_record_task_that_ended_is_no_drift(stage: Stage) -> None:
    inputs = stage.sample("RecordTask", startTime=stage.later(minutes=30))
    made = stage.up("RecordTask", **inputs)
    statuses = [made.state["status"]]
    state: dict[str, Any] | None = made.state
    for seconds in (3600, 7200):
        stage.platform.store.move_clock(seconds)
        stage.new_run()
        state = stage.of("RecordTask").read(made.id, state or {})
        assert state is not None
        assert not stage.of("RecordTask").diff(state, inputs).any
        statuses.append(state["status"])
    assert statuses == ["notStarted", "running", "ended"]
    stage.of("RecordTask").delete(made.id, state or {})


def test_a_relay_that_ended_early_is_gone_and_one_that_ran_out_is_not(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    early = stage.up("ForwardTask", **{**inputs, "forwardUrl": "rtmp://relay.example.net/app/early"})
    late = stage.up("ForwardTask", **inputs)
    stage.click("ForwardTask", early.id, status=2)
    stage.new_run()
    assert stage.of("ForwardTask").read(early.id, early.state) is None
    stage.platform.store.move_clock(3 * 3600)
    stage.new_run()
    state = stage.of("ForwardTask").read(late.id, late.state)
    assert state is not None
    assert state["status"] == "ended"
    assert not stage.of("ForwardTask").diff(state, inputs).any


def test_a_relay_in_error_is_said(stage: Stage) -> None:
    made = stage.up("ForwardTask", **stage.sample("ForwardTask"))
    stage.click("ForwardTask", made.id, status=3)
    stage.new_run()
    state = stage.of("ForwardTask").read(made.id, made.state)
    assert state is not None
    assert state["status"] == "error"
    assert "in error" in stage.told[-1]


def test_a_start_that_the_platform_moved_is_no_drift(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask", startTime=stage.later(hours=-1))
    made = stage.up("ForwardTask", **inputs)
    assert made.state["startTime"] == inputs["startTime"]
    stage.click("ForwardTask", made.id, startTime=int(stage.clock.now()) + 600)
    stage.new_run()
    state = stage.of("ForwardTask").read(made.id, made.state)
    assert state is not None
    assert not stage.of("ForwardTask").diff(state, inputs).any


@pytest.mark.parametrize("name", ["RecordTask", "ForwardTask"])
def test_tasks_go_before_their_successors(stage: Stage, name: str) -> None:
    assert stage.of(name).resource.delete_before_replace({})


def test_a_stale_plan_is_refused_before_anything_is_sent(stage: Stage) -> None:
    inputs = stage.sample("RecordTask", startTime=stage.later(minutes=10))
    stage.clock.let_pass(3600)
    calls = stage.calls()
    with pytest.raises(errors.InputError, match="startTime must be in the future"):
        stage.of("RecordTask").create(inputs)
    assert stage.calls() == calls


@pytest.mark.parametrize("scheme", ["pair", "key"])
def test_both_ways_of_signing_work(stage: Stage, scheme: str) -> None:
    if scheme == "key":
        from pulumi_livechannels.config import load
        from pulumi_livechannels.core.account import Account
        from pulumi_livechannels.core.lifecycle import Lifecycle

        config = {
            "username": "emulator-user",
            "apiKey": "emulator-api-key",
            "endpoint": f"http://127.0.0.1:{stage.port}",
        }
        live = Lifecycle(KINDS["Channel"], Account(load(config, {}), print, stage.clock))
        assert live.create(stage.sample("Channel")).id
    else:
        assert stage.up("Channel", **stage.sample("Channel")).id


@pytest.mark.parametrize(("name", "change"), [("Channel", "channelType"), ("PullChannel", "pullDomain")])
def test_a_replacement_of_what_is_on_air_is_refused_before_anything_ends(stage: Stage, name: str, change: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, "main", **inputs)
    relay = stage.up("ForwardTask", **{**stage.sample("ForwardTask"), "pullId": made.id})
    recording = stage.up("RecordTask", **{**stage.sample("RecordTask"), "pullId": made.id})
    stage.click(name, made.id, channelStatus=1)
    stage.new_run()
    holder = stage.holder(name, "main")
    news = {**inputs, change: "other.example.com" if "Domain" in change else "other"}
    # A drift check runs no program, and reads what is on air as it is.
    assert stage.of(name).plan(made.id, made.state, news, holder).replaces
    stage.of(name).check(news, inputs, holder)
    with pytest.raises(errors.ChannelLiveError, match=f"{relay.id}.*{recording.id} would end with it") as caught:
        stage.of(name).plan(made.id, made.state, news, holder)
    assert "Nothing was changed" in str(caught.value)
    assert stage.of(name).plan(made.id, made.state, news, holder, preview=True).replaces
    assert relay.id in stage.told[-1]
    assert "would refuse" in stage.told[-1]
    forced = {**made.state, "forceDestroy": True}
    assert stage.of(name).plan(made.id, forced, {**news, "forceDestroy": True}, holder).replaces
    stage.click(name, made.id, channelStatus=2)
    stage.new_run()
    stage.of(name).check(news, inputs, holder)
    assert stage.of(name).plan(made.id, made.state, news, holder).replaces
