"""`tools/engine`: one line on stdout, and interrupted or parallel builds that harm nobody. A script plays Go."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit import PATIENCE

TOOL = Path(__file__).resolve().parents[2] / "tools" / "engine"
GO = """#!/bin/sh
case "$*" in
  *" list "*) echo {sdk} ;;
  *" install "*) echo build >> {log}; {act}; touch "$GOBIN/pulumi" "$GOBIN/pulumi-language-python" ;;
esac
"""


class Machine:
    """A machine with nothing on PATH but what a test puts there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "bin"
        self.path.mkdir()
        self.log = folder / "log"
        for script in ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python"):
            self._write(folder / "sdk" / script, "x")
        self._write(folder / "sdk" / "nodejs/dist/pulumi-resource-pulumi-nodejs", "x")

    def _write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def has_go(self, act: str = ":") -> None:
        self._write(self.path / "go", GO.format(sdk=self.folder / "sdk", log=self.log, act=act))

    def has_pulumi(self, version: str) -> None:
        self._write(self.path / "pulumi", f"#!/bin/sh\necho v{version}\n")
        self._write(self.path / "pulumi-language-python", "")

    def start(self) -> subprocess.Popen[str]:
        surroundings = {"PATH": f"{self.path}:/usr/bin:/bin", "XDG_CACHE_HOME": str(self.folder / "cache")}
        return subprocess.Popen(
            [sys.executable, str(TOOL)],
            env={**surroundings, "HOME": str(self.folder)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[int | None, str, str]:
        with self.start() as process:
            out, err = process.communicate(timeout=PATIENCE)
        return process.returncode, out, err

    @property
    def builds(self) -> int:
        return len(self.log.read_text().splitlines()) if self.log.exists() else 0


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_an_engine_on_path_is_taken(machine: Machine) -> None:
    machine.has_pulumi("3.227.0")
    assert machine.run()[:2] == (0, f"{machine.path}\n")


def test_an_old_engine_is_not_taken(machine: Machine) -> None:
    machine.has_pulumi("3.226.9")
    machine.has_go()
    code, out, err = machine.run()
    assert code == 0
    assert out.startswith(str(machine.folder / "cache"))
    assert "older than 3.227" in err


def test_a_build_is_made_once(machine: Machine) -> None:
    machine.has_go()
    first, second = machine.run(), machine.run()
    assert first[:2] == second[:2]
    assert machine.builds == 3
    folder = Path(first[1].strip())
    assert {path.name for path in folder.iterdir()} >= {"pulumi", "pulumi-language-python-exec"}
    assert os.access(folder / "pulumi-resource-pulumi-python", os.X_OK)
    assert "about 6 minutes" in first[2]
    assert second[2] == ""


def test_a_failed_build_leaves_nothing_and_names_the_installer(machine: Machine) -> None:
    machine.has_go("exit 1")
    code, out, err = machine.run()
    assert (code, out) == (1, "")
    assert "curl -fsSL https://get.pulumi.com | sh" in err
    machine.has_go()
    assert machine.run()[0] == 0


def test_a_killed_build_is_not_taken_for_a_finished_one(machine: Machine) -> None:
    machine.has_go("kill -9 $PPID")
    assert machine.run()[0] == -9
    machine.has_go()
    assert machine.run()[0] == 0
    cache = machine.folder / "cache" / "livechannels" / "engine"
    assert [path.name for path in cache.iterdir() if path.name.startswith(".building")] == []


def test_two_builds_at_once_are_one(machine: Machine) -> None:
    machine.has_go("sleep 0.2")
    with machine.start() as one, machine.start() as two:
        answers = [process.communicate(timeout=PATIENCE)[0] for process in (one, two)]
    assert answers[0] == answers[1] != ""
    assert machine.builds == 3
