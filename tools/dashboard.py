"""Draws the Grafana dashboard for the docs: a day of an emulated account, exported, scraped and queried.

    python tools/dashboard.py docs/images/dashboard.svg

No Grafana is needed. The exporter is the real one; the day passes on a clock of its own, so the picture is the same
each time. In the evening the vendor refuses a report for an hour, which is a gap.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.dates import DateFormatter, HourLocator
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, FuncFormatter, PercentFormatter

import promql
from pulumi_livechannels import config
from pulumi_livechannels.cli.metrics import Exporter, OwnCalls
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running
from pulumi_livechannels.reports import REPORTS

DASHBOARD = Path(__file__).resolve().parent.parent / "examples" / "grafana" / "livechannels.json"
REPORTS_SHOWN = ("getTrafficAndRequestPeaks", "getStreamTraffic", "getStreamSessions", "getBatchPushStreamMetrics")
DOMAINS = ("pull.example.com", "live.example.com")
NOON = datetime(2026, 11, 10, 12, tzinfo=VENDOR_ZONE).timestamp()
DAY, EVERY = 86400, 300
REFUSED_FROM, REFUSED_FOR = NOON + 9 * 3600, 3600
COLUMNS = 24
INCHES_A_COLUMN, INCHES_A_ROW = 0.62, 0.36
UNITS: dict[str, Any] = {
    "bps": EngFormatter(unit="b/s", sep=" "),
    "reqps": EngFormatter(unit="req/s", sep=" "),
    "hertz": EngFormatter(unit="Hz", sep=" "),
    "s": FuncFormatter(lambda seconds, _: f"{seconds / 60:g} min"),
    "percentunit": PercentFormatter(xmax=1),
    "short": EngFormatter(),
}


class Passing:
    """A clock that stands still until it is moved; nothing waits."""

    def __init__(self, now: float) -> None:
        self.time = now

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.time

    def monotonic(self) -> float:
        """The same."""
        return self.time

    def bound(self, seconds: float) -> float:
        """The limit itself."""
        return seconds

    def sleep(self, seconds: float) -> None:
        """Be later."""
        self.time += seconds


def scraped(exporter: Exporter, now: float) -> promql.Scrape:
    """What Prometheus would have read now."""
    vectors: dict[str, promql.Vector] = {}
    for metric in exporter.collect():
        for sample in metric.samples:
            vectors.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return now, vectors


def recorded(seconds: float = DAY) -> list[promql.Scrape]:
    """A scrape every five minutes from noon on."""
    clock = Passing(NOON)
    shown = [kind for kind in REPORTS if kind.name() in REPORTS_SHOWN]
    with running(quota=0, seed=7, now=clock.now) as (port, platform):
        own = OwnCalls(clock)
        settings = {**environment(port, 0), "LIVECHANNELS_CALLS_PER_FIVE_MINUTES": "300"}
        account = Account(config.load({"budgetStore": "memory"}, settings), lambda _: None, clock, allowance=own)
        exporter = Exporter(account, own, shown, DOMAINS)
        scrapes = []
        for turn in range(int(seconds // EVERY)):
            clock.time = max(clock.time, NOON + turn * EVERY)
            _trouble(platform, clock.now())
            exporter.refresh()
            scrapes.append(scraped(exporter, NOON + turn * EVERY))
    return scrapes


def _trouble(platform: Platform, now: float) -> None:
    if REFUSED_FROM <= now < REFUSED_FROM + REFUSED_FOR:
        fault = {"path": "/api/report/flow/stream/detail", "kind": "error-code", "code": "24102006"}
        platform.faults.add(fault)


def draw(dashboard: dict[str, Any], scrapes: list[promql.Scrape], file: Path) -> None:
    """Every panel where the dashboard has it."""
    rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in dashboard["panels"])
    figure = Figure(figsize=(COLUMNS * INCHES_A_COLUMN, rows * INCHES_A_ROW))
    for panel in dashboard["panels"]:
        _panel(figure, panel, rows, scrapes)
    with mpl.rc_context({"svg.hashsalt": "livechannels", "svg.fonttype": "none"}):
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def _panel(figure: Figure, panel: dict[str, Any], rows: int, scrapes: list[promql.Scrape]) -> None:
    place = panel["gridPos"]
    left, bottom = place["x"] / COLUMNS, 1 - (place["y"] + place["h"]) / rows
    axis = figure.add_axes(
        (left + 0.055, bottom + 1.75 / rows, place["w"] / COLUMNS - 0.07, place["h"] / rows - 2.75 / rows)
    )
    times = [datetime.fromtimestamp(time, timezone.utc) for time, _ in scrapes]
    for target in panel["targets"]:
        for name, values in _lines(target, scrapes).items():
            axis.plot(times, values, linewidth=1.1, label=name)  # type: ignore[arg-type]
    defaults = panel["fieldConfig"]["defaults"]
    axis.set_title(panel["title"], loc="left", fontsize=10, fontweight="bold")
    axis.set_ylim(bottom=0, top=defaults.get("max"))
    axis.yaxis.set_major_formatter(UNITS[defaults["unit"]])
    axis.xaxis.set_major_locator(HourLocator(byhour=range(0, 24, 4), tz=VENDOR_ZONE))
    axis.xaxis.set_major_formatter(DateFormatter("%H:%M", tz=VENDOR_ZONE))
    axis.set_xlim(times[0], times[-1])  # type: ignore[arg-type]
    axis.tick_params(labelsize=8)
    axis.grid(alpha=0.25)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(
        loc="upper left", bbox_to_anchor=(-0.02, -0.12), ncols=3 if place["w"] >= 12 else 2, fontsize=7, frameon=False
    )


def _lines(target: dict[str, Any], scrapes: list[promql.Scrape]) -> dict[str, list[float]]:
    """The series of a query by what the legend calls them; a time without a value is a gap."""
    query = promql.parsed(target["expr"])
    lines: dict[str, list[float]] = {}
    for turn in range(len(scrapes)):
        for labels, value in promql.answer(query, scrapes[: turn + 1]).items():
            name = target["legendFormat"]
            for key, word in labels:
                name = name.replace(f"{{{{{key}}}}}", word)
            lines.setdefault(name, [float("nan")] * len(scrapes))[turn] = value
    return lines


if __name__ == "__main__":
    draw(json.loads(DASHBOARD.read_text()), recorded(), Path(sys.argv[1]))
