"""Windows in a word: whole slots, in days and months of the zone that was asked for."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import typer

from pulumi_livechannels.cli.report_window import previous, with_window
from pulumi_livechannels.core.reporting.slots import Window, unix
from reports_kit import BY_NAME, TIMED

NOW = unix("2026-11-27T02:17:00+08:00")


def edges(name: str, **typed: Any) -> tuple[str, str]:
    inputs = with_window(BY_NAME[name], typed, NOW)
    return inputs["startTime"], inputs["endTime"]


@pytest.mark.parametrize(
    ("typed", "start", "end"),
    [
        ({"last": "2h", "interval": "5m"}, "2026-11-27T00:15:00+08:00", "2026-11-27T02:15:00+08:00"),
        ({"last": "2h", "interval": "1h"}, "2026-11-27T00:00:00+08:00", "2026-11-27T02:00:00+08:00"),
        ({"last": "90m", "interval": "1h"}, "2026-11-27T00:00:00+08:00", "2026-11-27T02:00:00+08:00"),
        ({"last": "2h", "interval": "1d"}, "2026-11-26T00:00:00+08:00", "2026-11-27T00:00:00+08:00"),
        (
            {"last": "2d", "interval": "1d", "timeZone": "-05:00"},
            "2026-11-24T00:00:00-05:00",
            "2026-11-26T00:00:00-05:00",
        ),
        ({"month": "2026-10"}, "2026-10-01T00:00:00+08:00", "2026-11-01T00:00:00+08:00"),
        ({"month": "2026-10", "timeZone": "+05:30"}, "2026-10-01T00:00:00+05:30", "2026-11-01T00:00:00+05:30"),
        (
            {"startTime": "2026-11-01", "endTime": "2026-11-02", "timeZone": "+00:00"},
            "2026-11-01T00:00:00+00:00",
            "2026-11-02T00:00:00+00:00",
        ),
        (
            {"startTime": "2026-11-01", "endTime": "2026-11-02T00:00:00Z"},
            "2026-11-01T00:00:00+08:00",
            "2026-11-02T00:00:00Z",
        ),
    ],
)
def test_a_window_is_of_whole_slots_in_the_zone_of_the_question(typed: dict[str, str], start: str, end: str) -> None:
    assert edges("getDomainTraffic", **typed) == (start, end)


@pytest.mark.parametrize("kind", TIMED, ids=lambda kind: kind.name())
@pytest.mark.parametrize("last", ["7m", "5h", "2d"])
def test_the_newest_data_of_any_report_begin_and_end_on_its_slots(kind: Any, last: str) -> None:
    start, end = (unix(text) for text in edges(kind.name(), last=last))
    grid = {"1d": 86400, "1h": 3600}.get(kind.whole or "", 60)
    assert (start + 8 * 3600) % grid == (end + 8 * 3600) % grid == 0
    assert start < end <= NOW


def test_a_window_that_is_longer_than_what_was_typed_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    edges("getDomainTraffic", last="2h", interval="5m")
    assert capsys.readouterr().err == ""
    edges("getDomainTraffic", last="12h", interval="1d")
    told = "--last 12h is told as 2026-11-26T00:00:00+08:00 to 2026-11-27T00:00:00+08:00: the slots here are of 1d"
    assert capsys.readouterr().err == f"{told}; --interval takes shorter ones\n"


def test_the_month_before_is_one_of_the_same_zone() -> None:
    asked = Window(unix("2026-10-01T00:00:00-05:00"), unix("2026-11-01T00:00:00-05:00"))
    before = previous({"month": "2026-10", "timeZone": "-05:00"}, asked)
    assert before == {"startTime": "2026-09-01T00:00:00-05:00", "endTime": "2026-10-01T00:00:00-05:00"}


def test_a_zone_that_is_none_is_left_to_the_question() -> None:
    assert datetime.fromisoformat(edges("getDomainTraffic", month="2026-10", timeZone="Paris")[0]).hour == 0


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("October", "--month must be like 2026-10, but is 'October': write the year"),
        ("9999-12", "--month must be of the years 2000 to 2099, but is '9999-12': see whether"),
        ("1999-12", "--month must be of the years 2000 to 2099, but is '1999-12': see whether"),
    ],
)
def test_a_month_that_is_none_is_refused_with_the_rule_and_the_way_out(
    month: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as ended:
        edges("getDomainTraffic", month=month)
    assert ended.value.exit_code == 2
    assert words in capsys.readouterr().err


def test_before_the_first_month_there_is_another_one() -> None:
    asked = Window(unix("2000-01-01T00:00:00+08:00"), unix("2000-02-01T00:00:00+08:00"))
    assert previous({"month": "2000-01"}, asked)["startTime"] == "1999-12-01T00:00:00+08:00"
