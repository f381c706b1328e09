"""`livechannels report`: tables, JSON, CSV, pictures, help, and an exit code for everything."""

from __future__ import annotations

import csv
import io
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import inherited
from pulumi_livechannels.cli import output
from pulumi_livechannels.core.reporting.slots import rfc3339
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running
from pulumi_livechannels.reports import REPORTS
from reports_kit import midnight

pytestmark = pytest.mark.slow

COMMAND = [sys.executable, "-m", "pulumi_livechannels.cli", "report"]


@pytest.fixture(scope="module")
def shell() -> Iterator[tuple[dict[str, str], Platform]]:
    with running(quota=0) as (port, platform):
        yield {**inherited(), **environment(port, 0), "TZ": "Europe/Berlin", "COLUMNS": "100"}, platform


def report(shell: tuple[dict[str, str], Platform], *arguments: str, code: int = 0) -> subprocess.CompletedProcess[str]:
    done = subprocess.run([*COMMAND, *arguments], env=shell[0], capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done


def window(shell: tuple[dict[str, str], Platform], days: int = 2) -> tuple[str, ...]:
    start = midnight(shell[1].store.now(), 5)
    return "--from", rfc3339(start)[:10], "--to", rfc3339(start + days * 86400)[:10]


def test_every_report_is_listed(shell: tuple[dict[str, str], Platform]) -> None:
    listed = json.loads(report(shell, "--list", "--format", "json").stdout)
    assert [each["name"] for each in listed] == [kind.name() for kind in REPORTS]
    assert all({"name", "vendor", "action", "path", "limits", "about"} <= set(each) for each in listed)
    assert "getDomainTraffic" in report(shell, "--list").stdout
    assert not shell[1].journal


@pytest.mark.parametrize("format", ["table", "json", "csv"])
def test_what_is_missing_is_told_beside_every_format(shell: tuple[dict[str, str], Platform], format: str) -> None:
    query = ("getTrafficByCountry", "--domain", "pull.example.com", "--domain", "pull.exmaple.com", *window(shell))
    done = report(shell, *query, "--interval", "1d", "--format", format)
    assert "no row tells of pull.exmaple.com" in done.stderr
    if format == "json":
        assert json.loads(done.stdout)["missing"] == ["pull.exmaple.com"]


def test_the_list_and_the_help_say_which_sites_have_a_report(shell: tuple[dict[str, str], Platform]) -> None:
    listed = {each["name"]: each for each in json.loads(report(shell, "--list", "--format", "json").stdout)}
    assert listed["getShieldTraffic"]["sites"] == ["wangsu", "cdnetworks"]
    assert listed["getAreaTraffic"]["sites"] == ["wangsu"]
    told = report(shell, "getAreaTraffic", "--help").stdout.replace("\n", " ")
    assert "On the site wangsu only." in " ".join(told.split())
    assert "apac Asia-Pacific" in " ".join(told.split())


def test_a_table_fits_and_json_and_csv_hold_the_same(shell: tuple[dict[str, str], Platform]) -> None:
    query = ("getTrafficByIspProvince", "--domain", "pull.example.com", "--group-by", "isp", *window(shell))
    whole = json.loads(report(shell, *query, "--interval", "1h", "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(report(shell, *query, "--interval", "1h", "--format", "csv").stdout)))
    flat = [{"isp": row["isp"], **slot} for row in whole["rows"] for slot in row["series"]]
    rest = {"domain": "", "province": "", "settled": "true"}
    assert [{**{key: str(value) for key, value in line.items()}, **rest} for line in flat] == lines
    assert len(lines) == 4 * 48
    sums, slots = report(shell, *query, "--interval", "1h").stdout.split("\n\n")
    assert sums.splitlines()[0].split() == ["isp", "totalTrafficMb", "peakBandwidthMbps", "peakBandwidthTime"]
    assert slots.splitlines()[0].split() == ["isp", "time", "trafficMb", "bandwidthMbps"]


@pytest.mark.parametrize("width", [200, 40])
def test_no_name_and_no_number_is_cut(capsys: pytest.CaptureFixture[str], monkeypatch: Any, width: int) -> None:
    monkeypatch.setattr(output, "_AS_WIDE_AS_IT_TAKES", width)
    output.table(
        ("domain", "peakDownBandwidthMbps", "about"), [("push.example.com", 1046.529, "as long as it is " * 3)]
    )
    told = capsys.readouterr().out
    assert all(len(line) <= width for line in told.splitlines())
    assert {"push.example.com", "peakDownBandwidthMbps", "1,046.529"} <= set(told.split())
    assert ("about" in told.splitlines()[0]) == (width == 200), "below each other where there is no room"


def test_a_table_tells_totals_once_for_each_row(shell: tuple[dict[str, str], Platform]) -> None:
    query = ("getEdgeStats", "--domain", "a.example.com", "--domain", "b.example.com", "--group-by", "domain")
    told = report(shell, *query, "--interval", "1h", *window(shell)).stdout
    sums, slots = (part.splitlines() for part in told.strip().split("\n\n"))
    assert slots[0].split()[:3] == ["domain", "time", "upTrafficGb"]
    assert "totalRequests" in sums[0]
    assert len(sums) == 4, "all together, and each of the two"
    assert [line.split()[0] for line in sums[2:]] == ["a.example.com", "b.example.com"]


@pytest.mark.parametrize(
    ("typed", "words"), [("--domian", "did you mean --domain?"), ("--zzz=1", "report getDomainTraffic --help")]
)
def test_an_option_that_is_not_there_is_told(shell: tuple[dict[str, str], Platform], typed: str, words: str) -> None:
    told = report(shell, "getDomainTraffic", typed, "x", code=2).stderr
    assert f"no such option {typed.partition('=')[0]}" in told
    assert words in told


def test_whoever_reads_the_output_may_stop_at_any_time(shell: tuple[dict[str, str], Platform]) -> None:
    command = f"set -o pipefail; {shlex.join(COMMAND)} --list --format csv | head -n 1"
    done = subprocess.run(["bash", "-c", command], env=shell[0], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_day_is_one_of_the_vendors_zone(shell: tuple[dict[str, str], Platform]) -> None:
    named = window(shell)
    whole = json.loads(report(shell, "getAccountTraffic", *named, "--format", "json").stdout)
    assert whole["rows"][0]["series"][0]["time"] == f"{named[1]}T00:00:00+08:00"
    assert len(whole["rows"][0]["series"]) == 2


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_a_picture_has_a_title_units_a_legend_and_the_questions_zone(
    shell: tuple[dict[str, str], Platform], tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"picture.{suffix}"
    query = ("getTrafficByIspProvince", "--domain", "pull.example.com", "--group-by", "isp", *window(shell))
    done = report(shell, *query, "--plot", str(file), "--format", "csv")
    assert "drawn into" in done.stderr
    if suffix == "png":
        assert file.read_bytes().startswith(b"\x89PNG")
        return
    picture = file.read_text()
    for word in (
        "getTrafficByIspProvince: Traffic and bandwidth by carrier",
        " GB",
        " Mb/s",
        "telecom",
        "time (+08:00)",
    ):
        assert word in picture, word


def test_what_is_there_tells_its_words(shell: tuple[dict[str, str], Platform]) -> None:
    text = report(shell, "getDomainTraffic", "--help").stdout
    assert "--domain" in text
    assert "--from TIME" in text
    assert "One call takes 31 days" in text.replace("\n", " ")
    assert "report" in report(shell, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "name a report, or see them all with --list"),
        (("getDomainTrafic",), "did you mean getDomainTraffic?"),
        (("--list", "--format", "yaml"), "--format must be one of table, json, csv"),
        (("getDomainTraffic", "--from", "2026-11-01", "--to", "2026-11-02"), "--domain"),
        (("getIsps", "--nonsense"), "--nonsense"),
        (("getAccountTraffic",), "needs a window: write --last 7d, --month 2026-10, or --from and --to"),
        (("getStreamSessions", "--interval", "1h"), "getStreamSessions needs a window: write --last 7d"),
        (("getAccountTraffic", "--last", "999999w"), "--last must reach back 10 years at most, but is '999999w'"),
        (("getAccountTraffic", "--from", "0001-01-01", "--to", "9999-12-31"), "--from must be of the years 2000 to"),
        (("getIsps", "--plot", "x.svg"), "has no series to draw"),
        (("getAccountTraffic", "--from", "x", "--to", "y"), "--from must be a day like 2026-11-01"),
        (("getAccountTraffic", "--from", "2026-11-02", "--to", "2026-11-02"), "--to must be after --from"),
        (("getAccountTraffic", "--from", "2026-11-01", "--to", "2026-11-02", "--plot", "x.gif"), ".svg or .png"),
        (("getTrafficByIspProvince", "--domain", "a.example.com", "--from", "2026-11-01"), "--to is missing"),
    ],
)
def test_bad_usage_is_named_and_exits_with_2(
    shell: tuple[dict[str, str], Platform], arguments: tuple[str, ...], words: str
) -> None:
    done = report(shell, *arguments, code=2)
    assert words in done.stderr
    assert not done.stdout


def test_a_failure_exits_with_1_and_says_what_to_do(shell: tuple[dict[str, str], Platform]) -> None:
    shell[1].faults.add({"path": "/api/report/flow", "kind": "error-code", "code": "24102500", "times": 9})
    done = report(shell, "getAccountTraffic", *window(shell), code=1)
    assert "Vendor code 24102500" in done.stderr
    assert not done.stdout
    shell[1].faults.clear()


def test_missing_keys_are_named(shell: tuple[dict[str, str], Platform]) -> None:
    bare = {key: value for key, value in shell[0].items() if "KEY" not in key}
    done = report((bare, shell[1]), "getAccountTraffic", *window(shell), code=2)
    assert "LIVECHANNELS_ACCESS_KEY" in done.stderr


def test_a_reader_that_has_seen_enough_is_no_failure(shell: tuple[dict[str, str], Platform]) -> None:
    named = " ".join(window(shell))
    line = f"{' '.join(COMMAND)} getAccountTraffic {named} --interval 5m | true"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", line], env=shell[0], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert not done.stderr
