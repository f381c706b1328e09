"""What a preview does to people: the worst first, and the quiet apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pulumi_livechannels.consequences import by_who_is_on_air, consequences, summed_up
from pulumi_livechannels.deployments import KINDS
from pulumi_livechannels.previews import UNKNOWN, Preview, Step, preview

PREVIEWS = Path(__file__).parent / "previews"
CHANNEL = {
    "channelName": "Main",
    "channelType": "live",
    "pushDomain": "push.example.com",
    "pullRates": ["source", "hd"],
}


def step(kind: str, op: str, old: dict[str, Any] | None = None, new: dict[str, Any] | None = None, **out: Any) -> Step:
    before = {} if old is None else {"id": f"id-of-{kind}", "inputs": old, "outputs": {**old, **out}}
    after = {} if new is None else {"inputs": new}
    urn = f"urn:pulumi:dev::test::livechannels:index:{kind}::it"
    return Step(op, urn, KINDS[kind], before, after, ())


def told(*steps: Step) -> list[str]:
    found = consequences(Preview(steps, (), "test/dev", 0, True))
    return [f"{'!' if effect.hurts else ''}{effect.text}" for each in found for effect in each.effects]


def change(**new: Any) -> list[str]:
    return told(step("Channel", "update", CHANNEL | {"pushKeyRotation": new.pop("was", None)}, CHANNEL | new))


def test_recorded_previews_are_summed_up_by_what_people_notice() -> None:
    found = consequences(preview((PREVIEWS / "native-digest.json").read_text()))
    assert summed_up(found) == [
        "1 channel is deleted",
        "2 channels get new push URLs",
        "1 channel is banned",
        "1 stream is cut",
        "1 relay stops",
        "1 recording ends",
        "2 relays stop and start anew",
        "1 pull channel changes its source",
        "1 channel loses rates",
        "1 channel changes its encryption",
        "1 channel changes its stream check",
    ]
    quiet = [each.step.name for each in found if not each.hurts]
    assert quiet == ["fresh", "banned", "callback", "signed"]


def test_a_push_key_that_turns_for_the_first_time_gives_no_new_url() -> None:
    assert change(was="1", pushKeyRotation="2") == ["!gets a new push URL (encoders must be told)"]
    assert change(pushKeyRotation="1") == ["changes"]
    assert change(was="1") == ["changes"]


def test_rates_hurt_when_they_go_and_not_when_they_come() -> None:
    assert change(pullRates=["source"]) == ["!loses rates that viewers may be watching"]
    assert change(pullRates=["source", "hd", "sd"]) == ["changes"]
    assert change(pullRates=UNKNOWN) == ["!loses rates that viewers may be watching"], "who knows"
    assert change(pullRates=["hd", "source"], shareButton=True) == ["changes"], "their order means nothing"
    assert change(channelName="Other", pullRates=["hd"]) == ["!loses rates that viewers may be watching", "is renamed"]


@pytest.mark.parametrize(
    ("kind", "op", "status", "expected"),
    [
        ("ForwardTask", "delete", "running", ["!stops"]),
        ("ForwardTask", "delete", None, ["!stops"]),
        ("ForwardTask", "delete", "notStarted", ["!will not begin"]),
        ("ForwardTask", "delete", "error", ["leaves the stack", "is over already"]),
        ("ForwardTask", "replace", "running", ["!stops and starts anew"]),
        ("ForwardTask", "replace", "notStarted", ["is made anew"]),
        ("RecordTask", "delete", "running", ["!ends"]),
        ("RecordTask", "delete", "ended", ["leaves the stack", "is over already"]),
        ("RecordTask", "replace", "running", ["!ends, and a new recording begins"]),
    ],
)
def test_a_task_hurts_by_how_far_it_is(kind: str, op: str, status: str | None, expected: list[str]) -> None:
    new = {"pullId": "b"} if op == "replace" else None
    assert told(step(kind, op, {"pullId": "a"}, new, status=status)) == expected


def test_an_adopted_object_is_taken_over() -> None:
    assert told(step("Channel", "create", None, CHANNEL | {"adopt": "abc"})) == ["is taken over"]
    assert told(step("Channel", "import", None, CHANNEL)) == ["is taken over"]


@pytest.mark.parametrize("op", ["create", "update", "replace", "delete", "delete-replaced", "import"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_on_every_kind_does_something(kind: str, op: str) -> None:
    old = {"pullId": "a"} if op not in ("create", "import") else None
    new = {"pullId": "a"} if not op.startswith("delete") else None
    assert told(step(kind, op, old, new))


def test_what_is_on_air_comes_first_and_otherwise_the_worst() -> None:
    gone, cut = step("Channel", "delete", CHANNEL), step("StreamDisconnect", "create", None, {"pullId": "live-one"})
    found = consequences(Preview((cut, gone), (), "test/dev", 0, True))
    assert [each.step for each in found] == [gone, cut]
    assert [each.channel for each in found] == ["id-of-Channel", "live-one"]
    assert [each.step for each in by_who_is_on_air(found, {"live-one": "live"})] == [cut, gone]


def test_what_stays_is_read_or_is_not_ours_is_no_consequence() -> None:
    other = Step("delete", "urn:pulumi:dev::test::random:index:Id::x", None, {}, {}, ())
    assert not told(step("Channel", "same", CHANNEL, CHANNEL), step("Channel", "read", CHANNEL, CHANNEL), other)
