"""How bandwidth is billed: one number from a period's samples of five minutes, by each method that vendors bill by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ...core.reporting.slots import DAY

SLOT = 300
Method = Literal["monthly95", "dailyPeakAverage", "top5DailyPeakAverage", "monthlyPeak"]
_TOP = 5
# Of so many samples the largest one is dropped.
_ONE_OF = 20


class Sample(NamedTuple):
    """The mean bandwidth of the slot that begins at a unix second."""

    time: int
    mbps: float


@dataclass(frozen=True, kw_only=True)
class Day:
    """The samples of a day, and the largest of them, the earliest one where there are several."""

    start: int
    samples: Sequence[Sample]
    told: bool

    @property
    def peak(self) -> Sample:
        """The largest sample."""
        return max(self.samples, key=lambda sample: (sample.mbps, -sample.time))


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What a method charges: the bandwidth and, where it is that of one slot, which; and how many samples it drops."""

    mbps: float
    time: int | None = None
    dropped: int = 0


def days(told: Mapping[int, float], start: int, end: int, settled_until: float) -> list[Day]:
    """The days from one midnight to another with their samples.

    `told` is the bandwidth of slots by their start. What is not told of a settled day is 0; of another day it may still
    come and is no sample, and such a day without any is left out.
    """
    found = []
    for midnight in range(start, end, DAY):
        times = range(midnight, midnight + DAY, SLOT)
        if midnight + DAY <= settled_until:
            samples = [Sample(time, told.get(time, 0.0)) for time in times]
        else:
            samples = [Sample(time, told[time]) for time in times if time in told]
        if samples:
            found.append(Day(start=midnight, samples=samples, told=any(time in told for time in times)))
    return found


def charge(method: Method, of: Sequence[Day]) -> Charge:
    """What a method makes of at least one day."""
    return _METHODS[method](of)


def _monthly95(of: Sequence[Day]) -> Charge:
    every = _descending([sample for day in of for sample in day.samples])
    dropped = len(every) // _ONE_OF
    return Charge(mbps=every[dropped].mbps, time=every[dropped].time, dropped=dropped)


def _daily_peak_average(of: Sequence[Day]) -> Charge:
    return _mean([day.peak for day in of])


def _top5_daily_peak_average(of: Sequence[Day]) -> Charge:
    return _mean(_descending([day.peak for day in of])[:_TOP])


def _monthly_peak(of: Sequence[Day]) -> Charge:
    largest = _descending([day.peak for day in of])[0]
    return Charge(mbps=largest.mbps, time=largest.time)


def _mean(peaks: Sequence[Sample]) -> Charge:
    return Charge(mbps=sum(peak.mbps for peak in peaks) / len(peaks))


def _descending(samples: Sequence[Sample]) -> list[Sample]:
    return sorted(samples, key=lambda sample: (-sample.mbps, sample.time))


_METHODS: dict[Method, Callable[[Sequence[Day]], Charge]] = {
    "monthly95": _monthly95,
    "dailyPeakAverage": _daily_peak_average,
    "top5DailyPeakAverage": _top5_daily_peak_average,
    "monthlyPeak": _monthly_peak,
}
