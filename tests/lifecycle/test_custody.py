"""Who holds what: a new name, a replacement, an adoption and a second stack lose, double, take and end nothing."""

from __future__ import annotations

from typing import Any

import pytest

from kinds import OVER
from kit import ALL, OBJECTS, Stage
from pulumi_livechannels.core.custody import GUEST, Holder
from pulumi_livechannels.core.lifecycle import Made
from pulumi_livechannels.ground import errors

# What has a natural key, so that a resource under a new name takes over the object of the old one.
NATURAL = ("RecordTask", "ForwardTask", "RecordDirectory", "ChannelBan", "ChannelStateCallback")
EVERY = pytest.mark.parametrize("name", NATURAL)


def wanted(stage: Stage, name: str) -> dict[str, Any]:
    if name == "ChannelStateCallback":
        return {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}
    if name == "ChannelBan":
        return {"pullId": stage.a_channel()}
    return stage.sample(name)


def is_on(stage: Stage, name: str, key: str) -> bool:
    item = next((each for each in stage.platform.objects(OBJECTS[name]) if each["id"] == key), None)
    return item is not None and item["status"] != OVER.get(name, "none")


def creates(stage: Stage) -> int:
    paths = ("createRecordTask", "startForwardTask", "directoryCreate")
    return sum(call["action"] in paths and call["outcome"] == "ok" for call in stage.platform.journal)


def declared(stage: Stage, name: str, called: str, inputs: dict[str, Any], made: Made | None = None) -> Holder:
    """The program declares a resource: the engine checks it, and compares what its state holds."""
    holder = stage.holder(name, called)
    checked = stage.of(name).check(inputs, inputs if made else None, holder)
    assert not checked.problems
    if made is not None:
        stage.of(name).plan(made.id, made.state, checked.inputs, holder)
    return holder


@EVERY
@pytest.mark.rule("R6")
@pytest.mark.parametrize("how", ["new name", "new name after a refresh", "replacement"])
def test_what_goes_on_under_another_holder_is_neither_ended_nor_made_anew(stage: Stage, name: str, how: str) -> None:
    inputs = wanted(stage, name)
    old = stage.up(name, "old", **inputs)
    stage.new_run()
    if how == "new name after a refresh":
        stage.of(name).read(old.id, old.state, stage.holder(name, "old"))
    new = stage.up(name, "old" if how == "replacement" else "new", **inputs)
    stage.of(name).delete(old.id, old.state)
    assert new.id == old.id
    assert is_on(stage, name, old.id)
    assert creates(stage) <= 1
    assert any("so it stays" in text for text in stage.told)

    stage.new_run()
    state = stage.of(name).read(new.id, new.state)
    assert state is not None
    stage.of(name).delete(new.id, state)
    assert is_on(stage, name, old.id) == (name == "RecordDirectory")


@EVERY
@pytest.mark.rule("R19")
def test_a_run_that_ends_before_the_old_name_is_gone_is_finished_by_the_next(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name)
    old = stage.up(name, "old", **inputs)
    stage.new_run()
    new = stage.up(name, "new", **inputs)
    # Something else failed, so the engine deleted nothing; the next run knows the new name's state only.
    stage.new_run()
    declared(stage, name, "new", inputs, new)
    stage.of(name).delete(old.id, old.state)
    assert is_on(stage, name, old.id)


@pytest.mark.parametrize("name", ["RecordTask", "ForwardTask", "ChannelBan", "ChannelStateCallback"])
@pytest.mark.rule("R18")
def test_what_a_new_name_could_not_take_over_stays_held(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name)
    old = stage.up(name, "old", **inputs)
    stage.new_run()
    path = {
        "RecordTask": "/live/channelManage/recordTaskQuery",
        "ForwardTask": "/live/forwardTask/getForwardTaskList",
        "ChannelBan": "/live/channelManage/channelForbidden",
        "ChannelStateCallback": "/live/channelManage/setChannelStateRealtimeBack",
    }[name]
    stage.fault(path, "error-code", code=1008, times=9)
    with pytest.raises(errors.LiveChannelsError):
        stage.up(name, "new", **inputs)
    stage.platform.faults.clear()
    with pytest.raises(errors.ConflictError, match=r"new was to take over .* and could not"):
        stage.of(name).delete(old.id, old.state)
    assert is_on(stage, name, old.id)


@EVERY
def test_a_program_that_declares_one_object_twice_hears_both_names(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name)
    stage.up(name, "one", **inputs)
    with pytest.raises(errors.ConflictError, match="held by one already, and other asks for it too"):
        stage.up(name, "other", **inputs)
    assert creates(stage) <= 1


@EVERY
def test_and_so_it_does_when_the_state_holds_it(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name)
    made = stage.up(name, "one", **inputs)
    stage.new_run()
    declared(stage, name, "one", inputs, made)
    with pytest.raises(errors.ConflictError, match="held by one already, and other asks for it too"):
        stage.up(name, "other", **inputs)


@EVERY
def test_whichever_of_both_comes_first(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name)
    made = stage.up(name, "one", **inputs)
    stage.new_run()
    stage.up(name, "other", **inputs)
    with pytest.raises(errors.ConflictError, match=r"held by one already, and other asks"):
        declared(stage, name, "one", inputs, made)
    assert is_on(stage, name, made.id)


def test_a_new_name_with_a_new_end_says_exactly_what_to_do(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    old = stage.up("RecordTask", "old", **inputs)
    stage.new_run()
    stage.of("RecordTask").read(old.id, old.state, stage.holder("RecordTask", "old"))
    with pytest.raises(errors.ConflictError, match=r"another endTime.*the name old as an alias") as caught:
        stage.up("RecordTask", "new", **{**inputs, "endTime": stage.later(hours=5)})
    assert old.id in str(caught.value)
    assert is_on(stage, "RecordTask", old.id)


def test_a_second_stack_shares_a_recording_knowingly_and_never_ends_it(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    first = stage.up("RecordTask", "rec", **inputs)
    stage.new_run()
    other = Holder(urn="urn:pulumi:prod::elsewhere::livechannels:index:RecordTask::rec")
    shared = stage.of("RecordTask").create(inputs, other)
    assert (shared.id, shared.state[GUEST]) == (first.id, True)
    assert "this stack did not start it" in stage.told[-1]
    stage.new_run()
    state = stage.of("RecordTask").read(shared.id, shared.state, other)
    assert state is not None
    stage.of("RecordTask").delete(shared.id, state)
    assert "it goes on" in stage.told[-1]
    assert is_on(stage, "RecordTask", first.id)
    stage.of("RecordTask").delete(first.id, first.state)
    assert not is_on(stage, "RecordTask", first.id)


def test_a_recording_of_whom_something_cannot_be_read_is_not_shared(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    stage.up("RecordTask", "old", **inputs)
    stage.new_run()
    with pytest.raises(errors.ConflictError, match="another notifyUrl"):
        stage.up("RecordTask", "new", **{**inputs, "notifyUrl": "https://hooks.example.com/a"})


def test_an_adoption_may_write_a_host_in_capitals(stage: Stage) -> None:
    made = stage.up("Channel", "old", **stage.sample("Channel"))
    stage.new_run()
    wanted = {**stage.sample("Channel"), "pushDomain": "PUSH.example.com"}
    assert not stage.of("Channel").check(wanted, wanted, stage.holder("Channel", "new"), made.id).problems


def test_a_relay_to_the_address_with_another_end_is_not_taken(stage: Stage) -> None:
    stage.up("ForwardTask", "old", **stage.sample("ForwardTask"))
    stage.new_run()
    with pytest.raises(errors.ConflictError, match="another endTime"):
        stage.up("ForwardTask", "new", **stage.sample("ForwardTask", endTime=stage.later(hours=5)))
    assert creates(stage) == 1


def test_a_relay_that_this_run_has_ended_is_not_taken_for_running(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    made = stage.up("ForwardTask", "relay", **inputs)
    stage.new_run()
    stage.of("ForwardTask").delete(made.id, made.state)
    stage.fault("/live/forwardTask/getForwardTaskList", "stale-list")
    assert stage.up("ForwardTask", "relay", **inputs).id != made.id


def test_a_relay_that_was_read_as_gone_and_runs_is_not_doubled(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    made = stage.up("ForwardTask", "relay", **inputs)
    stage.click("ForwardTask", made.id, status=2)
    stage.new_run()
    assert stage.of("ForwardTask").read(made.id, made.state, stage.holder("ForwardTask", "relay")) is None
    stage.click("ForwardTask", made.id, status=1)
    assert stage.up("ForwardTask", "relay", **inputs).id == made.id
    assert "is taken over" in stage.told[-1]


ADOPTABLE = pytest.mark.parametrize("name", sorted(name for name, kind in ALL.items() if kind.adoptable))


@ADOPTABLE
def test_one_object_is_adopted_by_one_resource(stage: Stage, name: str) -> None:
    inputs = wanted(stage, name) if name in NATURAL else stage.sample(name)
    made = stage.up(name, "before", **inputs)
    stage.new_run()
    one, other = stage.holder(name, "one"), stage.holder(name, "other")
    assert not stage.of(name).check(inputs, inputs, one, made.id).problems
    (problem,) = stage.of(name).check(inputs, inputs, other, made.id).problems
    assert problem.path == "adopt"
    assert "one already, and other asks for it too" in problem.text
    stage.of(name).adopt(made.id, inputs, one)
    with pytest.raises(errors.ConflictError, match="one already, and other"):
        stage.of(name).adopt(made.id, inputs, other)


@ADOPTABLE
@pytest.mark.parametrize("first", [True, False])
def test_what_the_stack_holds_is_adopted_by_nobody_else(stage: Stage, name: str, first: bool) -> None:
    inputs = wanted(stage, name) if name in NATURAL else stage.sample(name)
    made = stage.up(name, "held", **inputs)
    stage.new_run()
    writes, thief = stage.writes(), stage.holder(name, "thief")
    if first:
        declared(stage, name, "held", inputs, made)
        (problem,) = stage.of(name).check(inputs, inputs, thief, made.id).problems
        assert "held by held already, and thief asks for it too" in problem.text
    else:
        stage.of(name).check(inputs, inputs, thief, made.id)
        with pytest.raises(errors.ConflictError, match="thief"):
            declared(stage, name, "held", inputs, made)
    assert stage.writes() == writes


@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
def test_taking_out_one_of_two_that_hold_an_object_spares_the_other(stage: Stage, name: str) -> None:
    """States of earlier releases may have it so."""
    inputs = stage.sample(name)
    made = stage.up(name, "one", **inputs)
    stage.new_run()
    other = stage.of(name).adopt(made.id, inputs, stage.holder(name, "other"))
    stage.new_run()
    declared(stage, name, "one", inputs, made)
    stage.of(name).delete(other.id, other.state)
    assert stage.objects(name)


@pytest.mark.parametrize(("name", "change"), [("Channel", "channelType"), ("PullChannel", "pullDomain")])
def test_an_adopt_that_was_left_in_is_refused_before_anything_is_replaced(stage: Stage, name: str, change: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, "main", **inputs)
    stage.new_run()
    holder = stage.holder(name, "main")
    news = {**inputs, change: "other.example.com" if "Domain" in change else "other"}
    (problem,) = stage.of(name).check(news, inputs, holder, made.id).problems
    assert problem.path == "adopt"
    assert f"{change} changes" in problem.text
    # The same change made in the console, which no check sees: an update, which says what to do, and no replacement.
    found = stage.of(name).plan(made.id, made.state, news, holder, adopting=True)
    assert found.changed
    assert found.replaces == []
    with pytest.raises(errors.ConflictError, match="take adopt out"):
        stage.of(name).update(made.id, made.state, news, holder, adopting=True)
    with pytest.raises(errors.ConflictError, match="still adopts"):
        stage.of(name).delete(made.id, made.state)
    assert [item["id"] for item in stage.objects(name)] == [made.id]


@pytest.mark.rule("R6")
def test_host_names_have_no_case(stage: Stage) -> None:
    channel = stage.sample("Channel", pushDomain="Push.Example.COM")
    assert channel["pushDomain"] == "push.example.com"
    guest = stage.sample("PullChannel", pullDomain="PULL.example.com", sourceUrl="rtmp://Origin.Example.net/App/Key")
    assert (guest["pullDomain"], guest["sourceUrl"]) == ("pull.example.com", "rtmp://origin.example.net/App/Key")
    made = stage.up("Channel", **channel)
    assert stage.objects("Channel")[0]["pushDomain"] == "push.example.com"
    assert not stage.of("Channel").diff(made.state, channel).any
    callback = stage.up(
        "ChannelStateCallback", **{**wanted(stage, "ChannelStateCallback"), "pushDomain": "Push.Example.com"}
    )
    assert callback.id == callback.state["pushDomain"] == "push.example.com"
    imported = stage.of("ChannelStateCallback").read("PUSH.example.com", {})
    assert imported is not None
    assert imported["pushDomain"] == "push.example.com"


def test_a_state_of_an_earlier_release_gets_its_mark_with_the_next_look(stage: Stage) -> None:
    inputs = wanted(stage, "ChannelBan")
    made = stage.up("ChannelBan", "old", **inputs)
    before = {key: value for key, value in made.state.items() if not key.startswith("__")}
    stage.new_run()
    refreshed = stage.of("ChannelBan").read(made.id, before, stage.holder("ChannelBan", "old"))
    assert refreshed is not None
    assert refreshed["__mark"].startswith("old#")
    assert not stage.of("ChannelBan").diff(refreshed, inputs).any
    stage.new_run()
    new = stage.up("ChannelBan", "new", **inputs)
    stage.of("ChannelBan").delete(made.id, before)
    assert is_on(stage, "ChannelBan", new.id)


@pytest.mark.rule("R17", "R19")
def test_a_relay_that_a_killed_run_made_is_found_even_where_the_list_had_not_shown_it(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    killed = stage.up("ForwardTask", "relay", **inputs)
    stage.new_run()
    stage.fault("/live/forwardTask/getForwardTaskList", "stale-list")
    assert stage.up("ForwardTask", "relay", **inputs).id == killed.id
    assert [item["id"] for item in stage.objects("ForwardTask") if item["status"] != 2] == [killed.id]
    assert any("was made before" in text for text in stage.told)


def test_a_ban_of_somebody_else_is_told(stage: Stage) -> None:
    inputs = wanted(stage, "ChannelBan")
    stage.up("ChannelBan", "theirs", **inputs)
    stage.new_run()
    stage.up("ChannelBan", "ours", **inputs)
    assert "was banned already" in stage.told[-1]


def test_what_a_replacement_leaves_may_be_taken_over_in_the_same_run(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    one = stage.up("RecordTask", "one", **inputs)
    stage.new_run()
    holder = stage.holder("RecordTask", "one")
    elsewhere = {**inputs, "pullId": stage.up("Channel", **stage.sample("Channel")).id}
    stage.of("RecordTask").check(elsewhere, inputs, holder)
    assert stage.of("RecordTask").plan(one.id, one.state, elsewhere, holder).replaces
    other = stage.up("RecordTask", "other", **inputs)
    assert other.id == one.id
    stage.of("RecordTask").delete(one.id, one.state)
    assert is_on(stage, "RecordTask", one.id)


def test_a_resource_with_a_new_name_and_an_alias_holds_what_it_held(stage: Stage) -> None:
    inputs = stage.sample("RecordTask")
    made = stage.up("RecordTask", "old", **inputs)
    stage.new_run()
    declared(stage, "RecordTask", "new", inputs, made)
    with pytest.raises(errors.ConflictError, match="held by new already, and third asks for it too"):
        stage.up("RecordTask", "third", **inputs)


def test_what_a_refresh_sees_waiting_for_its_deletion_is_no_holder(stage: Stage) -> None:
    """`one` went on to another domain in a run that failed; its old callback still waits in the state to be deleted."""
    hook = wanted(stage, "ChannelStateCallback")
    old = stage.up("ChannelStateCallback", "one", **hook)
    stage.new_run()
    holder = stage.holder("ChannelStateCallback", "one")
    stage.of("ChannelStateCallback").read(old.id, old.state, holder)
    moved = {**hook, "pushDomain": "push.two.example.com"}
    stage.of("ChannelStateCallback").check(moved, moved, holder)
    assert stage.up("ChannelStateCallback", "other", **hook).id == old.id
    stage.of("ChannelStateCallback").delete(old.id, old.state)
    assert is_on(stage, "ChannelStateCallback", old.id)
