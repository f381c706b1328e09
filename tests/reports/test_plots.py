"""Pictures of reports, by their pixels: what is there is seen, what is not there is not, and the words around it."""

from __future__ import annotations

from array import array
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from pulumi_livechannels.cli import plot
from pulumi_livechannels.core.reporting.columns import columns
from pulumi_livechannels.core.reporting.table import Key, Row, Series
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.reports import REPORTS
from reports_kit import BY_NAME

pytestmark = pytest.mark.slow

NOON = datetime(2026, 11, 1, 12, tzinfo=VENDOR_ZONE)
HOUR = {"startTime": NOON.isoformat(), "endTime": (NOON + timedelta(hours=1)).isoformat()}
Pixels = Any


def after(minutes: float) -> int:
    """The unix second so many minutes after noon."""
    return int(NOON.timestamp() + minutes * 60)


def row(times: list[int], texts: dict[str, list[Any]] | None = None, **numbers: list[float]) -> Row:
    """A row whose slots begin then."""
    arrays = {name: array("d", values) for name, values in numbers.items()}
    return Row({}, Series(array("q", times), arrays, texts or {}))


def slots(values: dict[int, float], minutes: int = 5) -> dict[Key, Row]:
    """One row with slots by their number, from noon on."""
    return {(): row([after(minutes * number) for number in values], traffic_mb=list(values.values()))}


def drawn(figure: Figure, colour: str = "C0", panel: int = 0) -> Pixels:
    """Where a panel has pixels of a colour: a row of booleans for each line of pixels, from the top."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    image = numpy.asarray(canvas.buffer_rgba())[:, :, :3].astype(int)
    box = figure.axes[panel].get_window_extent()
    height = image.shape[0]
    # A little more than the frame, on which things may lie.
    inside = image[int(height - box.y1) - 3 : int(height - box.y0) + 4, int(box.x0) : int(box.x1)]
    wanted = numpy.array([round(255 * part) for part in to_rgb(colour)])
    return (abs(inside - wanted) <= 40).all(axis=2)


def traffic(values: dict[int, float], **asked: Any) -> Figure:
    question = {"domains": ["pull.example.com"], "interval": "5m", **HOUR, **asked}
    return plot.picture(BY_NAME["getDomainTraffic"], slots(values), question)


def columns_with(pixels: Pixels) -> list[int]:
    return [int(column) for column in numpy.flatnonzero(pixels.any(axis=0))]


def part(pixels: Pixels, start: float, end: float) -> Pixels:
    """The pixels between two moments, as parts of the window."""
    width = pixels.shape[1]
    return pixels[:, int(start * width) : int(end * width)]


def test_a_lone_slot_is_a_point_that_can_be_seen() -> None:
    pixels = drawn(traffic({6: 10}))
    assert pixels.sum() >= 12
    where = columns_with(pixels)
    assert where[-1] - where[0] < 20
    assert abs(where[0] / pixels.shape[1] - 0.5) < 0.05


@pytest.mark.parametrize("value", [0, 10])
def test_a_steady_series_is_a_line_that_can_be_seen_be_it_zero(value: float) -> None:
    pixels = drawn(traffic(dict.fromkeys(range(12), value)))
    assert len(columns_with(pixels)) > 0.85 * pixels.shape[1]
    highest = int(numpy.flatnonzero(pixels.any(axis=1))[0])
    assert highest > 10, "it does not lie on the upper frame"


def test_a_gap_is_a_gap_and_a_point_between_two_is_seen() -> None:
    pixels = drawn(traffic({**dict.fromkeys(range(4), 10), 6: 10, **dict.fromkeys(range(9, 12), 10)}))
    assert part(pixels, 0.02, 0.24).any(axis=0).all()
    assert not part(pixels, 0.28, 0.47).any()
    assert part(pixels, 0.48, 0.52).any()
    assert not part(pixels, 0.53, 0.72).any()
    assert part(pixels, 0.77, 0.9).any(axis=0).all()


def test_finer_slots_than_were_asked_for_are_one_line() -> None:
    fine = slots(dict.fromkeys(range(60), 3), minutes=1)
    asked = {"domains": ["pull.example.com"], "interval": "5m", **HOUR}
    pixels = drawn(plot.picture(BY_NAME["getDomainTraffic"], fine, asked))
    assert part(pixels, 0.02, 0.95).any(axis=0).all()


def test_days_are_bars_side_by_side() -> None:
    rows = slots({0: 10, 1: 20, 3: 5}, minutes=1440)
    days = {"startTime": NOON.isoformat(), "endTime": (NOON + timedelta(days=4)).isoformat(), "interval": "1d"}
    pixels = drawn(plot.picture(BY_NAME["getDomainTraffic"], rows, days))
    areas = [int(part(pixels, day / 4, (day + 1) / 4).sum()) for day in range(4)]
    assert areas[2] == 0
    assert areas[1] == pytest.approx(2 * areas[0], rel=0.1)
    assert areas[3] == pytest.approx(areas[0] / 2, rel=0.15)


def test_pushes_are_a_timeline_with_a_band_for_each_stream_and_short_ones_are_seen() -> None:
    def pushes(*spans: tuple[int, int | None]) -> Row:
        ends = [end and (NOON + timedelta(minutes=end)).isoformat() for _, end in spans]
        return row([after(start) for start, _ in spans], {"end_time": ends}, duration_ms=[900_000.0] * len(spans))

    rows = {
        ("push.example.com", "live/main"): pushes((0, 15), (30, None)),
        ("push.example.com", "live/backup"): pushes((30, 30)),
    }
    figure = plot.picture(BY_NAME["getStreamPushDuration"], rows, HOUR)
    main, backup = drawn(figure), drawn(figure, "C1")
    assert part(main, 0.01, 0.24).any(axis=0).all()
    assert not part(main, 0.26, 0.49).any()
    assert part(main, 0.51, 0.74).any(axis=0).all()
    assert 1 <= len(columns_with(backup)) <= 6
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == [
        "push.example.com · live/main",
        "push.example.com · live/backup",
    ]


def test_each_quantity_has_a_panel_with_units_that_fit() -> None:
    rows = {("pull.example.com",): row([after(0)], traffic_mb=[2500], bandwidth_mbps=[66.7], requests=[12_000])}
    figure = plot.picture(BY_NAME["getTrafficAndRequestPeaks"], rows, {"domains": ["pull.example.com"], **HOUR})
    FigureCanvasAgg(figure).draw()
    labels = {axis.get_title(loc="left"): axis.get_yticklabels()[-1].get_text().split()[-1] for axis in figure.axes}
    assert labels == {"traffic": "GB", "bandwidth": "Mb/s", "requests": "k"}
    assert all(drawn(figure, panel=panel).any() for panel in range(3))


@pytest.mark.parametrize(
    ("asked", "zone", "hours"),
    [
        (HOUR, "+08:00", "12:00"),
        ({"startTime": "2026-11-01T04:00:00Z", "endTime": "2026-11-01T05:00:00Z"}, "+00:00", "04:00"),
        ({**HOUR, "timeZone": "-03:30"}, "-03:30", "00:30"),
    ],
)
def test_the_axis_has_the_zone_of_the_question(asked: dict[str, str], zone: str, hours: str) -> None:
    figure = plot.picture(BY_NAME["getDomainTraffic"], slots({0: 1, 1: 2}), asked)
    FigureCanvasAgg(figure).draw()
    assert figure.axes[-1].get_xlabel() == f"time ({zone})"
    assert hours in figure.get_suptitle()
    shown = [label.get_text() for label in figure.axes[-1].get_xticklabels()]
    assert any(text in (hours, "Nov-01") for text in shown), shown


def test_the_title_names_what_was_asked_about() -> None:
    many = [f"d{number}.example.com" for number in range(5)]
    title = traffic({0: 1}, domains=many).get_suptitle()
    assert "getDomainTraffic: Traffic of several domains together" in title
    assert "d0.example.com, d1.example.com, d2.example.com and 2 more" in title
    assert "2026-11-01 12:00 to 2026-11-01 13:00 (+08:00)" in title


def test_an_answer_without_slots_says_so_in_the_picture() -> None:
    figure = plot.picture(BY_NAME["getDomainTraffic"], {}, HOUR)
    assert [text.get_text() for text in figure.axes[0].texts] == ["nothing is told"]


@pytest.mark.parametrize("kind", [kind for kind in REPORTS if kind.has_series()], ids=lambda kind: kind.name())
def test_every_series_can_be_drawn(kind: Any, tmp_path: Path) -> None:
    declared = columns(kind.Slot).values()
    ends = [(NOON + timedelta(minutes=60 * hour + 20)).isoformat() for hour in range(3)]
    texts = {column.name: ends for column in declared if column.text}
    numbers = {column.name: [0.0, 1.0, 2.0] for column in declared if not column.text}
    rows: dict[Key, Row] = {
        (str(number),): row([after(0), after(60), after(120)], texts, **numbers) for number in range(12)
    }
    plot.draw(kind, rows, tmp_path / "picture.svg", kind.example)
    text = (tmp_path / "picture.svg").read_text()
    assert kind.name() in text
    assert "2 more are not drawn" in text


def test_the_same_answer_is_the_same_picture(tmp_path: Path) -> None:
    answer = slots({0: 1, 1: 2})
    for name in ("one.svg", "other.svg"):
        plot.draw(BY_NAME["getDomainTraffic"], answer, tmp_path / name, HOUR)
    assert (tmp_path / "one.svg").read_text() == (tmp_path / "other.svg").read_text()


def test_the_rows_with_most_are_drawn_and_what_is_left_out_is_said() -> None:
    rows: dict[Key, Row] = {(f"d{number}.example.com",): row([after(0)], traffic_mb=[number]) for number in range(12)}
    figure = plot.picture(BY_NAME["getTrafficAndRequestPeaks"], rows, HOUR)
    assert "the 10 largest rows; 2 more are not drawn" in figure.get_suptitle()
    heights = sorted(float(line.get_ydata()[0]) for line in figure.axes[0].lines)  # type: ignore[index]
    assert heights == [number * 1e6 for number in range(2, 12)]
