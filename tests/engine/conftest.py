"""Fixtures for stacks on the real engine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine_kit import PYTHON, Stack, empty_stack, install_plugin


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Stack]:
    """A folder for a project. Every fault that a test adds has to fire."""
    assert shutil.which("pulumi"), "the Pulumi engine is not on PATH: run `make test`, which finds or builds it"
    with empty_stack(tmp_path) as stack:
        yield stack
        idle = stack.platform.faults.idle()
        assert not idle, f"these faults never fired: {idle}"


@pytest.fixture
def stack(bare: Stack) -> Stack:
    """An empty stack of a Python program on the dynamic face."""
    bare.project(PYTHON)
    return bare


@pytest.fixture
def native(bare: Stack) -> Stack:
    """A stack whose engine finds the plugin in its cache, as the README says; give it a project."""
    install_plugin(bare)
    return bare
