"""What tests share: a clock that never waits, and a stage with an emulated platform and an account on it.

No test depends on the time of day or on how busy the machine is: time is a fake clock's, and where something real has
to come, a test waits for it until `PATIENCE` is over.
"""

from __future__ import annotations

import importlib.util
import json
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from types import ModuleType
from typing import Any

from kinds import KNOWN
from pulumi_livechannels import config
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.custody import Holder
from pulumi_livechannels.core.lifecycle import Lifecycle, Made
from pulumi_livechannels.core.switch import Switch
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.resources import RESOURCES

ALL = {kind.__name__: kind for kind in RESOURCES}
# What the platform lists; the others are switches on something else, with tests of their own.
KINDS = {name: kind for name, kind in ALL.items() if not issubclass(kind, Switch)}
OBJECTS = {name: name[0].lower() + name[1:] for name in ALL}


# Seconds after which what has to come is not coming any more: a hang fails in the end, a busy machine does not.
PATIENCE = 120.0

# In PYTHONPATH of a provider process, this has it wait for nothing.
HURRIED = str(Path(__file__).parent / "hurried")

THURSDAY = datetime(2026, 9, 10, 8, 26, 40, tzinfo=VENDOR_ZONE).timestamp()


def inherited() -> dict[str, str]:
    """The variables of this process for a command of ours, without those that would reach a real account."""
    return {key: value for key, value in os.environ.items() if not key.startswith("LIVECHANNELS")}


def eventually(done: Callable[[], object]) -> None:
    """Return once it is so."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it never came"
        threading.Event().wait(0.01)


def tool(name: str) -> ModuleType:
    """A tool of the project as a module."""
    file = Path(__file__).parents[1] / "tools" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def require_valid(file: Path, schema: str) -> None:
    """Hold a file to a schema that is published for all hosts, offline."""
    # They take seconds to load, which no other test has to wait for.
    from check_jsonschema import main
    from click.testing import CliRunner

    done = CliRunner().invoke(main, ["--builtin-schema", schema, str(file)])
    assert done.exit_code == 0, done.output


def writes(platform: Platform) -> int:
    """How many calls the platform saw that were none of reading."""
    reads = ("get", "query", "batch")
    return sum(
        1 for call in platform.journal if not call["action"].lower().startswith(reads) and "Query" not in call["action"]
    )


class FakeClock:
    """Time that passes only when somebody sleeps. It begins on a Thursday morning, or when a test says."""

    def __init__(self, start: float = THURSDAY) -> None:
        self.start = start
        self.slept: list[float] = []
        self.passed = 0.0

    def now(self) -> float:
        return self.start + self.monotonic()

    def monotonic(self) -> float:
        return sum(self.slept) + self.passed

    def bound(self, seconds: float) -> float:
        return seconds

    def let_pass(self, seconds: float) -> None:
        """Time that nobody waited for."""
        self.passed += seconds

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


@dataclass
class Stage:
    """An emulated platform and one account on it, both on the same fake clock."""

    port: int
    platform: Platform
    clock: FakeClock
    told: list[str] = field(default_factory=list)
    holders: int = 0

    def __post_init__(self) -> None:
        self.account = self.new_run()

    def new_run(self, **settings: str) -> Account:
        """An account as a new provider process would have it, a second later: no signature may be repeated."""
        self.clock.let_pass(1)
        own = {"budgetStore": "memory", "timeoutSeconds": str(PATIENCE), **settings}
        self.account = Account(config.load(own, environment(self.port, 0)), self.told.append, self.clock)
        self.account.wangsu.jitter = lambda: 1.0
        self._lifecycles = {name: Lifecycle(kind, self.account) for name, kind in ALL.items()}
        return self.account

    def of(self, name: str) -> Lifecycle:
        return self._lifecycles[name]

    def later(self, **delta: float) -> str:
        """A time from now, as a program writes it."""
        return (datetime.fromtimestamp(self.clock.now(), timezone.utc) + timedelta(**delta)).isoformat(
            timespec="seconds"
        )

    def holder(self, name: str, called: str = "") -> Holder:
        """A resource of the program; without a name it is one of its own."""
        self.holders += 1
        return Holder(urn=f"urn:pulumi:dev::test::livechannels:index:{name}::{called or f'r{self.holders}'}")

    def up(self, name: str, called: str = "", **inputs: Any) -> Made:
        """Check and create, as the engine does."""
        holder = self.holder(name, called)
        checked = self.of(name).check(inputs, None, holder)
        assert not checked.problems, checked.problems
        made = self.of(name).create(checked.inputs, holder)
        assert not made.unfinished, made.unfinished
        return made

    def sample(self, name: str, **changes: Any) -> dict[str, Any]:
        """Checked inputs of a resource, with a channel to work on where it needs one."""
        wanted = {**KNOWN[name].sample(self), **changes}
        checked = self.of(name).check({key: value for key, value in wanted.items() if value is not None}, None)
        assert not checked.problems, checked.problems
        return checked.inputs

    def a_channel(self) -> str:
        """Any channel to record or relay, made behind the account's back."""
        held = self.platform.store.all("channel")
        if not held:
            from pulumi_livechannels.emulator.wangsu.channels import create_channel
            from pulumi_livechannels.emulator.wangsu.wire import Call

            words = {"channelName": "host", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
            create_channel(Call(words, self.platform.store))
            held = self.platform.store.all("channel")
        return next(iter(held))

    def fault(self, path: str, kind: str, **more: Any) -> None:
        self.platform.faults.add({"path": path, "kind": kind, **more})

    def calls(self, action: str | None = None) -> int:
        """How many calls the platform saw."""
        return sum(1 for call in self.platform.journal if action in (None, call["action"]))

    def writes(self) -> int:
        """How many calls were none of reading."""
        return writes(self.platform)

    def objects(self, name: str) -> list[dict[str, Any]]:
        return self.platform.objects(OBJECTS[name])

    def click(self, name: str, key: str, **change: Any) -> None:
        """Somebody edits the object in the console."""
        assert self.platform.edit(OBJECTS[name], key, change) is not None

    def remove(self, name: str, key: str) -> None:
        """Somebody deletes the object in the console."""
        self.platform.store.remove(OBJECTS[name], key)


def text_of(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
