"""The repository itself as a package, as `pulumi package add` takes it: a fresh copy needs no step but that."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from engine_kit import NOTHING_CHANGES, SCHEMA, Stack

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
CHANNEL = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]}


@pytest.mark.rule("R14")
def test_a_program_takes_the_repository_as_its_package(bare: Stack, tmp_path: Path) -> None:
    """The engine makes the environment, and nothing of this one is in it."""
    repository = tmp_path / "repository"
    shutil.copytree(ROOT, repository, ignore=shutil.ignore_patterns(".*", "venv", "tests", "examples"))
    bare.surroundings.pop("PYTHONPATH", None)
    bare.surroundings["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    bare.project("yaml", resources={"main": {"type": "livechannels:Channel", "properties": CHANNEL}})
    assert "Added package livechannels" in bare.pulumi("package", "add", str(repository))
    bare.up()
    assert [item["channelName"] for item in bare.platform.objects("channel")] == ["Main"]
    bare.pulumi(*NOTHING_CHANGES)
    schema = subprocess.run(
        ["pulumi", "package", "get-schema", str(repository)],
        env=bare.surroundings,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    ).stdout
    assert json.loads(schema)["resources"].keys() == json.loads(SCHEMA.read_text())["resources"].keys()
