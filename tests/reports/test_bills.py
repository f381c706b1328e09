"""Bills: each method against brute force, over days with gaps, domains and vendors; and what is said around them."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kit import FakeClock, Stage
from pulumi_livechannels import config
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.core.values.calendar import span_of, zone_of
from pulumi_livechannels.ground.errors import InputError, NoAnswerError
from pulumi_livechannels.reports.billing import BILLS, VolcengineBill, WangsuBill
from pulumi_livechannels.reports.volcengine.usage import EdgeStats
from pulumi_livechannels.reports.wangsu.domains import TrafficAndRequestPeaks

METHODS = ("monthly95", "dailyPeakAverage", "top5DailyPeakAverage", "monthlyPeak")
EAST = timezone(timedelta(hours=8))
FIRST = int(datetime(2026, 9, 1, tzinfo=EAST).timestamp())
DAY, SLOT, DELAY = 86400, 300, 900
Told = dict[str, dict[int, float]]
"""Of each domain the bandwidth of a slot, by its start."""


def made_up(seed: int, domains: int, days: int, gaps: float) -> Told:
    """A period with gaps, dead days, and few values, so that many samples are equal."""
    chance = random.Random(seed)
    told: Told = {}
    for number in range(domains):
        dead = {day for day in range(days) if chance.random() < gaps / 2}
        told[f"d{number}.example.com"] = {
            FIRST + day * DAY + slot * SLOT: chance.choice([0.0, 8.0, 16.0, 24.0, chance.randrange(10_000) / 100])
            for day in range(days)
            for slot in range(288)
            if day not in dead and chance.random() >= gaps
        }
    return told


class Vendors:
    """Both vendors, telling what a test has made up in their own words; `asked` are the windows of the calls."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told: Told = {}
        self.windows: list[tuple[int, int]] = []
        monkeypatch.setattr(TrafficAndRequestPeaks, "call", lambda _, want, part: self._wangsu(want, part))
        monkeypatch.setattr(EdgeStats, "call", lambda _, want, part: self._volcengine(want, part))

    def _series(self, want: Any, part: Any) -> dict[str, dict[int, float]]:
        self.windows.append((part.window.start, part.window.end))
        domains = part.values.get("domains") or want.domains or sorted(self.told)
        series = {
            domain: {time: mbps for time, mbps in self.told[domain].items() if self._in(part, time)}
            for domain in domains
            if domain in self.told
        }
        return {domain: slots for domain, slots in series.items() if slots}

    @staticmethod
    def _in(part: Any, time: int) -> bool:
        return bool(part.window.start <= time < part.window.end)

    def _wangsu(self, want: Any, part: Any) -> Any:
        assert want.group_by == ["domain"]
        return [
            {
                "domain": domain,
                "flowRequestData": [
                    {
                        "timestamp": f"{datetime.fromtimestamp(time + SLOT, EAST):%Y-%m-%d %H:%M}",
                        "flow": f"{mbps * 37.5:.2f}",
                        "bandwidth": f"{mbps:.2f}",
                        "request": "1",
                    }
                    for time, mbps in slots.items()
                ],
            }
            for domain, slots in self._series(want, part).items()
        ]

    def _volcengine(self, want: Any, part: Any) -> Any:
        rows = [
            {"Domain": domain, "EdgeStatDataList": [self._edge(time, mbps) for time, mbps in slots.items()]}
            for domain, slots in self._series(want, part).items()
        ]
        if len(want.domains or [1, 2]) == 1:
            return {"EdgeStatDataList": rows[0]["EdgeStatDataList"] if rows else []}
        return {"EdgeStatDataList": [], "EdgeStatDetailDataList": rows}

    @staticmethod
    def _edge(time: int, mbps: float) -> dict[str, Any]:
        told = {"DownTraffic": mbps * 0.0375, "DownBandwidth": mbps * 3, "UpTraffic": 1.0, "UpBandwidth": 1.0}
        return {"TimeStamp": datetime.fromtimestamp(time, EAST).isoformat(), "Request": 1, **told}


@pytest.fixture
def vendors(monkeypatch: pytest.MonkeyPatch) -> Vendors:
    return Vendors(monkeypatch)


def account(now: float) -> Account:
    return Account(config.load({"accessKey": "a", "secretKey": "s"}, {}), lambda _: None, FakeClock(now))


def day_text(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, EAST).isoformat()


def reckoned(bill: Any, method: str, days: int, now: float, domains: list[str] | None) -> dict[str, Any]:
    period = {"startTime": day_text(FIRST), "endTime": day_text(FIRST + days * DAY)}
    asked = {"method": method, **period, **({"domains": domains} if domains else {})}
    return ask(account(now), bill, asked)


def brute_force(told: Told, method: str, days: int, now: float) -> dict[str, Any]:
    """The definitions of the four methods, one slot after the other."""
    samples: list[float] = []
    peaks: list[float] = []
    for day in range(days):
        midnight = FIRST + day * DAY
        todays: list[float] = []
        for time in range(midnight, midnight + DAY, SLOT):
            parts = [slots[time] for slots in told.values() if time in slots and time + SLOT <= now]
            if parts:
                todays.append(sum(parts))
            elif midnight + DAY + DELAY <= now:
                todays.append(0)
        samples += todays
        if todays:
            peaks.append(max(todays))
    dropped = 0
    if method == "monthly95":
        dropped = len(samples) * 5 // 100
        mbps = sorted(samples, reverse=True)[dropped]
    elif method == "dailyPeakAverage":
        mbps = sum(peaks) / len(peaks)
    elif method == "top5DailyPeakAverage":
        best = sorted(peaks)[-5:]
        mbps = sum(best) / len(best)
    else:
        mbps = max(samples)
    return {"mbps": mbps, "samples": len(samples), "dropped": dropped, "peaks": peaks}


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
@pytest.mark.parametrize("method", METHODS)
def test_a_bill_is_what_brute_force_makes_of_the_slots(vendors: Vendors, bill: Any, method: str) -> None:
    @settings(max_examples=12)
    @given(
        seed=st.integers(0, 2**32),
        domains=st.integers(1, 4),
        days=st.integers(1, 7),
        gaps=st.sampled_from([0.0, 0.3, 0.9]),
        passed=st.one_of(st.just(40 * DAY), st.integers(DAY // 2, 8 * DAY)),
    )
    @example(seed=1, domains=2, days=7, gaps=1.0, passed=40 * DAY)
    def holds(seed: int, domains: int, days: int, gaps: float, passed: int) -> None:
        vendors.told = made_up(seed, domains, days, gaps)
        now = FIRST + passed
        expected = brute_force(vendors.told, method, days, now) if _any(vendors.told, days, now) else None
        told = reckoned(bill, method, days, now, sorted(vendors.told))
        if expected is None:
            assert "bandwidthMbps" not in told
            assert (told["samples"], told["days"]) == (0, [])
            return
        assert told["bandwidthMbps"] == pytest.approx(expected["mbps"], abs=1e-5)
        assert (told["samples"], told["dropped"]) == (expected["samples"], expected["dropped"])
        assert [day["peakMbps"] for day in told["days"]] == pytest.approx(expected["peaks"], abs=1e-5)
        assert ("settlingFrom" in told) == (FIRST + days * DAY + DELAY > now)

    holds()


def _any(told: Told, days: int, now: float) -> bool:
    over = any(time + SLOT <= now for slots in told.values() for time in slots)
    return over or now >= FIRST + DAY + DELAY


def total(told: Told) -> dict[int, float]:
    times = {time for slots in told.values() for time in slots}
    return {time: sum(slots.get(time, 0) for slots in told.values()) for time in times}


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
def test_what_is_named_as_the_billed_slot_and_as_a_days_peak_is_one_that_has_it(vendors: Vendors, bill: Any) -> None:
    vendors.told = made_up(7, 3, 3, 0.2)
    whole = total(vendors.told)
    told = reckoned(bill, "monthly95", 3, FIRST + 40 * DAY, sorted(vendors.told))
    at = int(datetime.fromisoformat(told["time"]).timestamp())
    assert whole[at] == pytest.approx(told["bandwidthMbps"], abs=1e-5)
    for number, day in enumerate(told["days"]):
        assert day["date"] == f"2026-09-0{number + 1}"
        assert day["peakTime"].startswith(day["date"])
        peak = int(datetime.fromisoformat(day["peakTime"]).timestamp())
        assert whole[peak] == pytest.approx(day["peakMbps"], abs=1e-5)
        assert not [
            time for time, mbps in whole.items() if _of_day(time, number) and time < peak and mbps >= whole[peak]
        ]
    assert told["trafficMb"] == pytest.approx(sum(whole.values()) * 37.5)


def _of_day(time: int, number: int) -> bool:
    return FIRST + number * DAY <= time < FIRST + (number + 1) * DAY


def test_peaks_of_domains_at_different_times_are_not_added(vendors: Vendors) -> None:
    vendors.told = {
        "a.example.com": {FIRST: 100.0, FIRST + SLOT: 1.0},
        "b.example.com": {FIRST: 1.0, FIRST + SLOT: 100.0},
    }
    told = reckoned(WangsuBill, "monthlyPeak", 1, FIRST + 9 * DAY, sorted(vendors.told))
    assert told["bandwidthMbps"] == 101
    assert told["days"] == [{"date": "2026-09-01", "peakMbps": 101, "peakTime": day_text(FIRST)}]


def test_a_day_that_is_not_settled_has_only_the_samples_that_are_told(vendors: Vendors) -> None:
    vendors.told = {"a.example.com": {FIRST + DAY + slot * SLOT: 5.0 for slot in range(0, 288, 2)}}
    now = FIRST + DAY + 10 * SLOT + 120
    told = reckoned(WangsuBill, "dailyPeakAverage", 3, now, ["a.example.com"])
    assert told["samples"] == 288 + 5
    assert told["bandwidthMbps"] == 2.5
    assert told["days"] == [
        {"date": "2026-09-01", "peakMbps": 0},
        {"date": "2026-09-02", "peakMbps": 5, "peakTime": day_text(FIRST + DAY)},
    ]
    assert told["settlingFrom"] == day_text(FIRST + DAY + 7 * SLOT)


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
def test_a_domain_of_which_nothing_is_told_is_named(vendors: Vendors, bill: Any) -> None:
    vendors.told = {"a.example.com": {FIRST: 1.0}, "b.example.com": {FIRST: 1.0}}
    asked = ["a.example.com", "B.example.com", "exmaple.com"]
    told = reckoned(bill, "monthlyPeak", 1, FIRST + 9 * DAY, asked)
    assert told["missing"] == ["exmaple.com"]
    assert told["bandwidthMbps"] == 2
    assert reckoned(bill, "monthlyPeak", 1, FIRST + 9 * DAY, ["exmaple.com"])["missing"] == ["exmaple.com"]
    assert "missing" not in reckoned(bill, "monthlyPeak", 1, FIRST + 9 * DAY, ["a.example.com"])
    assert "missing" not in reckoned(bill, "monthlyPeak", 1, FIRST + 9 * DAY, None)


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
def test_more_domains_than_a_call_takes_are_one_bill(vendors: Vendors, bill: Any) -> None:
    vendors.told = {f"d{number}.example.com": {FIRST + 60 * SLOT: 1.25} for number in range(450)}
    told = reckoned(bill, "monthlyPeak", 1, FIRST + 9 * DAY, sorted(vendors.told))
    assert told["bandwidthMbps"] == 450 * 1.25


@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
def test_days_of_another_zone_are_cut_exactly(vendors: Vendors, bill: Any) -> None:
    midnight = int(datetime(2026, 9, 2, tzinfo=timezone.utc).timestamp())
    vendors.told = {"a.example.com": {midnight - SLOT: 7.0, midnight: 9.0}}
    period = {"startTime": "2026-09-02T00:00:00Z", "endTime": "2026-09-03T00:00:00Z", "timeZone": "+00:00"}
    asked = {"domains": ["a.example.com"], "method": "monthlyPeak", **period}
    told = ask(account(midnight + 9 * DAY), bill, asked)
    assert told["days"] == [{"date": "2026-09-02", "peakMbps": 9, "peakTime": "2026-09-02T00:00:00+00:00"}]
    assert told["samples"] == 288
    assert min(start for start, _ in vendors.windows) == midnight


@pytest.mark.parametrize(
    ("month", "zone", "days"),
    [("2026-09", "+08:00", 30), ("2026-12", "-05:30", 31), ("2024-02", "+00:00", 29), ("2026-02", "+13:45", 28)],
)
def test_a_month_is_one_of_the_zone(month: str, zone: str, days: int) -> None:
    start, end = span_of(month, zone_of(zone))
    assert end - start == days * DAY
    assert datetime.fromtimestamp(start, zone_of(zone)).isoformat() == f"{month}-01T00:00:00{zone}"


def test_where_only_traffic_is_told_bandwidth_is_reckoned_from_it(vendors: Vendors, monkeypatch: Any) -> None:
    slot = {"timestamp": "2026-09-01 00:05", "flow": "75", "bandwidth": None, "request": "1"}
    answer = [{"domain": "a.example.com", "flowRequestData": [slot]}]
    monkeypatch.setattr(TrafficAndRequestPeaks, "call", lambda *_: answer)
    assert reckoned(WangsuBill, "monthlyPeak", 1, FIRST + 9 * DAY, ["a.example.com"])["bandwidthMbps"] == 2


def test_slots_off_the_grid_of_five_minutes_are_no_samples(vendors: Vendors) -> None:
    vendors.told = {"a.example.com": {FIRST + 60: 1.0}}
    with pytest.raises(NoAnswerError, match=r"getBandwidthBill.*not those of five minutes"):
        reckoned(VolcengineBill, "monthlyPeak", 1, FIRST + 9 * DAY, ["a.example.com"])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({}, "month is missing, and so are startTime and endTime"),
        ({"month": "2026-13"}, "month must be like 2026-10, but is"),
        ({"month": "9999-12"}, "month must be of the years 2000 to 2099, but is"),
        ({"month": "1999-12"}, "month must be of the years 2000 to 2099, but is"),
        ({"month": "2026-08", "startTime": day_text(FIRST)}, "month is set, and so is startTime"),
        ({"startTime": day_text(FIRST)}, "endTime is missing, but startTime is set"),
        ({"endTime": day_text(FIRST)}, "startTime is missing, but endTime is set"),
        ({"startTime": day_text(FIRST), "endTime": day_text(FIRST)}, "endTime must be after startTime"),
        ({"startTime": day_text(FIRST + 60), "endTime": day_text(FIRST + DAY)}, "write 2026-09-01T00:00:00+08:00 or "),
        ({"month": "2026-11"}, "month must have begun 5 minutes ago"),
        ({"month": "2020-01"}, "month is too long ago: the platform keeps"),
        ({"month": "2026-08", "timeZone": "+08:01"}, "timeZone must be an offset"),
        ({"month": "2026-08", "method": "monthly94"}, "method must be one of"),
    ],
)
@pytest.mark.parametrize("bill", BILLS, ids=lambda bill: bill.module)
def test_a_question_that_makes_no_bill_is_refused_before_anything_is_asked(
    vendors: Vendors, bill: Any, words: dict[str, str], told: str
) -> None:
    with pytest.raises(InputError) as refused:
        ask(account(FIRST + 9 * DAY), bill, {"method": "monthly95", "domains": ["a.example.com"], **words})
    assert told in str(refused.value)
    assert not vendors.windows


def test_both_vendors_bill_the_same_traffic_alike(stage: Stage) -> None:
    """The emulated platforms have one traffic, which one tells as bandwidth and the other as traffic."""
    period = {"startTime": day_text(FIRST), "endTime": day_text(FIRST + 3 * DAY)}
    domains = ["pull.example.com", "live.example.com", "a.example.com"]
    for method in METHODS:
        one, other = (ask(stage.account, bill, {"domains": domains, "method": method, **period}) for bill in BILLS)
        assert one["bandwidthMbps"] == pytest.approx(other["bandwidthMbps"], abs=0.02)
        assert one["samples"] == other["samples"] == 3 * 288
        assert one["dropped"] == other["dropped"] == (43 if method == "monthly95" else 0)
        assert one["trafficMb"] == pytest.approx(other["trafficMb"])
        assert "settlingFrom" not in one


def test_each_bill_says_what_it_is_made_of_and_that_the_invoice_decides() -> None:
    for bill, report in ((WangsuBill, "getTrafficAndRequestPeaks"), (VolcengineBill, "getEdgeStats")):
        said = " ".join(bill.notes())
        assert report in said
        assert "the vendor's invoice decides" in said
        assert bill.made_of.name() == report
