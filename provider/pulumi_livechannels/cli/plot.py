"""A picture of a report's series: one panel for each unit, one line for each row, times of this machine's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from dateutil.tz import tzlocal  # type: ignore[import-untyped]
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from ..core.reporting.columns import Column, Fold, columns
from ..core.reporting.declared import names_of
from ..core.values.times import moment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..core.reporting.report import Report

LINES = 10
_UNITS = {
    "mb": "MB",
    "gb": "GB",
    "bytes": "bytes",
    "mbps": "Mbps",
    "kbps": "kbps",
    "bps": "bps",
    "ms": "ms",
    "ratio": "ratio, 0 to 1",
    "percent": "%",
    "rate": "frames a second",
}


def draw(kind: type[Report], answer: Mapping[str, Any], file: Path) -> None:
    """Draw the series of an answer into an .svg or .png file."""
    numeric = [column for column in columns(kind.Slot).values() if not column.text and _has(answer, column)]
    panels: dict[str, list[Column]] = {}
    for column in numeric:
        panels.setdefault(unit(column), []).append(column)
    rows = _largest(answer["rows"], numeric)
    # A panel is as high as its legend needs.
    heights = [max(2.6, 0.2 * len(rows) * len(group)) for group in panels.values()] or [2.6]
    figure = Figure(figsize=(12, 1.5 + sum(heights)), layout="constrained")
    axes = figure.subplots(max(1, len(panels)), 1, sharex=True, squeeze=False)[:, 0]
    for axis, (name, group) in zip(axes, panels.items(), strict=False):
        for row in rows:
            for column in group:
                _line(axis, kind, row, column, len(group) > 1)
        axis.set_ylabel(name)
        axis.set_ylim(bottom=0)
        axis.grid(alpha=0.3)
        axis.legend(loc="upper left", bbox_to_anchor=(1, 1), fontsize="small", frameon=False)
    zone = tzlocal()
    locator = AutoDateLocator(tz=zone)  # type: ignore[no-untyped-call]
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=zone))  # type: ignore[no-untyped-call]
    axes[-1].set_xlabel(f"time ({_zone_names(rows, zone)})")
    left_out = len(answer["rows"]) - len(rows)
    more = f"\nthe {len(rows)} largest rows; {left_out} more are not drawn" if left_out else ""
    figure.suptitle(f"{kind.name()}: {kind.sentence()}{more}")
    # The same picture for the same data, whenever and wherever it is drawn.
    with mpl.rc_context({"svg.hashsalt": "livechannels", "svg.fonttype": "none"}):
        figure.savefig(file, metadata={"Date": None} if file.suffix == ".svg" else None)


def _zone_names(rows: list[dict[str, Any]], zone: tzinfo) -> str:
    """The zone as it is called at both ends of the picture, for its clocks may have been changed between them."""
    times = [moment(slot["time"]) for row in rows for slot in (*row["series"][:1], *row["series"][-1:])]
    ends = [min(times), max(times)] if times else [datetime.now(zone)]
    return ", ".join(dict.fromkeys(end.astimezone(zone).tzname() or "" for end in ends))


def unit(column: Column) -> str:
    """The unit of a column, which its name ends with; a count where it names none."""
    return _UNITS.get(column.name.rpartition("_")[2], "count")


def _line(axis: Axes, kind: type[Report], row: Mapping[str, Any], column: Column, several: bool) -> None:
    slots = [slot for slot in row["series"] if column.key in slot]
    times = [moment(slot["time"]) for slot in slots]
    about = [str(row[name.key]) for name in names_of(kind) if name.key in row]
    words = column.name.replace("_", " ")
    label = " · ".join([*about, words] if several or not about else about)
    axis.plot(times, [slot[column.key] for slot in slots], label=label, linewidth=1.2)  # type: ignore[arg-type]


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
