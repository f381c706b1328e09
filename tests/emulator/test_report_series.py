"""The figures of Wangsu's reports: slots, labels, and that all adds up, whatever is asked and in how many calls."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from kit import FakeClock, Stage
from pulumi_livechannels.emulator.server import running
from report_kit import LIVE, PULL, ZONE, at, first_list, told, values, window

PLACE = "/api/report/flow/isp-province"
TOTAL = "/api/report/flow/isp-province/total"
BYTES = "/api/report/flow/byte"
DOMAIN = "/api/report/domainflow"
BOTH = [PULL, LIVE]


def labels(answer: Any) -> list[str]:
    return [row["timestamp"] for row in first_list(answer)]


def place(stage: Stage, hours: float, start: float = 0, **fields: Any) -> Any:
    dates = {
        "dateFrom": at(stage, hours=start).isoformat(),
        "dateTo": at(stage, hours=start + hours).isoformat(),
    }
    return told(stage, PLACE, {"domain": [PULL], **dates, **fields})


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        (PLACE, {"domain": BOTH, "groupBy": ["domain", "isp"]}),
        (TOTAL, {"domain": BOTH, "dataInterval": "1m"}),
        (BYTES, {"dataInterval": "5m"}),
        ("/api/report/flow-request", {"domain": BOTH}),
        ("/api/report/flow/p2p/share-ratio", {"domain": BOTH}),
        ("/api/report/flow/isp-province/hit-rate/total", {"domain": BOTH}),
        ("/api/report/flow/domain-country", {"domain": BOTH, "groupBy": ["country"]}),
        ("/api/report/flow/stream/detail", {"domainStream": [{"domain": PULL}], "dataType": "bandwidth"}),
    ],
)
def test_a_window_cut_in_two_has_the_slots_of_the_whole(stage: Stage, path: str, fields: dict[str, Any]) -> None:
    whole, early, late = (
        first_list(told(stage, path, {**fields, "dateFrom": start, "dateTo": end}))
        for start, end in (
            (at(stage).isoformat(), at(stage, hours=3).isoformat()),
            (at(stage).isoformat(), at(stage, hours=1).isoformat()),
            (at(stage, hours=1).isoformat(), at(stage, hours=3).isoformat()),
        )
    )
    assert early + late == whole
    assert len(early) < len(late)


def test_days_are_the_sum_of_hours_and_hours_of_5_minutes(stage: Stage) -> None:
    dates = window(stage, hours=24)
    by_interval = [values(told(stage, BYTES, {**dates, "dataInterval": name}), "flow") for name in ("1d", "1h", "5m")]
    assert [len(flows) for flows in by_interval] == [1, 24, 288]
    assert by_interval[0] == [sum(by_interval[1])] == [sum(by_interval[2])]
    assert by_interval[1] == [sum(by_interval[2][hour * 12 : hour * 12 + 12]) for hour in range(24)]


def test_minutes_add_up_too(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage)}
    minutes = values(told(stage, TOTAL, {**fields, "dataInterval": "1m"}))
    fives = values(told(stage, TOTAL, {**fields, "dataInterval": "5m"}))
    assert fives == [sum(minutes[slot * 5 : slot * 5 + 5]) for slot in range(12)]


def test_bytes_are_megabytes(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage)}
    megabytes = values(told(stage, PLACE, fields))
    assert values(told(stage, f"{PLACE}/byte", fields)) == [value * 1_000_000 for value in megabytes]


def flattened(answer: Any, name: str) -> list[list[Decimal]]:
    """Each province's values, of whichever carrier and domain."""
    return [
        [Decimal(row[name]) for row in province["flowData"]]
        for domain in answer["result"]
        for isp in domain["ispData"]
        for province in isp["provinceData"]
    ]


@pytest.mark.parametrize("name", ["value", "bandwidth"])
@pytest.mark.parametrize(
    "groups", [["isp"], ["province"], ["isp", "province"], ["domain"], ["domain", "isp", "province"]]
)
def test_groups_add_up_to_the_whole(stage: Stage, groups: list[str], name: str) -> None:
    whole = flattened(place(stage, 2, domain=BOTH), name)
    parts = flattened(place(stage, 2, domain=BOTH, groupBy=groups), name)
    assert len(whole) == 1
    assert len(parts) > 1
    assert [sum(column) for column in zip(*parts, strict=True)] == whole[0]


def test_a_filter_gives_the_row_of_the_group(stage: Stage) -> None:
    grouped = place(stage, 1, groupBy=["isp"])["result"][0]["ispData"]
    named = {row["isp"]: row["provinceData"] for row in grouped}
    assert place(stage, 1, isp=["电信"])["result"][0]["ispData"][0]["provinceData"] == named["电信"]
    assert set(named) == {"电信", "联通", "移动", "其他"}


def test_hits_are_a_part_of_the_whole_with_its_ratio(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage), "groupBy": ["isp", "province"]}
    whole = told(stage, PLACE, fields)["result"][0]["ispData"]
    hits = told(stage, "/api/report/flow/hit-rate/isp-province", fields)["result"][0]["ispData"]
    for isp, hit_isp in zip(whole, hits, strict=True):
        for province, hit_province in zip(isp["provinceData"], hit_isp["provinceData"], strict=True):
            for slot, hit in zip(province["flowData"], hit_province["hitRateData"], strict=True):
                assert 0 <= Decimal(hit["hitFlow"]) <= Decimal(slot["value"])
                traffic = float(slot["value"])
                assert hit["value"] == f"{float(hit['hitFlow']) / traffic if traffic else 0:.4f}"


def test_requests_can_be_asked_instead_of_traffic(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage), "dataInterval": "5m", "queryBy": "request"}
    whole = values(told(stage, TOTAL, fields))
    hits = values(told(stage, "/api/report/flow/isp-province/hit-rate/total", fields), "hitValue")
    assert all(hit == int(hit) and 0 < hit <= every for hit, every in zip(hits, whole, strict=True))
    versions = first_list(told(stage, "/api/report/flow-request/multi-ip-version", fields))
    assert [int(row["v4Value"]) + int(row["v6Value"]) for row in versions] == whole


def test_bandwidth_is_the_traffic_over_the_slot(stage: Stage) -> None:
    for row in first_list(place(stage, 1)):
        assert abs(Decimal(row["value"]) * 8 / 300 - Decimal(row["bandwidth"])) <= Decimal("0.005")


def test_protocols_versions_and_origins_add_up(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage)}
    whole = values(told(stage, PLACE, fields))
    protocol = "/api/report/flow/protocol"
    secure = told(stage, protocol, fields)
    plain = told(stage, protocol, {**fields, "protocolType": "http"})
    assert [set(answer["result"][0]) for answer in (secure, plain)] == [{"httpsFlowData"}, {"httpFlowData"}]
    assert [sum(pair) for pair in zip(values(secure), values(plain), strict=True)] == whole
    origin = "/api/report/flow-request/origin"
    every, site = (values(told(stage, origin, {**fields, "backsrcOnly": only}), "flow") for only in (0, 1))
    assert all(0 < part < all_ for part, all_ in zip(site, every, strict=True))


@pytest.mark.parametrize(
    ("path", "time_name"),
    [("/api/report/flow-request", "peakTime"), ("/api/report/flow-request/origin", "peakBandwidthTime")],
)
def test_totals_are_those_of_the_slots_and_peaks_off_their_grid(stage: Stage, path: str, time_name: str) -> None:
    row, early, late = (
        told(stage, path, {"domain": BOTH, "dateFrom": start, "dateTo": end})["result"][0]
        for start, end in (
            (at(stage).isoformat(), at(stage, hours=24).isoformat()),
            (at(stage).isoformat(), at(stage, hours=20.5).isoformat()),
            (at(stage, hours=20.5).isoformat(), at(stage, hours=24).isoformat()),
        )
    )
    slots = first_list(row)
    assert Decimal(row["totalFlow"]) == sum(Decimal(slot["flow"]) for slot in slots)
    assert int(row["totalRequest"]) == sum(int(slot["request"]) for slot in slots)
    assert Decimal(row["peakBandwidth"]) > max(Decimal(slot["bandwidth"]) for slot in slots)
    assert row[time_name] not in {slot["timestamp"] for slot in slots}, "the busiest minute"
    highest = max((early, late), key=lambda part: Decimal(part["peakBandwidth"]))
    assert (row["peakBandwidth"], row[time_name]) == (highest["peakBandwidth"], highest[time_name])
    busiest = max(slots, key=lambda slot: int(slot["request"]))
    assert (row["peakRequest"], row["peakRequestTime"]) == (busiest["request"], busiest["timestamp"])


def test_averages_and_percentages_are_those_of_the_printed_rows(stage: Stage) -> None:
    fields = {"domain": BOTH, **window(stage, hours=24)}
    saving = told(stage, "/api/report/request/saving-bandwidth/total", {**fields, "dataInterval": "1h"})["data"][0]
    printed = [float(row["savingBandwidth"]) for row in saving["savingBandwidthDatas"]]
    assert saving["totalAvg"] == round(sum(printed) / 24, 4)
    edge = told(stage, "/api/report/flow/edge-hit-ratio/total", fields)["result"][0]
    printed = [float(row["edgeHitRatio"]) for row in edge["hitRatioDatas"]]
    assert edge["totalAvg"] == f"{sum(printed) / 1440:.4f}"
    assert all(0.5 < value < 1 for value in printed)
    country = {**fields, "dataInterval": "5m", "groupBy": ["domain", "country"]}
    for row in told(stage, "/api/report/flow/domain-country", country)["result"]:
        sums = [float(held["flowSum"]) for held in row["countryData"]]
        assert [held["flowPercentage"] for held in row["countryData"]] == [
            f"{100 * one / sum(sums):.2f}" for one in sums
        ]
        assert all(Decimal(held["flowSum"]) == sum(values(held)) for held in row["countryData"])


def test_countries_at_home_and_abroad(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage)}
    path = "/api/report/flow/domain-country"
    (merged,) = told(stage, path, fields)["result"][0]["countryData"]
    assert set(merged) == {"flowSum", "flowPercentage", "flowData"}
    assert merged["flowPercentage"] == "100.00"
    sides = told(stage, path, {**fields, "groupBy": ["aggregatedOversea"]})["result"][0]["countryData"]
    assert [side["countryCode"] for side in sides] == ["cn", "oversea"]
    assert sum(Decimal(side["flowSum"]) for side in sides) == Decimal(merged["flowSum"])
    few = told(stage, path, {**fields, "groupBy": ["country"], "countryCode": ["HK", "fr"]})["result"][0]["countryData"]
    assert [(row["countryCode"], Decimal(row["flowSum"]) > 0) for row in few] == [("hk", True), ("fr", False)]


def test_labels_are_ends_of_slots_and_midnight_is_the_next_day(stage: Stage) -> None:
    day, after = f"{at(stage):%Y-%m-%d}", f"{at(stage, days=1):%Y-%m-%d}"
    fives = labels(place(stage, 24))
    assert (fives[0], fives[-1]) == (f"{day} 00:05", f"{after} 00:00")
    hours = labels(place(stage, 24, dataInterval="1h"))
    assert (hours[0], hours[-1], len(hours)) == (f"{day} 01", f"{after} 00", 24)
    assert labels(told(stage, BYTES, {**window(stage, hours=48), "dataInterval": "1d"})) == [day, after]


def test_three_reports_write_midnight_as_24(stage: Stage) -> None:
    day = f"{at(stage):%Y-%m-%d}"
    dates = window(stage, hours=24)
    asked = {
        DOMAIN: {"domain-list": {"domain-name": [PULL]}},
        "/api/report/flow": {},
        "/api/report/flow/area": {"areaCode": "cn"},
    }
    for path, fields in asked.items():
        when = {name.lower(): date for name, date in dates.items()} if path == "/api/report/flow" else dates
        name, words = (
            ("dataInterval", ("5m", "1h", "1d")) if "area" in path else ("type", ("fiveminutes", "hourly", "daily"))
        )
        ends = [labels(told(stage, path, {**fields, **when, name: word}))[-1] for word in words]
        assert ends == [f"{day} 24:00", f"{day} 24", day]


def test_flow_summary_is_the_sum_and_numbers_are_as_the_contract_has_them(stage: Stage) -> None:
    fields = {"domain-list": {"domain-name": BOTH}, **window(stage, hours=24), "type": "hourly"}
    answer = told(stage, DOMAIN, fields)
    assert isinstance(answer["flow-summary"], float)
    assert Decimal(str(answer["flow-summary"])) == sum(values(answer, "flow"))
    each = [values(told(stage, DOMAIN, {**fields, "domain-list": {"domain-name": [name]}}), "flow") for name in BOTH]
    assert [sum(pair) for pair in zip(*each, strict=True)] == values(answer, "flow")


def test_areas_add_up(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage, hours=24), "dataInterval": "1h"}
    path = "/api/report/flow/area"
    parts = [values(told(stage, path, {**fields, "areaCode": code}), "flow") for code in ("cn", "hk")]
    together = values(told(stage, path, {**fields, "areaCode": "hk;cn"}), "flow")
    assert [sum(pair) for pair in zip(*parts, strict=True)] == together


def test_names_or_codes_by_language(stage: Stage) -> None:
    fields = {"domain": [PULL], **window(stage), "groupBy": ["isp", "province"], "province": ["beijing"]}
    for language, isp, province in (("zh-CN", "电信", "北京"), ("en-US", "telecom", "beijing"), ("fr", "电信", "北京")):
        row = told(stage, PLACE, {**fields, "isp": [isp]}, Accept_Language=language)["result"][0]["ispData"][0]
        assert (row["isp"], row["provinceData"][0]["province"]) == (isp, province)
    recent = told(stage, f"{PLACE}/shorttime", {**fields, "isp": ["telecom"]})["result"][0]["ispData"][0]
    assert recent["isp"] == "telecom"


def test_merged_levels_have_no_key(stage: Stage) -> None:
    (row,) = place(stage, 1, domain=BOTH)["result"]
    assert set(row) == {"ispData"}
    assert set(row["ispData"][0]) == {"provinceData"}
    assert set(row["ispData"][0]["provinceData"][0]) == {"flowData"}
    fields = {"domain": BOTH, **window(stage)}
    assert [row["domain"] for row in told(stage, TOTAL, fields)["data"]] == BOTH
    (row,) = told(stage, TOTAL, {**fields, "groupBy": "all"})["data"]
    assert set(row) == {"detailList"}


def test_times_with_another_offset_are_answered_at_east_8(stage: Stage) -> None:
    same = [
        place(stage, 2),
        told(
            stage,
            PLACE,
            {
                "domain": [PULL],
                "dateFrom": (at(stage) - timedelta(hours=13)).strftime("%Y-%m-%dT%H:%M:%S-05:00"),
                "dateTo": (at(stage) - timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S+00:00"),
            },
        ),
    ]
    assert same[0] == same[1]


def test_slots_of_the_future_are_absent_and_the_present_one_is_not_over(stage: Stage) -> None:
    """The clock stands at 22 and a half minutes past an hour, whenever the test runs."""
    stage.clock.let_pass((22.5 * 60 - stage.clock.now()) % 3600)
    now = datetime.fromtimestamp(stage.clock.now(), ZONE)
    start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    dates = {"dateFrom": start.isoformat(), "dateTo": (now + timedelta(days=1)).isoformat()}
    hours = values(told(stage, BYTES, {**dates, "dataInterval": "1h"}), "flow")
    fives = values(told(stage, BYTES, {**dates, "dataInterval": "5m"}), "flow")
    assert (len(hours), len(fives)) == (2, 12 + 5)
    assert [sum(fives[:12]), sum(fives[12:])] == hours
    assert 0 < fives[-1] < fives[-2]


def test_figures_are_those_of_the_seed(clock: FakeClock) -> None:
    seen = []
    for seed in (7, 7, 8):
        with running(quota=0, seed=seed, now=clock.now) as (port, platform):
            seen.append(place(Stage(port, platform, clock), 3))
    assert seen[0] == seen[1] != seen[2]


def test_evenings_are_busier_than_mornings(stage: Stage) -> None:
    flows = values(place(stage, 24, dataInterval="1h"))
    assert 19 <= flows.index(max(flows)) <= 22
    assert max(flows) > 3 * min(flows)


def test_directories_of_the_asked_depth(stage: Stage) -> None:
    path = "/api/report/flow/dir/info"
    fields = {
        "domainDir": [{"domain": PULL, "dir": ["/live/hd/", "/live", "x y/z"]}],
        **window(stage),
        "dirHierarchy": "2",
    }
    (row,) = told(stage, path, fields)["result"]
    assert [held["dir"] for held in row["details"]] == ["/live/hd/"]
    details = {"domainDir": [{"domain": PULL, "dir": ["live/hd"]}], **window(stage), "dataType": "flow"}
    (held,) = told(stage, "/api/report/flow/dir/detail", details)["result"][0]["details"]
    assert (held["totalFlow"], held["bandwidthPeakValue"]) == (
        row["details"][0]["totalFlow"],
        row["details"][0]["bandwidthPeakValue"],
    )
    secure, plain = (
        values(told(stage, "/api/report/flow/dir/detail", {**details, "protocolType": word}))
        for word in ("https", "http")
    )
    assert [sum(pair) for pair in zip(secure, plain, strict=True)] == values(held)


def test_exact_domains_of_a_wildcard(stage: Stage) -> None:
    path = "/api/report/flow/exact-domain"
    rows = told(stage, path, {"domain": ["*.shop.example.com", "*.elsewhere.net"], **window(stage)})["result"]
    assert [row["exactDomain"] for row in rows] == ["a.shop.example.com", "b.shop.example.com", "c.shop.example.com"]
    named = {"domain": [".example.com"], "exactDomain": [PULL, "x.elsewhere.net"], **window(stage)}
    (row,) = told(stage, path, named)["result"]
    assert values(row) == values(place(stage, 1))
