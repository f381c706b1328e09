"""Stacks for the tests of `livechannels drift`: programs that are up on the emulator, and what the engine exports."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kit import Stage
from pulumi_livechannels.core.custody import Holder
from pulumi_livechannels.deployments import secret
from shell_kit import livechannels

NATIVE, DYNAMIC = "livechannels:index:", "pulumi-python:dynamic/livechannels:"
CIPHERTEXT = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:abc"}


@dataclass
class Held:
    """A resource as its stack holds it."""

    kind: str
    urn: str
    id: str
    inputs: dict[str, Any]
    state: dict[str, Any]
    more: dict[str, Any]


@dataclass
class FakeStack:
    """A stack of one face. `up` makes a resource as a program would; `export` is what the engine writes."""

    stage: Stage
    name: str = "dev"
    face: str = NATIVE
    resources: list[Held] = field(default_factory=list)
    providers: list[dict[str, Any]] = field(default_factory=list)
    pending: list[dict[str, Any]] = field(default_factory=list)

    def urn(self, kind: str, name: str) -> str:
        return f"urn:pulumi:{self.name}::test::{self.face}{kind}::{name}"

    def up(self, kind: str, name: str, more: dict[str, Any] | None = None, **inputs: Any) -> Held:
        live, holder = self.stage.of(kind), Holder(urn=self.urn(kind, name))
        checked = live.check(inputs, None, holder)
        assert not checked.problems, checked.problems
        made = live.create(checked.inputs, holder)
        assert not made.unfinished, made.unfinished
        held = Held(kind, holder.urn, made.id, checked.inputs, made.state, more or {})
        self.resources.append(held)
        return held

    def channel(self, name: str, more: dict[str, Any] | None = None, **inputs: Any) -> Held:
        words = {"channelName": name, "channelType": "live", "pushDomain": "push.example.com"}
        return self.up("Channel", name, more, **{**words, "pullRates": ["source", "hd"], **inputs})

    def raw(self, held: Held, *, encrypted: bool = False) -> dict[str, Any]:
        hidden = self.stage.of(held.kind).secrets

        def stored(values: dict[str, Any]) -> dict[str, Any]:
            shut = {key: CIPHERTEXT if encrypted else secret(value) for key, value in values.items() if key in hidden}
            return {**values, **shut}

        own = {"__provider": "pickle", "__urn": held.urn} if self.face == DYNAMIC else {}
        return {
            "urn": held.urn,
            "custom": True,
            "type": f"{self.face}{held.kind}",
            "id": held.id,
            "inputs": {**stored(held.inputs), **own},
            "outputs": {**stored(held.state), **own},
            "provider": f"urn:pulumi:{self.name}::test::pulumi:providers:livechannels::default_0_1_0::some-id",
            **held.more,
        }

    def export(self, *, encrypted: bool = False) -> dict[str, Any]:
        stack = {"urn": f"urn:pulumi:{self.name}::test::pulumi:pulumi:Stack::test", "type": "pulumi:pulumi:Stack"}
        bucket = {"urn": f"urn:pulumi:{self.name}::test::aws:s3:Bucket::b", "type": "aws:s3:Bucket", "id": "b"}
        rows = [self.raw(held, encrypted=encrypted) for held in self.resources]
        deployment = {"resources": [stack, bucket, *self.providers, *rows], "pending_operations": self.pending}
        return {"version": 3, "deployment": deployment}


def drift(*stacks: FakeStack, code: int, arguments: tuple[str, ...] = (), encrypted: bool = False) -> Any:
    """What the command says of stacks, as JSON."""
    return json.loads(ran(*stacks, code=code, arguments=("--format", "json", *arguments), encrypted=encrypted).stdout)


def ran(*stacks: FakeStack, code: int, arguments: tuple[str, ...] = (), encrypted: bool = False) -> Any:
    """The command over stacks, each in a file; it has to exit with `code`."""
    options: list[str] = []
    for number, stack in enumerate(stacks):
        Path(f"stack{number}.json").write_text(json.dumps(stack.export(encrypted=encrypted)))
        options.append(f"stack{number}.json")
    stacks[0].stage.clock.let_pass(1)
    return livechannels("drift", *arguments, "--stack-state", *options, code=code)


def fleet(stage: Stage, stacks: int, channels: int) -> list[FakeStack]:
    made = [FakeStack(stage, f"s{number}", (NATIVE, DYNAMIC)[number % 2]) for number in range(stacks)]
    for stack in made:
        for number in range(channels):
            stack.channel(f"{stack.name}-{number}")
    return made
