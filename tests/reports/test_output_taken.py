"""What the commands do with output that is not taken, and with lists that are not as expected."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from kit import inherited
from pulumi_livechannels.cli.lists import spread
from pulumi_livechannels.emulator.server import environment

pytestmark = pytest.mark.slow

CLI = [sys.executable, "-m", "pulumi_livechannels.cli"]
SHOWN = ("--help", "--version", "report --list --format json", "report getTrafficByCountry --help")
ASKED = {
    "report": "getDomainTraffic --last 1d",
    "bill": "--vendor wangsu --month 2026-10 --method monthly95",
    "exporter": "--report getDomainTraffic",
}


def ran(line: str) -> subprocess.CompletedProcess[str]:
    """A command of a shell, where $CLI is ours."""
    command = ["bash", "-c", line.replace("$CLI", shlex.join(CLI))]
    done = subprocess.run(
        command, env={**inherited(), **environment(1, 0)}, capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    return done


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
@pytest.mark.parametrize("shown", SHOWN)
def test_a_full_disk_is_told(shown: str) -> None:
    done = ran(f"$CLI {shown} >/dev/full")
    assert (done.returncode, done.stderr.strip()) == (
        1,
        "the output cannot be written: No space left on device; make room or write elsewhere, then run again",
    )


@pytest.mark.parametrize("shown", ["--version", "report --list"])
def test_a_closed_stdout_is_told(shown: str) -> None:
    done = ran(f"$CLI {shown} >&-")
    assert (done.returncode, done.stderr.startswith("stdout is closed")) == (1, True)


def test_a_reader_of_the_help_that_has_seen_enough_is_no_failure() -> None:
    done = ran("set -o pipefail; $CLI report --list --format json | true")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("command", ASKED)
def test_a_list_that_is_not_utf_8_is_bad_usage(tmp_path: Path, command: str) -> None:
    file = tmp_path / "domains.txt"
    file.write_bytes("拉流.example.com".encode("gb18030"))
    done = ran(f"$CLI {command} {ASKED[command]} --domain @{file}")
    assert (done.returncode, done.stderr.strip()) == (
        2,
        f"--domain @{file}: the file is no text in UTF-8: save it as UTF-8, a value a line",
    )


def test_a_list_of_windows_is_read(tmp_path: Path) -> None:
    file = tmp_path / "domains.txt"
    file.write_bytes(b"\xef\xbb\xbfa.example.com\r\n\r\nb.example.com # ours\r\n")
    assert spread("--domain", [f"@{file}"]) == ["a.example.com", "b.example.com"]
