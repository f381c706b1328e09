"""`livechannels emulator`: serve, run a command, end with whoever started it, and say what is missing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from kit import PATIENCE, eventually

LIST = "/live/channelManage/getChannelList"
COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli"]


def test_exec_runs_a_command_with_the_environment_and_its_exit_code() -> None:
    script = (
        "import os,sys; env = os.environ\n"
        "print(env['LIVECHANNELS_ENDPOINT'], env['LIVECHANNELS_CALLS_PER_FIVE_MINUTES']); sys.exit(5)"
    )
    done = subprocess.run(
        [*COMMAND, "emulator", "--quota", "7", "--exec", "--", sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 5
    assert done.stdout.startswith("http://127.0.0.1:")
    assert done.stdout.split()[1] == "7"


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ["--exec"],
            ["--port", "x"],
            ["true"],
            ["--nonsense"],
            ["--format", "yaml"],
            ["--exec", "--", "no-such-command"],
        ),
        ["--state", "/no/such/folder/platform.sqlite", "--exec", "--", "true"],
    ],
)
def test_bad_usage_exits_2(arguments: list[str]) -> None:
    done = subprocess.run([*COMMAND, "emulator", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.rule("E16")
def test_serving_prints_the_environment_and_ends_on_a_signal(tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"path": LIST, "kind": "refuse"}]))
    with subprocess.Popen(
        [*COMMAND, "emulator", "--faults", str(faults)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as served:
        assert served.stdout is not None
        lines = [served.stdout.readline().strip() for _ in range(4)]
        environment = dict(line.split("=", 1) for line in lines)
        assert environment["LIVECHANNELS_ENDPOINT"].startswith("http://127.0.0.1:")
        shown = requests.get(environment["LIVECHANNELS_ENDPOINT"] + "/_emulator/faults", timeout=PATIENCE).json()
        assert shown[0]["kind"] == "refuse"
        served.send_signal(signal.SIGTERM)
        assert served.wait(PATIENCE) == 0


@pytest.mark.rule("E16")
def test_the_emulator_dies_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "endpoint"
    script = (
        "import subprocess,sys\n"
        f"child = subprocess.Popen({[*COMMAND, 'emulator']!r}, stdout=subprocess.PIPE, text=True)\n"
        f"open({str(note)!r}, 'w').write(child.stdout.readline().strip().split('=', 1)[1])\n"
        "import os; os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    endpoint = note.read_text()
    eventually(lambda: not answers(endpoint))


def answers(endpoint: str) -> bool:
    """Whether an emulator is there."""
    try:
        return requests.get(endpoint + "/_emulator/journal", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_without_the_extra_the_command_says_what_to_install() -> None:
    script = (
        "import sys; sys.modules['aiohttp'] = None; from pulumi_livechannels.cli.main import app; app(['emulator'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "pip install 'pulumi-livechannels[emulator]'" in done.stderr


def test_nothing_of_an_extra_is_loaded_without_it() -> None:
    script = (
        "import sys\n"
        "for name in ('aiohttp', 'pytest', 'hypothesis', 'responses', 'mypy', 'hatchling'): sys.modules[name] = None\n"
        "import pulumi_livechannels as live\n"
        "live.Channel\n"
        "import pulumi_livechannels.cli.main\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", script], check=True)
