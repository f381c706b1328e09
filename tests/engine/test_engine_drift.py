"""`livechannels drift` beside `pulumi refresh`, on a real stack of each face: both find the same, or nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine_kit import DRIFT, DRIFT_ON_THE_PLATFORM, Stack

pytestmark = pytest.mark.engine
COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli", "drift", "--format", "json"]
FEED = {"channelName": "Feed", "sourceProtocol": "rtmp", "pullDomain": "pull.example.com", "pullRates": ["source"]}
CHANNEL = {"channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}
SOURCE = "rtmp://origin.example.net/app/geheim"
PYTHON_PROGRAM = f"""
stage = dict(channel_type="live", push_domain="push.example.com", pull_rates=["source"])
for name in ("clicked", "gone", "still"):
    live.Channel(name, channel_name=name, **stage)
live.PullChannel("feed", channel_name="Feed", source_url="{SOURCE}", source_protocol="rtmp",
                 pull_domain="pull.example.com", pull_rates=["source"])
"""


def yaml_project(stack: Stack) -> None:
    feed = {**FEED, "sourceUrl": {"fn::secret": SOURCE}}
    channels = {
        name: {"type": "livechannels:Channel", "properties": {**CHANNEL, "channelName": name}}
        for name in ("clicked", "gone", "still")
    }
    stack.project("yaml", resources={**channels, "feed": {"type": "livechannels:PullChannel", "properties": feed}})


def drift(
    stack: Stack, *arguments: str, code: int, stdin: str | None = None, folder: Path | None = None
) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=folder or stack.folder,
        env={**stack.surroundings, "XDG_CACHE_HOME": str(stack.folder / "cache")},
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    assert "geheim" not in done.stdout + done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def require_agreement(stack: Stack) -> None:
    for depth in ("full", "listed"):
        assert drift(stack, "--all-stacks", "--depth", depth, code=0)["lookedAt"] == 4
    whole_backend = drift(stack, "--all-stacks", code=0, folder=stack.folder.parent)
    assert (whole_backend["lookedAt"], whole_backend["unmanaged"]) == (4, [])
    stack.pulumi(*DRIFT_ON_THE_PLATFORM)
    ids = {item["urn"].rpartition("::")[2]: item["id"] for item in stack.resources("Channel")}
    stack.platform.edit("channel", ids["clicked"], {"channelName": "other"})
    stack.platform.store.remove("channel", ids["gone"])
    (feed,) = stack.resources("PullChannel")
    stack.platform.edit("pullChannel", feed["id"], {"sourcePullUrl": f"{SOURCE}/2"})
    told = drift(stack, "--all-stacks", code=3)
    assert told["encrypted"] == []
    found = {item["urn"] for item in (*told["differs"], *told["gone"])}
    shown = stack.pulumi(*DRIFT_ON_THE_PLATFORM, "--diff", code=DRIFT)
    changed = [part.partition("[urn=")[2].partition("]")[0] for part in shown.split("\n    ")[1:] if "[urn=" in part]
    assert found == {urn for urn in changed if "pulumi:pulumi:Stack" not in urn}
    assert {item["urn"].rpartition("::")[2]: item["differences"][0]["property"] for item in told["differs"]} == {
        "clicked": "channelName",
        "feed": "sourceUrl",
    }
    encrypted = drift(stack, "--stack-state", "-", code=3, stdin=json.dumps(stack.export()))
    assert [item["id"] for item in encrypted["differs"]] == [ids["clicked"]], "the feed's source is a secret"
    assert encrypted["encrypted"] == ["test/dev"]


@pytest.mark.rule("R8", "R9")
def test_python_classes(stack: Stack) -> None:
    stack.program(PYTHON_PROGRAM)
    stack.up()
    require_agreement(stack)


@pytest.mark.rule("R8", "R9")
def test_a_yaml_program(native: Stack) -> None:
    yaml_project(native)
    native.up()
    require_agreement(native)
