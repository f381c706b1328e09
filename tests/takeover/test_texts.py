"""What commands read and write is the same text on every platform, whatever encoding its shell is fond of."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pulumi_livechannels.cli.texts import read_text
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
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "cp936"])
def test_what_is_no_terminal_gets_utf8(encoding: str) -> None:
    program = f"from pulumi_livechannels.cli.texts import speak_utf8; speak_utf8(); print({NAMED!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONIOENCODING": encoding}, capture_output=True, check=True
    )
    assert done.stdout.decode().strip() == NAMED
