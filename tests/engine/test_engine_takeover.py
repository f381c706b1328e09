"""Taking over a platform that is in use, on the real engine: everything comes in, and nothing on it is touched."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine_kit import NOTHING_CHANGES, Stack
from kit import KINDS, Stage
from pulumi_livechannels.ground import windows

pytestmark = pytest.mark.engine
COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli"]
MONDAY = (Path(__file__).parents[2] / "docs" / "monday.md").read_text()


class Now:
    """The machine's clock for a stage on a platform that an engine uses too."""

    def __init__(self, platform: Any) -> None:
        self._platform = platform

    def now(self) -> float:
        return float(self._platform.store.now())

    monotonic = now

    def bound(self, seconds: float) -> float:
        return seconds

    def sleep(self, seconds: float) -> None:
        assert not seconds, "nothing has to wait here"

    def let_pass(self, seconds: float) -> None:
        """The real time passes by itself."""


def in_use(stack: Stack) -> list[dict[str, Any]]:
    """A platform with objects of each kind that nobody has under Pulumi."""
    stage = Stage(stack.port, stack.platform, Now(stack.platform))  # type: ignore[arg-type]
    for name in KINDS:
        stage.up(name, **stage.sample(name))
    for number in range(3):
        stage.up("Channel", **stage.sample("Channel", channelName="Twin" if number else "Main stage 2"))
    return stack.platform.objects()


def livechannels(stack: Stack, *arguments: str, code: int = 0, stdin: str | None = None) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=stack.folder,
        env=stack.surroundings,
        capture_output=True,
        text=True,
        check=False,
        input=stdin,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


@pytest.mark.rule("R11")
def test_an_import_file_brings_in_everything_and_no_preview_changes_it(native: Stack) -> None:
    before = in_use(native)
    native.project("yaml")
    livechannels(native, "import", "--out", "import.json")
    code = native.folder / "code.yaml"
    native.pulumi("import", "--file", "import.json", "--yes", "--skip-preview", "--out", str(code), "--protect=false")
    (native.folder / "Pulumi.yaml").write_text("name: test\nruntime: yaml\n" + code.read_text())
    native.pulumi(*NOTHING_CHANGES)
    assert native.platform.objects() == before
    livechannels(native, "orphans", "--stack-state", "-", stdin=json.dumps(native.export()))
    clicked = native.resources("PullChannel")[0]["id"]
    native.platform.store.remove("pullChannel", clicked)
    said = livechannels(native, "orphans", "--stack-state", "-", code=3, stdin=json.dumps(native.export()))
    assert clicked in said


def test_the_first_three_steps_for_monday_as_they_stand_leave_the_platform_as_it_was(native: Stack) -> None:
    before = in_use(native)
    blocks = re.findall(r"^```sh\n(.*?)^```", MONDAY, flags=re.MULTILINE | re.DOTALL)
    of_this_machine = ("python3 -m venv", "pip install", "export LIVECHANNELS_", "pulumi plugin install")
    typed = [line for block in blocks for line in block.splitlines() if not line.startswith(of_this_machine)]
    script = re.sub(r"^pulumi (up|destroy)", r"pulumi \1 --yes", "\n".join(["set -e", *typed]), flags=re.MULTILINE)
    native.surroundings["PATH"] = f"{Path(sys.prefix) / 'bin'}:{native.surroundings['PATH']}"
    native.run("bash", "-c", script)
    assert [item for item in native.platform.objects() if item in before] == before
    made = [call for call in native.platform.journal if "createChannel" in str(call)]
    channels = len(native.platform.objects("channel"))
    assert channels == len([item for item in before if item["kind"] == "channel"])
    assert len(made) == channels + 1, "the test channel, and no other"


@pytest.mark.rule("R11")
def test_a_python_program_adopts_everything_and_then_does_without(bare: Stack) -> None:
    before = in_use(bare)
    bare.project(bare.python)
    livechannels(bare, "import", "--python", "--out", "__main__.py")
    program = bare.folder / "__main__.py"
    # As the command says: with its preview, in which nothing of a channel that is adopted too is known.
    assert "the live object" not in bare.pulumi("up", "--yes", "--non-interactive")
    assert bare.platform.objects() == before
    program.write_text(re.sub(r'\n    adopt="[^"]+",', "", program.read_text()))
    assert "adopt=" not in program.read_text().partition("live")[2]
    bare.pulumi(*NOTHING_CHANGES)
    assert bare.platform.objects() == before
    bare.refresh()
    bare.pulumi(*NOTHING_CHANGES)


@pytest.mark.rule("R27")
def test_two_stacks_at_once_share_the_window_and_both_finish(native: Stack, tmp_path: Path) -> None:
    channels = {
        f"c{number}": {
            "type": "livechannels:Channel",
            "properties": {
                "channelName": f"Channel {number}",
                "channelType": "live",
                "pushDomain": "push.example.com",
                "pullRates": ["source"],
            },
        }
        for number in range(15)
    }
    surroundings = {
        **native.surroundings,
        "LIVECHANNELS_CALLS_PER_FIVE_MINUTES": "280",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    folders = []
    for name in ("one", "other"):
        folder = native.folder.parent / name
        folder.mkdir()
        (folder / "Pulumi.yaml").write_text(json.dumps({"name": name, "runtime": "yaml", "resources": channels}))
        native.run("pulumi", "stack", "init", "dev", "--non-interactive", folder=folder)
        folders.append(folder)
    runs = [
        subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
            cwd=folder,
            env=surroundings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for folder in folders
    ]
    for run in runs:
        said = run.communicate()[0]
        assert run.returncode == 0, said
    assert len(native.platform.objects("channel")) == 30
    place = tmp_path / "cache" / "livechannels" / "budget"
    account = f"http://127.0.0.1:{native.port} emulator-access-key"
    used = windows.in_file(280, 300.0, account, place).used(native.platform.store.now())
    assert used == len(native.platform.journal), "every call of both runs was counted in one place"
