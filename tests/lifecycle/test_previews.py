"""What is said before anything is sent: the state that a write would bring, and the inputs that a state stands for."""

from __future__ import annotations

import pytest

from kit import KINDS, Stage
from pulumi_livechannels.core.fields import UNKNOWN, properties

EVERY = pytest.mark.parametrize("name", sorted(KINDS))


@EVERY
@pytest.mark.rule("R3")
def test_a_create_is_previewed_with_its_inputs_and_nothing_that_only_the_platform_knows(
    stage: Stage, name: str
) -> None:
    inputs = stage.sample(name)
    calls = stage.calls()
    preview = stage.of(name).preview_create(inputs)
    assert {key: preview[key] for key in inputs} == inputs
    assert {value for key, value in preview.items() if key not in inputs} == {UNKNOWN}
    assert set(properties(KINDS[name].outputs)) <= set(preview)
    assert stage.calls() == calls


@pytest.mark.rule("R3")
def test_an_update_is_previewed_with_the_outputs_that_it_cannot_change(stage: Stage) -> None:
    inputs = stage.sample("Channel")
    made = stage.up("Channel", **inputs)
    outputs = properties(KINDS["Channel"].outputs)

    def unknown(**changes: object) -> set[str]:
        preview = stage.of("Channel").preview_update(made.state, {**inputs, **changes})
        assert {key: preview[key] for key in {**inputs, **changes}} == {**inputs, **changes}
        assert set(outputs) <= set(preview)
        known = {key for key in outputs if preview[key] != UNKNOWN}
        assert all(preview[key] == made.state[key] for key in known)
        return set(outputs) - known

    told = {key for key in outputs if key in made.state}
    assert unknown(channelName="Other") & told == set()
    assert unknown(pullRates=["source"]) & told == {"pullUrls"}
    assert "pushUrl" in unknown(pushKeyRotation="2")
    del made.state["pushUrl"]
    assert "pushUrl" in unknown(channelName="Other"), "what nobody was told is not known"


@EVERY
@pytest.mark.rule("R11")
def test_an_import_gives_the_inputs_that_a_program_would_have_written(stage: Stage, name: str) -> None:
    inputs = stage.sample(name)
    made = stage.up(name, **inputs)
    stage.new_run()
    state = stage.of(name).read(made.id, {})
    assert state is not None
    written = stage.of(name).program_inputs(state, None)
    declared = properties(KINDS[name].inputs)
    assert written
    assert all(written[key] == state[key] != declared[key].default for key in written)
    assert not any(declared[key].flags.filled for key in written if key != "endTime")
    checked = stage.of(name).check(written, None)
    assert not checked.problems
    assert not stage.of(name).diff(state, checked.inputs).any


@pytest.mark.rule("R11")
def test_and_names_what_the_check_would_otherwise_fill_in(stage: Stage) -> None:
    verbs = stage.of("RecordTask")
    state = {**stage.sample("RecordTask"), "fileType": "flv", "startTime": stage.later(minutes=5)}
    written = verbs.program_inputs(state, None)
    assert (written["endTime"], written["fileType"]) == (state["endTime"], "flv")
    assert "concat" not in written


@pytest.mark.rule("R8")
def test_a_refresh_gives_the_properties_of_the_program_with_their_actual_values(stage: Stage) -> None:
    known = {"channelName": "Ours", "streamCheck": "s", "__ours": 1}
    state = {"channelName": "Theirs", "channelType": "live", "__ours": 2}
    assert stage.of("Channel").program_inputs(state, known) == {
        "channelName": "Theirs",
        "streamCheck": "s",
        "__ours": 1,
    }
