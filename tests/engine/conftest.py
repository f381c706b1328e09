"""Fixtures for stacks on the real engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_kit import PLUGIN, PYTHON, Stack
from pulumi_livechannels.emulator.server import environment, running


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Stack]:
    """A folder for a project. Every fault that a test adds has to fire."""
    assert shutil.which("pulumi"), "the Pulumi engine is not on PATH: run `make test`, which finds or builds it"
    with running(quota=0) as (port, platform):
        stack = Stack(tmp_path / "project", port, platform, {})
        stack.folder.mkdir()
        stack.surroundings = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LIVECHANNELS", "PULUMI"))},
            **environment(port, 0),
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_BACKEND_URL": f"file://{tmp_path}",
            "PULUMI_CONFIG_PASSPHRASE": "x",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
        }
        yield stack
        idle = [fault for fault in platform.faults.account() if not fault["fired"]]
        assert not idle, f"these faults never fired: {idle}"


@pytest.fixture
def stack(bare: Stack) -> Stack:
    """An empty stack of a Python program on the dynamic face."""
    bare.project(PYTHON)
    return bare


@pytest.fixture
def native(bare: Stack) -> Stack:
    """A stack whose engine finds the plugin in its cache, as the README says; give it a project."""
    bare.surroundings["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    bare.pulumi("plugin", "install", "resource", "livechannels", "0.1.0", "--file", str(PLUGIN))
    return bare
