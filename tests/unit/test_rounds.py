"""Rounds: what one run has looked at, the next one need not."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from pulumi_livechannels.ground.allowance import Allowance
from pulumi_livechannels.ground.errors import CancelledError
from pulumi_livechannels.rounds import Round

NOW, DAY = 1_000_000.0, 86_400.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "round.json"


def begun(file: Path) -> Round:
    one = Round(file, NOW)
    one.looked_at("clean", "m", is_clean=True)
    one.looked_at("found", "m", is_clean=False)
    one.read("list", ["id"])
    one.keep()
    return one


def test_the_next_run_knows_what_was_looked_at(file: Path) -> None:
    begun(file)
    again = Round(file, NOW + DAY)
    assert (again.is_clean("clean", "m"), again.is_clean("clean", "changed")) == (True, False)
    assert (again.is_clean("found", "m"), again.was_found("found"), again.was_found("clean")) == (False, True, False)
    assert (again.listed("list"), again.listed("other")) == (["id"], None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_a_finished_round_begins_anew_and_that_of_other_stacks_goes_on(file: Path) -> None:
    begun(file).finish(["clean"])
    again = Round(file, NOW)
    assert (again.is_clean("clean", "m"), again.was_found("found"), again.listed("list")) == (False, True, None)
    again.finish(["found"])
    assert Round(file, NOW).found(["found", "other"]) == ["found"], "it comes first in the next round"
    again.looked_at("found", "m", is_clean=True)
    again.finish(["found"])
    assert not file.exists()
    again.finish([])


@pytest.mark.parametrize("days", [-1, 31])
def test_what_is_old_or_of_a_time_to_come_is_not_believed(file: Path, days: int) -> None:
    begun(file)
    again = Round(file, NOW + days * DAY)
    assert (again.is_clean("clean", "m"), again.was_found("found"), again.listed("list")) == (False, False, None)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"clean": 1}', '{"clean": {"clean": "m"}, "found": {}, "lists": {}}']
)
def test_a_spoilt_file_is_as_none(file: Path, text: str) -> None:
    file.parent.mkdir()
    file.write_text(text)
    assert not Round(file, NOW).is_clean("clean", "m")


def test_without_a_file_nothing_is_kept(tmp_path: Path) -> None:
    one = Round(None, NOW)
    one.looked_at("clean", "m", is_clean=True)
    one.keep()
    one.finish([])
    assert not list(tmp_path.iterdir())


def test_no_value_stands_in_it(file: Path) -> None:
    begun(file)
    assert set(json.loads(file.read_text())) == {"clean", "found", "lists"}


def test_an_allowance_is_so_many_calls() -> None:
    allowance = Allowance(2)
    for _ in range(2):
        allowance.take()
    with pytest.raises(CancelledError, match="the 2 calls of this run are spent"):
        allowance.take()
