"""Numbers that are right whatever the account, the window and the calls: peaks, days, slots, missing names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.reporting import parts
from pulumi_livechannels.core.reporting.slots import rfc3339
from pulumi_livechannels.ground import errors, http
from reports_kit import BY_NAME, midnight, query

DAY = 86400
PEAKS = BY_NAME["getTrafficAndRequestPeaks"]
VIEWERS = BY_NAME["getStreamTrafficAndViewers"]
COUNTRIES = BY_NAME["getTrafficByCountry"]
STRANGER = "pull.exmaple.com"


def told_a_peak(stage: Stage, start: int, **more: Any) -> dict[str, Any]:
    """An answer of one day whose peak is told to be higher than its one slot, at a minute that begins no slot."""
    label = rfc3339(start + 18 * 3600)[:16].replace("T", " ")
    slot = {"timestamp": label, "flow": "33750", "bandwidth": "900", "request": "10"}
    peak = {"peakBandwidth": "1000", "peakTime": f"{label[:11]}18:01", "peakRequest": "10", "peakRequestTime": label}
    return {"result": [{"totalFlow": "33750", "totalRequest": "10", **peak, "flowRequestData": [slot], **more}]}


def test_a_peak_that_the_vendor_tells_is_kept_over_days_and_at_its_minute(stage: Stage) -> None:
    start = midnight(stage.clock.now(), 5)
    for days in (1, 2, 3):
        stage.new_run()
        stage.fault(PEAKS.path, "answer", body=told_a_peak(stage, start))
        (row,) = ask(
            stage.account, PEAKS, query(PEAKS, stage.clock.now(), 5, days, groupBy=None, domains=["a.example.com"])
        )["rows"]
        if days == 1:
            assert row["peakBandwidthMbps"] == 1000
            assert row["peakBandwidthTime"] == rfc3339(start + 18 * 3600 + 60)
    # The other days of the emulator are busier, so theirs is the largest.
    assert row["peakBandwidthMbps"] > 1000


def test_the_largest_of_the_told_peaks_is_the_peak_of_all_days(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    start = midnight(stage.clock.now(), 5)
    days = [told_a_peak(stage, start)["result"], told_a_peak(stage, start + DAY, peakBandwidth="950")["result"]]
    answers = {rfc3339(start + number * DAY): day for number, day in enumerate(days)}
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: answers[call.body["dateFrom"]])
    for count in (1, 2):
        inputs = query(PEAKS, stage.clock.now(), 5, count, groupBy=None, domains=["a.example.com"])
        (row,) = ask(stage.account, PEAKS, inputs)["rows"]
        assert (row["peakBandwidthMbps"], row["peakBandwidthTime"]) == (1000, rfc3339(start + 18 * 3600 + 60))
    assert row["totalTrafficMb"] == 2 * 33750


def test_a_told_peak_outside_the_window_is_not_one_of_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    start = midnight(stage.clock.now(), 5)
    answer = told_a_peak(stage, start)["result"]
    later = {
        **answer[0]["flowRequestData"][0],
        "timestamp": rfc3339(start + 20 * 3600)[:16].replace("T", " "),
        "bandwidth": "5",
    }
    answer[0]["flowRequestData"].append(later)
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: answer)
    inputs = query(PEAKS, stage.clock.now(), groupBy=None) | {
        "startTime": rfc3339(start + 19 * 3600),
        "endTime": rfc3339(start + DAY),
    }
    (row,) = ask(stage.account, PEAKS, inputs)["rows"]
    assert (row["peakBandwidthMbps"], row["peakBandwidthTime"]) == (5, rfc3339(start + 20 * 3600))


def test_peaks_off_the_grid_are_kept_where_only_time_was_split(stage: Stage) -> None:
    one, both = (
        ask(stage.account, PEAKS, query(PEAKS, stage.clock.now(), 5, days, groupBy=["domain"]))["rows"][0]
        for days in (1, 2)
    )
    for row in (one, both):
        assert row["peakBandwidthMbps"] > max(slot["bandwidthMbps"] for slot in row["series"])
    assert both["peakBandwidthMbps"] >= one["peakBandwidthMbps"]
    assert both["peakBandwidthTime"] not in {slot["time"] for slot in both["series"]}


@pytest.mark.parametrize("groups", [["domain"], ["country"], None])
def test_a_mistyped_domain_is_told_to_be_missing(stage: Stage, groups: Any) -> None:
    inputs = query(COUNTRIES, stage.clock.now(), domains=["pull.example.com", STRANGER], groupBy=groups)
    answer = ask(stage.account, COUNTRIES, inputs)
    assert answer["missing"] == [STRANGER]
    assert any(STRANGER in text and "mistyped" in text for text in stage.told)
    known = ask(stage.account, COUNTRIES, {**inputs, "domains": ["pull.example.com"]})
    assert "missing" not in known
    assert known["rows"] == answer["rows"]


def test_a_domain_that_was_heard_of_is_not_asked_about_again(stage: Stage) -> None:
    for days, calls in ((1, 2), (2, 1)):
        before = stage.calls()
        ask(stage.account, COUNTRIES, query(COUNTRIES, stage.clock.now(), days=days, groupBy=["country"]))
        assert stage.calls() - before == calls


def test_ends_of_names_are_never_missing(stage: Stage) -> None:
    kind = BY_NAME["getChannelTraffic"]
    inputs = query(kind, stage.clock.now(), domains=["example.com"], exactMatch=False, groupBy=[])
    assert "missing" not in ask(stage.account, kind, inputs)


def test_numbers_are_told_though_the_names_cannot_be_asked(stage: Stage) -> None:
    stage.fault(COUNTRIES.path, "error-code", nth=2, code="24102008")
    answer = ask(stage.account, COUNTRIES, query(COUNTRIES, stage.clock.now(), groupBy=["country"]))
    assert answer["rows"]
    assert any("could not be asked" in text for text in stage.told)


def test_a_stream_without_a_row_is_missing(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getStreamTraffic"]
    rows = [{"domain": "pull.example.com", "details": [{"stream": "live/main", "totalFlow": "1", "details": []}]}]
    monkeypatch.setattr(stage.account.wangsu, "report", lambda call: rows)
    inputs = query(kind, stage.clock.now(), streams=["pull.example.com/live/main", "Pull.example.com/live/mian"])
    assert ask(stage.account, kind, inputs)["missing"] == ["Pull.example.com/live/mian"]


def test_a_refused_domain_is_one_of_those_named(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    with pytest.raises(errors.RefusedError) as caught:
        ask(stage.account, kind, query(kind, stage.clock.now(), domains=["pull.example.com", STRANGER]))
    assert f"Next: of pull.example.com, {STRANGER}: a domain is not one of this account" in str(caught.value)


@pytest.mark.parametrize(("seconds", "calls"), [(600, 9 + 148), (3600, 6 + 34), (86400, 1)])
def test_a_window_of_streams_is_as_long_as_the_account_may_ask(stage: Stage, seconds: int, calls: int) -> None:
    inputs = query(VIEWERS, stage.clock.now(), domains=None, streams=["pull.example.com/live/main"])
    whole = ask(stage.account, VIEWERS, inputs)
    stage.new_run()
    before = stage.calls()
    stage.fault(VIEWERS.path, "longest-window", seconds=seconds, times=10_000)
    assert ask(stage.account, VIEWERS, inputs) == whole
    assert stage.calls() - before <= calls
    again = stage.calls()
    ask(
        stage.account,
        VIEWERS,
        query(VIEWERS, stage.clock.now(), 8, domains=None, streams=["pull.example.com/live/main"]),
    )
    assert stage.calls() - again <= calls - 1 or calls == 1, "what was refused is remembered"


def test_a_limit_of_short_slots_is_none_of_longer_ones(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    days = query(kind, stage.clock.now(), days=3, interval="1d")
    whole = ask(stage.account, kind, days)
    stage.new_run()
    stage.fault(kind.path, "longest-window", seconds=DAY // 2, times=10_000)
    ask(stage.account, kind, query(kind, stage.clock.now(), interval="5m"))
    stage.platform.faults.clear()
    assert ask(stage.account, kind, days) == whole


def test_an_account_that_may_not_ask_for_one_slot_is_told_so_with_the_vendors_code(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    stage.fault(kind.path, "longest-window", seconds=DAY // 2, times=10_000)
    ask(stage.account, kind, query(kind, stage.clock.now(), interval="5m"))
    with pytest.raises(errors.RefusedError, match="24102007") as caught:
        ask(stage.account, kind, query(kind, stage.clock.now(), days=3, interval="1d"))
    assert "a window that holds one slot of 1 day is longer than this account may ask for" in str(caught.value)


def test_an_account_with_shorter_windows_and_fewer_domains_is_served(stage: Stage) -> None:
    kind = BY_NAME["getDomainTraffic"]
    inputs = query(
        kind, stage.clock.now(), 40, 31, domains=[f"d{number}.example.com" for number in range(20)], interval="1h"
    )
    whole = ask(stage.account, kind, inputs)
    stage.new_run()
    stage.fault(kind.path, "longest-window", seconds=7 * DAY, times=10_000)
    assert ask(stage.account, kind, inputs) == whole
    stage.new_run()
    stage.platform.faults.clear()
    stage.fault(kind.path, "most-domains", most=6, times=10_000)
    assert ask(stage.account, kind, inputs) == whole


@pytest.mark.parametrize("name", ["getAccountTraffic", "getDomainTraffic", "getAreaTraffic"])
def test_slots_of_a_finer_account_are_where_their_labels_say(stage: Stage, name: str) -> None:
    kind = BY_NAME[name]
    inputs = query(kind, stage.clock.now(), interval="5m")
    coarse = ask(stage.account, kind, inputs)
    stage.new_run()
    stage.fault(kind.path, "finer-slots", seconds=60, times=9)
    fine = ask(stage.account, kind, inputs)
    series, whole = fine["rows"][0]["series"], coarse["rows"][0]["series"]
    assert len(series) == 5 * len(whole)
    assert series[0]["time"] == whole[0]["time"] == inputs["startTime"]
    assert sum(slot["trafficMb"] for slot in series[:5]) == pytest.approx(whole[0]["trafficMb"], abs=0.03)
    assert fine["totalTrafficMb"] == pytest.approx(coarse["totalTrafficMb"], abs=0.01)


@pytest.mark.parametrize("name", ["getTrafficByIspProvince", "getOriginTrafficByIspProvince"])
def test_traffic_of_many_domains_by_the_hour_is_answered_without_what_cannot_be_added(stage: Stage, name: str) -> None:
    kind = BY_NAME[name]
    domains = [f"d{number}.example.com" for number in range(25)]
    inputs = query(kind, stage.clock.now(), domains=domains, groupBy=None, interval="1h")
    (row,) = ask(stage.account, kind, inputs)["rows"]
    apart = ask(stage.account, kind, {**inputs, "groupBy": ["domain"]})["rows"]
    sums = [sum(each["series"][slot]["trafficMb"] for each in apart) for slot in range(24)]
    assert [slot["trafficMb"] for slot in row["series"]] == pytest.approx(sums)
    assert all("bandwidthMbps" not in slot for slot in row["series"])
    assert any("bandwidthMbps is left out" in text for text in stage.told)


def test_countries_of_many_domains_are_added_up(stage: Stage) -> None:
    domains = [f"d{number}.example.com" for number in range(25)]
    inputs = query(COUNTRIES, stage.clock.now(), domains=domains, groupBy=["country"])
    merged = ask(stage.account, COUNTRIES, inputs)["rows"]
    assert sum(row["trafficPercent"] for row in merged) == pytest.approx(100, abs=0.1)
    assert all(row["countryName"] for row in merged)


@pytest.mark.parametrize(
    "name", ["getDomainTraffic", "getAccountTrafficBytes", "getProtocolTraffic", "getExactDomainTraffic"]
)
@pytest.mark.parametrize(("zone", "east"), [("+00:00", 0), ("-05:00", -5), ("+05:30", 5.5)])
def test_days_of_another_zone_are_added_up_from_shorter_slots(stage: Stage, name: str, zone: str, east: float) -> None:
    kind = BY_NAME[name]
    start = midnight(stage.clock.now(), 9) + int((8 - east) * 3600)
    window = {"startTime": rfc3339(start), "endTime": rfc3339(start + 2 * DAY)}
    words = {key: value for key, value in kind.example.items() if key not in window}
    days = ask(stage.account, kind, {**words, **window, "interval": "1d", "timeZone": zone})
    fine = ask(stage.account, kind, {**words, **window, "interval": "5m"})
    (unit,) = set(days["rows"][0]["series"][0]) - {"time"}
    for row, parts_of in zip(days["rows"], fine["rows"], strict=True):
        assert [slot["time"] for slot in row["series"]] == [
            rfc3339(start + day * DAY, int(east * 3600)) for day in (0, 1)
        ]
        halves = (parts_of["series"][:288], parts_of["series"][288:])
        sums = [sum(slot[unit] for slot in half) for half in halves]
        assert [slot[unit] for slot in row["series"]] == pytest.approx(sums, rel=1e-4)


def test_the_vendor_cuts_days_of_another_zone_where_it_can(stage: Stage) -> None:
    start = midnight(stage.clock.now(), 9) - 3600
    window = {"startTime": rfc3339(start, 9 * 3600), "endTime": rfc3339(start + DAY, 9 * 3600), "timeZone": "+09:00"}
    slots = ask(stage.account, BY_NAME["getTranscodingUsage"], {"operations": ["hevc"], **window})["rows"][0]["series"]
    assert (slots[0]["time"], len(slots)) == (rfc3339(start, 9 * 3600), 288)
    (day,) = ask(stage.account, BY_NAME["getDailyTrafficPeaks"], {"domains": ["pull.example.com"], **window})["rows"][
        0
    ]["series"]
    assert day["time"] == rfc3339(start, 9 * 3600)
    assert day["peakTime"].endswith("+09:00")
    pushes = ask(stage.account, BY_NAME["getStreamPushDuration"], {"domains": ["push.example.com"], **window})["rows"]
    assert all(start <= midnight_of(push) < start + DAY for row in pushes for push in row["series"])


def midnight_of(push: dict[str, Any]) -> float:
    from pulumi_livechannels.core.reporting.slots import unix

    return unix(push["time"])


@pytest.mark.slow
def test_many_rows_are_asked_for_in_answers_that_can_be_held(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getTrafficByIspProvince"]
    inputs = query(kind, stage.clock.now(), 12, 7, groupBy=["domain", "isp", "province"])
    whole = ask(stage.account, kind, inputs)
    assert stage.calls() <= 2
    stage.new_run()
    before = stage.calls()
    monkeypatch.setattr(parts, "MOST_VALUES", len(whole["rows"]) * 3 * 288)
    assert ask(stage.account, kind, inputs) == whole
    # The first answer tells how many rows there are, and the rest is asked for by the day.
    assert 7 <= stage.calls() - before <= 9


def test_an_answer_that_is_too_large_is_asked_for_in_halves(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = BY_NAME["getDomainTraffic"]
    inputs = query(kind, stage.clock.now(), 12, 8, interval="5m")
    whole = ask(stage.account, kind, inputs)
    stage.new_run()
    before = stage.calls()
    monkeypatch.setattr(http, "LARGEST_ANSWER", len(json.dumps(whole)) // 3)
    assert ask(stage.account, kind, inputs) == whole
    assert stage.calls() - before == 1 + 2 + 4 or stage.calls() - before == 1 + 2
