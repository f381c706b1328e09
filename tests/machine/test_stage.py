"""The stage of the machine: time that nobody waits for, memory that is lost, programs as the classes send them."""

from __future__ import annotations

import pytest

from . import faces
from .faces import FACES
from .play import Step, playing
from .test_kills import CHANNEL

UP: Step = {"do": "up"}


def _seconds(face: str, *steps: Step, wired: bool = False) -> float:
    with playing(face, wired=wired) as play:
        for step in steps:
            play.do(step)
        return play.world.clock.passed


@pytest.mark.rule("R25")
@pytest.mark.parametrize("wired", [False, True], ids=["called", "over gRPC"])
@pytest.mark.parametrize("face", FACES)
def test_what_a_provider_waits_passes_on_the_machines_clock(face: str, wired: bool) -> None:
    lost: Step = {"do": "fault", "path": "/live/channelManage/createChannel", "kind": "refuse", "times": 2}
    assert _seconds(face, CHANNEL, lost, UP, wired=wired) > _seconds(face, CHANNEL, UP, wired=wired) + 10


@pytest.mark.parametrize("face", FACES)
def test_both_ways_of_calling_come_to_the_same(face: str) -> None:
    pictures = []
    for wired in (False, True):
        with playing(face, wired=wired) as play:
            for step in (CHANNEL, UP, {"do": "refresh"}):
                play.do(step)
            pictures.append((play.engine.state.picture(), [call["action"] for call in play.world.platform.journal]))
    assert pictures[0] == pictures[1]


@pytest.mark.parametrize("face", FACES)
def test_the_same_script_is_the_same_run(face: str) -> None:
    def once() -> list[object]:
        with playing(face, 3) as play:
            for step in (CHANNEL, {**UP, "kill": [2, "after"]}, {"do": "recover"}, UP):
                play.do(step)
            return [play.engine.state.picture(), play.world.clock.passed, [said.text for said in play.world.texts]]

    assert once() == once()


def test_a_program_is_sent_as_the_python_classes_send_it() -> None:
    sent = faces.unpack(faces.program_inputs("dynamic", "Channel", "name", dict(CHANNEL["inputs"]), "some-id"))
    assert {**CHANNEL["inputs"], "adopt": "some-id"}.items() <= sent.items()
