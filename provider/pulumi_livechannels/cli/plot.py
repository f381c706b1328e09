"""A picture of a report's series: a panel for each quantity, in units that fit, at times of the zone that was asked in.

Slots are lines with their gaps, days are bars, and pushes are a timeline.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from heapq import nlargest
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, Formatter, PercentFormatter

from ..core.reporting.columns import Column, Fold, columns
from ..core.reporting.declared import names_of
from ..core.reporting.slots import DAY, SECONDS, unix
from ..core.reporting.table import Series, known
from ..core.values.calendar import zone_of
from ..core.values.times import VENDOR_ZONE, moment
from .units import base_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.reporting.report import Report
    from ..core.reporting.table import Key, Row

LINES = 10
_NAMED = 3
_PANEL_INCHES = 2.4
_LEGEND_LINE_INCHES = 0.2
_BAND = 0.8
# More than a slot and less than two: what is further apart has a gap between.
_APART = 1.5

Rows: TypeAlias = "Mapping[Key, Row]"


class Line(NamedTuple):
    """What is drawn of a row: its name and its slots."""

    label: str
    series: Series


def draw(kind: type[Report], rows: Rows, file: Path, asked: Mapping[str, Any]) -> None:
    """Draw the series of an answer's rows into an .svg or .png file; `asked` is the question in camelCase words."""
    # The same picture for the same data, whenever and wherever it is drawn.
    with mpl.rc_context({"svg.hashsalt": "livechannels", "svg.fonttype": "none"}):
        picture(kind, rows, asked).savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def picture(kind: type[Report], rows: Rows, asked: Mapping[str, Any]) -> Figure:
    """The figure itself."""
    zone = _zone(asked)
    lines = _largest(kind, rows)
    numeric = [column for column in columns(kind.Slot).values() if not column.text and _has(lines, column)]
    panels: Sequence[Column | None] = [None] if kind.shape.events else (numeric or [None])
    height = max(_PANEL_INCHES, _LEGEND_LINE_INCHES * (len(lines) + 1))
    figure = Figure(figsize=(12, 1.5 + height * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, column in zip(axes, panels, strict=True):
        if column is not None:
            _quantity(axis, lines, column, SECONDS.get(kind.slot_word(asked), 0), zone)
        elif kind.shape.events:
            _timeline(axis, lines)
        else:
            axis.text(0.5, 0.5, "nothing is told", ha="center", va="center", transform=axis.transAxes)
            axis.set_yticks([])
    _times(axes[-1], asked, zone)
    figure.suptitle("\n".join(_title(kind, len(rows) - len(lines), lines, asked, zone)))
    return figure


def _quantity(axis: Axes, lines: Sequence[Line], column: Column, length: int, zone: tzinfo) -> None:
    scale = base_unit(column.name).scale
    drawn = [line for line in lines if _has([line], column)]
    highest = 0.0
    for place, line in enumerate(drawn):
        told = [
            (datetime.fromtimestamp(time, zone), number * scale)
            for time, number in zip(line.series.times, line.series.numbers[column.name], strict=True)
            if not math.isnan(number)
        ]
        times, values = [time for time, _ in told], [value for _, value in told]
        highest = max(highest, *values)
        if length == DAY:
            _bars(axis, times, values, place, len(drawn), line.label)
        else:
            _curve(axis, times, values, length, line.label)
    axis.set_title(_called(column), loc="left", fontsize="medium")
    axis.yaxis.set_major_formatter(_formatter(column))
    # Room above, so that a steady series is no part of the frame.
    axis.set_ylim(bottom=0, top=(highest or 1) * 1.1)
    axis.grid(alpha=0.3)
    if any(line.label for line in drawn):
        axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)


def _curve(axis: Axes, times: list[datetime], values: list[float], length: int, label: str) -> None:
    """A line that is broken where slots are missing; a slot with none beside it is a point."""
    between = [(late - early).total_seconds() for early, late in pairwise(times)]
    # An account may have finer slots than were asked for.
    usual = min([*between, length or math.inf])
    xs: list[datetime] = []
    ys: list[float] = []
    lone: list[int] = []
    for index, (time, value) in enumerate(zip(times, values, strict=True)):
        begins = index == 0 or between[index - 1] > _APART * usual
        ends = index == len(between) or between[index] > _APART * usual
        if begins and xs:
            xs.append(time)
            ys.append(math.nan)
        if begins and ends:
            lone.append(len(xs))
        xs.append(time)
        ys.append(value)
    # What lies on the ground is drawn over the frame.
    axis.plot(xs, ys, label=label, linewidth=1.4, marker="o", markersize=4, markevery=lone, clip_on=False, zorder=3)  # type: ignore[arg-type]


def _bars(axis: Axes, times: list[datetime], values: list[float], place: int, many: int, label: str) -> None:
    width = timedelta(days=_BAND) / many
    starts = [time + timedelta(days=(1 - _BAND) / 2) + place * width for time in times]
    axis.bar(starts, values, width=width, align="edge", label=label, zorder=3)  # type: ignore[arg-type]


def _timeline(axis: Axes, lines: Sequence[Line]) -> None:
    """A band for each row with a bar for each event, from when it began to when it ended."""
    for place, line in enumerate(lines):
        bars = [(start / DAY, (end - start) / DAY) for start, end in _events(line.series)]
        # The edge keeps a short one visible.
        colour = f"C{place}"
        band = (place - _BAND / 2, _BAND)
        axis.broken_barh(bars, band, facecolor=colour, edgecolor=colour, linewidth=1.5, zorder=3)
    axis.set_yticks(range(len(lines)), [line.label for line in lines])
    axis.set_ylim(len(lines) - 0.5, -0.5)
    axis.xaxis_date()
    axis.grid(alpha=0.3, axis="x")


def _events(series: Series) -> Iterator[tuple[float, float]]:
    """When each began, and when it ended or how far its length goes, in unix seconds."""
    for start, end, length in zip(series.times, series.texts["end_time"], series.numbers["duration_ms"], strict=True):
        yield start, unix(str(end)) if end else start + (0 if math.isnan(length) else length / 1000)


def _called(column: Column) -> str:
    """The quantity, without the vendor's unit."""
    scaled = base_unit(column.name).symbol in ("B", "b/s", "s")
    return (column.name.rpartition("_")[0] if scaled else column.name).replace("_", " ")


def _formatter(column: Column) -> Formatter:
    symbol = base_unit(column.name).symbol
    return PercentFormatter(xmax=1) if symbol == "%" else EngFormatter(unit=symbol, sep=" ")


def _times(axis: Axes, asked: Mapping[str, Any], zone: tzinfo) -> None:
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]
    axis.set_xlabel(f"time ({_offset(zone)})")
    if "startTime" in asked and "endTime" in asked:
        axis.set_xlim(moment(asked["startTime"]), moment(asked["endTime"]))  # type: ignore[arg-type]


def _title(
    kind: type[Report], left_out: int, lines: Sequence[Line], asked: Mapping[str, Any], zone: tzinfo
) -> list[str]:
    """What it is, what of, from when to when, and what of it is not drawn."""
    named = [*asked.get("domains", []), *asked.get("streams", [])]
    of = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
    window = ""
    if "startTime" in asked and "endTime" in asked:
        ends = [moment(asked[key]).astimezone(zone) for key in ("startTime", "endTime")]
        window = " to ".join(f"{end:%Y-%m-%d %H:%M}" for end in ends) + f" ({_offset(zone)})"
    words = [f"{kind.name()}: {kind.sentence()}", " · ".join(filter(None, (of, window)))]
    if left_out:
        words.append(f"the {len(lines)} largest rows; {left_out} more are not drawn")
    return [word for word in words if word]


def _zone(asked: Mapping[str, Any]) -> tzinfo:
    """The zone of the question: the one that it names, or that of its window."""
    if "timeZone" in asked:
        return zone_of(asked["timeZone"])
    return (moment(asked["startTime"]).tzinfo if "startTime" in asked else None) or VENDOR_ZONE


def _offset(zone: tzinfo) -> str:
    return datetime(2000, 1, 1, tzinfo=zone).isoformat()[-6:]


def _has(lines: Sequence[Line], column: Column) -> bool:
    return any(True for line in lines for _ in known(line.series.numbers.get(column.name, ())))


def _largest(kind: type[Report], rows: Rows) -> list[Line]:
    """The rows with most of what adds up, or the first rows where nothing does; a few stay as they are."""
    names = names_of(kind)
    lines = (
        Line(" · ".join(part for part, _ in zip(key, names, strict=False) if part), row.series)
        for key, row in rows.items()
        if row.series is not None
    )
    adding = [name for name, column in columns(kind.Slot).items() if column.fold in (Fold.SUM, Fold.RATE)]
    if len(rows) <= LINES:
        return list(lines)
    return nlargest(LINES, lines, lambda line: [math.fsum(known(line.series.numbers.get(name, ()))) for name in adding])
