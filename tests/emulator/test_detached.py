"""`emulator --detach` and `--stop`: an emulator that outlives whoever started it, until it is told to end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from click.testing import Result
from typer.testing import CliRunner

from kit import PATIENCE
from pulumi_livechannels.cli import detached
from pulumi_livechannels.cli.main import app

pytestmark = pytest.mark.slow

COMMAND = f"{sys.executable} -m pulumi_livechannels.cli emulator"
Emulator = Callable[..., Result]


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The command, on a machine where no other emulator runs; whatever it starts ends with the test."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LIVECHANNELS_ENDPOINT", raising=False)
    yield lambda *arguments: CliRunner().invoke(app, ["emulator", *map(str, arguments)])
    for one in detached.found():
        detached.stop(one)


def endpoint_of(printed: str) -> str:
    """Where the emulator is that was started."""
    return re.findall(r"LIVECHANNELS_ENDPOINT='(.*)'", printed)[0]


def serves(endpoint: str) -> bool:
    """Whether an emulator is there."""
    try:
        return requests.get(f"{endpoint}/_emulator/journal", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


def test_it_outlives_the_shell_and_the_step_that_started_it(emulator: Emulator) -> None:
    script = f'eval "$({COMMAND} --detach)" && echo $LIVECHANNELS_ENDPOINT && env | grep -c emulator- && exec sleep 600'
    with subprocess.Popen(["bash", "-c", script], stdout=subprocess.PIPE, text=True, start_new_session=True) as step:
        assert step.stdout is not None
        endpoint = step.stdout.readline().strip()
        assert step.stdout.readline().strip() == "4", "four credentials of the emulator are in the shell"
        # As a terminal that is closed does it, and then a CI runner.
        os.killpg(step.pid, signal.SIGHUP)
        os.killpg(step.pid, signal.SIGKILL)
        assert not step.stdout.read(), "nobody holds what the step printed to"
    assert serves(endpoint)
    assert emulator("--stop").exit_code == 0
    assert not serves(endpoint)


def test_what_it_prints_is_for_a_shell_or_json(emulator: Emulator) -> None:
    started = emulator("--detach", "--quota", 7)
    assert all(re.fullmatch(r"export [A-Z_]+='[^']+'", line) for line in started.stdout.splitlines())
    assert "export LIVECHANNELS_CALLS_PER_FIVE_MINUTES='7'" in started.stdout
    assert "livechannels emulator --stop" in started.stderr
    assert f"its console, for a browser: {endpoint_of(started.stdout)}/_emulator/\n" in started.stderr
    assert emulator("--stop").exit_code == 0
    told = json.loads(emulator("--detach", "--format", "json").stdout)
    assert serves(told["LIVECHANNELS_ENDPOINT"])


def test_after_a_stop_the_same_can_be_started_at_once_and_knows_what_it_knew(
    emulator: Emulator, tmp_path: Path
) -> None:
    state = tmp_path / "platform.sqlite"
    endpoint = endpoint_of(emulator("--detach", "--state", state).stdout)
    saved = {"objects": {"recordDirectory": {"d": {"directoryId": "d"}}}, "count": 0, "ahead": 60}
    requests.post(f"{endpoint}/_emulator/restore", json=saved, timeout=PATIENCE).raise_for_status()
    stopped = emulator("--stop", "--state", state)
    assert (stopped.exit_code, stopped.stdout) == (0, "")
    assert f"stopped the emulator on port {endpoint.rpartition(':')[2]} with the state {state}" in stopped.stderr
    again = endpoint_of(emulator("--detach", "--state", state, "--port", endpoint.rpartition(":")[2]).stdout)
    assert again == endpoint
    held = requests.get(f"{again}/_emulator/objects", timeout=PATIENCE).json()
    assert [item["id"] for item in held] == ["d"]


def test_a_second_one_on_a_port_or_a_state_is_told_of_the_first(emulator: Emulator, tmp_path: Path) -> None:
    state = tmp_path / "platform.sqlite"
    port = endpoint_of(emulator("--detach", "--state", state).stdout).rpartition(":")[2]
    way_out = f"runs in the background; to end it: livechannels emulator --stop --port {port}\n"
    for wanted, mine in (
        (["--port", port], ["--detach"]),
        (["--state", os.path.relpath(state)], ["--detach"]),
        (["--port", port], ["--exec", "--", "true"]),
        (["--state", state], ["--exec", "--", "true"]),
    ):
        second = emulator(*wanted, *mine)
        assert (second.exit_code, second.stdout) == (1, ""), second.output
        assert second.stderr.startswith(f"{wanted[0]} {wanted[1]} is in use: the emulator on port {port} with")
        assert second.stderr.endswith(way_out)


def test_what_goes_wrong_at_the_start_is_told_with_its_exit_code(emulator: Emulator, tmp_path: Path) -> None:
    faults = tmp_path / "faults.json"
    faults.write_text('[{"path": "/live/channelManage/createChanel", "kind": "refuse"}]')
    refused = emulator("--detach", "--faults", faults)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "is it /live/channelManage/createChannel?" in refused.stderr
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        taken = emulator("--detach", "--port", port)
        assert (taken.exit_code, taken.stdout) == (1, "")
        assert f"--port {port} is in use: choose another one, or 0 for a free one" in taken.stderr
    assert not detached.found()


def test_where_none_runs_a_stop_says_so(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for asked, told in (
        ([], "no emulator runs in the background"),
        (["--port", "9"], "no emulator runs in the background on port 9"),
        (["--state", "x.sqlite"], "no emulator runs in the background with the state x.sqlite"),
    ):
        none = emulator("--stop", *asked)
        assert (none.exit_code, none.stdout, none.stderr) == (1, "", f"{told}\n")


def test_of_several_the_one_that_is_meant_is_stopped(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (endpoint_of(emulator("--detach").stdout) for _ in range(2))
    which = emulator("--stop")
    assert which.exit_code == 2
    for endpoint in (first, second):
        assert f"livechannels emulator --stop --port {endpoint.rpartition(':')[2]}\n" in which.stderr
    monkeypatch.setenv("LIVECHANNELS_ENDPOINT", first)
    assert emulator("--stop").exit_code == 0
    assert (serves(first), serves(second)) == (False, True)
    another = emulator("--stop")
    assert another.exit_code == 1, "the other one is another job's"
    assert f"on port {first.rpartition(':')[2]} of LIVECHANNELS_ENDPOINT; these do:" in another.stderr
    assert emulator("--stop", "--port", second.rpartition(":")[2]).exit_code == 0


def test_one_that_does_not_end_is_killed(emulator: Emulator) -> None:
    endpoint = endpoint_of(emulator("--detach").stdout)
    (one,) = detached.found()
    os.kill(one.pid, signal.SIGSTOP)
    detached.stop(one, seconds=0)
    assert not serves(endpoint)
    assert not detached.found()
    assert emulator("--stop").exit_code == 1


def test_a_note_that_nobody_holds_is_no_emulator(emulator: Emulator) -> None:
    with detached.noted(1, None):
        (file,) = detached._folder().iterdir()
        left = file.read_text()
        assert file.stat().st_mode & 0o777 == 0o600
    assert not file.exists()
    # A machine that lost its power, and a process that has its number now.
    file.write_text(left)
    assert json.loads(left)["pid"] == os.getpid()
    assert emulator("--stop").exit_code == 1


@pytest.mark.parametrize("more", [{}, {"started": "1"}, {"started": ""}])
def test_a_process_that_a_held_note_names_wrongly_is_let_be(emulator: Emulator, more: dict[str, str]) -> None:
    with detached.noted(1, None), subprocess.Popen(["sleep", "600"]) as innocent:
        (file,) = detached._folder().iterdir()
        file.write_text(json.dumps({"pid": innocent.pid, "port": 1, "state": "", **more}))
        assert emulator("--stop", "--port", 1).exit_code == 1
        assert innocent.poll() is None
        innocent.kill()


def test_one_that_survives_even_a_kill_is_told_and_not_waited_for(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(detached, "KILL_SECONDS", 0)
    monkeypatch.setattr(detached.os, "kill", lambda *what: sent.append(what))
    with detached.noted(1, None):
        (one,) = detached.found()
        with pytest.raises(detached.StopError, match=f"the emulator on port 1 does not end: .* process {os.getpid()}"):
            detached.stop(one, seconds=0)
    assert sent == [(os.getpid(), signal.SIGTERM), (os.getpid(), signal.SIGKILL)]


@pytest.mark.parametrize(
    "arguments",
    [
        *(["--detach", "--stop"], ["--detach", "--exec", "--", "true"], ["--stop", "--exec", "--", "true"]),
        *(["--stop", "--seed", "1"], ["--stop", "--faults", "x"], ["--detach", "true"]),
    ],
)
def test_what_does_not_go_together_is_bad_usage(emulator: Emulator, arguments: list[str]) -> None:
    assert emulator(*arguments).exit_code == 2
