"""Runs that are killed on the real engine: `livechannels recover` brings the state back, and nothing is there twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

import pytest

from engine_kit import NOTHING_CHANGES, Stack
from kit import PATIENCE, eventually

pytestmark = pytest.mark.engine
COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli"]
# With the relay as many as Pulumi's host of Python classes serves at once, so that all are under way together.
CHANNELS = 3
CREATE, RELAY = "/live/channelManage/createChannel", "/live/forwardTask/startForwardTask"
PROGRAM = f"""
feed = live.PullChannel("feed", channel_name="Feed", source_url="rtmp://origin.example.net/app/geheim",
                        source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"])
for number in range({CHANNELS}):
    live.Channel(f"c{{number}}", channel_name=f"Stage {{number}}", channel_type="live", push_domain="push.example.com",
                 pull_rates=["source"], stream_check="geheim", opts=pulumi.ResourceOptions(depends_on=[feed]))
live.ForwardTask("relay", pull_id=feed.pull_id, forward_url="rtmp://relay.example.net/app/geheim")
"""
EVERYTHING = CHANNELS + 2
HOUR = 3600


def yaml_project(stack: Stack) -> None:
    feed = {
        "channelName": "Feed",
        "sourceUrl": "rtmp://origin.example.net/app/geheim",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }
    channel = {
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
        "streamCheck": "geheim",
    }
    relay = {"pullId": "${feed.pullId}", "forwardUrl": "rtmp://relay.example.net/app/geheim"}
    resources: dict[str, Any] = {
        "feed": {"type": "livechannels:PullChannel", "properties": feed},
        "relay": {"type": "livechannels:ForwardTask", "properties": relay},
    }
    for number in range(CHANNELS):
        resources[f"c{number}"] = {
            "type": "livechannels:Channel",
            "properties": {"channelName": f"Stage {number}", **channel},
            "options": {"dependsOn": ["${feed}"]},
        }
    stack.project("yaml", resources=resources)


def begin(stack: Stack, seconds: float) -> subprocess.Popen[bytes]:
    """An `up` whose creates have all been carried out, and wait so long for their answers."""
    stack.platform.faults.add({"path": CREATE, "kind": "slow", "seconds": seconds, "times": CHANNELS})
    stack.platform.faults.add({"path": RELAY, "kind": "slow", "seconds": seconds})
    run = subprocess.Popen(
        ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=stack.folder,
        env=stack.surroundings,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    eventually(lambda: len(stack.platform.objects()) == EVERYTHING or run.poll() is not None)
    assert run.poll() is None, "the run ended too early"
    return run


def recover(stack: Stack) -> str:
    """The pipe of the manual, as a shell runs it."""
    done = subprocess.run(
        [
            "bash",
            "-o",
            "pipefail",
            "-c",
            "pulumi stack export --show-secrets | "
            f"'{sys.executable}' -m pulumi_livechannels.cli recover --stack-state - | pulumi stack import",
        ],
        cwd=stack.folder,
        env=stack.surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def require_whole(stack: Stack) -> None:
    """Everything is there once, the state has all of it, and nothing is left to do."""
    there = sorted(item.get("taskId", item["pullId"]) for item in stack.platform.objects())
    deployment = stack.export()["deployment"]
    held = sorted(
        item["id"] for item in deployment["resources"] if "livechannels:" in item["type"] and "inputs" in item
    )
    assert len(there) == EVERYTHING, "nothing is there twice"
    assert held == there
    assert not deployment.get("pending_operations")
    assert "geheim" not in json.dumps(deployment)
    stack.pulumi(*NOTHING_CHANGES)
    stack.pulumi("refresh", "--preview-only", "--expect-no-changes", "--non-interactive")


def require_ended(stack: Stack) -> None:
    """The recovered resources can be destroyed; the platform keeps relays that ended in its list."""
    stack.destroy()
    assert [(item.get("forwardUrl") is not None, item["status"]) for item in stack.platform.objects()] == [(True, 2)]


def kill(run: subprocess.Popen[bytes]) -> None:
    """The whole group at once, as a machine that goes down."""
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()


def killed_and_recovered(stack: Stack) -> int:
    """An `up` that is killed and brought back; gives how many creates were under way."""
    kill(begin(stack, seconds=HOUR))
    stack.pulumi("cancel", "--yes")
    left = len(stack.export()["deployment"]["pending_operations"])
    said = recover(stack)
    assert said.count("taken") == left
    assert "geheim" not in said
    stack.up(0, "--expect-no-changes")
    require_whole(stack)
    require_ended(stack)
    return left


@pytest.mark.rule("R19")
def test_python_classes_killed_with_creates_under_way(stack: Stack) -> None:
    stack.program(PROGRAM)
    assert killed_and_recovered(stack) > 1, "several were under way"


@pytest.mark.rule("R19")
def test_a_yaml_program_killed_with_creates_under_way(native: Stack) -> None:
    yaml_project(native)
    assert killed_and_recovered(native), "creates were under way"


@pytest.mark.rule("R19")
def test_a_run_that_ci_cancels(stack: Stack) -> None:
    stack.program(PROGRAM)
    run = begin(stack, seconds=HOUR)
    for ending, seconds in ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5)):
        run.send_signal(ending)
        time.sleep(seconds)
    kill(run)
    stack.pulumi("cancel", "--yes")
    recover(stack)
    stack.up()
    require_whole(stack)


@pytest.mark.rule("R19")
@pytest.mark.parametrize("times", [1, 2])
def test_a_run_that_a_person_interrupts(native: Stack, times: int) -> None:
    yaml_project(native)
    run = begin(native, seconds=3)
    for _ in range(times):
        run.send_signal(signal.SIGINT)
        time.sleep(0.5)
    run.wait(PATIENCE)
    recover(native)
    native.up()
    require_whole(native)
