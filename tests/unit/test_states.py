"""What a state holds: what is there, what was asked for where nobody can look, and who holds it."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_livechannels.core.belonging import ACCOUNT
from pulumi_livechannels.core.custody import GUEST, MARK
from pulumi_livechannels.core.fields import Inputs, State, prop
from pulumi_livechannels.core.resource import Resource
from pulumi_livechannels.core.states import (
    UNSURE,
    merged,
    missing,
    ours,
    outputs_of,
    storable,
    told,
    unreadable,
    unverifiable,
)


class LampInputs(Inputs):
    """One of each sort."""

    room: str = prop("Where.", replaces=True)
    colour: str | None = prop("Seen by anybody.", default=None)
    secret_word: str | None = prop("Never shown.", default=None, write_only=True)
    wiring: str | None = prop("Never shown, nor changed.", default=None, write_only=True, replaces=True)
    patience: int | None = prop("For the provider.", default=None, local=True)
    end_time: str | None = prop("Shifted by the platform.", default=None, moves=True)


class LampOutputs(State):
    """What the platform tells."""

    lamp_id: str = prop("Its id.")
    hours: int | None = prop("It shone.", default=None)


class Lamp(Resource[LampInputs]):
    """A kind that no vendor has."""

    inputs, outputs, id_key = LampInputs, LampOutputs, "lampId"


HELD = {MARK: "m", GUEST: True, UNSURE: ["colour"], ACCOUNT: "a"}
ASKED: dict[str, Any] = {
    "room": "hall",
    "colour": "red",
    "secretWord": "s",
    "wiring": "w",
    "patience": 5,
    "endTime": "9:00",
}


def test_what_the_platform_holds_no_value_of_is_not_told() -> None:
    assert told({"colour": None, "room": "hall", "hours": 0}) == {"room": "hall", "hours": 0}


def test_who_holds_it_goes_with_the_state() -> None:
    assert ours({**HELD, "colour": "red"}) == HELD
    assert ours({**HELD, GUEST: None}, but=[MARK]) == {UNSURE: ["colour"], ACCOUNT: "a"}


def test_what_is_there_is_what_the_state_says() -> None:
    assert merged(Lamp, {"room": "hall", "colour": "blue", "hours": 2}, {"colour": "red", "hours": 1, **HELD}) == {
        "room": "hall",
        "colour": "blue",
        "hours": 2,
        **HELD,
    }


def test_what_was_not_told_this_time_stays_and_what_has_no_value_goes() -> None:
    prior = {"colour": "red", "hours": 1, "secretWord": None, "unheard": 1}
    assert merged(Lamp, {"room": "hall"}, prior) == {"room": "hall", "colour": "red", "hours": 1}
    assert merged(Lamp, {"room": "hall", "colour": None, "hours": None}, prior) == {"room": "hall"}


def test_what_nobody_can_ask_for_is_what_was_asked() -> None:
    actual = {"room": "hall", "secretWord": "***", "patience": 0, "endTime": "9:05"}
    assert merged(Lamp, actual, {"secretWord": "s", "patience": 5, "endTime": "9:00"}) == {
        "room": "hall",
        "secretWord": "s",
        "patience": 5,
        "endTime": "9:00",
    }
    assert merged(Lamp, actual, {"endTime": None})["endTime"] == "9:05"


def test_outputs_are_what_no_program_sets() -> None:
    assert outputs_of(Lamp, {**ASKED, "lampId": "l1", **HELD}) == {"lampId": "l1", **HELD}


def test_what_every_object_has_is_missed() -> None:
    assert missing(Lamp, {}) == ["room", "lampId"]
    assert missing(Lamp, {"room": "hall", "lampId": None}) == ["lampId"]


def test_an_adoption_takes_on_trust_what_nobody_can_read_or_change() -> None:
    assert unverifiable(Lamp, ASKED) == {"wiring": "w", "patience": 5, "endTime": "9:00"}
    assert unverifiable(Lamp, {**ASKED, "wiring": None}) == {"patience": 5, "endTime": "9:00"}


def test_what_nobody_can_read_back_is_never_shown_by_the_platform() -> None:
    assert unreadable(Lamp, [*ASKED, "lampId"]) == ["secretWord", "wiring"]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), "\ud800", {"a": {1, 2}}, {"a": b"x"}])
def test_what_no_engine_could_store_is_left_out(value: object) -> None:
    assert storable({"odd": value, "plain": "日本", "number": 1.5}) == {"plain": "日本", "number": 1.5}


def test_and_what_is_nested_without_end_too() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert storable({"odd": endless}) == {}
