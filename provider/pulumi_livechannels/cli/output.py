"""How the command line shows things: tables that fit the terminal, JSON, CSV, progress. Data alone goes to stdout."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..core.reporting.declared import names_of

if TYPE_CHECKING:
    from ..core.function import Progress as Advance
    from ..core.reporting.report import Report

_AS_WIDE_AS_IT_TAKES = 100_000
_GAP = 2


class _Console(Console):
    """A console that leaves it to the command what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        """Whoever read our output is gone."""
        raise BrokenPipeError


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], to: TextIO | None = None) -> None:
    """A table as wide as the terminal, or as its content where nobody reads along; `to` is not stdout.

    Sentences wrap between words; where names and numbers do not fit side by side, they stand one below the other.
    """
    to = to or sys.stdout
    console = _Console(file=to, width=None if to.isatty() else _AS_WIDE_AS_IT_TAKES, highlight=False)
    cells = [[_cell(value) for value in row] for row in rows]
    least = [
        max(cell_len(word) for line in (columns, *cells) for word in line[place].split() or [""])
        for place in range(len(columns))
    ]
    if sum(least) + _GAP * (len(columns) - 1) > console.width:
        for line in cells:
            _below_each_other(console, columns, line)
        return
    drawn = _frame(show_header=True)
    numbers = [any(isinstance(row[place], (int, float)) for row in rows) for place in range(len(columns))]
    for column, is_number, width in zip(columns, numbers, least, strict=True):
        drawn.add_column(column, justify="right" if is_number else "left", min_width=width)
    for line in cells:
        drawn.add_row(*map(Text, line))
    console.print(drawn)


def _below_each_other(console: Console, columns: Sequence[str], line: Sequence[str]) -> None:
    drawn = _frame(show_header=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for column, cell in zip(columns, line, strict=True):
        if cell:
            drawn.add_row(column, Text(cell))
    console.print(drawn)
    console.print()


def _frame(*, show_header: bool) -> Table:
    return Table(show_header=show_header, header_style="bold", box=None, pad_edge=False, padding=(0, _GAP, 0, 0))


def as_json(value: Any, to: TextIO | None = None) -> None:
    """JSON, indented for people."""
    print(json.dumps(value, indent=2, ensure_ascii=False), file=to)


def as_csv(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """CSV with a head line; what is missing is empty."""
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if value is None else value for value in row] for row in rows)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (int, float)):
        return f"{value:,}"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show(kind: type[Report], answer: Mapping[str, Any], format: str) -> None:
    """A report's answer."""
    if format == "json":
        as_json(answer)
        return
    rows = answer["rows"]
    if format == "csv":
        as_csv(*_flat(rows))
        return
    if kind.has_series():
        shown = {*(column.key for column in names_of(kind)), "series"}
        table(*_flat([{key: value for key, value in row.items() if key in shown} for row in rows]))
        rows = [_without(row, "series") for row in rows if set(row) - shown]
        if rows:
            print()
    if rows:
        table(*_flat(rows))
    if not answer["rows"]:
        print("the platform tells nothing about this", file=sys.stderr)
    rest = _without(answer, "rows", "series")
    if rest:
        print()
        table(list(rest), [list(rest.values())])


def _without(values: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


def _flat(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """A line for each slot of each row, or for each row without slots."""
    lines = []
    for row in rows:
        about = _without(row, "series")
        lines += [{**about, **_slot(slot, about)} for slot in row["series"]] if "series" in row else [about]
    columns = list(dict.fromkeys(key for line in lines for key in line))
    return columns, [[line.get(column) for column in columns] for line in lines]


def _slot(slot: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """A slot's values, under other names where its row has one of the same name."""
    return {f"slot.{key}" if key in about else key: value for key, value in slot.items()}


def show_reports(kinds: Sequence[type[Report]], format: str) -> None:
    """Every report, with its vendor, action, path, limits and a sentence."""
    listed = [
        {
            "name": kind.name(),
            "vendor": kind.vendor,
            "action": kind.action,
            "path": kind.path,
            "module": kind.module,
            "sites": list(kind.sites),
            "series": kind.has_series(),
            "limits": " ".join(kind.notes()),
            "about": kind.sentence(),
        }
        for kind in kinds
    ]
    if format == "json":
        as_json(listed)
    elif format == "csv":
        as_csv(
            list(listed[0]),
            [[_cell(value) if isinstance(value, list) else value for value in each.values()] for each in listed],
        )
    else:
        shown = ("name", "vendor", "sites", "action", "path", "about", "limits")
        table(shown, [[each[key] for key in shown] for each in listed])


@contextmanager
def to_a_reader() -> Iterator[None]:
    """Output that may be more than its reader wants to see."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # The interpreter must not complain about it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(what: str) -> Iterator[Advance | None]:
    """A bar on the terminal while something takes several calls; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    console = Console(stderr=True)
    parts = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count)
