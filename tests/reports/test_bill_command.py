"""`livechannels bill`: the number on stdout, what to know of it on stderr, and an exit code for everything."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from kit import inherited
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli", "bill"]
Shell = tuple[dict[str, str], Platform]


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with running(quota=0) as (port, platform):
        yield {**inherited(), **environment(port, 0), "COLUMNS": "100"}, platform


def bill(shell: Shell, *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *arguments], env=shell[0], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def days(shell: Shell, ago: int, number: int) -> list[str]:
    """`--from` and `--to` of some whole days."""
    today = datetime.fromtimestamp(shell[1].store.now(), VENDOR_ZONE)
    first = today - timedelta(days=ago)
    return ["--from", f"{first:%Y-%m-%d}", "--to", f"{first + timedelta(days=number):%Y-%m-%d}"]


@pytest.mark.parametrize("vendor", ["wangsu", "volcengine"])
def test_a_bill_is_told_with_what_it_is_made_of_and_who_decides(shell: Shell, vendor: str) -> None:
    asked = ("--vendor", vendor, "--domain", "a.example.com", *days(shell, 9, 2), "--method", "monthly95")
    told = bill(shell, *asked, "--format", "json")
    answer = json.loads(told.stdout)
    assert (answer["samples"], answer["dropped"], len(answer["days"])) == (576, 28, 2)
    assert "Made of" in told.stderr
    assert "The vendor's invoice decides." in told.stderr
    table = bill(shell, *asked).stdout
    assert [line.split()[0] for line in table.splitlines() if line][2:] == [
        "date",
        *(d["date"] for d in answer["days"]),
    ]


def test_domains_are_repeated_written_with_commas_or_read_from_a_file(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "domains.txt"
    file.write_text("a.example.com  # the main one\n\nb.example.com,c.example.com\n")
    common = ("--vendor", "wangsu", *days(shell, 5, 1), "--method", "monthlyPeak", "--format", "json")
    ways = (
        ["--domain", "a.example.com", "--domain", "b.example.com", "--domain", "c.example.com"],
        ["--domain", "a.example.com,b.example.com, c.example.com"],
        ["--domain", f"@{file}"],
    )
    assert len({bill(shell, *common, *way).stdout for way in ways}) == 1


def test_a_bill_that_is_not_settled_says_so(shell: Shell) -> None:
    month = f"{datetime.fromtimestamp(shell[1].store.now() - 3600, VENDOR_ZONE):%Y-%m}"
    asked = ("--vendor", "volcengine", "--domain", "a.example.com", "--month", month, "--method", "monthlyPeak")
    assert "Not settled yet: samples from " in bill(shell, *asked).stderr


def test_a_domain_of_which_nothing_is_told_is_named_in_every_format(shell: Shell) -> None:
    answer = {"status": 200, "body": json.dumps({"result": []})}
    asked = ("--vendor", "wangsu", "--domain", "exmaple.com", *days(shell, 9, 1), "--method", "monthlyPeak")
    for format in ("table", "json"):
        shell[1].faults.add({"path": "/api/report/flow-request", "kind": "answer", **answer})
        assert "The vendor tells nothing of exmaple.com" in bill(shell, *asked, "--format", format).stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vendor", "wangsu", "--method", "monthly95"], "--month is missing, and so are --from and --to"),
        (["--vendor", "wangsu", "--method", "monthly", "--month", "2026-10"], "--method must be one of"),
        (["--vendor", "wangsoo", "--method", "monthly95"], "--vendor must be wangsu or volcengine, but is 'wangsoo'"),
        (["--vendor", "wangsu", "--method", "monthly95", "--month", "October"], "--month must be like 2026-10"),
        (["--vendor", "wangsu", "--method", "monthly95", "--domain", "@no/such"], "--domain @no/such: No such file"),
        (["--vendor", "wangsu", "--method", "monthly95", "--from", "yesterday"], "--from must be an RFC 3339 time"),
        (["--vendor", "wangsu", "--method", "monthly95", "--format", "csv"], "--format must be one of table, json"),
    ],
)
def test_bad_usage_is_named_and_exits_with_2(shell: Shell, arguments: list[str], words: str) -> None:
    done = bill(shell, *arguments, code=2)
    assert words in done.stderr
    assert not done.stdout
