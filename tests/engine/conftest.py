"""Fixtures for stacks on the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import warm
from engine_kit import Stack, empty_stack, install_plugin
from vault import KEEPER, vault


@pytest.fixture(scope="session")
def warm_python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The runtime of a program whose test is not about how Python starts or ends."""
    with warm.environment(tmp_path_factory.mktemp("warm")) as folder:
        yield {"name": "python", "options": {"virtualenv": str(folder)}}


@pytest.fixture(scope="session")
def keeper() -> Iterator[dict[str, str]]:
    """What leads an engine to the keeper of its stack's key."""
    with vault() as variables:
        yield variables


@pytest.fixture
def bare(tmp_path: Path, warm_python: dict[str, Any], keeper: dict[str, str]) -> Iterator[Stack]:
    """A folder for a project. Every fault that a test adds has to fire."""
    assert shutil.which("pulumi"), "the Pulumi engine is not on PATH: run `make test`, which finds or builds it"
    with empty_stack(tmp_path) as stack:
        stack.python, stack.secrets_provider = warm_python, KEEPER
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
def native(bare: Stack) -> Stack:
    """A stack whose engine finds the plugin in its cache, as the README says; give it a project."""
    install_plugin(bare)
    return bare
