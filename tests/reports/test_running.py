"""What happens while a report is asked: slots, totals, failures, pages, settling numbers, and how many calls."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting import parts
from pulumi_livechannels.core.reporting.columns import columns
from pulumi_livechannels.core.reporting.slots import SECONDS, rfc3339, slot_of_label, time_text, up_to_slot
from pulumi_livechannels.ground import errors
from reports_kit import BY_NAME, midnight, query


@pytest.mark.parametrize(
    ("label", "interval", "start"),
    [
        ("2026-11-01 00:05", "5m", "2026-11-01T00:00:00+08:00"),
        ("2026-11-02 00:00", "5m", "2026-11-01T23:55:00+08:00"),
        ("2026-11-01 24:00", "5m", "2026-11-01T23:55:00+08:00"),
        ("2026-11-01 00:01", "1m", "2026-11-01T00:00:00+08:00"),
        ("2026-11-01 01", "1h", "2026-11-01T00:00:00+08:00"),
        ("2026-11-02 00", "1h", "2026-11-01T23:00:00+08:00"),
        ("2026-11-01 24", "1h", "2026-11-01T23:00:00+08:00"),
        ("2026-11-01", "1d", "2026-11-01T00:00:00+08:00"),
    ],
)
def test_a_label_is_the_end_of_its_slot_and_a_day_is_itself(label: str, interval: str, start: str) -> None:
    assert rfc3339(slot_of_label(label, SECONDS[interval])) == start


def test_times_of_the_vendors_become_rfc_3339() -> None:
    assert time_text("1628532000") == "2021-08-10T02:00:00+08:00"
    assert time_text(1723726121000) == "2024-08-15T20:48:41+08:00"
    assert time_text("2026-11-01 20:15") == "2026-11-01T20:15:00+08:00"
    assert time_text("2026-11-01T20:15:00+08:00") == "2026-11-01T20:15:00+08:00"


def test_a_day_is_a_day_of_the_vendors_zone_whatever_the_offset_of_the_question(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    start = midnight(stage.clock.now(), 3)
    inputs = {"domains": ["pull.example.com"], "interval": "1d"}
    from datetime import datetime, timezone

    utc = [datetime.fromtimestamp(start + day * 86400, timezone.utc).isoformat() for day in (0, 2)]
    (row,) = ask(stage.account, kind, {**inputs, "startTime": utc[0], "endTime": utc[1]})["rows"]
    assert [slot["time"] for slot in row["series"]] == [rfc3339(start), rfc3339(start + 86400)]


def test_slots_that_the_platform_adds_at_the_edges_are_not_told_and_not_counted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = BY_NAME["getShieldTraffic"]
    start = midnight(stage.clock.now(), 3)
    labels = [rfc3339(start + each)[:16].replace("T", " ") for each in (0, 300, 600, 900)]
    flows = [{"timestamp": label, "value": "1.00"} for label in labels]
    data = [{"domain": "a.example.com", "totalFlow": "4.00", "flowData": flows}]
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: data)
    inputs = {"domains": ["a.example.com"], "startTime": rfc3339(start), "endTime": rfc3339(start + 600)}
    (row,) = ask(stage.account, kind, inputs)["rows"]
    assert [slot["time"] for slot in row["series"]] == [rfc3339(start), rfc3339(start + 300)]
    assert row["totalTrafficMb"] == 2.0


def test_what_is_missing_is_absent_and_never_zero(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getTrafficAndRequestPeaks"]
    start = midnight(stage.clock.now(), 3)
    slot = {"timestamp": rfc3339(start + 300)[:16].replace("T", " "), "flow": "", "bandwidth": "-", "request": "0"}
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: [{"domain": "", "flowRequestData": [slot]}])
    inputs = {"startTime": rfc3339(start), "endTime": rfc3339(start + 3600)}
    answer = ask(stage.account, kind, inputs)
    assert answer["rows"] == [{"series": [{"time": rfc3339(start), "requests": 0}]}]


def test_what_cannot_be_read_is_an_error_and_no_number(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getShieldTraffic"]
    start = midnight(stage.clock.now(), 3)
    slot = {"timestamp": rfc3339(start + 300)[:16].replace("T", " "), "value": "many"}
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: [{"flowData": [slot]}])
    inputs = {"domains": ["a.example.com"], "startTime": rfc3339(start), "endTime": rfc3339(start + 3600)}
    with pytest.raises(errors.NoAnswerError, match="value is no number"):
        ask(stage.account, kind, inputs)


@pytest.mark.parametrize("kind", [BY_NAME["getTrafficAndRequestPeaks"], BY_NAME["getBatchStreamSessions"]])
def test_a_window_that_reaches_into_the_future_asks_about_the_past_alone(stage: Stage, kind: Any) -> None:
    now = stage.clock.now()
    grid = up_to_slot(now, 300)
    inputs = query(kind, now, startTime=rfc3339(grid - 3 * 86400), endTime=rfc3339(grid + 30 * 86400))
    assert ask(stage.account, kind, inputs)["rows"]
    assert stage.calls() <= 4


def test_a_domain_that_is_named_twice_is_counted_once(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    named = [f"d{number}.example.com" for number in range(20)]
    once = ask(stage.account, kind, query(kind, stage.clock.now(), domains=named))
    twice = ask(stage.account, kind, query(kind, stage.clock.now(), domains=[*named, "D0.example.com", *named]))
    assert twice == once
    assert stage.calls() == 2


def test_slots_that_still_change_are_told(stage: Stage) -> None:
    kind = BY_NAME["getTrafficByIspProvince"]
    now = stage.clock.now()
    grid = up_to_slot(now, 300)
    inputs = query(kind, now, interval="5m", startTime=rfc3339(grid - 7200), endTime=rfc3339(grid + 7200))
    settling = ask(stage.account, kind, inputs)["settlingFrom"]
    assert settling == rfc3339(up_to_slot(now - 15 * 60, 300) - (300 if (now - 900) % 300 else 0))
    assert "settlingFrom" not in ask(stage.account, kind, query(kind, now))


@pytest.mark.parametrize("vendor", ["getTrafficByIspProvince", "getBatchStreamSessions"])
def test_a_part_that_fails_fails_the_whole_and_is_named(stage: Stage, vendor: str) -> None:
    kind = BY_NAME[vendor]
    path = kind.path if kind.vendor == "wangsu" else kind.action
    stage.fault(path, "error-code", nth=2, code="24102008" if kind.vendor == "wangsu" else "InvalidDomain")
    inputs = query(kind, stage.clock.now(), days_ago=40, days=30)
    with pytest.raises(errors.RefusedError) as caught:
        ask(stage.account, kind, inputs)
    text = str(caught.value)
    assert text.startswith(f"{kind.name()}, part ")
    assert " of " in text.partition("(")[0]
    assert "+08:00 to " in text


@pytest.mark.slow
def test_a_fault_that_passes_is_survived_in_any_part(stage: Stage) -> None:
    kind = BY_NAME["getTrafficByIspProvince"]
    inputs = query(kind, stage.clock.now(), days_ago=30, days=28)
    whole = ask(stage.account, kind, inputs)
    stage.new_run()
    for nth, fault in ((1, "reset"), (2, "truncate"), (3, "throttle")):
        stage.fault(kind.path, fault, nth=nth)
    assert ask(stage.account, kind, inputs) == whole


def test_ten_questions_are_one_call(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    inputs = query(kind, stage.clock.now())
    together = threading.Barrier(10)

    def one(_: int) -> Any:
        together.wait()
        return ask(stage.account, kind, inputs)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(one, range(10)))
    assert stage.calls() == 1
    assert all(answer == answers[0] for answer in answers)
    stage.clock.let_pass(299)
    ask(stage.account, kind, dict(reversed(inputs.items())))
    assert stage.calls() == 1
    stage.clock.let_pass(2)
    ask(stage.account, kind, inputs)
    assert stage.calls() == 2, "after five minutes the platform may have something new"


def test_an_error_is_not_kept(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    stage.fault(kind.path, "error-code", code="24102008")
    with pytest.raises(errors.RefusedError):
        ask(stage.account, kind, query(kind, stage.clock.now()))
    assert ask(stage.account, kind, query(kind, stage.clock.now()))["rows"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "days", "domains", "calls"),
    [
        ("getDomainTraffic", 90, 100, 3 * 5),
        ("getTrafficByIspProvince", 90, 100, 13 * 5),
        ("getTrafficAndRequestPeaks", 3, 200, 3),
        ("getDirectoryTrafficSummary", 31, 3, 3),
    ],
)
def test_a_wide_question_takes_the_fewest_calls_possible(
    stage: Stage, name: str, days: int, domains: int, calls: int
) -> None:
    kind = BY_NAME[name]
    named = [f"d{number}.example.com" for number in range(domains)]
    words = {"groupBy": ["domain"]} if "group_by" in kind.Query.model_fields else {}
    interval = {"interval": "1h"} if "interval" in kind.Query.model_fields else {}
    ask(stage.account, kind, query(kind, stage.clock.now(), days + 1, days, domains=named, **words, **interval))
    assert stage.calls() == calls


def test_streams_are_asked_within_both_limits(stage: Stage) -> None:
    kind = BY_NAME["getStreamTraffic"]
    streams = [f"d{number}.example.com/live/{name}" for number in range(30) for name in ("main", "backup")]
    answer = ask(stage.account, kind, query(kind, stage.clock.now(), streams=streams))
    assert stage.calls() == 2, "20 domains a call"
    assert {f"{row['domain']}/{row['stream']}" for row in answer["rows"]} == set(streams)


@pytest.fixture
def one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes for everybody when one waits on the fake clock, so only one may wait at a time."""
    monkeypatch.setattr(parts, "SIDE_BY_SIDE", 1)


def test_an_account_budget_holds_for_the_parts_of_a_report(stage: Stage, one_by_one: None) -> None:
    stage.new_run(callsPerFiveMinutes="10")
    kind = BY_NAME["getTrafficAndRequestPeaks"]
    ask(stage.account, kind, query(kind, stage.clock.now(), days_ago=30, days=25))
    assert stage.calls() == 25
    times = [call["at"] for call in stage.platform.journal]
    assert all(later - sooner >= 300 for sooner, later in zip(times, times[10:], strict=False))


@pytest.mark.parametrize(
    ("name", "data", "where"),
    [
        ("getShieldTraffic", ["oops"], "the answer"),
        ("getShieldTraffic", [{"flowData": [None]}], "flowData"),
        ("getPlayStatusCodes", {"StatusDataList": [{"StatusSummaryDataList": [{"Value": 1}]}]}, "StatusCode"),
        ("getPushStreams", {"PushStreamInfoDataList": [1]}, "PushStreamInfoDataList"),
    ],
)
def test_an_answer_of_another_shape_is_an_error_that_says_where(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, name: str, data: Any, where: str
) -> None:
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: data)
    monkeypatch.setattr(stage.account.volcengine, "call", lambda *call: data)
    with pytest.raises(errors.NoAnswerError, match=where):
        ask(stage.account, BY_NAME[name], query(BY_NAME[name], stage.clock.now()))


def test_lists_that_are_null_are_empty(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = {"PushStreamInfoDataList": None, "Pagination": None}
    monkeypatch.setattr(stage.account.volcengine, "call", lambda *call: answer)
    kind = BY_NAME["getPushStreams"]
    assert ask(stage.account, kind, query(kind, stage.clock.now()))["rows"] == []


def pushes(stage: Stage, monkeypatch: pytest.MonkeyPatch, *told: tuple[int, int], days: int = 1) -> dict[str, Any]:
    """What the report of pushes answers where every call tells these, in seconds from the start of the window."""
    kind = BY_NAME["getStreamPushDuration"]
    start = midnight(stage.clock.now(), 40)
    listed = [
        {"startTime": str(start + begin), "endTime": str(start + end), "duration": (end - begin) * 1000}
        for begin, end in told
    ]
    stream = {"stream": "push.example.com/live/main", "sumTime": 1, "durationDetailList": listed}
    monkeypatch.setattr(
        stage.account.wangsu, "report", lambda call: [{"domain": "push.example.com", "streamList": [stream]}]
    )
    inputs = {"startTime": rfc3339(start), "endTime": rfc3339(start + days * 86400)}
    (row,) = ask(stage.account, kind, inputs)["rows"]
    moment = {rfc3339(start + second): second for each in told for second in each}
    return {
        "total": row["totalDurationMs"],
        "pushes": [(moment[push["time"]], moment[push["endTime"]]) for push in row["series"]],
    }


def test_pushes_that_touch_or_begin_together_are_pushes_of_their_own(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [(3600, 7200), (7200, 9000), (3600, 5000)]
    assert pushes(stage, monkeypatch, *told) == {"total": 1, "pushes": [(3600, 5000), (3600, 7200), (7200, 9000)]}


def test_a_push_that_began_before_the_window_is_told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    assert pushes(stage, monkeypatch, (-3600, 7200))["pushes"] == [(-3600, 7200)]


def test_a_push_across_two_calls_is_told_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    meet = 31 * 86400
    whole = pushes(stage, monkeypatch, (meet - 60, meet + 60), days=32)
    assert whole == {"total": 120_000, "pushes": [(meet - 60, meet + 60)]}
    stage.new_run()
    cut = pushes(stage, monkeypatch, (meet - 60, meet), (meet, meet + 60), days=32)
    assert cut == whole


def test_rows_that_are_equal_are_all_there(stage: Stage) -> None:
    kind = BY_NAME["getPushStreams"]
    names = columns(kind.Row)
    rows = [{"App": "live", "Stream": "main", "Duration": 1}] * 2
    from pulumi_livechannels.core.reporting.reading import Reader

    reader = Reader(
        kind.shape,
        {name: names[name] for name in ("app", "stream")},
        {"duration_seconds": names["duration_seconds"]},
        {},
        lambda label, length: int(label),
        lambda key: key,
        lambda series: series,
    )
    assert len(reader.rows({"PushStreamInfoDataList": rows}, None)[0]) == 2


def test_volcengine_calls_stay_within_the_second(stage: Stage, one_by_one: None) -> None:
    kind = BY_NAME["getIpInfo"]
    ask(stage.account, kind, {"ips": [f"10.0.{number // 250}.{number % 250}" for number in range(2500)]})
    times = [call["at"] for call in stage.platform.journal]
    assert len(times) == 50
    assert all(later - sooner >= 1 for sooner, later in zip(times, times[10:], strict=False))


def test_credentials_of_the_other_vendor_are_not_needed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from pulumi_livechannels import config
    from pulumi_livechannels.core.account import Account
    from pulumi_livechannels.emulator.server import environment

    every = environment(stage.port, 0)
    ours = {key: value for key, value in every.items() if "VOLCENGINE" in key}
    account = Account(config.load({}, ours), stage.told.append, stage.clock)
    assert ask(account, BY_NAME["getIsps"], {})["rows"]
    with pytest.raises(errors.ConfigurationError, match="accessKey and secretKey missing"):
        ask(account, BY_NAME["getDomainTraffic"], query(BY_NAME["getDomainTraffic"], stage.clock.now()))
    wangsu = {key: value for key, value in every.items() if "VOLCENGINE" not in key}
    account = Account(config.load({}, wangsu), stage.told.append, stage.clock)
    with pytest.raises(errors.ConfigurationError, match="volcengineAccessKey and volcengineSecretKey missing"):
        ask(account, BY_NAME["getIsps"], {})
