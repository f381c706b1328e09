"""What bandwidth comes to: the samples of all billed domains, added slot by slot, by one method."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

from pydantic import BaseModel

from ...core.check import Context, require, rule
from ...core.docstrings import about
from ...core.fields import Inputs, State, prop
from ...core.function import Function, Progress, renamed
from ...core.reporting.declared import KEPT_SECONDS, names_of
from ...core.reporting.plan import Limits
from ...core.reporting.report import Report
from ...core.reporting.running import Answer, calls, minutes, run
from ...core.reporting.slots import DAY, down_to_slot, rfc3339, span, unix
from ...core.reporting.slots import days as in_seconds
from ...core.reporting.table import Series
from ...core.values.addresses import Domain
from ...core.values.calendar import Month, span_of, zone_of
from ...core.values.times import Edge, Offset, Time, offset_seconds
from ...ground.errors import Problem
from ...ground.language import tr
from ...vendors.calling import not_understood
from ..volcengine.usage import EdgeStats
from ..wangsu.domains import TrafficAndRequestPeaks
from .methods import SLOT, Day, Method, charge, days

_DIGITS = 6
_MB = 1000


class BillQuery(Inputs):
    """What can be asked."""

    domains: list[Domain] | None = prop(
        "The domains that are billed together. Absent: all of the account.", default=None, min_length=1
    )
    method: Method = prop(
        "`monthly95`: of all samples the largest twentieth is dropped, the next one is the bill. `dailyPeakAverage`: "
        "the mean of the days' peaks. `top5DailyPeakAverage`: the mean of the five largest peaks of days. "
        "`monthlyPeak`: the largest sample."
    )
    month: Month | None = prop("The month, like 2026-10, instead of startTime and endTime.", default=None)
    start_time: Edge | None = prop("Start of another period: the midnight of its first day, RFC 3339.", default=None)
    end_time: Edge | None = prop("End of that period: the midnight after its last day, RFC 3339.", default=None)
    time_zone: Offset = prop("The offset at which months and days begin.", default="+08:00")

    @rule("month", "startTime", "endTime")
    def _one_period(self, context: Context) -> Iterator[Problem]:
        times = [key for key, time in (("startTime", self.start_time), ("endTime", self.end_time)) if time]
        if self.month and times:
            yield Problem("month", tr("is set, and so is {time}: leave one of them out", time=times[0]))
        elif not self.month and not times:
            text = tr("is missing, and so are startTime and endTime: set the month, or both times")
            yield Problem("month", text)
        elif len(times) == 1:
            missing = "endTime" if self.start_time else "startTime"
            text = tr("is missing, but {time} is set: set both, or the month instead", time=times[0])
            yield Problem(missing, text)

    def zone(self) -> int:
        """Whose midnights count, in seconds east of UTC."""
        return offset_seconds(self.time_zone)

    def period(self) -> tuple[int, int]:
        """From when to when, in unix seconds."""
        if self.month:
            return span_of(self.month, zone_of(self.time_zone))
        return unix(self.start_time or ""), unix(self.end_time or "")


class GetBandwidthBillDay(State):
    """A day of the bill."""

    date: str = prop("The day, like 2026-10-01.")
    peak_mbps: float = prop("Its largest sample, Mbps; 0 where the vendor tells of none and the day is settled.")
    peak_time: Time | None = prop("When that was: the start of the slot, RFC 3339.", default=None)


class GetBandwidthBillResult(State):
    """What the bandwidth comes to."""

    bandwidth_mbps: float | None = prop(
        "The bandwidth that is billed, Mbps. Absent as long as there is no sample.", default=None
    )
    time: Time | None = prop(
        "The slot whose sample that is, by its start, RFC 3339. Absent where it is a mean.", default=None
    )
    samples: int = prop("How many samples there are: 288 for each settled day.")
    dropped: int = prop("How many of the largest samples the method drops.")
    traffic_mb: float = prop("Traffic of the period, MB.")
    days: list[GetBandwidthBillDay] = prop("The days with their peaks.")
    missing: list[str] | None = prop(
        "Domains that were asked for and of which the vendor tells nothing. Absent where there is none.", default=None
    )
    settling_from: Time | None = prop(
        "From when on samples may still change or come, RFC 3339. Absent where the bill is settled.", default=None
    )


class BandwidthBill(Function[BillQuery]):
    """A bill. `made_of` is the report that its samples are from."""

    seconds_kept = KEPT_SECONDS
    example = {"domains": ["pull.example.com"], "month": "2026-10", "method": "monthly95"}
    made_of: ClassVar[type[Report]]
    reckoning: ClassVar[str]

    @classmethod
    def name(cls) -> str:
        """The function's name, which is the same for both vendors."""
        return "getBandwidthBill"

    @classmethod
    def sentence(cls) -> str:
        """What it is about, in one sentence."""
        return about(cls)

    @classmethod
    def inputs(cls) -> type[Inputs]:
        """What is asked."""
        return BillQuery

    @classmethod
    def output(cls) -> type[BaseModel]:
        """What is answered."""
        return GetBandwidthBillResult

    @classmethod
    def source(cls) -> str:
        """The vendor's action behind the report."""
        return cls.made_of.source()

    @classmethod
    def notes(cls) -> list[str]:
        """What it is made of, and what it is worth."""
        return [
            tr(cls.reckoning),
            tr("Domains are added slot by slot before anything is sorted."),
            tr("A slot that the vendor does not tell counts as 0 once its day is settled."),
            tr("It is a reckoning to compare an invoice with; the vendor's invoice decides."),
            tr("Numbers of the last {delay} may still change.", delay=span(cls.made_of.limits.delay)),
            *cls.made_of.of_sites(),
        ]

    def problems(self, want: BillQuery) -> list[Problem]:
        """Rules about the period, and those of the report."""
        own = list(self._of_period(want))
        if own:
            return own
        names = {"startTime": "month", "endTime": "month"} if want.month else {}
        report, asked = self._report(want)
        return [renamed(problem, names) for problem in report.problems(asked)]

    def _of_period(self, want: BillQuery) -> Iterator[Problem]:
        (start, end), zone = want.period(), want.zone()
        if not want.month:
            for key, second, text in (("startTime", start, want.start_time), ("endTime", end, want.end_time)):
                before = down_to_slot(second, DAY, zone)
                if second != before:
                    told = tr(
                        "must be a midnight of {zone}, but is {text!r}: write {before} or {after}, or set timeZone to "
                        "that of your days",
                        zone=want.time_zone,
                        text=text,
                        before=rfc3339(before, zone),
                        after=rfc3339(before + DAY, zone),
                    )
                    yield Problem(key, told)
        if end <= start:
            text = tr("must be after startTime, but is {time!r}: write a later time", time=want.end_time)
            yield Problem("endTime", text)
        elif start + SLOT > self.account.clock.now():
            key = "month" if want.month else "startTime"
            yield Problem(key, tr("must have begun 5 minutes ago or earlier: ask about an earlier one, or later"))

    def _report(self, want: BillQuery) -> tuple[Report, Inputs]:
        """The report that tells the samples, and what it is asked: slots that are over."""
        (start, end), now = want.period(), self.account.clock.now()
        several = len(want.domains or []) != 1
        report = self.made_of(self.account, self.limits(several))
        over = min(end, int(now) // SLOT * SLOT)
        inputs = {"domains": want.domains, "startTime": rfc3339(start), "endTime": rfc3339(over)}
        return report, require(self.made_of.inputs(), {**inputs, **self.words(several)}, None, now)

    def outlay(self, want: BillQuery) -> tuple[int, int]:
        """About how many calls it takes, and how many minutes."""
        report, asked = self._report(want)
        number, _ = calls(report, asked, None)
        return number, minutes(report, number)

    def answer(self, want: BillQuery, progress: Progress | None = None) -> dict[str, Any]:
        """Ask the report, in as many calls as it takes, and reckon."""
        (start, end), zone = want.period(), want.zone()
        report, asked = self._report(want)
        # What settles while it is asked for may have been told before.
        settled_until = report.settled_until(asked, self.account.clock.now())
        told = run(report, asked, progress)
        bandwidth, traffic = self._added(told)
        of = days(bandwidth, start, end, settled_until)
        charged = charge(want.method, of) if of else None
        settling = rfc3339(max(start, int(settled_until) // SLOT * SLOT), zone) if settled_until < end else None
        result = GetBandwidthBillResult(
            bandwidth_mbps=round(charged.mbps, _DIGITS) if charged else None,
            time=rfc3339(charged.time, zone) if charged and charged.time is not None else None,
            samples=sum(len(day.samples) for day in of),
            dropped=charged.dropped if charged else 0,
            traffic_mb=round(traffic, _DIGITS),
            days=[_day(day, zone) for day in of],
            missing=_missing(want, told) or None,
            settling_from=settling,
        )
        return result.model_dump(by_alias=True, exclude_none=True)

    @abstractmethod
    def words(self, several: bool) -> dict[str, Any]:
        """What the report is asked beside domains and period, for several domains or for one."""

    def limits(self, several: bool) -> Limits | None:
        """What one call of the report is to take, if that is not what it usually takes."""
        return None

    @abstractmethod
    def measured(self, series: Series) -> tuple[list[float], list[float]]:
        """The bandwidth in Mbps and the traffic in MB of each slot of a row; NaN is not told."""

    def _added(self, told: Answer) -> tuple[dict[int, float], float]:
        """The bandwidth of each slot over all rows, and the traffic of all."""
        parts: dict[int, list[float]] = defaultdict(list)
        traffic: list[float] = []
        for _, row in told.rows:
            if row.series is None:
                continue
            bandwidths, traffics = self.measured(row.series)
            for time, mbps in zip(row.series.times, bandwidths, strict=True):
                if time % SLOT:
                    raise not_understood(tr("its slots are not those of five minutes"))
                if not math.isnan(mbps):
                    parts[time].append(mbps)
            traffic += (mb for mb in traffics if not math.isnan(mb))
        return {time: math.fsum(values) for time, values in parts.items()}, math.fsum(traffic)


class WangsuBill(BandwidthBill):
    """What the bandwidth of domains of Wangsu comes to in a month, by the method of the contract."""

    module = "wangsu"
    made_of = TrafficAndRequestPeaks
    reckoning = (
        "Made of the bandwidth that getTrafficAndRequestPeaks tells of each 5 minutes; peaks that it tells with a time "
        "of their own may be finer and are left out."
    )

    def words(self, several: bool) -> dict[str, Any]:
        """Domains are told apart, so that one of which nothing is told is noticed."""
        return {"groupBy": ["domain"]}

    def measured(self, series: Series) -> tuple[list[float], list[float]]:
        """Bandwidth as it is told, or from the traffic where that alone is."""
        traffic = list(series.numbers["traffic_mb"])
        told = zip(series.numbers["bandwidth_mbps"], traffic, strict=True)
        return [_mbps(mb) if math.isnan(mbps) else mbps for mbps, mb in told], traffic


class VolcengineBill(BandwidthBill):
    """What the bandwidth of domains of Volcengine Live comes to in a month, by the method of the contract."""

    module = "volcengine"
    made_of = EdgeStats
    reckoning = (
        "Made of the traffic to viewers that getEdgeStats tells of each 5 minutes, as MB × 8 / 300; the bandwidth that "
        "it tells is the largest within a slot and is left out."
    )

    def words(self, several: bool) -> dict[str, Any]:
        """The platform tells domains apart where there are several."""
        return {"interval": "5m", **({"groupBy": ["domain"]} if several else {})}

    def limits(self, several: bool) -> Limits | None:
        """Many domains over a month would be one answer of hundreds of megabytes."""
        return replace(self.made_of.limits, window=in_seconds(1)) if several else None

    def measured(self, series: Series) -> tuple[list[float], list[float]]:
        """Bandwidth from the traffic."""
        traffic = [gb * _MB for gb in series.numbers["down_traffic_gb"]]
        return [_mbps(mb) for mb in traffic], traffic


def _mbps(mb: float) -> float:
    return mb * 8 / SLOT


def _day(day: Day, zone: int) -> GetBandwidthBillDay:
    peak = day.peak
    return GetBandwidthBillDay(
        date=rfc3339(day.start, zone)[:10],
        peak_mbps=round(peak.mbps, _DIGITS),
        peak_time=rfc3339(peak.time, zone) if day.told else None,
    )


def _missing(want: BillQuery, told: Answer) -> list[str]:
    """The domains without a single slot; one that was asked for alone is any row's."""
    place = [column.name for column in names_of(told.report)].index("domain")
    there = {(key[place] or "").lower() for key, row in told.rows if row.series}
    asked = want.domains or []
    return [] if len(asked) == 1 and there else [domain for domain in dict.fromkeys(asked) if domain not in there]
