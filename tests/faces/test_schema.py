"""The schema: the committed file is what the models say, and everything in it is described."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face
from kit import ALL
from pulumi_livechannels import config
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.schema import schema, text


@pytest.mark.rule("R14")
def test_the_schema_is_the_committed_one(native: Face) -> None:
    committed = (Path(__file__).parents[2] / "schema.json").read_text()
    assert text() == committed, "run `make schema`"
    assert json.loads(native.stub.GetSchema(messages.GetSchemaRequest()).schema) == json.loads(committed)


@pytest.mark.rule("R14")
def test_everything_in_the_schema_is_described() -> None:
    whole = schema()
    for name, spec in [*whole["resources"].items(), *whole["types"].items()]:
        assert spec["description"], name
        for key, inner in {**spec.get("inputProperties", {}), **spec.get("properties", {})}.items():
            assert inner["description"], f"{name}.{key}"
        assert all(choice["description"] for choice in spec.get("enum", []))
    for name, spec in whole["resources"].items():
        kind = ALL[name.rpartition(":")[2]]
        for language in ("typescript", "python", "csharp", "go", "java", "yaml"):
            assert f"```{language}" in spec["description"]
        for key, item in {**properties(kind.inputs), **properties(kind.outputs)}.items():
            assert spec["properties"][key].get("secret", False) is item.flags.secret
            if key in spec["inputProperties"]:
                assert spec["inputProperties"][key].get("willReplaceOnChanges", False) is item.flags.replaces
    keys = {setting.key for setting in config.CREDENTIALS}
    for key, spec in whole["config"]["variables"].items():
        assert ("defaultInfo" in spec) is (key not in keys), (
            "an SDK must not pass the environment's keys for the program's"
        )
