"""A call that was carried out and never answered: nothing is doubled, nothing leaks, nothing foreign is taken."""

from __future__ import annotations

import pytest

from kinds import LISTS, MAKES, READS
from kit import KINDS, Stage
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.ground import errors

EVERY = pytest.mark.parametrize("name", sorted(KINDS))
# Several of these may be alike, so what a lost answer has made is looked for in their list.
LOOKED_FOR = ("Channel", "ForwardTask", "PullChannel")


@pytest.mark.rule("R16", "R22", "R37")
@EVERY
@pytest.mark.parametrize("kind", ["lost-answer", "truncate"])
def test_a_lost_create_makes_one_object(stage: Stage, name: str, kind: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], kind)
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 1
    assert any("was lost; found" in text for text in stage.told)
    assert not stage.of(name).diff(made.state, inputs).any


@pytest.mark.rule("R16", "R22")
@EVERY
@pytest.mark.parametrize("kind", ["refuse", "reset", "html"])
def test_a_create_that_never_happened_is_sent_again_once_nothing_is_found(stage: Stage, name: str, kind: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], kind)
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 2


@pytest.mark.parametrize("name", ["RecordDirectory", "RecordTask"])
def test_what_the_platform_has_once_is_kept_however_far_its_list_lags_behind(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "reset")
    stage.fault(LISTS[name], "stale-list", times=99)
    made = stage.up(name, **inputs)
    assert [item["id"] for item in stage.objects(name)] == [made.id]


@pytest.mark.rule("R17")
@pytest.mark.parametrize("name", LOOKED_FOR)
@pytest.mark.parametrize("lag", [1, 3])
def test_a_list_that_lags_behind_is_given_time(stage: Stage, name: str, lag: int) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "lost-answer")
    stage.fault(LISTS[name], "stale-list", times=lag)
    made = stage.up(name, **inputs)
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 1
    assert [item["id"] for item in stage.objects(name) if item.get("channelName") != "host"] == [made.id]


@pytest.mark.rule("R17", "R23")
@pytest.mark.parametrize("name", LOOKED_FOR)
def test_a_throttled_search_goes_on(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "lost-answer")
    stage.fault(LISTS[name], "throttle", times=2)
    stage.up(name, **inputs)
    assert stage.calls(MAKES[name].rsplit("/", 1)[-1]) == 1


@pytest.mark.rule("R17")
@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
def test_an_older_object_of_the_same_name_is_not_taken(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    foreign = stage.up(name, **inputs)
    stage.clock.let_pass(60)
    stage.new_run()
    stage.fault(MAKES[name], "lost-answer")
    made = stage.up(name, **inputs)
    assert made.id != foreign.id
    assert len(stage.objects(name)) == 2


@pytest.mark.rule("R17")
@pytest.mark.parametrize("name", ["Channel", "PullChannel"])
def test_an_object_of_this_run_is_not_taken(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    first = stage.up(name, **inputs)
    stage.fault(MAKES[name], "lost-answer")
    second = stage.up(name, **inputs)
    assert first.id != second.id


@pytest.mark.rule("R17")
@pytest.mark.parametrize("name", LOOKED_FOR)
def test_two_candidates_stop_the_run_with_both_ids(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    # Both sendings are carried out, while the list shows neither: the platform took the first one late.
    stage.fault(MAKES[name], "lost-answer", times=2)
    stage.fault(LISTS[name], "stale-list", times=6, nth=2, seconds=3600)
    with pytest.raises(errors.AmbiguousCreateError) as caught:
        stage.up(name, **inputs)
    assert sorted(caught.value.ids) == sorted(
        item["id"] for item in stage.objects(name) if item.get("channelName") != "host"
    )
    assert len(caught.value.ids) == 2
    assert "adopt" in str(caught.value)
    assert "is unknown" in str(caught.value)


@pytest.mark.rule("R17", "R29")
@pytest.mark.parametrize("name", LOOKED_FOR)
def test_a_search_that_fails_says_what_to_look_for(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    stage.fault(MAKES[name], "lost-answer")
    # What was there before is looked at first.
    stage.fault(LISTS[name], "refuse", nth=2, times=99)
    with pytest.raises(errors.NoAnswerError) as caught:
        stage.up(name, **inputs)
    assert caught.value.changed is errors.Changed.UNKNOWN
    assert f"whether {name}" in str(caught.value)
    assert "livechannels orphans" in str(caught.value)
    assert "key" not in str(caught.value).replace("relaykey", "LEAK").replace("guestkey", "LEAK")


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Channel", "/live/channelManage/channelEdit"),
        ("PullChannel", "/live/channelManage/editPullChannel"),
    ],
)
def test_a_lost_update_converges(stage: Stage, name: str, path: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.fault(path, "lost-answer")
    news = {**inputs, "channelName": "New"}
    updated = stage.of(name).update(made.id, made.state, news)
    assert updated.state["channelName"] == "New"
    assert len(stage.objects(name)) == 1


@pytest.mark.rule("R18")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Channel", "/live/channelManage/deleteChannel"),
        ("PullChannel", "/live/channelManage/deleteChannel"),
        ("RecordTask", "/live/channelManage/endRecordTask"),
        ("ForwardTask", "/live/forwardTask/endForwardTask"),
    ],
)
@pytest.mark.parametrize("kind", ["lost-answer", "reset", "truncate", "throttle"])
def test_a_lost_end_converges(stage: Stage, name: str, path: str, kind: str) -> None:
    made = stage.up(name, **stage.sample(name))
    stage.fault(path, kind)
    stage.of(name).delete(made.id, made.state)
    assert not [item for item in stage.platform.orphans(set()) if item["id"] == made.id]


@pytest.mark.rule("R18")
@pytest.mark.parametrize("kind", ["lost-answer", "reset"])
def test_a_lost_rotation_happens_exactly_once(stage: Stage, kind: str) -> None:
    inputs = stage.sample("Channel", pushKeyRotation="1")
    made = stage.up("Channel", **inputs)
    stage.fault("/live/channelManage/channelEdit", kind)
    ids = stage.platform.store._count
    updated = stage.of("Channel").update(made.id, made.state, {**inputs, "pushKeyRotation": "2"})
    assert updated.state["pushUrl"] != made.state["pushUrl"]
    assert stage.platform.store._count == ids + 1, "one new push id was given"


@pytest.mark.rule("R18")
def test_a_rotation_that_cannot_be_read_back_is_not_repeated_by_the_next_run(stage: Stage) -> None:
    inputs = stage.sample("Channel", pushKeyRotation="1")
    made = stage.up("Channel", **inputs)
    news = {**inputs, "pushKeyRotation": "2"}
    stage.fault("/live/channelManage/getChannelConfigure", "refuse", nth=2, times=4)
    updated = stage.of("Channel").update(made.id, made.state, news)
    assert updated.unfinished
    assert updated.state["pushUrl"] == stage.objects("Channel")[0]["pushUrl"] != made.state["pushUrl"]
    stage.new_run()
    assert not stage.of("Channel").diff(updated.state, news).any


@pytest.mark.rule("R16")
@pytest.mark.parametrize("name", sorted(set(KINDS) - {"RecordDirectory"}))
def test_an_object_that_cannot_be_read_back_is_kept_and_finished_later(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    path = READS[name] if "Channel" in name else LISTS[name]
    # The list is asked before anything is sent, unless a number of our own tells which task it would be.
    looks_before = 1 if path == LISTS[name] and name != "RecordTask" else 0
    stage.fault(path, "refuse", nth=1 + looks_before, times=1_000)
    made = stage.of(name).create(inputs)
    assert "could not be read back" in made.unfinished[0]
    assert stage.objects(name)[-1]["id"] == made.id == made.state[KINDS[name].id_key]

    stage.platform.faults.clear()
    stage.new_run()
    lacking = properties(KINDS[name].outputs).keys() - made.state.keys()
    assert bool(stage.of(name).diff(made.state, inputs).unfinished) == bool(lacking)
    finished = stage.of(name).update(made.id, made.state, inputs)
    assert not stage.of(name).diff(finished.state, inputs).any


def test_what_the_answer_to_a_create_has_told_is_not_asked_again(stage: Stage) -> None:
    made = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    assert [call["action"] for call in stage.platform.journal] == ["directoryCreate"]
    stage.new_run()
    assert stage.of("RecordDirectory").read(made.id, made.state) == made.state


@pytest.mark.rule("R41")
def test_a_relay_costs_its_start_and_a_look_before_and_after(stage: Stage) -> None:
    inputs = stage.sample("ForwardTask")
    stage.platform.journal.clear()
    stage.up("ForwardTask", **inputs)
    actions = [call["action"] for call in stage.platform.journal]
    assert actions == ["getForwardTaskList", "startForwardTask", "getForwardTaskList"]
