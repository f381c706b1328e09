"""Custody on the real engine: new names, replacements, other accounts and channels on air, in both faces."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from engine_kit import NOTHING_CHANGES, Stack
from kit import HURRIED
from pulumi_livechannels.emulator.server import environment, running

pytestmark = pytest.mark.engine
STOP = (datetime.now(timezone.utc) + timedelta(hours=6)).isoformat(timespec="seconds")
HELD: dict[str, dict[str, Any]] = {
    "RecordTask": {"pullId": "${main.pullId}", "endTime": STOP},
    "ForwardTask": {"pullId": "${main.pullId}", "forwardUrl": "rtmp://relay.example.net/app/relaykey"},
    "ChannelStateCallback": {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"},
    "RecordDirectory": {"directoryType": "matches", "path": "matches/2026"},
}
OVER = {"recordTask": 3, "forwardTask": 2}
PYTHON_NAMES = {"pullId": "pull_id", "endTime": "end_time", "forwardUrl": "forward_url", "pushDomain": "push_domain",
                "notifyUrl": "notify_url", "directoryType": "directory_type", "path": "path"}  # fmt: skip


class Program:
    """A channel and one of everything that has a natural key, under names that can change, in either face."""

    def __init__(self, stack: Stack, face: str) -> None:
        self.stack = stack
        self.face = face
        if face == "dynamic":
            stack.project(stack.python)
        else:
            stack.project("yaml")

    def declare(self, suffix: str, channel_type: str = "live", more: str = "") -> None:
        if self.face == "dynamic":
            lines = [
                f'main = live.Channel("main", channel_name="Main", channel_type="{channel_type}", '
                f'push_domain="push.example.com", pull_rates=["source"]{more})'
            ]
            for kind, inputs in HELD.items():
                words = ", ".join(
                    f"{PYTHON_NAMES[key]}={'main.pull_id' if key == 'pullId' else repr(value)}"
                    for key, value in inputs.items()
                )
                lines.append(f'live.{kind}("{kind}-{suffix}", {words})')
            self.stack.program("\n".join(lines))
            return
        properties = {
            "channelName": "Main",
            "channelType": channel_type,
            "pushDomain": "push.example.com",
            "pullRates": ["source"],
        }
        resources: dict[str, Any] = {"main": {"type": "livechannels:Channel", "properties": properties}}
        for kind, inputs in HELD.items():
            resources[f"{kind}-{suffix}"] = {"type": f"livechannels:{kind}", "properties": inputs}
        project = {"name": "test", "runtime": "yaml", "resources": resources}
        (self.stack.folder / "Pulumi.yaml").write_text(json.dumps(project))

    def standing(self) -> list[tuple[str, str]]:
        """What goes on at the platform, the channel aside."""
        objects = self.stack.platform.objects()
        return sorted(
            (item["kind"], item["id"])
            for item in objects
            if item["kind"] != "channel" and item["status"] != OVER.get(item["kind"], "-")
        )


@pytest.fixture(params=["dynamic", "native"])
def program(request: pytest.FixtureRequest, bare: Stack) -> Program:
    if request.param == "native":
        request.getfixturevalue("native")
    return Program(bare, request.param)


@pytest.mark.rule("R6", "R13")
def test_nothing_ends_because_it_is_called_otherwise(program: Program) -> None:
    stack = program.stack
    program.declare("a")
    stack.up()
    before = program.standing()
    assert len(before) == len(HELD)
    program.declare("b")
    said = stack.up()
    assert program.standing() == before
    assert "so it stays" in said
    program.declare("c")
    stack.up(0, "--refresh")
    assert program.standing() == before
    urns = [item["urn"] for item in stack.export()["deployment"]["resources"] if item["urn"].endswith("-c")]
    stack.up(0, *(word for urn in urns for word in ("--replace", urn)))
    assert program.standing() == before
    stack.pulumi("state", "taint", *urns, "--yes")
    stack.up()
    assert program.standing() == before
    stack.pulumi(*NOTHING_CHANGES)
    stack.refresh()
    stack.pulumi(*NOTHING_CHANGES)
    stack.destroy()
    assert [kind for kind, _ in program.standing()] == ["recordDirectory"]


@pytest.mark.rule("R30")
def test_keys_of_another_account_change_nothing(program: Program) -> None:
    stack = program.stack
    stack.surroundings["PYTHONPATH"] = HURRIED
    program.declare("a")
    stack.up()
    before = stack.platform.objects()
    state = stack.export()["deployment"]["resources"]
    with running(quota=0) as (port, elsewhere):
        mine = dict(stack.surroundings)
        stack.surroundings.update(environment(port, 0))
        for command in (
            ("refresh", "--yes", "--skip-preview", "--non-interactive"),
            ("up", "--yes", "--skip-preview", "--non-interactive", "--refresh"),
            ("destroy", "--yes", "--skip-preview", "--non-interactive"),
            ("preview", "--non-interactive"),
        ):
            said = stack.pulumi(*command, code=1)
            assert "allowAccountChange" in said
            assert "relaykey" not in said
        program.declare("a", "other")
        assert "another account" in stack.up(1)
        assert elsewhere.objects() == []
        stack.surroundings.clear()
        stack.surroundings.update(mine)
    assert stack.platform.objects() == before
    after = stack.export()["deployment"]["resources"]
    assert sorted(item["urn"] for item in after) == sorted(item["urn"] for item in state)
    program.declare("a")
    stack.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R13")
def test_a_channel_on_air_is_not_replaced_and_what_hangs_on_it_goes_on(program: Program) -> None:
    stack = program.stack
    program.declare("a")
    stack.up()
    before = program.standing()
    channel = stack.platform.objects("channel")[0]["id"]
    stack.platform.edit("channel", channel, {"channelStatus": 1})
    program.declare("a", "other")
    previewed = stack.pulumi("preview", "--non-interactive", code=0 if program.face == "dynamic" else 1)
    for kind, key in before:
        if kind in OVER:
            assert key in previewed
    assert "is on air" in stack.up(1)
    assert program.standing() == before
    assert [item["id"] for item in stack.platform.objects("channel")] == [channel]
    program.declare("a")
    stack.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R28", "R30")
def test_a_key_that_was_set_in_clear_is_told_with_the_command(program: Program) -> None:
    stack = program.stack
    stack.pulumi("config", "set", "livechannels:accessKey", "emulator-access-key")
    stack.pulumi("config", "set", "--secret", "livechannels:secretKey", "emulator-secret-key")
    program.declare("a")
    said = stack.up()
    assert "livechannels:accessKey was set without --secret" in said
    assert "pulumi config set --secret livechannels:accessKey" in said
    assert "secretKey was set" not in said


@pytest.mark.rule("R3", "R13")
def test_what_a_preview_has_planned_is_what_up_finds(stack: Stack) -> None:
    """A pipeline that reviews a plan and applies that very plan."""
    stack.surroundings["PULUMI_EXPERIMENTAL"] = "true"
    stack.program(
        """
        live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                     pull_rates=["source"])
        """
    )
    stack.pulumi("preview", "--non-interactive", "--save-plan", "plan.json")
    stack.up(0, "--plan", "plan.json")
    assert len(stack.platform.objects("channel")) == 1


@pytest.mark.rule("R13")
def test_what_hangs_on_a_channel_on_air_goes_on_when_all_of_it_is_destroyed(program: Program) -> None:
    stack = program.stack
    program.declare("a")
    stack.up()
    before = [thing for thing in program.standing() if thing[0] in OVER]
    channel = stack.platform.objects("channel")[0]["id"]
    stack.platform.edit("channel", channel, {"channelStatus": 1})
    assert "is on air" in stack.destroy(1)
    assert [thing for thing in program.standing() if thing[0] in OVER] == before
    stack.platform.edit("channel", channel, {"channelStatus": 2})
    stack.destroy()
    assert not stack.platform.objects("channel")
