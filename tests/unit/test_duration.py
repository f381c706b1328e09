"""A whole run says beforehand how long it takes, and a part of it says nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

TESTS = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with one test."""
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_it.py").write_text("def test_it(): ...\n")
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\naddopts = -p duration\n")
    return tmp_path


def run(folder: Path, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *options],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), *sys.path])},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_first_run_tells_what_to_expect_and_the_second_what_the_first_took(folder: Path) -> None:
    assert "all tests: a quarter of an hour on two cores" in run(folder)
    assert "all tests: the last run here took 1 min" in run(folder)


def test_a_part_says_nothing_and_is_not_remembered(folder: Path) -> None:
    assert "all tests" not in run(folder, "tests/test_it.py")
    assert "all tests" not in run(folder, "-k", "it")
    assert "a quarter of an hour" in run(folder)


def test_a_run_that_remembers_nothing_says_what_to_expect(folder: Path) -> None:
    assert "a quarter of an hour" in run(folder, "-p", "no:cacheprovider")
