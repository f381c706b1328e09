"""docs/emulator-service.md, typed as it stands there: its script for a shell, and its test for pytest."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine_kit import Stack

pytestmark = pytest.mark.engine
PAGE = (Path(__file__).parents[2] / "docs" / "emulator-service.md").read_text()
PLUGIN = ("-p", "pulumi_livechannels.emulator.pytest_plugin")


@pytest.fixture
def project(bare: Stack, tmp_path: Path) -> Stack:
    """A project with one channel, whose environment names no platform at all."""
    bare.project(bare.python)
    bare.program(
        """
        live.Channel("main", channel_name="Main", channel_type="live", push_domain="push.example.com",
                     pull_rates=["source"])
        """
    )
    bare.surroundings = {
        name: value
        for name, value in bare.surroundings.items()
        if not name.startswith(("LIVECHANNELS_", "VOLCENGINE_"))
    }
    bare.surroundings["XDG_CACHE_HOME"] = str(tmp_path / "cache")
    bare.surroundings["PATH"] = f"{Path(sys.prefix) / 'bin'}:{bare.surroundings['PATH']}"
    return bare


def test_the_script_of_the_page_deploys_to_an_emulator_in_the_background(project: Stack) -> None:
    script = next(block for block in re.findall(r"```sh\n(.*?)```", PAGE, flags=re.S) if "--detach" in block)
    assert "--port 8080" in script
    for _ in range(2):
        project.run("sh", "-c", script.replace("--port 8080", ""))
    (channel,) = project.resources("Channel")
    assert channel["outputs"]["pullId"]
    assert (project.folder / "platform.sqlite").is_file()


def test_the_test_of_the_page_finds_a_click(project: Stack) -> None:
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.S)
    (project.folder / "test_page.py").write_text(source)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:livechannels",
        *PLUGIN,
        "-p",
        "no:cacheprovider",
        "test_page.py",
    ]
    done = subprocess.run(
        command, cwd=project.folder, env=project.surroundings, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
