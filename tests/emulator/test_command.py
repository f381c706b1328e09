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

pytestmark = pytest.mark.slow

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


# As a program that saves its state: it counts what it is told, sees that the platform is there still, and ends.
SAVING = """
import os, signal, sys, time, urllib.request
heard = []
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, lambda number, frame: heard.append(number))
print("up", flush=True)
while not heard:
    time.sleep(0.01)
urllib.request.urlopen(os.environ["LIVECHANNELS_ENDPOINT"] + "/_emulator/journal")
print(sys.stdin.readline().strip(), *map(int, heard), flush=True)
sys.exit(7)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("to_group", [False, True])
def test_exec_passes_a_signal_on_once_and_waits_for_the_command(number: signal.Signals, to_group: bool) -> None:
    with subprocess.Popen(
        [*COMMAND, "emulator", "--exec", "--", sys.executable, "-c", SAVING],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as served:
        assert served.stdout is not None
        assert served.stdout.readline() == "up\n"
        (os.killpg if to_group else os.kill)(served.pid, number)
        assert served.communicate("saved\n", PATIENCE)[0] == f"saved {int(number)}\n"
        assert served.returncode == 7


def test_in_a_terminal_an_interrupt_reaches_the_command_once() -> None:
    line = [*COMMAND, "emulator", "--exec", "--", sys.executable, "-c", SAVING]
    script = f"import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn({line!r})))"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as terminal:
        assert terminal.stdin is not None
        assert terminal.stdout is not None
        assert terminal.stdout.readline().strip() == b"up"
        terminal.stdin.write(b"\x03")
        terminal.stdin.flush()
        told = terminal.communicate(b"saved\n", PATIENCE)[0]
        assert told.split()[-2:] == [b"saved", b"2"]
        assert terminal.returncode == 7


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        (["sh", "-c", "kill -9 $$"], 128 + signal.SIGKILL, ""),
        (["sh", "-c", "kill -15 $$"], 128 + signal.SIGTERM, ""),
        (["pulumy", "up"], 127, "pulumy is not to be found: install it, or put its folder on PATH\n"),
        (["/"], 126, "/: Permission denied\n"),
    ],
)
def test_exec_ends_as_a_shell_does(command: list[str], code: int, said: str) -> None:
    done = subprocess.run([*COMMAND, "emulator", "--exec", "--", *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (code, said)


@pytest.mark.parametrize(
    "arguments",
    [
        *(
            ["--exec"],
            ["--port", "x"],
            ["true"],
            ["--nonsense"],
            ["--format", "yaml"],
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
        assert served.stderr is not None
        told = served.stderr.readline().strip()
        assert told == f"its console, for a browser: {environment['LIVECHANNELS_ENDPOINT']}/_emulator/"
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


def test_a_command_loads_no_sdk_of_the_engine() -> None:
    script = (
        "import sys, pulumi_livechannels.cli.main\n"
        "slow = {'grpc', 'matplotlib', 'pulumi', 'pyrate_limiter'} & sys.modules.keys()\n"
        "sys.exit(f'loaded before any command is known: {slow}' if slow else 0)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
