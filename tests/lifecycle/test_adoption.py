"""Taking over an object that exists: nothing is touched that is right, and nothing is lost."""

from __future__ import annotations

import pytest

from kinds import KNOWN
from kit import KINDS, Stage
from pulumi_livechannels.core.custody import MARK
from pulumi_livechannels.core.fields import UNKNOWN, properties
from pulumi_livechannels.ground import errors


@pytest.mark.parametrize("name", sorted(KINDS))
def test_adoption_takes_over_without_touching(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    writes = stage.writes()
    adopted = stage.of(name).adopt(made.id, inputs)
    assert adopted.state[MARK] != made.state[MARK]
    assert {**adopted.state, MARK: made.state[MARK]} == made.state
    assert stage.writes() == writes
    assert not stage.of(name).diff(adopted.state, inputs).any


@pytest.mark.rule("R6")
def test_what_another_resource_adopted_in_this_run_is_not_deleted(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    # A program that says the same with another name and adopt: the engine makes the new one, then ends the old one.
    adopted = stage.of("Channel").adopt(made.id, stage.sample("Channel"))
    stage.of("Channel").delete(made.id, made.state)
    assert stage.platform.objects("channel")
    assert "a resource with another name in the program" in stage.told[-1]
    refreshed = stage.of("Channel").read(made.id, adopted.state)
    assert refreshed == adopted.state
    stage.of("Channel").delete(made.id, adopted.state)
    assert not stage.platform.objects("channel")


def test_adoption_brings_in_line_what_can_be_edited(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    inputs = stage.sample("Channel", channelName="Ours", streamCheck="s", pushKeyRotation="7")
    adopted = stage.of("Channel").adopt(made.id, inputs)
    body = stage.platform.store.get("channel", made.id)
    assert body is not None
    assert (body["channelName"], body["check"]) == ("Ours", "s")
    assert adopted.state["pushUrl"] == made.state["pushUrl"], "the first rotation value rotates nothing"


def test_adoption_refuses_what_only_a_new_object_can_have(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    writes = stage.writes()
    with pytest.raises(errors.ConflictError, match="channelType"):
        stage.of("Channel").adopt(made.id, stage.sample("Channel", channelType="other", channelName="x"))
    assert stage.writes() == writes


@pytest.mark.parametrize("name", sorted(KINDS))
def test_adoption_of_nothing_is_a_clear_error(stage: Stage, name: str) -> None:
    with pytest.raises(errors.NotFoundError, match=f"no {name} no-such-id"):
        stage.of(name).adopt("no-such-id", stage.sample(name))


def test_what_has_begun_already_is_adopted_with_the_times_that_it_began_with(stage: Stage) -> None:
    inputs = stage.sample("RecordTask", startTime=stage.later(minutes=30))
    made = stage.up("RecordTask", **inputs)
    stage.clock.let_pass(3600)
    stage.new_run()
    assert not stage.of("RecordTask").check(inputs, inputs).problems
    assert stage.of("RecordTask").check(inputs, None).problems, "a new one cannot begin in the past"
    assert stage.of("RecordTask").adopt(made.id, inputs).id == made.id


def test_a_time_of_what_is_adopted_is_announced_by_no_warning(stage: Stage) -> None:
    before, after = stage.sample("RecordTask"), stage.sample("RecordTask", endTime=stage.later(hours=3))
    held = stage.of("RecordTask")
    assert held.check(after, before).warnings
    checked = held.check(after, before, adopt="t1")
    assert not checked.warnings
    assert "endTime changes" in checked.problems[0].text, "it is refused instead"


# Where a change is worth more than what sets two objects apart.
CHANGES: dict[str, dict[str, str]] = {
    "PullChannel": {"sourceUrl": "rtmp://origin.example.net/app/typocanary"},
    "RecordDirectory": {"path": "matches/typo"},
    "RecordTask": {"fileType": "flv"},
    "ForwardTask": {"forwardUrl": "rtmp://relay.example.net/app/typocanary"},
}


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_preview_foresees_an_adoption_and_changes_nothing(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    writes = stage.writes()
    same = stage.of(name).foresee_adoption(made.id, inputs)
    assert (same.problems, same.warnings) == ([], [])
    change = CHANGES.get(name) or KNOWN[name].another(1)
    (key,) = change
    typo = stage.of(name).foresee_adoption(made.id, {**inputs, **change})
    (told,) = [problem.text for problem in typo.problems] + typo.warnings
    assert key in told
    assert "canary" not in told, "secrets are named and not shown"
    assert bool(typo.problems) == properties(KINDS[name].inputs)[key].flags.replaces, (
        "what cannot be changed is refused"
    )
    with pytest.raises(errors.NotFoundError, match=f"adopt {name} none: there is no {name} none"):
        stage.of(name).foresee_adoption("none", inputs)
    assert stage.writes() == writes


def test_what_is_not_known_before_the_run_is_told_so(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    foreseen = stage.of("Channel").foresee_adoption(made.id, stage.sample("Channel") | {"channelName": UNKNOWN})
    assert "may change the live object: channelName is" in foreseen.warnings[0]
    assert "and not known before the run in the program" in foreseen.warnings[0]


@pytest.mark.parametrize("name", sorted(name for name in KINDS if "pullId" in properties(KINDS[name].inputs)))
def test_what_hangs_on_a_channel_that_is_adopted_too_is_not_refused(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    foreseen = stage.of(name).foresee_adoption(made.id, {**inputs, "pullId": UNKNOWN})
    assert (foreseen.problems, foreseen.warnings) == ([], [])


def test_an_outage_in_the_preview_is_an_error_and_no_promise(stage: Stage) -> None:
    made = stage.up("Channel", **stage.sample("Channel"))
    stage.new_run()
    stage.fault("/live/channelManage/getChannelConfigure", "reset", times=9)
    with pytest.raises(errors.LiveChannelsError, match="adopt Channel"):
        stage.of("Channel").foresee_adoption(made.id, stage.sample("Channel"))
    stage.platform.faults.clear()
