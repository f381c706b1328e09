"""What finance sums up: files with every column and a fact a line, windows in a word, comparisons and conditions."""

from __future__ import annotations

import csv
import io
import json
import math
from array import array
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kit import Stage
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.cli.report_screen import show
from pulumi_livechannels.cli.report_texts import as_csv, as_lines
from pulumi_livechannels.core.asking import question
from pulumi_livechannels.core.reporting import columnar, parts, running
from pulumi_livechannels.core.reporting.answers import number
from pulumi_livechannels.core.reporting.flat import Block, Head, Kind, Table, facts, totals
from pulumi_livechannels.core.reporting.kept import Kept
from pulumi_livechannels.core.reporting.plan import Part, gaps
from pulumi_livechannels.core.reporting.rows import Rows
from pulumi_livechannels.core.reporting.slots import Window
from pulumi_livechannels.core.reporting.table import Key, Row, Said, Series
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.reports import REPORTS
from reports_kit import BY_NAME, midnight, query

WORDS = ("--domain", "a.example.com,b.example.com", "--group-by", "domain", "--interval", "1h")


@pytest.fixture
def ask(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    monkeypatch.setattr("pulumi_livechannels.core.account.SystemClock", lambda: stage.clock)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name, value in environment(stage.port, 0).items():
        monkeypatch.setenv(name, value)

    def asked(*words: str, code: int = 0) -> Result:
        done = CliRunner().invoke(app, ["report", *words])
        assert done.exit_code == code, done.output
        return done

    return asked


def months_ago(stage: Stage, number: int) -> str:
    last = datetime.fromtimestamp(midnight(stage.clock.now(), 0), VENDOR_ZONE)
    return f"{last.year + (last.month - 1 - number) // 12}-{(last.month - 1 - number) % 12 + 1:02}"


def lines(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.slow
@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.name())
def test_csv_has_all_declared_columns_whatever_was_asked_and_none_twice(stage: Stage, kind: Any) -> None:
    function, want = question(stage.account, kind, query(kind, stage.clock.now()))
    answer = running.run(function, want)
    for table in (facts(answer), totals(answer)):
        keys = [head.key for head in table.heads]
        assert len(keys) == len(set(keys))
        for block in table.blocks():
            assert len(block.common) + len(block.cells) == len(keys)
    row = kind.output().model_json_schema()["$defs"]
    declared = next(each for name, each in row.items() if name.endswith("Row"))["properties"]
    told = {head.key for table in (facts(answer), totals(answer)) for head in table.heads}
    assert {key for key in declared if key != "series"} <= told


def test_totals_stand_apart_and_every_line_says_whether_it_is_settled(ask: Any) -> None:
    named = ("getTrafficByIspProvince", *WORDS[:-1], "5m", "--last", "1d", "--format", "csv")
    told = lines(ask(*named).stdout)
    assert list(told[0]) == ["domain", "isp", "province", "time", "trafficMb", "bandwidthMbps", "settled"]
    assert len(told) == 2 * 288
    assert {line["settled"] for line in told} == {"true", "false"}
    sums = lines(ask(*named, "--totals").stdout)
    for total in sums:
        each = [float(line["trafficMb"]) for line in told if line["domain"] == total["domain"]]
        assert float(total["totalTrafficMb"]) == pytest.approx(math.fsum(each))


def test_a_file_holds_what_the_screen_would_in_every_form(ask: Any, stage: Stage, tmp_path: Path) -> None:
    named = ("getTrafficByIspProvince", *WORDS, "--month", months_ago(stage, 2))
    told = lines(ask(*named, "--format", "csv").stdout)
    for ending in ("csv", "ndjson", "json", "parquet", "xlsx"):
        ask(*named, "--out", f"x.{ending}")
    assert lines((tmp_path / "x.csv").read_text()) == told
    traffic = [float(line["trafficMb"]) for line in told]
    listed = [json.loads(line) for line in (tmp_path / "x.ndjson").read_text().splitlines()]
    assert [line["trafficMb"] for line in listed] == traffic
    whole = json.loads((tmp_path / "x.json").read_text())
    assert [slot["trafficMb"] for row in whole["rows"] for slot in row["series"]] == traffic
    typed = pq.read_table(tmp_path / "x.parquet").to_pylist()
    assert [line["trafficMb"] for line in typed] == traffic
    assert [line["time"].isoformat() for line in typed] == [line["time"] for line in told]
    head, *cells = openpyxl.load_workbook(tmp_path / "x.xlsx")["slots"].iter_rows(values_only=True)
    place = {key: index for index, key in enumerate(head)}
    assert [line[place["trafficMb"]] for line in cells] == traffic
    assert [line[place["time"]].isoformat() for line in cells] == [line["time"][:19] for line in told]


def test_json_is_what_the_function_answers(ask: Any, stage: Stage) -> None:
    kind = BY_NAME["getEdgeStats"]
    inputs = query(kind, stage.clock.now(), domains=["a.example.com", "b.example.com"], groupBy=["domain"])
    function, want = question(stage.account, kind, inputs)
    window = ("--from", inputs["startTime"], "--to", inputs["endTime"])
    words = ("--domain", "a.example.com,b.example.com", "--group-by", "domain")
    interval = ("--interval", want.interval)
    assert json.loads(ask(kind.name(), *words, *window, *interval, "--format", "json").stdout) == function.answer(want)


def test_nothing_told_is_a_head_line_alone(ask: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_livechannels.vendors.wangsu.client.WangsuClient.report", lambda self, call: [])
    told = ask("getTrafficByIspProvince", *WORDS, "--last", "1d", "--format", "csv").stdout
    assert told == "domain,isp,province,time,trafficMb,bandwidthMbps,settled\n"


def test_an_interrupted_file_goes_on_and_leaves_nothing_behind(ask: Any, stage: Stage, tmp_path: Path) -> None:
    named = ("getTrafficByIspProvince", *WORDS, "--month", months_ago(stage, 2), "--out", "x.csv")
    stage.fault(BY_NAME["getTrafficByIspProvince"].path, "error-code", nth=5, code="24102008")
    ask(*named, code=1)
    assert not (tmp_path / "x.csv").exists()
    files = [file for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert all(file.stat().st_mode & 0o077 == 0 for file in files)
    before = stage.calls()
    told = ask(*named).stderr
    assert "of which" in told
    assert stage.calls() - before < 5
    assert not [file for file in (tmp_path / "cache" / "livechannels" / "reports").iterdir()]


def test_parts_on_disk_are_what_was_put_there_and_what_may_change_is_not_kept(tmp_path: Path) -> None:
    part = Part(1, 0, Window(0, 600), {"domains": ["a.example.com"]})
    series = Series(array("q", [0, 300]), {"traffic_mb": array("d", [1.5, math.nan])}, {"codec": ["h264", None]}, 300)
    said = Said({("a", None): Row({"total": 1.5}, series)}, {"all": 2}, None)
    for settled in (False, True):
        kept = Kept(tmp_path / "x.parts", now=1000)
        kept.put(part, said, 1000, settled=settled)
        kept.close()
        again = Kept(tmp_path / "x.parts", now=1001)
        assert again.within(part) == ([part] if settled else [])
        if settled:
            found = again.get(part)
            row = found.rows["a", None]
            assert (row.totals, found.totals) == ({"total": 1.5}, {"all": 2})
            assert row.series is not None
            assert (row.series.texts, row.series.times) == (series.texts, series.times)
            assert row.series.length == 300
            assert row.series.numbers["traffic_mb"].tobytes() == series.numbers["traffic_mb"].tobytes()
        again.close()
    late = Kept(tmp_path / "x.parts", now=1000 + 25 * 3600)
    assert late.within(part) == []
    late.remove()
    assert not list(tmp_path.iterdir())


def test_what_is_kept_of_a_part_is_not_asked_for_again_however_it_was_cut(tmp_path: Path) -> None:
    whole = Part(1, 0, Window(0, 3000), {"domains": ["a.example.com"]})
    other = replace(whole, values={"domains": ["b.example.com"]})
    kept = Kept(tmp_path / "x.parts", now=1000)
    for part, start, end in (
        (whole, 300, 900),
        (whole, 600, 900),
        (whole, 900, 1200),
        (whole, 2700, 3300),
        (other, 0, 300),
    ):
        kept.put(replace(part, window=Window(start, end)), Said({}, {}, None), 1000, settled=True)
    held = kept.within(whole)
    assert [piece.window for piece in held] == [Window(300, 900), Window(900, 1200)]
    assert [gap.window for gap in gaps(whole, held)] == [Window(0, 300), Window(1200, 3000)]
    assert gaps(whole, []) == [whole]
    kept.remove()


def test_an_interrupted_file_of_halved_parts_asks_only_for_what_is_left(
    ask: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "MOST_VALUES", 2 * 3 * 24)
    named = ("getTrafficByIspProvince", *WORDS, "--month", months_ago(stage, 2))
    told = ask(*named, "--format", "csv").stdout
    needed = stage.calls()
    stage.fault(BY_NAME["getTrafficByIspProvince"].path, "error-code", nth=needed - 10, code="24102008")
    ask(*named, "--out", "x.csv", code=1)
    before = stage.calls()
    assert "at least" in ask(*named, "--out", "x.csv").stderr
    assert stage.calls() - before < needed / 2
    assert Path("x.csv").read_text() == told


@given(st.lists(st.one_of(st.floats(), st.integers(), st.text(max_size=5), st.booleans(), st.none(), st.just("1.5"))))
def test_a_column_reads_as_its_cells_do_or_is_left_to_them(values: list[Any]) -> None:
    slots: list[Mapping[str, Any]] = [{"value": value} for value in values]
    found = columnar.numbers(slots, "value")
    if found is not None:
        assert list(found) == [number(value) for value in values]


def test_lists_come_with_commas_and_from_files(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "domains.txt").write_text("a.example.com # the first\n\nb.example.com\n")
    named = ("--group-by", "domain", "--last", "1d", "--format", "csv", "--totals")
    listed = lines(ask("getTrafficByIspProvince", "--domain", "@domains.txt", *named).stdout)
    assert [line["domain"] for line in listed] == ["a.example.com", "b.example.com"]


def test_a_window_is_compared_with_the_one_before(ask: Any, stage: Stage) -> None:
    told = lines(
        ask(
            "getTrafficByIspProvince",
            *WORDS,
            "--month",
            months_ago(stage, 2),
            "--compare",
            "previous",
            "--format",
            "csv",
        ).stdout
    )
    sums = lines(
        ask("getTrafficByIspProvince", *WORDS, "--month", months_ago(stage, 3), "--format", "csv", "--totals").stdout
    )
    line = next(each for each in told if (each["domain"], each["quantity"]) == ("a.example.com", "totalTrafficMb"))
    assert line["previous"] == sums[0]["totalTrafficMb"]
    value, before = float(line["value"]), float(line["previous"])
    assert float(line["change"]) == pytest.approx(value - before, abs=0.01)
    assert float(line["changePercent"]) == pytest.approx(100 * (value - before) / before, abs=0.01)


def test_of_a_month_that_is_not_over_days_that_are_over_are_compared(ask: Any, stage: Stage) -> None:
    now = datetime.fromtimestamp(stage.clock.now(), VENDOR_ZONE)
    assert now.day > 1
    named = ("getDomainTraffic", *WORDS[:2], "--interval", "1d", "--format", "csv")
    told = lines(ask(*named, "--month", months_ago(stage, 0), "--compare", "previous").stdout)
    line = next(each for each in told if each["quantity"] == "totalTrafficMb")
    for month, key in ((0, "value"), (1, "previous")):
        days = [f"{months_ago(stage, month)}-{day:02}" for day in (1, now.day)]
        sums = lines(ask(*named, "--from", days[0], "--to", days[1], "--totals").stdout)
        assert line[key] == sums[0]["totalTrafficMb"], key


def test_a_file_that_is_a_link_or_has_a_mode_keeps_both(ask: Any, tmp_path: Path) -> None:
    (tmp_path / "real.csv").touch(mode=0o640)
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "week.csv").symlink_to("real.csv")
    ask("getTrafficByIspProvince", *WORDS, "--last", "1d", "--out", "week.csv")
    assert (tmp_path / "week.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("domain,")
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o640


def test_the_largest_rows_are_told_and_a_condition_fails(ask: Any) -> None:
    named = ("getTrafficByIspProvince", *WORDS, "--last", "2d", "--format", "csv", "--totals")
    sums = {line["domain"]: float(line["totalTrafficMb"]) for line in lines(ask(*named).stdout)}
    top = lines(ask(*named, "--top", "1").stdout)
    assert [line["domain"] for line in top] == [max(sums, key=lambda name: sums[name])]
    done = ask(*named, "--fail-if", f"totalTrafficMb>{min(sums.values()):.2f}", code=3)
    assert max(sums, key=lambda name: sums[name]) in done.stderr
    ask(*named, "--fail-if", "totalTrafficMb<0")
    least = f"totalTrafficMb<{max(sums.values()):.2f}"
    ask(*named, "--top", "1", "--fail-if", least, code=3)


@pytest.mark.parametrize(
    ("words", "about"),
    [
        (("--last", "2x"), "--last must be a number"),
        (("--month", "2026-13"), "--month must be like 2026-10"),
        (("--last", "1d", "--month", "2026-10"), "each name a window"),
        (("--last", "1d", "--fail-if", "peak>1"), "--fail-if knows no peak"),
        (("--last", "1d", "--fail-if", "peakBandwidthMbps"), "--fail-if must be like"),
        (("--last", "1d", "--compare", "yesterday"), "--compare must be previous"),
        (("--last", "1d", "--out", "x.doc"), "--out must end with"),
        (("--last", "1d", "--out", "x.csv", "--format", "json"), "leave --format json out"),
        (("--last", "1d", "--out", "nowhere/x.csv"), "there is no folder"),
        (("--last", "1d", "--domain", "@nowhere.txt"), "nowhere.txt"),
        (("--last", "1d", "--group-by", "domian"), "--group-by must be of domain"),
    ],
)
def test_a_mistake_is_told_before_a_call_is_made(ask: Any, stage: Stage, words: tuple[str, ...], about: str) -> None:
    before = stage.calls()
    assert about in ask("getTrafficByIspProvince", "--domain", "a.example.com", *words, code=2).stderr
    assert stage.calls() == before


def test_a_table_puts_together_no_more_than_a_screen(ask: Any, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "30")
    done = ask("getTrafficByIspProvince", *WORDS, "--month", months_ago(stage, 2))
    assert done.stdout.splitlines()[0].split()[:2] == ["domain", "totalTrafficMb"]
    assert len(done.stdout.splitlines()) <= 30
    assert "--format csv has them all" in done.stderr


def test_a_table_is_no_more_work_than_csv(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "30")
    kind = BY_NAME["getTrafficByIspProvince"]
    domains = [f"d{number}.example.com" for number in range(60)]
    function, want = question(stage.account, kind, query(kind, stage.clock.now(), domains=domains, groupBy=["domain"]))
    answer = running.run(function, want)
    looked, stamped = [], []

    def row(key: Key) -> Row:
        looked.append(key)
        return answer.by_key[key]

    def stamp(second: int) -> str:
        stamped.append(second)
        return answer.stamp(second)

    def tables() -> list[Table]:
        watched = replace(answer, by_key=Rows(answer.by_key, row))
        return [replace(table, stamp=stamp) for table in (totals(watched), facts(watched))]

    as_csv(tables()[1], io.StringIO())
    for_csv = len(looked), len(stamped)
    looked.clear()
    stamped.clear()
    show(tables())
    assert 0 < len(looked) < for_csv[0]
    assert 0 < len(stamped) < for_csv[1]


@pytest.mark.parametrize("name", ['a "main" one', "a,b", "two\nlines", "a\rb", '"', "直播", ""])
def test_a_reader_of_csv_reads_every_name_as_it_was(name: str) -> None:
    heads = [Head("stream", Kind.TEXT), Head("codec", Kind.TEXT), Head("traffic", Kind.NUMBER)]
    table = Table("slots", heads, lambda: iter([Block([name], [[name], array("d", [0.1])])]), str)
    told = io.StringIO(newline="")
    as_csv(table, told)
    assert list(csv.reader(io.StringIO(told.getvalue(), newline=""))) == [
        ["stream", "codec", "traffic"],
        [name, name, "0.1"],
    ]


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-live", "@live", "\t=1", "\n=1"])
def test_no_name_is_a_formula_in_csv_and_names_are_as_they_are_elsewhere(name: str) -> None:
    heads = [Head("stream", Kind.TEXT), Head("codec", Kind.TEXT), Head("change", Kind.NUMBER)]
    table = Table("slots", heads, lambda: iter([Block([name], [[name, "h264", None], [-1.5, -2.0, None]])]), str)
    told = io.StringIO(newline="")
    as_csv(table, told)
    assert [list(line.values()) for line in lines(told.getvalue())] == [
        [f"'{name}", f"'{name}", "-1.5"],
        [f"'{name}", "h264", "-2.0"],
        [f"'{name}", "", ""],
    ]
    told = io.StringIO()
    as_lines(table, told)
    assert json.loads(told.getvalue().splitlines()[0]) == {"stream": name, "codec": name, "change": -1.5}
