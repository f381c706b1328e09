"""Words of the tables for people are Chinese where these read Chinese; what programs read has the English ones."""

from __future__ import annotations

import json
import re

import pytest

from drift_kit import NATIVE, FakeStack, ran
from kit import Stage
from pulumi_livechannels.ground.language import speaking
from pulumi_livechannels.recovery import Outcome
from recover_kit import carry_out, creating, export
from shell_kit import livechannels


def test_where_an_object_is_known_is_told_in_chinese(shell: Stage) -> None:
    shell.up("Channel", **shell.sample("Channel"))
    state = export(creating(shell, "Channel", "main"))
    with speaking("zh"):
        table = livechannels("orphans", "--stack-state", "-", stdin=state, code=3).stdout
    assert re.search(r"^平台 +Channel", table, re.MULTILINE)
    assert re.search(r"^未完成 +Channel", table, re.MULTILINE)
    with speaking("zh"):
        told = livechannels("orphans", "--stack-state", "-", "--format", "json", stdin=state, code=3).stdout
    assert {"platform", "stack", "pending"} <= json.loads(told).keys()


def test_what_was_decided_is_told_in_chinese(shell: Stage) -> None:
    operation = creating(shell, "Channel", "main")
    carry_out(shell, operation)
    with speaking("zh"):
        told = livechannels("recover", "--stack-state", "-", stdin=export(operation)).stderr
        wrong = livechannels("recover", "--stack-state", "-", "--forget", "x", stdin=export(), code=2).stderr
    assert "已接管" in told
    assert not any(re.search(rf"\b{each.value}\b", told) for each in Outcome)
    assert wrong.rstrip().endswith("：无")
    with speaking("zh"):
        told = livechannels("recover", "--stack-state", "-", "--format", "json", stdin=export(operation)).stderr
    assert '"outcome": "taken"' in told


@pytest.mark.parametrize(("format", "word"), [("table", "创建"), ("markdown", "`创建`"), ("json", '"creating"')])
def test_what_was_under_way_is_told_in_chinese_to_people(shell: Stage, format: str, word: str) -> None:
    stack = FakeStack(shell, "one", NATIVE)
    made = stack.channel("made")
    stack.resources.remove(made)
    stack.pending = [{"type": "creating", "resource": {**stack.raw(made), "id": ""}}]
    with speaking("zh"):
        told = ran(stack, code=3, arguments=("--format", format)).stdout
    assert word in told
    assert ("creating" in told) is (format == "json")
