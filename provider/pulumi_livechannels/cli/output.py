"""How the command line shows things: tables that fit the terminal, JSON, CSV, progress. Data alone goes to stdout."""

from __future__ import annotations

import csv
import difflib
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

if TYPE_CHECKING:
    from ..core.function import Progress as Advance
    from ..core.reporting.report import Report

_AS_WIDE_AS_IT_TAKES = 100_000


class _Console(Console):
    """A console that leaves it to the command what a closed pipe means."""

    def on_broken_pipe(self) -> None:
        """Whoever read our output is gone."""
        raise BrokenPipeError


def table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str = "") -> None:
    """A table as wide as the terminal, or as its content where nobody reads along."""
    console = _Console(width=None if sys.stdout.isatty() else _AS_WIDE_AS_IT_TAKES, highlight=False)
    drawn = Table(title=title or None, title_justify="left", header_style="bold", box=None, pad_edge=False)
    numbers = [any(isinstance(row[place], (int, float)) for row in rows) for place in range(len(columns))]
    for column, is_number in zip(columns, numbers, strict=True):
        drawn.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(value) for value in row))
    console.print(drawn)


def as_json(value: Any) -> None:
    """JSON, indented for people."""
    print(json.dumps(value, indent=2, ensure_ascii=False))


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
    columns, rows = _flat(answer["rows"])
    if format == "csv":
        as_csv(columns, rows)
        return
    table(columns, rows)
    rest = {key: value for key, value in answer.items() if key not in ("rows", "series")}
    if rest:
        print()
        table(list(rest), [list(rest.values())])


def _flat(rows: Sequence[Mapping[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """A line for each slot of each row, or for each row without slots."""
    lines = []
    for row in rows:
        about = {key: value for key, value in row.items() if key != "series"}
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
            "series": kind.has_series(),
            "limits": " ".join(kind.notes()),
            "about": kind.sentence(),
        }
        for kind in kinds
    ]
    if format == "json":
        as_json(listed)
    elif format == "csv":
        as_csv(list(listed[0]), [list(each.values()) for each in listed])
    else:
        shown = ("name", "vendor", "action", "path", "about", "limits")
        table(shown, [[each[key] for key in shown] for each in listed])


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The end of a sentence about a word that does not exist."""
    near = difflib.get_close_matches(word, known, n=1)
    return f": did you mean {near[0]}?" if near else ": see them all with --list"


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
