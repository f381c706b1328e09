"""Streams in Wangsu's reports: they are there while they are pushed, and nobody is told of one that nobody pushed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kit import Stage
from report_kit import LIVE, PULL, ZONE, at, first_list, told, values, window

TRAFFIC = "/api/report/flow/stream/detail"
VIEWERS = "/api/report/flow-bandwidth/stream/detail"
DURATION = "/api/report/domain/stream/duration"
BYTES = "/api/report/flow/byte"
KNOWN = ["live/main", "live/backup", "live/mobile"]


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [row["stream"] for row in rows]


def test_streams_have_their_own_figures(stage: Stage) -> None:
    fields = {"domainStream": [{"domain": PULL}], **window(stage, hours=24), "filterEmptyStream": 1}
    (row,) = told(stage, VIEWERS, fields)["data"]
    assert names(row["domainOfStreamList"]) == KNOWN
    for stream in row["domainOfStreamList"]:
        assert Decimal(stream["totalFlow"]) == sum(values(stream)) > 0
        assert "onlineUser" not in stream["detailList"][0]
    some = told(stage, VIEWERS, {**fields, "keyword": "^live/m"})["data"][0]["domainOfStreamList"]
    assert names(some) == ["live/main", "live/mobile"]
    by_minute = {**fields, **window(stage), "dataType": "bandwidth", "dataInterval": "1m", "isReturnOnline": "true"}
    main = told(stage, VIEWERS, by_minute)["data"][0]["domainOfStreamList"][0]
    assert Decimal(main["bandwidthPeakValue"]) == max(values(main))
    assert all(row["onlineUser"] > 0 for row in main["detailList"])


@pytest.mark.parametrize("stream", KNOWN)
@pytest.mark.parametrize(("path", "interval"), [(TRAFFIC, "5m"), (VIEWERS, "1m")])
def test_a_stream_has_slots_while_it_is_pushed_and_gaps_else(
    stage: Stage, path: str, interval: str, stream: str
) -> None:
    asked = {"domainStream": [{"domain": PULL, "stream": [stream]}]}
    days = {"dateFrom": f"{at(stage):%Y-%m-%d}", "dateTo": f"{at(stage, days=1):%Y-%m-%d}"}
    pushes = told(stage, DURATION, {**asked, **days})["data"][0]["streamList"][0]["durationDetailList"]
    spans = [
        tuple(datetime.fromtimestamp(int(push[name]), ZONE) for name in ("startTime", "endTime")) for push in pushes
    ]
    fields = {**asked, **window(stage, hours=24), "dataType": "flow", "dataInterval": interval}
    ends = [
        datetime.strptime(row["timestamp"], "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        for row in first_list(told(stage, path, fields))
    ]
    length = timedelta(minutes=int(interval[0]))
    count = timedelta(days=1) // length
    every = [at(stage) + length * number for number in range(1, count + 1)]
    assert ends == [end for end in every if any(begin < end and end - length < done for begin, done in spans)]
    assert 0 < len(ends) < count, "something is missing, and not all"


def test_a_stream_that_nobody_knows_is_in_no_row(stage: Stage) -> None:
    asked = {"domainStream": [{"domain": PULL, "stream": ["live/mian", "live/main"]}], "dataType": "flow"}
    assert names(told(stage, TRAFFIC, {**asked, **window(stage)})["result"][0]["details"]) == ["live/main"]
    assert names(told(stage, VIEWERS, {**asked, **window(stage)})["data"][0]["domainOfStreamList"]) == ["live/main"]
    (row,) = told(stage, DURATION, {"domainStream": asked["domainStream"]})["data"]
    assert names(row["streamList"]) == [f"{PULL}/live/main"]


@pytest.mark.parametrize(
    ("asked", "seen"), [({}, [*KNOWN, ""]), ({"filterEmptyStream": 0}, [*KNOWN, ""]), ({"filterEmptyStream": 1}, KNOWN)]
)
def test_pushes_without_a_name_are_a_stream_unless_they_are_filtered(
    stage: Stage, asked: dict[str, Any], seen: list[str]
) -> None:
    fields = {"domainStream": [{"domain": PULL}], "dataType": "flow", **window(stage, hours=24), **asked}
    assert names(told(stage, TRAFFIC, fields)["result"][0]["details"]) == seen
    assert names(told(stage, VIEWERS, fields)["data"][0]["domainOfStreamList"]) == seen


def test_a_domain_has_no_upper_case(stage: Stage) -> None:
    path = "/api/report/flow-request"
    fields = {"groupBy": ["domain"], **window(stage)}
    loud, plain = (told(stage, path, {**fields, "domain": [name]}) for name in ("Pull.Example.COM", PULL))
    assert loud == plain


def test_no_two_months_are_the_same_and_days_have_their_mood(stage: Stage) -> None:
    fields = {"dataInterval": "1d", "dateTo": at(stage).isoformat()}
    days = []
    for back in (31, 62, 93, 124, 155, 180):
        start = at(stage, days=-back)
        fields = {
            "dataInterval": "1d",
            "dateFrom": start.isoformat(),
            "dateTo": (start + timedelta(days=28)).isoformat(),
        }
        days.append(values(told(stage, BYTES, fields), "flow"))
    assert len({sum(month) for month in days}) == 6
    weekly = [sum(month[number::7]) for month in days for number in range(7)]
    assert len(set(weekly)) == len(weekly)
    every = sorted(day for month in days for day in month)
    assert every[-1] > Decimal("1.25") * every[len(every) // 2], "now and then there is a big event"


def test_push_durations(stage: Stage) -> None:
    dates = [f"{at(stage, days=day):%Y-%m-%d}" for day in (-3, -2, 1)]
    asked = {"domainStream": [{"domain": PULL, "stream": ["live/main"]}]}
    whole, early, late = (
        told(stage, DURATION, {**asked, "dateFrom": start, "dateTo": end})["data"][0]["streamList"][0]
        for start, end in ((dates[0], dates[2]), (dates[0], dates[1]), (dates[1], dates[2]))
    )
    assert whole["stream"] == f"{PULL}/live/main"
    assert early["durationDetailList"] + late["durationDetailList"] == whole["durationDetailList"]
    for one in (whole, early, late):
        assert one["sumTime"] == sum(item["duration"] for item in one["durationDetailList"])
    for item in whole["durationDetailList"]:
        assert item["duration"] == (int(item["endTime"]) - int(item["startTime"])) * 1000 > 0
    days = {f"{datetime.fromtimestamp(int(item['startTime']), ZONE):%Y-%m-%d}" for item in whole["durationDetailList"]}
    assert days == {f"{at(stage, days=day):%Y-%m-%d}" for day in (-3, -2, -1, 0)}
    usual = told(stage, DURATION, {})["data"]
    assert [(row["domain"], len(row["streamList"])) for row in usual] == [
        (LIVE, 3),
        (PULL, 3),
        ("push.example.com", 3),
    ]


def test_streams_without_a_domain_are_asked_of_all_domains(stage: Stage) -> None:
    days = {"dateFrom": f"{at(stage):%Y-%m-%d}", "dateTo": f"{at(stage, days=1):%Y-%m-%d}"}
    rows = told(stage, DURATION, {"domainStream": [{"stream": ["live/main"]}], **days})["data"]
    assert [row["domain"] for row in rows] == [LIVE, PULL, "push.example.com"]
    assert {name for row in rows for name in names(row["streamList"])} == {f"{row['domain']}/live/main" for row in rows}
