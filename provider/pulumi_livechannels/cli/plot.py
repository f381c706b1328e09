"""A picture of a report's series: a panel for each quantity, in units that fit, at times of the zone that was asked in.

Slots are lines with their gaps, days are bars, and pushes are a timeline.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, Formatter, PercentFormatter

from ..core.reporting.columns import Column, Fold, columns
from ..core.reporting.declared import names_of
from ..core.reporting.slots import DAY, SECONDS
from ..core.values.calendar import zone_of
from ..core.values.times import VENDOR_ZONE, moment
from .units import base_unit

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.reporting.report import Report

LINES = 10
_NAMED = 3
_PANEL_INCHES = 2.4
_LEGEND_LINE_INCHES = 0.2
_BAND = 0.8
# More than a slot and less than two: what is further apart has a gap between.
_APART = 1.5

Row = Mapping[str, Any]


def draw(kind: type[Report], answer: Mapping[str, Any], file: Path, asked: Mapping[str, Any]) -> None:
    """Draw the series of an answer into an .svg or .png file; `asked` is the question in camelCase words."""
    # The same picture for the same data, whenever and wherever it is drawn.
    with mpl.rc_context({"svg.hashsalt": "livechannels", "svg.fonttype": "none"}):
        picture(kind, answer, asked).savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def picture(kind: type[Report], answer: Mapping[str, Any], asked: Mapping[str, Any]) -> Figure:
    """The figure itself."""
    zone = _zone(asked)
    numeric = [column for column in columns(kind.Slot).values() if not column.text and _has(answer, column)]
    rows = _largest(answer["rows"], numeric)
    panels: Sequence[Column | None] = [None] if kind.shape.events else (numeric or [None])
    height = max(_PANEL_INCHES, _LEGEND_LINE_INCHES * (len(rows) + 1))
    figure = Figure(figsize=(12, 1.5 + height * len(panels)), layout="constrained")
    axes = figure.subplots(len(panels), 1, sharex=True, squeeze=False)[:, 0]
    for axis, column in zip(axes, panels, strict=True):
        if column is not None:
            _quantity(axis, kind, rows, column, _slot_length(kind, asked), zone)
        elif kind.shape.events:
            _timeline(axis, kind, rows)
        else:
            axis.text(0.5, 0.5, "nothing is told", ha="center", va="center", transform=axis.transAxes)
            axis.set_yticks([])
    _times(axes[-1], asked, zone)
    figure.suptitle("\n".join(_title(kind, answer, rows, asked, zone)))
    return figure


def _quantity(axis: Axes, kind: type[Report], rows: Sequence[Row], column: Column, length: int, zone: tzinfo) -> None:
    scale = base_unit(column.name).scale
    drawn = [row for row in rows if any(column.key in slot for slot in row["series"])]
    highest = 0.0
    for place, row in enumerate(drawn):
        slots = [slot for slot in row["series"] if column.key in slot]
        times = [moment(slot["time"]).astimezone(zone) for slot in slots]
        values = [slot[column.key] * scale for slot in slots]
        highest = max(highest, *values)
        if length == DAY:
            _bars(axis, times, values, place, len(drawn), _label(kind, row))
        else:
            _line(axis, times, values, length, _label(kind, row))
    axis.set_title(_called(column), loc="left", fontsize="medium")
    axis.yaxis.set_major_formatter(_formatter(column))
    # Room above, so that a steady series is no part of the frame.
    axis.set_ylim(bottom=0, top=(highest or 1) * 1.1)
    axis.grid(alpha=0.3)
    if any(_label(kind, row) for row in drawn):
        axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)


def _line(axis: Axes, times: list[datetime], values: list[float], length: int, label: str) -> None:
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


def _timeline(axis: Axes, kind: type[Report], rows: Sequence[Row]) -> None:
    """A band for each row with a bar for each event, from when it began to when it ended."""
    for place, row in enumerate(rows):
        bars = [
            (_days(moment(slot["time"])), _days(_end(slot)) - _days(moment(slot["time"]))) for slot in row["series"]
        ]
        # The edge keeps a short one visible.
        colour = f"C{place}"
        band = (place - _BAND / 2, _BAND)
        axis.broken_barh(bars, band, facecolor=colour, edgecolor=colour, linewidth=1.5, zorder=3)
    axis.set_yticks(range(len(rows)), [_label(kind, row) for row in rows])
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.xaxis_date()
    axis.grid(alpha=0.3, axis="x")


def _days(time: datetime) -> float:
    """A time as matplotlib counts it."""
    return time.timestamp() / DAY


def _end(event: Mapping[str, Any]) -> datetime:
    """When it ended, or how far its length goes."""
    if event.get("endTime"):
        return moment(event["endTime"])
    return moment(event["time"]) + timedelta(milliseconds=event.get("durationMs", 0))


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
    kind: type[Report], answer: Mapping[str, Any], rows: Sequence[Row], asked: Mapping[str, Any], zone: tzinfo
) -> list[str]:
    """What it is, what of, from when to when, and what of it is not drawn."""
    named = [*asked.get("domains", []), *asked.get("streams", [])]
    of = ", ".join(named[:_NAMED]) + (f" and {len(named) - _NAMED} more" if len(named) > _NAMED else "")
    window = ""
    if "startTime" in asked and "endTime" in asked:
        ends = [moment(asked[key]).astimezone(zone) for key in ("startTime", "endTime")]
        window = " to ".join(f"{end:%Y-%m-%d %H:%M}" for end in ends) + f" ({_offset(zone)})"
    lines = [f"{kind.name()}: {kind.sentence()}", " · ".join(filter(None, (of, window)))]
    left_out = len(answer["rows"]) - len(rows)
    if left_out:
        lines.append(f"the {len(rows)} largest rows; {left_out} more are not drawn")
    return [line for line in lines if line]


def _zone(asked: Mapping[str, Any]) -> tzinfo:
    """The zone of the question: the one that it names, or that of its window."""
    if "timeZone" in asked:
        return zone_of(asked["timeZone"])
    return (moment(asked["startTime"]).tzinfo if "startTime" in asked else None) or VENDOR_ZONE


def _offset(zone: tzinfo) -> str:
    return datetime(2000, 1, 1, tzinfo=zone).isoformat()[-6:]


def _slot_length(kind: type[Report], asked: Mapping[str, Any]) -> int:
    word = kind.slot_word(asked)
    return SECONDS[word] if word else 0


def _label(kind: type[Report], row: Row) -> str:
    return " · ".join(str(row[name.key]) for name in names_of(kind) if name.key in row)


def _has(answer: Mapping[str, Any], column: Column) -> bool:
    return any(column.key in slot for row in answer["rows"] for slot in row["series"])


def _largest(rows: list[dict[str, Any]], numeric: list[Column]) -> list[dict[str, Any]]:
    """The rows with most of the first column that adds up, or the first rows where none does."""
    if len(rows) <= LINES:
        return rows
    weight = next((column for column in numeric if column.fold in (Fold.SUM, Fold.RATE)), None)
    if weight is None:
        return rows[:LINES]
    return sorted(rows, key=lambda row: -sum(slot.get(weight.key, 0) for slot in row["series"]))[:LINES]
