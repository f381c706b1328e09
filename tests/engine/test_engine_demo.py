"""`make demo-console`: the console stays open, somebody clicks in it, and the terminal checks for drift and heals."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kit import PATIENCE

pytestmark = pytest.mark.engine
DEMO = Path(__file__).parents[2] / "tools" / "demo.py"


def test_a_click_in_the_demos_console_is_drift_until_it_is_healed() -> None:
    command = [sys.executable, str(DEMO), "--open"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdin is not None
        assert demo.stdout is not None

        def until(pattern: str) -> re.Match[str]:
            said = ""
            for line in demo.stdout or ():
                said += line
                if found := re.search(pattern, line):
                    return found
            raise AssertionError(said)

        def types(line: str) -> None:
            assert demo.stdin is not None
            demo.stdin.write(f"{line}\n")
            demo.stdin.flush()

        address = until(r"Watch it in a browser: (http://127\.0\.0\.1:\d+/_emulator/)")[1]
        until("press Enter here to check for drift")
        channel = requests.get(f"{address}objects?kind=channel", timeout=PATIENCE).json()[0]
        clicked = requests.patch(
            f"{address}objects/channel/{channel['id']}", json={"channelName": "Clicked"}, timeout=PATIENCE
        )
        assert clicked.ok
        types("")
        until('"Main stage" => "Clicked"')
        until("exit code 7: drift")
        types("heal")
        until("exit code 0")
        types("")
        until("exit code 0")
        demo.stdin.close()
        assert demo.wait(PATIENCE) == 0
