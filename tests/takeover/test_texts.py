"""What commands read and write is the same text on every platform, whatever encoding its shell is fond of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_livechannels.cli.texts import read_text
from pulumi_livechannels.emulator.server import environment, running
from shell_kit import livechannels

EXPORT = {"version": 3, "deployment": {"manifest": {}, "resources": []}}
NAMED = "主舞台 → 🎬"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be"])
def test_a_file_is_read_as_any_shell_writes_it(tmp_path: Path, encoding: str) -> None:
    mark = b"\xfe\xff" if encoding == "utf-16-be" else b""
    (tmp_path / "file").write_bytes(mark + NAMED.encode(encoding))
    assert read_text(str(tmp_path / "file")) == NAMED


def test_a_file_of_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("主舞台".encode("gbk"))
    with pytest.raises(UnicodeDecodeError):
        read_text(str(tmp_path / "file"))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_export_of_a_windows_shell_is_one(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "export.json").write_bytes(json.dumps(EXPORT).encode(encoding))
    livechannels("recover", "--stack-state", str(tmp_path / "export.json"))


@pytest.mark.slow
def test_names_of_an_account_are_read_and_written_in_a_process_of_ascii(tmp_path: Path) -> None:
    """As a container or a cron job has it; a program that is written is UTF-8 and reads its secrets as that."""
    tool = tmp_path / "bin" / "pulumi"
    tool.parent.mkdir()
    export = json.dumps({**EXPORT, "注": NAMED}, ensure_ascii=False)
    tool.write_text(f"#!/bin/sh\ncase $2 in ls) echo '[{{\"name\": \"dev\"}}]';; *) echo '{export}';; esac\n")
    tool.chmod(0o755)
    with running(quota=0) as (port, platform):
        platform.make(
            "channel", {"channelName": NAMED, "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
        )
        plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "HOME": str(tmp_path)}
        surroundings = {**environment(port, 0), **plain, "PATH": f"{tool.parent}:/usr/bin:/bin"}

        def ran(*arguments: str) -> str:
            command = [sys.executable, "-m", "pulumi_livechannels.cli", *arguments]
            done = subprocess.run(command, env=surroundings, cwd=tmp_path, capture_output=True, check=False)
            assert done.returncode in (0, 3), done.stderr.decode()
            return done.stdout.decode()

        assert NAMED in ran("drift", "--all-stacks", "--format", "json")
        ran("import", "--python", "--out", "taken.py")
    assert NAMED in (tmp_path / "taken.py").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp936"])
def test_what_is_no_terminal_gets_utf8(encoding: str) -> None:
    program = f"from pulumi_livechannels.cli.texts import speak_utf8; speak_utf8(); print({NAMED!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONIOENCODING": encoding}, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == NAMED
