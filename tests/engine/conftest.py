"""Fixtures for stacks on the real engine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import warm
from engine_kit import PLUGIN, Stack, empty_stack, install_plugin, on_python
from vault import KEEPER, vault


@pytest.fixture(scope="session")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The virtual environment of programs whose test is not about how Python starts or ends."""
    with warm.environment(tmp_path_factory.mktemp("warm")) as folder:
        yield folder


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory, forks: Path) -> Iterator[Path]:
    """An engine's home as it is once the plugin, a process of these, has been used."""
    plugin = forks / "bin" / PLUGIN.name
    plugin.write_text(f"#!{forks}/bin/python\n{PLUGIN.read_text().partition(os.linesep)[2]}")
    plugin.chmod(0o755)
    with empty_stack(tmp_path_factory.mktemp("furnished")) as stack:
        install_plugin(stack, plugin)
        stack.pulumi("package", "get-schema", "livechannels")
        yield Path(stack.surroundings["PULUMI_HOME"])


@pytest.fixture(scope="session")
def keeper() -> Iterator[dict[str, str]]:
    """What leads an engine to the keeper of its stack's key."""
    with vault() as variables:
        yield variables


@pytest.fixture
def bare(tmp_path: Path, forks: Path, keeper: dict[str, str]) -> Iterator[Stack]:
    """A folder for a project. Every fault that a test adds has to fire."""
    assert shutil.which("pulumi"), "the Pulumi engine is not on PATH: run `make test`, which finds or builds it"
    with empty_stack(tmp_path) as stack:
        stack.python, stack.secrets_provider = on_python(forks), KEEPER
        stack.surroundings |= keeper
        yield stack
        idle = stack.platform.faults.idle()
        assert not idle, f"these faults never fired: {idle}"


@pytest.fixture
def stack(bare: Stack) -> Stack:
    """An empty stack of a Python program on the dynamic face."""
    bare.project(bare.python)
    return bare


@pytest.fixture
def native(bare: Stack, furnished: Path) -> Stack:
    """A stack whose engine finds the plugin in its cache, as the README says; give it a project."""
    shutil.copytree(furnished, bare.surroundings["PULUMI_HOME"])
    bare.surroundings["PULUMI_IGNORE_AMBIENT_PLUGINS"] = "true"
    return bare
