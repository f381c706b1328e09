"""The figures of Volcengine's actions: buckets, units, pages, and that all adds up, in however many calls."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from kit import Stage
from report_kit import LIVE, PULL, ZONE, at, result, told

SESSIONS = "DescribeLiveStreamSessionData"
SOURCE = "DescribeLiveSourceTrafficData"
EDGE = "DescribeLiveEdgeStatData"
CODES = "DescribeLivePlayStatusCodeData"
COUNT = "DescribeLiveStreamCountData"
BATCH_SESSIONS = "DescribeLiveBatchStreamSessionData"
BATCH_TRAFFIC = "DescribeLiveBatchStreamTrafficData"
PUSHES = "DescribeLivePushStreamInfoData"
TASKS = "DescribeLiveTranscodeInfoData"
TOP = "DescribeLiveTopPlayData"
PUSH_METRICS = "DescribeLiveBatchPushStreamMetrics"
ONE = {"Domain": PULL, "App": "live", "Stream": "main"}
BOTH = [PULL, LIVE]
SERIES = {
    SESSIONS: "SessionDataList",
    SOURCE: "TrafficDataList",
    EDGE: "EdgeStatDataList",
    CODES: "StatusDataList",
    COUNT: "TotalStreamDataList",
    "DescribeLivePushStreamMetrics": "MetricList",
    "DescribeLiveSourceStreamMetrics": "MetricList",
}


def between(stage: Stage, start: float, end: float) -> dict[str, str]:
    """A window in hours from a midnight."""
    return {"StartTime": at(stage, hours=start).isoformat(), "EndTime": at(stage, hours=end).isoformat()}


def ask(stage: Stage, action: str, hours: float = 1, **fields: Any) -> Any:
    return result(stage, action, {**between(stage, 0, hours), **fields})


@pytest.mark.parametrize("action", sorted(SERIES))
def test_a_window_cut_in_two_has_the_buckets_of_the_whole(stage: Stage, action: str) -> None:
    fields = ONE if SERIES[action] == "MetricList" else {"DomainList": BOTH}
    whole, early, late = (
        result(stage, action, {**fields, **between(stage, *hours)})[SERIES[action]]
        for hours in ((0, 3), (0, 1), (1, 3))
    )
    assert early + late == whole
    assert whole[-1]["TimeStamp"].endswith("+08:00")
    if fields is not ONE:
        assert whole[0]["TimeStamp"] == at(stage).isoformat()


def test_coarse_buckets_are_sums_and_largest_levels_of_fine_ones(stage: Stage) -> None:
    fine = ask(stage, SESSIONS, Aggregation=60, DomainList=BOTH)["SessionDataList"]
    coarse = ask(stage, SESSIONS, DomainList=BOTH)["SessionDataList"]
    parts = [fine[slot * 5 : slot * 5 + 5] for slot in range(12)]
    assert [bucket["Request"] for bucket in coarse] == [sum(one["Request"] for one in part) for part in parts]
    assert [bucket["OnlineUser"] for bucket in coarse] == [max(one["OnlineUser"] for one in part) for part in parts]
    hour = ask(stage, EDGE, Aggregation=3600)["EdgeStatDataList"]
    fives = ask(stage, EDGE)["EdgeStatDataList"]
    for name in ("DownTraffic", "UpTraffic", "Request"):
        assert hour[0][name] == pytest.approx(sum(bucket[name] for bucket in fives), abs=1e-9)


def added(rows: list[list[dict[str, Any]]], names: tuple[str, ...]) -> list[list[float]]:
    return [
        [round(sum(bucket[name] for bucket in buckets), 6) for name in names] for buckets in zip(*rows, strict=True)
    ]


@pytest.mark.parametrize(
    ("action", "split", "names"),
    [
        (SESSIONS, {"DetailField": ["Domain"]}, ("OnlineUser", "Request")),
        (SESSIONS, {"DetailField": ["Protocol"], "ProtocolList": ["RTMP", "SRT", "RTM"]}, ("OnlineUser", "Request")),
        (SESSIONS, {"DetailField": ["Domain", "ISP"], "ISPList": ["telecom", "huashu"]}, ("OnlineUser", "Request")),
        (SOURCE, {"DetailField": ["Domain"]}, ("Traffic", "Bandwidth")),
        (SOURCE, {"DetailField": ["ISP"], "ISPList": ["unicom", "mobile"]}, ("Traffic", "Bandwidth")),
        (EDGE, {"DetailField": ["Domain"]}, ("DownTraffic", "UpTraffic", "DownBandwidth", "UpBandwidth", "Request")),
        (EDGE, {"DetailField": ["Protocol", "Area", "UserCountry"]}, ("DownTraffic", "Request")),
        (EDGE, {"DetailField": ["ISP", "Country"]}, ("DownTraffic", "DownBandwidth")),
        (EDGE, {"DetailField": ["Province"], "RegionList": [{"Area": "CN"}]}, ("DownTraffic", "Request")),
        (COUNT, {"DetailField": ["Domain"], "StreamType": ["push", "transcode"]}, ("PeakCount",)),
    ],
)
def test_the_rows_of_a_split_add_up_to_the_whole(
    stage: Stage, action: str, split: dict[str, Any], names: tuple[str, ...]
) -> None:
    answer = ask(stage, action, DomainList=BOTH, **split)
    rows = next(value for name, value in answer.items() if name.endswith(("DetailDataList",)))
    assert len(rows) > 1
    keys = [tuple(row[name] for name in split["DetailField"]) for row in rows]
    assert len(set(keys)) == len(keys)
    assert added([row[SERIES[action]] for row in rows], names) == added([answer[SERIES[action]]], names)


def test_a_filter_gives_the_row_of_the_split(stage: Stage) -> None:
    rows = ask(stage, EDGE, DetailField=["ISP", "UserProvince"])["EdgeStatDetailDataList"]
    row = next(row for row in rows if (row["ISP"], row["UserProvince"]) == ("telecom", "beijing"))
    region = {"Area": "CN", "Country": "CN", "Province": "beijing"}
    same = ask(stage, EDGE, ISPList=["telecom"], UserRegionList=[region])
    assert same["EdgeStatDataList"] == row["EdgeStatDataList"]
    assert len({row["UserProvince"] for row in rows}) == 31


@pytest.mark.parametrize(
    ("action", "fields"),
    [
        (SESSIONS, {"DomainList": [PULL], "DetailField": ["Domain"]}),
        (SESSIONS, {"DetailField": ["ISP"]}),
        (SESSIONS, {"DetailField": ["Protocol"], "ProtocolList": ["RTMP"]}),
        (SOURCE, {"DetailField": ["ISP"], "ISPList": ["telecom", "telecom"]}),
        (CODES, {"DetailField": ["Domain"]}),
        (COUNT, {"DetailField": ["ISP"], "ISPList": ["telecom", "mobile"]}),
    ],
)
def test_a_split_without_effect_has_no_rows(stage: Stage, action: str, fields: dict[str, Any]) -> None:
    answer = ask(stage, action, **fields)
    assert not [name for name in answer if name.endswith("DetailDataList")]
    assert answer["DetailField"] == fields["DetailField"]


def test_totals_and_peaks_are_those_of_the_buckets(stage: Stage) -> None:
    sessions = ask(stage, SESSIONS, 24, DomainList=BOTH, DetailField=["Domain"])
    for row in (sessions, *sessions["SessionDetailDataList"]):
        assert row["PeakOnlineUser"] == max(bucket["OnlineUser"] for bucket in row["SessionDataList"])
        assert row["TotalRequest"] == sum(bucket["Request"] for bucket in row["SessionDataList"])
    edge = ask(stage, EDGE, 24)
    for way in ("Down", "Up"):
        assert edge[f"Peak{way}Bandwidth"] == max(bucket[f"{way}Bandwidth"] for bucket in edge["EdgeStatDataList"])
        total = sum(bucket[f"{way}Traffic"] for bucket in edge["EdgeStatDataList"])
        assert edge[f"Total{way}Traffic"] == pytest.approx(total, abs=1e-6)
    count = ask(stage, COUNT, 24)
    assert count["PeakCount"] == max(bucket["PeakCount"] for bucket in count["TotalStreamDataList"])


def test_gigabytes_are_a_thousand_of_wangsus_megabytes(stage: Stage) -> None:
    """Both vendors tell of the same imagined viewers."""
    dates = {"dateFrom": at(stage).isoformat(), "dateTo": at(stage, hours=1).isoformat()}
    rows = told(stage, "/api/report/flow-request", {"domain": [PULL], **dates})["result"]
    answer = ask(stage, EDGE, DomainList=[PULL])
    assert answer["TotalDownTraffic"] * 1000 == pytest.approx(float(rows[0]["totalFlow"]), abs=0.01)
    assert answer["TotalRequest"] == float(rows[0]["totalRequest"])
    bucket = answer["EdgeStatDataList"][0]
    assert bucket["DownBandwidth"] == pytest.approx(bucket["DownTraffic"] * 8000 / 300, abs=1e-6)
    ranked = ask(stage, TOP, QueryType="Domain", DomainList=[PULL])["DataItemList"][0]
    assert ranked["TotalTraffic"] == pytest.approx(answer["TotalDownTraffic"] * 1e9)
    assert ranked["AvgBandwidth"] == pytest.approx(ranked["TotalTraffic"] * 8 / 3600)
    assert ranked["PeakBandwidth"] == pytest.approx(ranked["AvgBandwidth"], abs=1)


def test_viewers_are_counted_in_three_ways(stage: Stage) -> None:
    peaks = {
        way: ask(stage, SESSIONS, OnlineUserType=way)["PeakOnlineUser"] for way in ("Online", "Viewer", "ClientIP")
    }
    assert len(set(peaks.values())) == 3
    assert ask(stage, SESSIONS)["PeakOnlineUser"] == peaks["Online"]


def test_status_codes_have_their_share(stage: Stage) -> None:
    answer = ask(stage, CODES, DomainList=BOTH, DetailField=["Domain"], Aggregation=300)
    total = sum(row["Value"] for row in answer["StatusSummaryDataList"])
    for row in answer["StatusSummaryDataList"]:
        assert row["Percent"] == round(100 * row["Value"] / total, 6)
        inside = [one for bucket in answer["StatusDataList"] for one in bucket["StatusSummaryDataList"]]
        assert sum(one["Value"] for one in inside if one["StatusCode"] == row["StatusCode"]) == row["Value"]
    requests = ask(stage, SESSIONS, DomainList=BOTH)["TotalRequest"]
    assert total == requests
    assert ask(stage, CODES, Type="Source")["StatusSummaryDataList"] != answer["StatusSummaryDataList"]
    assert [row["Domain"] for row in answer["StatusDetailDataList"]] == BOTH


def test_a_stream_is_a_part_of_its_domain_and_one_that_nobody_knows_is_empty(stage: Stage) -> None:
    stream = ask(stage, SESSIONS, 24, **ONE)
    assert 0 < stream["TotalRequest"] < ask(stage, SESSIONS, 24, Domain=PULL)["TotalRequest"]
    edge = ask(stage, EDGE, 24, DomainList=[PULL], StreamList=["main"], AppList=["live"])
    assert edge["TotalRequest"] == stream["TotalRequest"]
    unknown = ask(stage, SESSIONS, 24, Domain=PULL, App="sport", Stream="final")
    assert (unknown["App"], unknown["TotalRequest"], unknown["SessionDataList"]) == ("sport", 0, [])
    for action in ("DescribeLivePushStreamMetrics", "DescribeLiveSourceStreamMetrics"):
        assert ask(stage, action, 24, Domain=PULL, App="sport", Stream="final")["MetricList"] == []


def test_a_stream_has_buckets_while_it_is_pushed(stage: Stage) -> None:
    """What is told of pushes, and what is told by bucket, is one story."""
    backup = {**ONE, "Stream": "backup"}
    sessions = ask(stage, PUSHES, 24, DomainList=[PULL], App="live", Stream="backup")["PushStreamInfoDataList"]
    spans = [tuple(datetime.fromisoformat(row[name]) for name in ("StartTime", "EndTime")) for row in sessions]
    by_bucket = {
        action: [datetime.fromisoformat(row["TimeStamp"]) for row in ask(stage, action, 24, **backup)[SERIES[action]]]
        for action in (SESSIONS, SOURCE, "DescribeLivePushStreamMetrics")
    }
    for action, starts in by_bucket.items():
        length = timedelta(seconds=30 if SERIES[action] == "MetricList" else 300)
        assert starts
        assert all(any(start < end and begin < start + length for begin, end in spans) for start in starts)
        assert len(starts) * length >= sum((end - begin for begin, end in spans), timedelta())
    quiet = ask(stage, PUSH_METRICS, 6, Domain=PULL)["StreamMetricList"]
    assert [bool(row["MetricList"]) for row in quiet] == [True, False, False]


@pytest.mark.parametrize(
    ("action", "sums", "peaks"),
    [(BATCH_SESSIONS, ("TotalRequest",), ("PeakOnlineUser",)), (BATCH_TRAFFIC, ("DownTraffic", "UpTraffic"), ())],
)
def test_rows_by_stream_of_a_window_cut_in_two(
    stage: Stage, action: str, sums: tuple[str, ...], peaks: tuple[str, ...]
) -> None:
    whole, early, late = (
        result(stage, action, {"DomainList": BOTH, **between(stage, *hours)})
        for hours in ((18, 24), (18, 20), (20, 24))
    )
    by_stream = [
        {(row["Domain"], row["Stream"]): row for row in answer["StreamInfoList"]} for answer in (whole, early, late)
    ]
    assert by_stream[0].keys() == by_stream[1].keys() | by_stream[2].keys()
    for key, row in by_stream[0].items():
        parts = [held[key] for held in by_stream[1:] if key in held]
        for name in sums:
            assert row[name] == pytest.approx(sum(part[name] for part in parts), abs=1e-9)
        for name in peaks:
            assert row[name] == max(part[name] for part in parts)
            assert row[name] <= whole[name] == max(early[name], late[name])
    for name in sums:
        total = whole[name if name.startswith("Total") else f"Total{name}"]
        assert total == pytest.approx(sum(row[name] for row in whole["StreamInfoList"]), abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("action", "rows", "page", "kind"),
    [
        (BATCH_SESSIONS, "StreamInfoList", "PageNum", int),
        (BATCH_TRAFFIC, "StreamInfoList", "PageNum", int),
        (PUSHES, "PushStreamInfoDataList", "PageCur", int),
        (TASKS, "TranscodeInfoDataList", "PageCur", int),
        (TOP, "DataItemList", "PageNum", str),
    ],
)
def test_pages_in_three_styles(stage: Stage, action: str, rows: str, page: str, kind: type) -> None:
    fields = {"DomainList": [f"d{number}.example.com" for number in range(50)]}
    pages = [ask(stage, action, 24, PageSize=kind(100), PageNum=kind(number), **fields) for number in (1, 2, 100)]
    total = int(pages[0]["Pagination"]["TotalCount"])
    assert [len(one[rows]) for one in pages] == [100, min(total, 200) - 100, 0]
    for number, one in zip((1, 2, 100), pages, strict=True):
        assert one["Pagination"] == {page: kind(number), "PageSize": kind(100), "TotalCount": kind(total)}
    ids = [str(row) for one in pages for row in one[rows]]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize(
    ("sort_by", "kind"), [("PeakBandwidth", "Stream"), ("AvgBandwidth", "Domain"), ("TotalTraffic", "Stream")]
)
def test_rankings_are_sorted_and_end_at_1000(stage: Stage, sort_by: str, kind: str) -> None:
    fields = {"DomainList": [f"d{number}.example.com" for number in range(350)], "PageSize": "1000"}
    answer = ask(stage, TOP, 24, SortBy=sort_by, QueryType=kind, **fields)
    ranked = [row[sort_by] for row in answer["DataItemList"]]
    assert ranked == sorted(ranked, reverse=True)
    assert len(ranked) == (1000 if kind == "Stream" else 350)
    assert ("Stream" in answer["DataItemList"][0]) == (kind == "Stream")
    assert answer["VhostList"] == []


def test_rankings_of_domain_spaces(stage: Stage) -> None:
    answer = ask(stage, TOP, VhostList=[PULL], QueryType="Domain")
    assert [row["Domain"] for row in answer["DataItemList"]] == answer["VhostList"] == [PULL]


def test_pushes_that_began_in_the_window_and_have_ended(stage: Stage) -> None:
    fields = {"DomainList": [PULL], "PageSize": 1000}
    whole = ask(stage, PUSHES, 48, **fields)["PushStreamInfoDataList"]
    halves = [
        result(stage, PUSHES, {**fields, **between(stage, *hours)})["PushStreamInfoDataList"]
        for hours in ((0, 13.3), (13.3, 48))
    ]
    assert halves[0] + halves[1] == whole
    for row in whole:
        start, end = (datetime.fromisoformat(row[name]) for name in ("StartTime", "EndTime"))
        assert (end - start).total_seconds() == row["Duration"] > 0
        assert at(stage) <= start < at(stage, days=2)
    ended = result(stage, PUSHES, {**fields, **between(stage, 48, 96)})["PushStreamInfoDataList"]
    assert all(row["EndTime"] <= datetime.fromtimestamp(stage.clock.now(), ZONE).isoformat() for row in ended)
    one = ask(stage, PUSHES, 48, **fields, Stream="main")["PushStreamInfoDataList"]
    assert one == [row for row in whole if row["Stream"] == "main"]
    assert ask(stage, PUSHES, 24, **fields, App="sport")["PushStreamInfoDataList"] == []


def test_wangsu_tells_of_the_same_pushes(stage: Stage) -> None:
    days = {"dateFrom": f"{at(stage):%Y-%m-%d}", "dateTo": f"{at(stage, days=1):%Y-%m-%d}"}
    asked = {"domainStream": [{"domain": PULL, "stream": ["live/main"]}], **days}
    durations = told(stage, "/api/report/domain/stream/duration", asked)["data"][0]["streamList"][0]
    rows = ask(stage, PUSHES, 24, DomainList=[PULL], App="live", Stream="main")["PushStreamInfoDataList"]
    assert [item["duration"] for item in durations["durationDetailList"]] == [row["Duration"] * 1000 for row in rows]


def test_transcode_tasks_by_kind(stage: Stage) -> None:
    fields = {"DomainList": [PULL], "PageSize": 1000}
    every = ask(stage, TASKS, 48, **fields)["TranscodeInfoDataList"]
    assert len({row["TaskID"] for row in every}) == len(every)
    for row in every:
        start, end = (datetime.fromisoformat(row[name]) for name in ("StartTime", "EndTime"))
        assert row["Duration"] == pytest.approx((end - start) / timedelta(minutes=1), abs=1e-6)
    some = ask(stage, TASKS, 48, **fields, Resolution=["720P"])["TranscodeInfoDataList"]
    assert some == [row for row in every if row["Resolution"] == "720P"]
    codec = every[0]["TranscodeType"]
    some = ask(stage, TASKS, 48, **fields, TranscodeType=[codec])["TranscodeInfoDataList"]
    assert some == [row for row in every if row["TranscodeType"] == codec]


def test_quality_is_sampled_every_5_seconds_and_folded(stage: Stage) -> None:
    asked = {**ONE, **between(stage, 1, 1 + 1 / 60)}
    single = result(stage, "DescribeLivePushStreamMetrics", {**asked, "Aggregation": 5})["MetricList"]
    assert [row["TimeStamp"][17:19] for row in single] == [f"{second:02d}" for second in range(0, 60, 5)]
    folded = {
        fold: result(stage, PUSH_METRICS, {**asked, "Aggregation": 60, "AggType": fold})["StreamMetricList"][0][
            "MetricList"
        ]
        for fold in ("max", "avg")
    }
    for name in ("Bitrate", "Framerate", "AudioBitrate", "VideoFrameGap", "PtsDelta"):
        samples = [row[name] for row in single]
        assert folded["max"][0][name] == max(samples)
        assert folded["avg"][0][name] == pytest.approx(sum(samples) / 12, abs=1e-5)
    assert folded["max"][0]["VideoPts"] == single[-1]["VideoPts"] == single[0]["VideoPts"] + 55_000
    assert result(stage, PUSH_METRICS, asked)["StreamMetricList"][0]["MetricList"] == folded["max"]


def test_quality_of_every_stream_of_a_domain(stage: Stage) -> None:
    answer = result(stage, PUSH_METRICS, {"Domain": PULL, **between(stage, 1, 1.2)})
    assert [stream["Stream"] for stream in answer["StreamMetricList"]] == ["main", "backup", "mobile"]
    assert len({stream["SessionID"] for stream in answer["StreamMetricList"]}) == 3
    rows = answer["StreamMetricList"][0]["MetricList"]
    (push, *_) = ask(stage, PUSHES, 24, DomainList=[PULL], App="live", Stream="main")["PushStreamInfoDataList"]
    assert {row["StreamBeginTime"] for row in rows} == {datetime.fromisoformat(push["StartTime"]).timestamp() * 1000}
    assert all(re.fullmatch(r"\d+x\d+", row["Resolution"]) for row in rows)


def test_buckets_of_the_future_are_absent(stage: Stage) -> None:
    stage.clock.let_pass((22.5 * 60 - stage.clock.now()) % 3600)
    now = datetime.fromtimestamp(stage.clock.now(), ZONE)
    fields = {
        "StartTime": (now - timedelta(minutes=22.5)).isoformat(),
        "EndTime": (now + timedelta(hours=12)).isoformat(),
    }
    assert len(result(stage, EDGE, fields)["EdgeStatDataList"]) == 5
    assert len(result(stage, "DescribeLiveSourceStreamMetrics", {**ONE, **fields})["MetricList"]) == 45
    later = {"StartTime": (now + timedelta(hours=1)).isoformat(), "EndTime": (now + timedelta(hours=2)).isoformat()}
    assert result(stage, EDGE, later)["EdgeStatDataList"] == []
    assert ask(stage, EDGE, 0)["TotalDownTraffic"] == 0.0
