"""What is said when an object cannot be had, kept or ended: what happened, what changed, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.ground import errors
from pulumi_livechannels.resources.channel import Channel

pytestmark = pytest.mark.rule("R29")
EDIT = "/live/channelManage/channelEdit"
READ = "/live/channelManage/getChannelConfigure"


def said(ask: Callable[[], object]) -> str:
    with pytest.raises(errors.LiveChannelsError) as caught:
        ask()
    return str(caught.value)


def test_adopting_what_is_not_there(stage: Stage) -> None:
    assert said(lambda: stage.of("Channel").adopt("none", stage.sample("Channel"))) == (
        "adopt Channel none: there is no Channel none to adopt. Nothing was changed on the platform. Next: correct the "
        "id, or take adopt out of the program to make a new one."
    )


def test_adopting_what_cannot_be(stage: Stage) -> None:
    assert said(lambda: stage.of("StreamDisconnect").adopt("c1", {"pullId": stage.a_channel()})) == (
        "adopt StreamDisconnect c1: a StreamDisconnect cannot be taken over. Nothing was changed on the platform. "
        "Next: take adopt out of the program."
    )


def test_adopting_what_is_something_else(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    other = stage.sample("Channel", channelType="other", pushDomain="other.example.com")
    assert said(lambda: stage.of("Channel").adopt(made.id, other)) == (
        f"adopt Channel {made.id}: channelType, pushDomain cannot be changed on a Channel and differ from the actual "
        "one. Nothing was changed on the platform. Next: write the actual values into the program, or take adopt out "
        "of it to make a new one."
    )


def test_replacing_what_is_still_adopted(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", "main", **inputs)
    stage.new_run()
    other = {**inputs, "channelType": "other", "pushDomain": "other.example.com"}
    holder = stage.holder("Channel", "main")
    (problem,) = stage.of("Channel").check(other, inputs, holder, made.id).problems
    assert problem.text == (
        "is still there, but channelType, pushDomain changes, which takes a new Channel in place of the adopted one: "
        "take adopt out of the program first"
    )
    assert said(lambda: stage.of("Channel").update(made.id, made.state, other, holder, adopting=True)) == (
        f"update Channel {made.id}: channelType, pushDomain cannot change on the Channel that the program adopts. "
        "Nothing was changed on the platform. Next: take adopt out of the program, so that a new one can take its "
        "place."
    )


def test_inputs_that_are_wrong_are_not_told_of_twice(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", "main", **inputs)
    stage.new_run()
    wrong = {**inputs, "channelType": "other", "pullRates": []}
    paths = [
        problem.path
        for problem in stage.of("Channel").check(wrong, inputs, stage.holder("Channel", "main"), made.id).problems
    ]
    assert "adopt" not in paths
    assert not stage.of("Channel").check(inputs, None, stage.holder("Channel", "main"), made.id).problems


def test_making_what_stands_there_otherwise(stage: Stage) -> None:
    old = stage.up("RecordTask", "old", **stage.sample("RecordTask"))
    stage.new_run()
    inputs = stage.sample("RecordTask", fileType="flv", endTime=stage.later(hours=5))

    def text(name: str) -> str:
        return (
            f"create RecordTask {inputs['pullId']}: the platform has RecordTask {old.id} in its place, with another "
            "endTime, fileType. Nothing was changed on the platform. Next: if it is this program's under an older "
            f"name, give this resource {name} as an alias (aliases=[pulumi.Alias(name=…)]), so that it is replaced; or "
            "take this resource out, run `pulumi up`, and put it in again. If it is somebody else's, have it ended, or "
            "adopt it."
        )

    verbs = stage.of("RecordTask")
    assert said(lambda: verbs.create(inputs, stage.holder("RecordTask", "new"))) == text("the name that it has there")
    verbs.read(old.id, old.state, stage.holder("RecordTask", "old"))
    assert said(lambda: verbs.create(inputs, stage.holder("RecordTask", "new"))) == text("the name old")


def test_taking_over_what_is_there(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    old = stage.up("RecordTask", "old", **inputs)
    stage.new_run()
    stage.up("RecordTask", "old", **inputs)
    assert stage.told[-1] == f"RecordTask '{inputs['pullId']}' was there already ({old.id}) and is taken over"


def test_replacing_what_is_on_air(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", "main", **inputs)
    stage.click("Channel", made.id, channelStatus=1)
    stage.new_run()
    holder, news = stage.holder("Channel", "main"), {**inputs, "channelType": "other"}
    stage.of("Channel").check(news, inputs, holder)
    text = said(lambda: stage.of("Channel").plan(made.id, made.state, news, holder))
    assert text.startswith(f"replace Channel {made.id}: ")


def test_updating_what_is_gone(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.remove("Channel", made.id)
    stage.new_run()
    text = said(lambda: stage.of("Channel").update(made.id, made.state, {**inputs, "channelName": "Other"}))
    assert text == (
        f"update Channel {made.id}: Channel {made.id} is gone from the platform. Nothing was changed on the platform. "
        "Next: run `pulumi refresh`, then `pulumi up` makes a new one."
    )


def test_an_update_of_which_nobody_can_see_whether_it_came(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.fault(EDIT, "reset", times=9)
    news = {**inputs, "streamCheck": "s", "shareButton": True}
    text = said(lambda: stage.of("Channel").update(made.id, made.state, news, stage.holder("Channel")))
    assert text.endswith(
        "look at the network; `pulumi up` sends streamCheck, shareButton again, and do so before you change the value "
        "back, for nothing could tell the difference."
    )
    text = said(lambda: stage.of("Channel").update(made.id, made.state, {**inputs, "channelName": "Other"}))
    assert "sends" not in text, "a name can be read"
    stage.platform.faults.clear()


def test_a_refused_update_is_not_sent_again(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.fault(EDIT, "error-code", code=1000)
    with pytest.raises(errors.LiveChannelsError) as caught:
        stage.of("Channel").update(made.id, made.state, {**inputs, "streamCheck": "s"})
    assert caught.value.half_made is None
    assert "again" not in str(caught.value)


@pytest.mark.parametrize(("called", "urn"), [("cb", "cb'"), ("", "URN'")])
def test_a_switch_of_which_nobody_can_see_whether_it_turned(stage: Stage, called: str, urn: str) -> None:
    inputs = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    made = stage.up("ChannelStateCallback", **inputs)
    stage.fault("/live/channelManage/setChannelStateRealtimeBack", "reset", times=9)
    holder = [stage.holder("ChannelStateCallback", called)] if called else []
    news = {**inputs, "notifyUrl": "https://hooks.example.com/other"}
    text = said(lambda: stage.of("ChannelStateCallback").update(made.id, made.state, news, *holder))
    assert "`pulumi up` sends notifyUrl again, and `pulumi up --replace '" in text
    assert text.endswith(f"{urn}` makes sure whatever the program says.")
    stage.platform.faults.clear()


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda stage: stage.fault(READ, "reset", times=9), "was lost"),
        (None, "an answer that nobody foresaw (ZeroDivisionError)"),
    ],
)
def test_a_write_that_cannot_be_read_back(
    stage: Stage, answer: Callable[[Stage], None] | None, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = stage.sample("Channel")
    if answer is None:
        monkeypatch.setattr(Channel, "read_back", lambda *_: 1 / 0)
    else:
        answer(stage)
    made = stage.of("Channel").create(inputs, stage.holder("Channel"))
    (text,) = made.unfinished
    assert text.startswith(f"Channel {made.id} exists, but could not be read back: ")
    assert words in text
    stage.platform.faults.clear()


def test_a_write_that_is_gone_again(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Channel, "read_back", lambda *_: None)
    made = stage.of("Channel").create(stage.sample("Channel"), stage.holder("Channel"))
    assert made.unfinished == [f"Channel {made.id} was written and is gone again; run `pulumi refresh`"]
    assert made.state["pullId"] == made.id


def test_what_the_platform_did_not_take(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = stage.sample("Channel")
    read = Channel.read

    def deaf(*arguments: Any) -> Any:
        return {**(read(*arguments) or {}), "videoEncryption": "none", "liveToVod": False}

    monkeypatch.setattr(Channel, "read", deaf)
    made = stage.of("Channel").create({**inputs, "videoEncryption": "hls", "liveToVod": True}, stage.holder("Channel"))
    assert stage.told == [
        f"the platform did not take liveToVod, videoEncryption of Channel {made.id}: the account may lack the service "
        "that it needs"
    ]


def test_what_a_refresh_by_the_list_did_not_compare(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    directory = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    stage.new_run(driftDepth="listed")
    stage.of("RecordDirectory").read(directory.id, directory.state)
    assert stage.told == [], "its list tells everything"
    stage.of("Channel").read(made.id, made.state)
    names = [
        key
        for key, item in properties(Channel.inputs).items()
        if key not in Channel.in_list and not item.flags.write_only and not item.flags.local
    ]
    assert names[0] == "pullRates"
    assert stage.told == [
        f"Channel: driftDepth is listed, so {', '.join(names)} were not compared with the platform, unless its list "
        "carries them"
    ]


def test_what_a_refresh_cannot_verify(stage: Stage) -> None:
    plain = stage.up("Channel", **stage.sample("Channel"))
    checked = stage.up("Channel", **stage.sample("Channel", channelName="Other", streamCheck="s"))
    stage.new_run()
    stage.of("Channel").read(plain.id, plain.state)
    assert stage.told == []
    stage.of("Channel").read(checked.id, checked.state)
    assert stage.told == [
        "Channel: the platform does not show streamCheck, whiteboard, shareButton, so these were not verified"
    ]


def test_a_default_needs_no_verifying(stage: Stage) -> None:
    made = stage.up("RecordTask", **stage.sample("RecordTask"))
    stage.new_run()
    stage.of("RecordTask").read(made.id, made.state)
    assert stage.told == []


def test_sharing_and_leaving_what_another_stack_started(stage: Stage) -> None:
    from pulumi_livechannels.core.custody import Holder

    inputs = stage.sample("RecordTask")
    first = stage.up("RecordTask", "rec", **inputs)
    stage.new_run()
    theirs = Holder(urn="urn:pulumi:prod::elsewhere::livechannels:index:RecordTask::rec")
    shared = stage.of("RecordTask").create(inputs, theirs)
    stage.of("RecordTask").delete(shared.id, shared.state)
    assert stage.told == [
        f"RecordTask '{inputs['pullId']}' was there already ({first.id}), and this stack did not start it: it is "
        "shared, and goes on when this stack is done with it",
        f"RecordTask {first.id} was there before this stack, which only shared it: it goes on",
    ]


def test_leaving_what_goes_on_under_another_name(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    old = stage.up("RecordTask", "old", **inputs)
    stage.new_run()
    stage.up("RecordTask", "new", **inputs)
    stage.told.clear()
    stage.of("RecordTask").delete(old.id, old.state)
    assert stage.told == [
        f"RecordTask {old.id} is held by new, a resource with another name in the program, so it stays. With the old "
        "name as an alias the engine would see no change at all"
    ]


VERBS: dict[str, Callable[[Stage, str, dict[str, Any], dict[str, Any]], object]] = {
    "read": lambda stage, key, state, inputs: stage.of("Channel").read(key, state),
    "update": lambda stage, key, state, inputs: stage.of("Channel").update(key, state, {**inputs, "channelName": "x"}),
    "adopt": lambda stage, key, state, inputs: stage.of("Channel").adopt(key, inputs),
    "delete": lambda stage, key, state, inputs: stage.of("Channel").delete(key, state),
    "list": lambda stage, key, state, inputs: list(stage.of("Channel").list()),
    "create": lambda stage, key, state, inputs: stage.of("Channel").create(inputs),
}


@pytest.mark.parametrize("verb", VERBS)
def test_an_error_begins_with_what_was_being_done(stage: Stage, verb: str) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    stage.new_run()
    for path in (READ, EDIT, "/live/channelManage/getChannelList", "/live/channelManage/batchChannelLiveState"):
        stage.fault(path, "error-code", code=4002, times=9)
    what = {"list": "all", "create": inputs["channelName"]}.get(verb, made.id)
    action = {
        "read": "GetChannelConfigure",
        "update": "ChannelEdit",
        "adopt": "GetChannelConfigure",
        "delete": "BatchChannelLiveState",
    }.get(verb, "GetChannelList")
    text = said(lambda: VERBS[verb](stage, made.id, made.state, inputs))
    assert text.startswith(f"{verb} Channel {what} ({action}): the platform refused")
    stage.platform.faults.clear()
