"""Every command of docs/when-things-go-wrong.md, typed as it stands there, in a stack that a kill left half made."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine_kit import Stack
from test_engine_recover import begin, kill, require_whole, yaml_project

pytestmark = pytest.mark.engine
PAGE = (Path(__file__).parents[2] / "docs" / "when-things-go-wrong.md").read_text()
SPANS = [
    span.replace("\\|", "|")
    for span in re.findall(
        r"`((?:[A-Z_]+=\S+ )?(?:pulumi|livechannels) [^`]+)`", re.sub(r"```.*?```", "", PAGE, flags=re.S)
    )
]
BLOCKS = re.findall(r"```sh\n(.*?)```", PAGE, flags=re.S)
FOUND = 3
# Commands that the page only speaks of, and writes out elsewhere. Destroy comes last: it leaves nothing to type into.
NAMED = ("livechannels recover", "pulumi stack import")


def typed(stack: Stack, script: str, codes: tuple[int, ...] = (0,)) -> str:
    """A shell in the project's folder, whose person says yes and has a key to paste."""
    yes = {"PULUMI_OPTION_YES": "true", "PULUMI_OPTION_SKIP_PREVIEW": "true", "PULUMI_OPTION_NON_INTERACTIVE": "true"}
    path = f"{Path(sys.prefix) / 'bin'}:{stack.surroundings['PATH']}"
    done = subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script],
        cwd=stack.folder,
        env={**stack.surroundings, **yes, "PATH": path},
        input="emulator-secret-key\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in codes, f"{script}\n{done.stdout}{done.stderr}"
    return done.stdout + done.stderr


@pytest.mark.rule("R19", "R29")
def test_each_command_of_the_page_does_what_it_says(native: Stack) -> None:
    yaml_project(native)
    kill(begin(native, seconds=10))
    typed(native, "pulumi cancel --yes")
    pending = [each["resource"] for each in native.export()["deployment"]["pending_operations"]]
    taken, forgotten = [each for each in pending if each["type"].endswith(":Channel")][:2]
    by_name = {item.get("channelName"): item["id"] for item in native.platform.objects("channel")}
    # A person has seen in the console which is which, and has deleted one of both.
    native.platform.store.remove("channel", by_name[forgotten["inputs"]["channelName"]])
    decide = BLOCKS[1].replace("URN=ID", f"{taken['urn']}={by_name[taken['inputs']['channelName']]}")
    typed(native, decide.replace("'URN'", f"'{forgotten['urn']}'"))
    typed(native, "pulumi up")
    require_whole(native)
    typed(native, BLOCKS[0])
    require_whole(native)
    for command in SPANS:
        if command in NAMED or command.startswith("pulumi destroy"):
            continue
        typed(native, command, (0, FOUND) if "livechannels" in command.split("=")[0] else (0,))
    require_whole(native)
    typed(native, "pulumi destroy --run-program")
    assert "`pulumi destroy --run-program`" in PAGE
