"""What stacks cost, beside a provider that does nothing on the same engine."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from pathlib import Path
from typing import Any

import floor
from rich.console import Console
from rich.table import Table

from pulumi_livechannels.emulator.domains import CHANNEL
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running

EACH = 40
KINDS = ("RecordDirectory", "Channel", "PullChannel", "RecordTask", "ForwardTask")
ROUNDS = 3
LATENCY = 0.05
OPERATIONS = {
    "up": ("up", "--yes", "--skip-preview"),
    "preview": ("preview", "--expect-no-changes"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
LISTED = "refresh, listed"

FIVE_KINDS = """
import pulumi_livechannels as live
stop = {stop!r}
for n in range({each}):
    directory = live.RecordDirectory(f"d{{n}}", directory_type=f"d{{n}}", path=f"bench/d{{n}}")
    channel = live.Channel(f"c{{n}}", channel_name=f"Channel {{n}}", channel_type="live",
                           push_domain="push.example.com", pull_rates=["source", "hd"])
    live.PullChannel(f"p{{n}}", channel_name=f"Guest {{n}}", source_url=f"rtmp://origin.example.net/app/{{n}}",
                     source_protocol="rtmp", pull_domain="pull.example.com", pull_rates=["source"])
    live.RecordTask(f"r{{n}}", pull_id=channel.pull_id, end_time=stop)
    live.ForwardTask(f"f{{n}}", pull_id=channel.pull_id, forward_url=f"rtmp://relay.example.net/app/{{n}}")
"""
CHANNELS = """
import pulumi_livechannels as live
for n in range({number}):
    live.Channel(f"c{{n}}", channel_name=f"Channel {{n}}", channel_type="live", push_domain="push.example.com",
                 pull_rates=["source", "hd"])
"""

BARE_SERVER = """
import grpc
from concurrent.futures import ThreadPoolExecutor
server = grpc.server(ThreadPoolExecutor(max_workers=64))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port)
server.wait_for_termination()
"""


class Stack:
    """A stack in a folder of its own, with the seconds and the vendor calls of what was done to it."""

    def __init__(self, scratch: Path, name: str, program: str, platform: Platform, port: int) -> None:
        self.seconds: dict[str, float] = {}
        self.calls: dict[str, dict[str, int]] = {}
        self._platform = platform
        self._folder = scratch / name
        self._folder.mkdir()
        (self._folder / "__main__.py").write_text(program)
        (self._folder / "floor.py").write_text(floor.PROVIDER)
        (self._folder / "shapes.json").write_text(json.dumps(floor.shapes()))
        project = {"name": name, "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
        (self._folder / "Pulumi.yaml").write_text(json.dumps(project))
        self._surroundings = engine_environment(str(scratch), port)
        self.pulumi("stack", "init", "bench")

    def play(self, operation: str, **variables: str) -> None:
        """Carry out an operation, and note what it took."""
        self._platform.journal.clear()
        self.seconds[operation] = self.pulumi(*OPERATIONS[operation.partition(",")[0]], **variables)
        self.calls[operation] = by_action(self._platform)

    def pulumi(self, *arguments: str, **variables: str) -> float:
        """Run the engine; answers the seconds it took."""
        return _pulumi(self._folder, {**self._surroundings, **variables}, *arguments, "--non-interactive")


def against_the_floor(console: Console) -> dict[str, Any]:
    """Every operation of a stack with 200 resources of five kinds, beside the floor."""
    stop = (datetime.now(timezone.utc) + timedelta(hours=10)).isoformat(timespec="seconds")
    return _compared(console, EACH * len(KINDS), "200 resources of five kinds", FIVE_KINDS.format(each=EACH, stop=stop))


def thousand(console: Console) -> dict[str, Any]:
    """The same for a stack of 1,000 channels."""
    result = _compared(console, 1000, "1,000 channels", CHANNELS.format(number=1000))
    listed = sum(result["operations"][LISTED]["calls"].values())
    console.print(f"refresh of 1,000 channels with driftDepth listed: {listed} calls (goal: 20)")
    return result


def _compared(console: Console, number: int, what: str, program: str) -> dict[str, Any]:
    """Plays every operation in each round on both stacks, so that a slow minute of the machine is in both."""
    rounds = [_a_round(program) for _ in range(ROUNDS)]
    table = Table(title=f"{what}, dynamic face, against the same on a provider that does nothing")
    for head in ("operation", "ours, s", "floor, s", "ratio", "calls alone, s", "ratio without", "calls", "of which"):
        table.add_column(head, justify="left" if head in ("operation", "of which") else "right")
    operations: dict[str, Any] = {}
    for operation, calls in rounds[-1][0].calls.items():
        mine = statistics.median(ours.seconds[operation] for ours, _, _ in rounds)
        least = statistics.median(other.seconds[operation] for _, other, _ in rounds)
        calls_took = statistics.median(alone for _, _, alone in rounds) if operation == "refresh" else 0.0
        operations[operation] = {
            "seconds": round(mine, 2),
            "floorSeconds": round(least, 2),
            "ratio": round(mine / least, 2),
            "callsAloneSeconds": round(calls_took, 2),
            "ratioWithoutCalls": round((mine - calls_took) / least, 2),
            "calls": calls,
        }
        table.add_row(
            operation,
            *(f"{mine:.2f}", f"{least:.2f}", f"{mine / least:.2f}"),
            *((f"{calls_took:.2f}", f"{(mine - calls_took) / least:.2f}") if calls_took else ("", "")),
            str(sum(calls.values())),
            "\n".join(f"{name} {count}" for name, count in sorted(calls.items())),
        )
    console.print(table)
    return {"resources": number, "operations": operations}


def _a_round(program: str) -> tuple[Stack, Stack, float]:
    """Our stack and the floor's, from nothing to nothing, and the seconds that a refresh's calls take alone."""
    with tempfile.TemporaryDirectory() as scratch, running(quota=0) as (port, platform):
        ours = Stack(Path(scratch), "ours", program, platform, port)
        other = Stack(Path(scratch), "floor", program.replace("pulumi_livechannels", "floor"), platform, port)
        alone = 0.0
        for operation in OPERATIONS:
            ours.play(operation)
            other.play(operation)
            if operation == "refresh":
                alone = floor.refresh_calls_alone(port, list(platform.store.all(CHANNEL)))
                ours.play(LISTED, LIVECHANNELS_DRIFT_DEPTH="listed")
                other.play(LISTED)
        return ours, other, alone


def engine_environment(scratch: str, port: int) -> dict[str, str]:
    return {
        **os.environ,
        **environment(port, 0),
        "PULUMI_HOME": f"{scratch}/home",
        "PULUMI_BACKEND_URL": f"file://{scratch}",
        "PULUMI_CONFIG_PASSPHRASE": "bench",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _pulumi(folder: Path, surroundings: dict[str, str], *arguments: str) -> float:
    """Run the engine; answers the seconds it took."""
    started = time.monotonic()
    subprocess.run(["pulumi", *arguments], cwd=folder, env=surroundings, check=True, capture_output=True)
    return time.monotonic() - started


def by_action(platform: Platform) -> dict[str, int]:
    counted: dict[str, int] = {}
    for call in platform.journal:
        counted[call["action"]] = counted.get(call["action"], 0) + 1
    return counted


def plugin_install() -> tuple[str, ...]:
    """What has the engine install this environment's plugin."""
    plugin = Path(sys.prefix) / "bin" / "pulumi-resource-livechannels"
    return "plugin", "install", "resource", "livechannels", version("pulumi-livechannels"), "--file", str(plugin)


def hundred_at_once() -> dict[str, Any]:
    """Seconds to create 100 channels at once through the plugin, with a vendor that answers at once and in 50 ms."""
    properties = {"channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}
    resources = {
        f"c{index}": {"type": "livechannels:Channel", "properties": {"channelName": f"Channel {index}", **properties}}
        for index in range(100)
    }
    result: dict[str, Any] = {}
    for name, seconds in (("at once", 0.0), ("in 50 ms", LATENCY)):
        with tempfile.TemporaryDirectory() as scratch, running(quota=0) as (port, platform):
            folder = Path(scratch) / "hundred"
            folder.mkdir()
            (folder / "Pulumi.yaml").write_text(
                json.dumps({"name": "hundred", "runtime": "yaml", "resources": resources})
            )
            surroundings = {**engine_environment(scratch, port), "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
            _pulumi(folder, surroundings, *plugin_install())
            _pulumi(folder, surroundings, "stack", "init", "bench", "--non-interactive")
            for action in ("createChannel", "getChannelConfigure", "getChannelList") if seconds else ():
                fault = {"path": f"/live/channelManage/{action}", "kind": "slow", "seconds": seconds, "times": 10**6}
                platform.faults.add(fault)
            up = ("up", "--yes", "--skip-preview", "--non-interactive", "--parallel", "64")
            result[name] = round(_pulumi(folder, surroundings, *up), 2)
            result[f"calls, {name}"] = len(platform.journal)
    bound = 1.2 * (result["calls, in 50 ms"] / 64 * LATENCY + result["at once"])
    return {**result, "bound for 50 ms": round(bound, 2)}


def process_start() -> dict[str, float]:
    """Seconds until a bare gRPC server and each provider process print their port, and until our classes are loaded."""

    def seconds(*command: str) -> float:
        times = []
        for _ in range(7):
            started = time.monotonic()
            with subprocess.Popen([sys.executable, "-u", *command], stdout=subprocess.PIPE) as process:
                assert process.stdout is not None
                process.stdout.readline()
                times.append(time.monotonic() - started)
                process.kill()
        return statistics.median(times)

    loaded = "import pulumi.dynamic, pulumi_livechannels.dynamic; print(1)"
    return {
        "bare gRPC server": seconds("-c", BARE_SERVER),
        "native plugin": seconds("-c", "from pulumi_livechannels.plugin.main import main; main()"),
        "dynamic": seconds("-m", "pulumi.dynamic"),
        "dynamic, our classes loaded": seconds("-c", loaded),
    }
