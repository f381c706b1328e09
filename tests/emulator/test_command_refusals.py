"""What `livechannels emulator` refuses before it serves: by its option, with the rule and the way out."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pulumi_livechannels.cli import emulator
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.emulator import server
from pulumi_livechannels.ground.language import speaking

WAY_OUT = 'write a list of faults, like [{"path": "/live/channelManage/createChannel", "kind": "lost-answer"}]'
FAULTS = [
    (None, "cannot be read: No such file or directory: name a JSON file of faults"),
    (b"", f"is no JSON at line 1, column 1: {WAY_OUT}"),
    (b'[\n{"path"', f"is no JSON at line 2, column 8: {WAY_OUT}"),
    (b"\x80", f"is no JSON: {WAY_OUT}"),
    (b"[" * 100_000, f"is no JSON: {WAY_OUT}"),
    (b"{}", f"must hold a list of objects: {WAY_OUT}"),
    (b"[1]", f"must hold a list of objects: {WAY_OUT}"),
]


@pytest.fixture
def no_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process, whose signals are not its own."""
    monkeypatch.setattr(emulator.signal, "signal", lambda *_: None)


@pytest.mark.usefixtures("no_signals")
@pytest.mark.parametrize(("content", "told"), FAULTS)
def test_a_file_of_faults_that_is_none_is_refused_with_a_way_out(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "faults.json"
    if content is not None:
        file.write_bytes(content)
    done = CliRunner().invoke(app, ["emulator", "--faults", str(file)])
    assert (done.exit_code, done.stderr) == (2, f"--faults {file} {told}\n")


@pytest.mark.usefixtures("no_signals")
def test_a_fault_that_is_none_is_named_by_its_place(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"path": "/live/channelManage/getChannelList", "kind": "refuse"}, {"path": "x", "kind": "slov"}]')
    done = CliRunner().invoke(app, ["emulator", "--faults", str(file)])
    assert done.exit_code == 2
    assert done.stderr.startswith(f"--faults {file}: fault 2: a fault needs a path and a kind of refuse, ")
    assert done.stderr.endswith("; is it slow?\n")


@pytest.mark.usefixtures("no_signals")
def test_a_file_of_faults_that_is_none_is_refused_in_chinese_too(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    with speaking("zh"):
        missing = CliRunner().invoke(app, ["emulator", "--faults", str(file)])
        file.write_text("")
        empty = CliRunner().invoke(app, ["emulator", "--faults", str(file)])
    assert missing.stderr.startswith(f"无法读取 --faults {file}：")
    assert empty.stderr.startswith(f"--faults {file} 不是 JSON（第 1 行第 1 列）：请写一个故障列表，如 [")


@pytest.mark.usefixtures("no_signals")
def test_a_port_that_only_administrators_may_have_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def refused(**_: Any) -> Iterator[None]:
        raise PermissionError(errno.EACCES, "error while attempting to bind on address ('127.0.0.1', 80)")
        yield

    monkeypatch.setattr(server, "running", refused)
    done = CliRunner().invoke(app, ["emulator", "--port", "80"])
    told = "--port 80 is kept for administrators: choose another one, or 0 for a free one\n"
    assert (done.exit_code, done.stderr) == (1, told)
