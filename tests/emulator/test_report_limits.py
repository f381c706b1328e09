"""How much one call of Wangsu's reports may ask: windows, history, domains, streams and directories."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.server import running
from report_kit import ASKED, LIVE, PULL, ask, asked, dated, refusal, told, window

PLACE = "/api/report/flow/isp-province"
BYTES = "/api/report/flow/byte"
TOTAL = "/api/report/flow/isp-province/total"
SPANS = [
    ("/api/report/flow", 31),
    ("/api/report/flow/byte", 31),
    ("/api/report/domainflow", 31),
    ("/api/report/flow/area", 31),
    ("/api/report/flow/exact-domain", 1),
    ("/api/report/flow/protocol", 7),
    ("/api/report/flow/parent-node", 7),
    ("/api/report/flow/dir/detail", 7),
    ("/api/report/flow/dir/info", 31),
    ("/api/report/flow/stream/detail", 1),
    ("/api/report/flow/domain-country", 7),
    ("/api/report/up-flow/domain-country", 7),
    ("/api/report/server/country-bandwidth", 7),
    ("/api/report/flow/isp-province", 7),
    ("/api/report/flow/isp-province/byte", 7),
    ("/api/report/flow/isp-province/total", 1),
    ("/api/report/flow/isp-province/shorttime", 2 / 24),
    ("/api/report/flow/hit-rate/isp-province", 7),
    ("/api/report/flow/hit-rate/isp-province/byte", 7),
    ("/api/report/flow/isp-province/hit-rate/total", 1),
    ("/api/report/flow/isp-province/hit-rate/detail", 1),
    ("/api/report/flow/edge-hit-ratio/total", 7),
    ("/api/report/flow/origin/isp-province", 7),
    ("/api/report/flow/origin/isp-province/byte", 7),
    ("/api/report/flow-request", 1),
    ("/api/report/flow-request/origin", 1),
    ("/api/report/flow-request/multi-ip-version", 1),
    ("/api/report/flow/p2p/share-ratio", 1),
    ("/api/report/request/saving-bandwidth/total", 31),
]


@pytest.mark.parametrize(("path", "days"), SPANS)
def test_the_longest_window_is_answered_and_a_minute_more_is_refused(stage: Stage, path: str, days: float) -> None:
    assert ask(stage, path, asked(stage, path, ago=days, hours=24 * days)).status_code == 200
    longer = asked(stage, path, ago=days, hours=24 * days + 1 / 60)
    assert refusal(ask(stage, path, longer)) == (400, "24102007")


def test_hit_details_by_the_minute_span_6_hours(stage: Stage) -> None:
    path = "/api/report/flow/isp-province/hit-rate/detail"
    assert ask(stage, path, asked(stage, path, hours=6, dataInterval="1m")).status_code == 200
    longer = asked(stage, path, hours=6.1, dataInterval="1m")
    assert refusal(ask(stage, path, longer)) == (400, "24102007")


@pytest.mark.parametrize(
    ("path", "days"),
    [
        *((path, 730) for path in ("/api/report/flow", "/api/report/domainflow", BYTES, "/api/report/flow/dir/detail")),
        *((path, 183) for path in (PLACE, "/api/report/flow/dir/info")),
    ],
)
def test_a_report_looks_back_so_far_and_no_further(stage: Stage, path: str, days: float) -> None:
    """The window of a test begins two days before today."""
    assert ask(stage, path, asked(stage, path, ago=days - 3)).status_code == 200
    assert refusal(ask(stage, path, asked(stage, path, ago=days))) == (400, "24102006")


def many(number: int) -> list[str]:
    return [f"d{index}.example.com" for index in range(number)]


@pytest.mark.parametrize(
    ("path", "name", "most"),
    [
        (PLACE, "domain", 20),
        (TOTAL, "domain", 20),
        ("/api/report/flow/isp-province/shorttime", "domain", 20),
        ("/api/report/flow/domain-country", "domain", 20),
        ("/api/report/flow/exact-domain", "domain", 20),
        ("/api/report/flow-request/multi-ip-version", "domain", 20),
        ("/api/report/flow-request", "domain", 200),
        ("/api/report/flow-request/origin", "domain", 200),
        ("/api/report/flow/edge-hit-ratio/total", "domain", 200),
        ("/api/report/request/saving-bandwidth/total", "domain", 200),
        ("/api/report/flow/exact-domain", "exactDomain", 200),
    ],
)
def test_so_many_domains_are_answered_and_one_more_is_refused(stage: Stage, path: str, name: str, most: int) -> None:
    for number, status in ((most, 200), (most + 1, 400)):
        answer = ask(stage, path, asked(stage, path, **{name: many(number)}))
        assert answer.status_code == status
    assert answer.json()["code"] == "24102019"


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/api/report/domainflow", {"domain-list": {"domain-name": many(21)}}),
        ("/api/report/flow/stream/detail", {"domainStream": [{"domain": name} for name in many(21)]}),
        ("/api/report/flow/stream/detail", {"domainStream": [{"domain": PULL, "stream": many(2001)}]}),
        ("/api/report/flow-bandwidth/stream/detail", {"domainStream": [{"domain": name} for name in many(21)]}),
        ("/api/report/flow/dir/detail", {"domainDir": [{"domain": name} for name in many(21)]}),
        ("/api/report/flow/dir/detail", {"domainDir": [{"domain": PULL, "dir": many(201)}]}),
        ("/api/report/flow/dir/info", {"domainDir": [{"domain": PULL}, {"domain": LIVE}]}),
        ("/api/report/domain/stream/duration", {"domainStream": [{"domain": PULL}, {"domain": LIVE}]}),
    ],
)
def test_too_many_of_anything_are_refused(stage: Stage, path: str, fields: dict[str, Any]) -> None:
    assert refusal(ask(stage, path, {**ASKED[path], **dated(stage, path), **fields})) == (400, "24102019")


@pytest.mark.parametrize(
    ("path", "hours"),
    [
        (PLACE, 24),
        (TOTAL, 24),
        ("/api/report/flow/isp-province/shorttime", 1),
        ("/api/report/flow/isp-province/hit-rate/detail", 0.5),
        ("/api/report/flow/p2p/share-ratio", 1),
        ("/api/report/flow-request/multi-ip-version", 1),
    ],
)
def test_without_dates_a_report_has_its_usual_window(stage: Stage, path: str, hours: float) -> None:
    answer = told(stage, path, {"domain": [PULL], "dataInterval": "5m"})
    series = next(iter(answer.values())) if "result" in answer else answer["data"]
    while "timestamp" not in series[0]:
        series = next(value for value in series[0].values() if isinstance(value, list))
    assert len(series) == hours * 12


@pytest.mark.parametrize(
    ("path", "inner"),
    [
        (TOTAL, "data"),
        ("/api/report/flow/domain-country", "result"),
        ("/api/report/flow-request/multi-ip-version", "data"),
        ("/api/report/flow/isp-province/hit-rate/detail", "data"),
    ],
)
def test_unknown_domains_are_dropped_where_the_contract_says_so(stage: Stage, path: str, inner: str) -> None:
    fields = {**ASKED[path], **window(stage), "domain": ["pull.elsewhere.net", PULL, PULL]}
    assert [row["domain"] for row in told(stage, path, fields)[inner]] == [PULL]
    fields["domain"] = ["pull.elsewhere.net"]
    assert told(stage, path, fields)[inner] == []


def test_no_domains_ask_for_all_that_the_account_has(stage: Stage) -> None:
    channel = stage.sample("Channel", pushDomain="ingest.studio.example.com")
    stage.up("Channel", **channel)
    stage.up("PullChannel", **stage.sample("PullChannel", pullDomain="guest.example.com"))
    rows = told(stage, "/api/report/flow-request", {**window(stage), "groupBy": ["domain"]})["result"]
    names = ["guest", "ingest.studio", "live", "pull", "pull.studio", "push"]
    assert [row["domain"] for row in rows] == [f"{name}.example.com" for name in names]


def test_all_domains_are_refused_when_there_are_too_many(stage: Stage) -> None:
    for number in range(18):
        stage.up("PullChannel", **stage.sample("PullChannel", pullDomain=f"p{number}.example.com"))
    assert refusal(ask(stage, TOTAL, window(stage))) == (400, "24102019")
    assert ask(stage, "/api/report/flow/area", {**window(stage), "areaCode": "cn"}).status_code == 200


@pytest.fixture
def unlimited(clock: FakeClock) -> Iterator[Stage]:
    with running(quota=0, now=clock.now, limits=False) as (port, platform):
        yield Stage(port, platform, clock)


def test_without_limits_a_window_may_be_long_and_old_and_name_many(unlimited: Stage) -> None:
    fields = {"domain": many(30), "dataInterval": "1h", **window(unlimited, days=-1000, hours=60 * 24)}
    rows = told(unlimited, PLACE, {**fields, "groupBy": ["domain"]})["result"]
    assert len(rows) == 30
    assert len(rows[0]["ispData"][0]["provinceData"][0]["flowData"]) == 60 * 24
    assert refusal(ask(unlimited, PLACE, {**fields, "dateTo": fields["dateFrom"]})) == (400, "24102006")
