"""What stacks cost, beside a provider that does nothing on the same engine."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running

EACH = 40
KINDS = ("RecordDirectory", "Channel", "PullChannel", "RecordTask", "ForwardTask")
LOOKS = 3
LATENCY = 0.05
OPERATIONS = {
    "up": ("up", "--yes", "--skip-preview"),
    "preview": ("preview", "--expect-no-changes"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
}
READ_ONLY = ("preview", "refresh")

OURS = """
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
# The same program, with the same inputs, outputs and secrets, on a provider that answers at once.
FLOOR = OURS.replace("import pulumi_livechannels as live", "import floor as live")
FLOOR_PROVIDER = """
import pulumi
from pulumi.dynamic import CreateResult, DiffResult, ReadResult, Resource, ResourceProvider
class Nothing(ResourceProvider):
    serialize_as_secret_always = False
    def diff(self, _id, olds, news):
        return DiffResult(changes=False)
    def create(self, props):
        url = "rtmp://push.example.com/live/0123456789abcdef0123456789abcdef"
        play = {"protocol": "rtmp", "rate": "source", "domain": "pull.example.com", "url": url}
        made = {"pull_id": "0" * 32, "push_url": url, "srt_push_url": url, "pull_urls": [play, play]}
        return CreateResult("0" * 32, {**props, **made, "create_time": "2026"})
    def read(self, id_, props):
        return ReadResult(id_, props)
class Floor(Resource, module="bench", name="Floor"):
    def __init__(self, name, **props):
        for key in ("source_url", "forward_url"):
            if key in props:
                props[key] = pulumi.Output.secret(props[key])
        outputs = ("pull_id", "push_url", "srt_push_url", "pull_urls", "create_time")
        hidden = pulumi.ResourceOptions(additional_secret_outputs=["push_url", "srt_push_url", "pull_urls"])
        super().__init__(Nothing(), name, {**props, **dict.fromkeys(outputs)}, hidden)
Channel = PullChannel = RecordDirectory = RecordTask = ForwardTask = Floor
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


@dataclass
class Run:
    """Seconds and vendor calls of each operation of one stack."""

    seconds: dict[str, float] = field(default_factory=dict)
    calls: dict[str, dict[str, int]] = field(default_factory=dict)


def measure(name: str, program: str, platform: Platform, port: int, looks: int = LOOKS, *, listed: bool = False) -> Run:
    """Play all operations on a fresh stack; with `listed`, a refresh of the listed fields too."""
    run = Run()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        (folder / "__main__.py").write_text(program)
        (folder / "floor.py").write_text(FLOOR_PROVIDER)
        project = {"name": name, "runtime": {"name": "python", "options": {"virtualenv": sys.prefix}}}
        (folder / "Pulumi.yaml").write_text(json.dumps(project))
        surroundings = _surroundings(scratch, port)

        def pulumi(*arguments: str) -> float:
            return _pulumi(folder, surroundings, *arguments, "--non-interactive")

        pulumi("stack", "init", "bench")
        for operation, arguments in OPERATIONS.items():
            platform.journal.clear()
            times = [pulumi(*arguments)]
            run.calls[operation] = _by_action(platform)
            times += [pulumi(*arguments) for _ in range(looks - 1) if operation in READ_ONLY]
            run.seconds[operation] = statistics.median(times)
            if operation == "refresh" and listed:
                pulumi("config", "set", "livechannels:driftDepth", "listed")
                platform.journal.clear()
                surroundings["LIVECHANNELS_DRIFT_DEPTH"] = "listed"
                pulumi(*arguments)
                run.calls["refresh, listed"] = _by_action(platform)
    return run


def _surroundings(scratch: str, port: int) -> dict[str, str]:
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


def _by_action(platform: Platform) -> dict[str, int]:
    counted: dict[str, int] = {}
    for call in platform.journal:
        counted[call["action"]] = counted.get(call["action"], 0) + 1
    return counted


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
            surroundings = {**_surroundings(scratch, port), "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
            plugin = str(Path(sys.prefix) / "bin" / "pulumi-resource-livechannels")
            _pulumi(folder, surroundings, "plugin", "install", "resource", "livechannels", "0.1.0", "--file", plugin)
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


def against_the_floor(console: Console) -> dict[str, Any]:
    """Every operation of a stack with 200 resources of five kinds, beside the floor."""
    stop = (datetime.now(timezone.utc) + timedelta(hours=10)).isoformat(timespec="seconds")
    with running(quota=0) as (port, platform):
        ours = measure("ours", OURS.format(each=EACH, stop=stop), platform, port)
        floor = measure("floor", FLOOR.format(each=EACH, stop=stop), platform, port)
    number = EACH * len(KINDS)
    return {"resources": number, "operations": _compared(console, number, "200 resources of five kinds", ours, floor)}


def thousand(console: Console) -> dict[str, Any]:
    """The same for a stack of 1,000 channels; a refresh with driftDepth listed beside it."""
    with running(quota=0) as (port, platform):
        ours = measure("ours", CHANNELS.format(number=1000), platform, port, looks=1, listed=True)
        floor = measure(
            "floor", CHANNELS.replace("pulumi_livechannels", "floor").format(number=1000), platform, port, 1
        )
    compared = _compared(console, 1000, "1,000 channels", ours, floor)
    listed = sum(ours.calls["refresh, listed"].values())
    console.print(f"refresh of 1,000 channels with driftDepth listed: {listed} calls (goal: 20)")
    return {"resources": 1000, "operations": compared, "listedRefreshCalls": listed}


def _compared(console: Console, number: int, what: str, ours: Run, floor: Run) -> dict[str, Any]:
    table = Table(title=f"{what}, dynamic face, against a provider that does nothing")
    for head in ("operation", "ours, s", "floor, s", "ratio", "calls", "calls per resource", "of which"):
        table.add_column(head, justify="left" if head in ("operation", "of which") else "right")
    result: dict[str, Any] = {}
    for operation in OPERATIONS:
        ratio = ours.seconds[operation] / floor.seconds[operation]
        calls = sum(ours.calls[operation].values())
        result[operation] = {
            "seconds": round(ours.seconds[operation], 2),
            "floorSeconds": round(floor.seconds[operation], 2),
            "ratio": round(ratio, 2),
            "calls": ours.calls[operation],
        }
        table.add_row(
            operation,
            f"{ours.seconds[operation]:.2f}",
            f"{floor.seconds[operation]:.2f}",
            f"{ratio:.2f}",
            str(calls),
            f"{calls / number:.2f}",
            ", ".join(f"{name} {count}" for name, count in sorted(ours.calls[operation].items())),
        )
    console.print(table)
    return result
