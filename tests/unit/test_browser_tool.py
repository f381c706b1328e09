"""`tools/browser`: one line on stdout, what is there before what is fetched, and nothing but the package that is known.

Scripts play npm and the browsers of a machine. That the real package holds a browser is seen by tests that need one.
"""

from __future__ import annotations

import base64
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kit import PATIENCE

pytestmark = pytest.mark.slow

TOOL = Path(__file__).resolve().parents[2] / "tools" / "browser"


class Machine:
    """A machine with nothing on PATH but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "bin"
        self.path.mkdir()
        self.cache = folder / "cache" / "livechannels" / "browser"

    def has(self, name: str, does: str = "exit 0") -> str:
        script = self.path / name
        script.write_text(f"#!/bin/sh\n{does}\n")
        script.chmod(0o755)
        return str(script)

    def run(self) -> tuple[int, str, str]:
        surroundings = {"PATH": str(self.path), "XDG_CACHE_HOME": str(self.folder / "cache"), "HOME": str(self.folder)}
        done = subprocess.run(
            [sys.executable, str(TOOL)], env=surroundings, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("name", ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
def test_a_browser_on_path_is_used_as_it_is(machine: Machine, name: str) -> None:
    path = machine.has(name)
    machine.has("npm", "exit 1")
    assert machine.run()[:2] == (0, f"{path}\n")
    assert not machine.cache.exists()


def test_a_package_that_is_another_than_the_known_one_is_not_started(machine: Machine) -> None:
    machine.has("npm", "echo something else > package.tgz")
    code, out, err = machine.run()
    assert (code, out) == (1, "")
    assert "package.tgz is not the package that was expected" in err
    assert "install Chromium or Chrome" in err
    assert [path.name for path in machine.cache.iterdir()] == [".lock"]


def test_a_fetch_that_fails_is_told_with_the_way_out(machine: Machine) -> None:
    for npm in (None, "echo no network >&2; exit 1"):
        if npm:
            machine.has("npm", npm)
        code, out, err = machine.run()
        assert (code, out) == (1, "")
        assert "could not get a browser" in err
        assert "install Chromium or Chrome, so that one of these is on PATH: chromium," in err
        assert [path.name for path in machine.cache.iterdir()] == [".lock"]


def test_what_was_fetched_is_used_again_and_leftovers_of_a_killed_fetch_go(machine: Machine) -> None:
    machine.has("npm", "exit 1")
    (machine.cache / ".building-killed" / "browser").mkdir(parents=True)
    assert machine.run()[0] == 1
    assert not list(machine.cache.glob(".building-*"))
    hashed = re.search(r'^SHA512 = "(.+)"', TOOL.read_text(), re.MULTILINE)
    assert hashed
    digest = base64.b64decode(hashed[1]).hex()[:20]
    kept = machine.cache / digest / "start"
    kept.parent.mkdir()
    kept.touch()
    assert machine.run()[:2] == (0, f"{kept}\n")
