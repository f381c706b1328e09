"""States for the tests of `livechannels recover`: what a killed run was making, and what the engine kept of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from drift_kit import DYNAMIC, NATIVE
from kit import Stage
from pulumi_livechannels.core.custody import Holder
from pulumi_livechannels.deployments import plain, secret
from shell_kit import livechannels

FACES = pytest.mark.parametrize("face", [NATIVE, DYNAMIC])
STACK = "urn:pulumi:dev::test::pulumi:pulumi:Stack::test-dev"
LIST = "/live/channelManage/getChannelList"


def urn_of(kind: str, name: str, face: str = NATIVE) -> str:
    return f"urn:pulumi:dev::test::{face}{kind}::{name}"


def holder_of(kind: str, name: str, face: str) -> Holder:
    """As the provider of this face knows the resource."""
    return Holder(urn=urn_of(kind, name, face) if face == NATIVE else f"urn:pulumi:dev::test::{kind}::{name}")


def a_resource(stage: Stage, kind: str, name: str, inputs: Mapping[str, Any], face: str = NATIVE) -> dict[str, Any]:
    """What the checkpoint has of a resource that is being made."""
    hidden = stage.of(kind).secret_inputs
    stored = {key: secret(value) if key in hidden else value for key, value in inputs.items()}
    provider = "livechannels"
    if face == DYNAMIC:
        provider = "pulumi-python"
        stored |= {"__provider": f"pickle of {kind}", "__urn": holder_of(kind, name, face).urn}
        # Whatever else a class tells its process, which never reaches the core.
        stored |= {"__hidden": ["channelName"], "__replaceOnChanges": ["*"], "__ignoreChanges": ["channelName"]}
    return {
        "urn": urn_of(kind, name, face),
        "custom": True,
        "type": f"{face}{kind}",
        "inputs": stored,
        "parent": STACK,
        "provider": f"urn:pulumi:dev::test::pulumi:providers:{provider}::default::some-id",
        "propertyDependencies": {key: [] for key in inputs},
        "additionalSecretOutputs": hidden,
    }


def creating(stage: Stage, kind: str, name: str, face: str = NATIVE, **inputs: Any) -> dict[str, Any]:
    checked = stage.of(kind).check(inputs or stage.sample(kind), None)
    assert not checked.problems, checked.problems
    return {"resource": a_resource(stage, kind, name, checked.inputs, face), "type": "creating"}


def carry_out(stage: Stage, operation: dict[str, Any], face: str = NATIVE) -> str:
    """What the killed run has made and nobody has heard of."""
    raw = operation["resource"]
    kind, name = raw["type"].removeprefix(face), raw["urn"].rpartition("::")[2]
    inputs = {key: value for key, value in plain(raw["inputs"]).items() if not key.startswith("__")}
    made = stage.of(kind).create(inputs, holder_of(kind, name, face))
    stage.new_run()
    return made.id


def held(stage: Stage, kind: str, name: str, key: str, **inputs: Any) -> dict[str, Any]:
    return {**a_resource(stage, kind, name, inputs), "id": key, "outputs": {**inputs, stage.of(kind).kind.id_key: key}}


def export(*operations: dict[str, Any], resources: tuple[dict[str, Any], ...] = ()) -> str:
    above = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack", "custom": False},
        {"urn": "urn:pulumi:dev::test::pulumi:providers:livechannels::default", "type": "x", "custom": True, "id": "i"},
    ]
    deployment = {"manifest": {"magic": "m"}, "resources": [*above, *resources], "pending_operations": [*operations]}
    return json.dumps({"version": 3, "deployment": deployment})


def recovered(*arguments: str, stdin: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The new deployment, and what was decided."""
    done = livechannels("recover", "--stack-state", "-", "--format", "json", *arguments, stdin=stdin)
    return json.loads(done.stdout)["deployment"], decisions(done.stderr)


def undecided(*arguments: str, stdin: str) -> list[dict[str, Any]]:
    """What was decided of what is left to a person; nothing goes to stdout."""
    done = livechannels("recover", "--stack-state", "-", "--format", "json", *arguments, stdin=stdin, code=3)
    assert done.stdout == ""
    return decisions(done.stderr)


def decisions(told: str) -> list[dict[str, Any]]:
    # Warnings stand before it, and the last sentence behind it.
    return json.JSONDecoder().raw_decode(told[told.index("[\n") :])[0]  # type: ignore[no-any-return]
