"""A machine without a language's tools says what it could not prove, and fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]
PROGRAM = """
import pytest

@pytest.mark.needs("go")
def test_a_program_in_go(): ...

@pytest.mark.parametrize("language", ["yaml", pytest.param("typescript", marks=pytest.mark.needs("npm"))])
def test_a_program_in(language): ...
"""


def run(folder: Path, *tools: str) -> subprocess.CompletedProcess[str]:
    """The program's tests on a machine that has these tools only."""
    path = folder / "path"
    path.mkdir()
    for tool in tools:
        (path / tool).touch(mode=0o755)
    (folder / "conftest.py").write_text('pytest_plugins = ["unproved"]\n')
    (folder / "test_it.py").write_text(PROGRAM)
    (folder / "pytest.ini").write_text("[pytest]\nmarkers = needs: tools\n")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(folder)],
        env={**os.environ, "PATH": str(path), "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_what_could_not_be_proved_is_named_and_fails_the_run(tmp_path: Path) -> None:
    done = run(tmp_path, "npm")
    assert done.returncode == 1
    assert "NOT PROVED: Go is not on PATH" in done.stdout
    assert "test_it.py::test_a_program_in_go" in done.stdout.partition("NOT PROVED")[2]
    assert "2 passed, 1 skipped" in done.stdout, "all that can be proved is"


def test_a_parameter_can_need_a_tool_too(tmp_path: Path) -> None:
    done = run(tmp_path, "go")
    assert done.returncode == 1
    assert "NOT PROVED: Node.js is not on PATH" in done.stdout


def test_with_all_tools_nothing_is_said(tmp_path: Path) -> None:
    done = run(tmp_path, "go", "npm")
    assert done.returncode == 0
    assert "NOT PROVED" not in done.stdout
