"""`tools/server`: one line on stdout, and a server that cannot be had is a failure that leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from servers_kit import TOOL

pytestmark = pytest.mark.slow


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The tool on a machine with nothing on PATH but what a test puts there, and without a package index."""
    (folder / "bin").mkdir(exist_ok=True)
    surroundings = {"PATH": str(folder / "bin"), "XDG_CACHE_HOME": str(folder / "cache"), "PIP_NO_INDEX": "1"}
    command = [sys.executable, str(TOOL), *arguments]
    return subprocess.run(command, env={**os.environ, **surroundings}, capture_output=True, text=True, check=False)


def test_a_server_on_path_is_taken_from_where_it_really_stands(tmp_path: Path) -> None:
    real = tmp_path / "real" / "postgres"
    real.parent.mkdir()
    real.touch(mode=0o755)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "postgres").symlink_to(real)
    done = run(tmp_path, "postgres")
    assert (done.returncode, done.stdout) == (0, f"{real}\n")


@pytest.mark.parametrize("name", ["postgres", "redis-server"])
def test_a_server_that_cannot_be_had_is_a_failure_that_says_what_helps(tmp_path: Path, name: str) -> None:
    done = run(tmp_path, name)
    assert (done.returncode, done.stdout) == (1, "")
    assert f"install {name}, and put it on PATH" in done.stderr
    assert list((tmp_path / "cache" / "livechannels" / name).iterdir()) == []


def test_an_unknown_server_is_no_question_for_it(tmp_path: Path) -> None:
    assert "usage: tools/server redis-server|postgres" in run(tmp_path, "mysql").stderr
