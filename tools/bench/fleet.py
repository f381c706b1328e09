"""`make bench fleet`: 10,000 channels in ten stacks, made, refreshed and looked through for drift on the real engine.

There is no budget to wait for, so the seconds are those of the machine; the calls tell what a budget adds. It runs only
when it is named, for it takes most of an hour: the engine writes a stack's whole state anew after each step.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from stacks import by_action, engine_environment, plugin_install

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import running

STACKS, EACH = 10, 1000
CLICKED = 100
DRIFT = (sys.executable, "-m", "pulumi_livechannels.cli", "drift", "--all-stacks", "--format", "json", "--depth")
# `livechannels drift` ends with this one where it has found something.
FOUND = 3


class Fleet:
    """One project with ten stacks and the plugin, and what each operation took."""

    def __init__(self, scratch: Path, platform: Platform, port: int) -> None:
        self.took: dict[str, dict[str, Any]] = {}
        self._platform = platform
        self._folder = scratch / "fleet"
        self._folder.mkdir()
        (self._folder / "Pulumi.yaml").write_text(json.dumps(_project()))
        self._surroundings = {**engine_environment(str(scratch), port), "PULUMI_IGNORE_AMBIENT_PLUGINS": "true"}
        self._run("pulumi", *plugin_install())
        self._names = [f"live-{number}" for number in range(STACKS)]
        for name in self._names:
            self._run("pulumi", "stack", "init", name, "--non-interactive")

    def each(self, what: str, *arguments: str, **variables: str) -> None:
        """Have the engine do this with one stack after the other."""
        commands = [("pulumi", *arguments, "--stack", name, "--non-interactive") for name in self._names]
        self._measure(what, commands, variables)

    def drift(self, what: str, depth: str, differing: int = 0) -> None:
        """Look at all of them at once, of which so many have to differ."""
        found = json.loads(self._measure(what, [(*DRIFT, depth)], {}, FOUND if differing else 0))
        told = found["lookedAt"], len(found["differs"]), len(found["unmanaged"])
        if told != (STACKS * EACH, differing, 0):
            raise RuntimeError("it looked at {}, of which {} differ, and missed {}".format(*told))

    def click(self, number: int) -> None:
        """Rename so many of the channels in the console."""
        for channel in list(self._platform.objects("channel"))[:: STACKS * EACH // number]:
            self._platform.edit("channel", channel["id"], {"channelName": f"clicked {channel['id']}"})

    def _measure(self, what: str, commands: Sequence[Sequence[str]], variables: dict[str, str], code: int = 0) -> bytes:
        self._platform.journal.clear()
        seconds, busy, memory, told = [], 0.0, 0, b""
        for command in commands:
            started = time.monotonic()
            told, usage = self._run(*command, code=code, **variables)
            seconds.append(time.monotonic() - started)
            busy += usage.ru_utime + usage.ru_stime
            memory = max(memory, usage.ru_maxrss)
            print(f"{what}, {len(seconds)} of {len(commands)}: {seconds[-1]:.0f} s", file=sys.stderr, flush=True)
        self.took[what] = {
            "seconds": round(sum(seconds)),
            "processor, s": round(busy),
            "memory, MB": round(memory / 1024),
            "calls": len(self._platform.journal),
            "of which": by_action(self._platform),
        }
        return told

    def _run(self, *command: str, code: int = 0, **variables: str) -> tuple[bytes, resource.struct_rusage]:
        """Run a command; answers what it printed, and what it took with all that it started."""
        with tempfile.TemporaryFile() as said:
            process = subprocess.Popen(
                command, cwd=self._folder, env={**self._surroundings, **variables}, stdout=subprocess.PIPE, stderr=said
            )
            assert process.stdout is not None
            told = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            process.stdout.close()
            if process.returncode != code:
                said.seek(0)
                raise RuntimeError(f"{' '.join(command)} exited with {process.returncode}: {said.read()[-2000:]!r}")
        return told, usage


def ten_thousand(console: Console) -> dict[str, Any]:
    """What each operation of the whole fleet took."""
    with tempfile.TemporaryDirectory() as scratch, running(quota=0) as (port, platform):
        fleet = Fleet(Path(scratch), platform, port)
        fleet.each("up", "up", "--yes", "--skip-preview", "--parallel", "64")
        fleet.each("up, nothing to do", "up", "--yes", "--skip-preview", "--expect-no-changes")
        fleet.each("refresh, listed", "refresh", "--yes", "--skip-preview", LIVECHANNELS_DRIFT_DEPTH="listed")
        fleet.drift("drift of all, listed", "listed")
        fleet.click(CLICKED)
        fleet.drift(f"drift of all, listed, {CLICKED} clicked", "listed", CLICKED)
        fleet.drift(f"drift of all, full, {CLICKED} clicked", "full", CLICKED)
    table = Table(title=f"{STACKS * EACH} channels in {STACKS} stacks, native plugin, state in files")
    heads = ("operation", "seconds", "processor, s", "memory, MB", "calls")
    for head in heads:
        table.add_column(head, justify="left" if head == "operation" else "right")
    for what, took in fleet.took.items():
        table.add_row(what, *(str(took[head]) for head in heads[1:]))
    console.print(table)
    return fleet.took


def _project() -> dict[str, Any]:
    properties = {"channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source", "hd"]}
    resources = {
        f"c{number}": {
            "type": "livechannels:Channel",
            "properties": {"channelName": f"${{pulumi.stack}} {number}", **properties},
        }
        for number in range(EACH)
    }
    return {"name": "fleet", "runtime": "yaml", "resources": resources}
