"""How the command line shows things: tables that fit the terminal, JSON, CSV, progress. Data alone goes to stdout."""

from __future__ import annotations

import csv
import errno
import json
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ..ground.language import joined, system_words, tr
from ..ground.redact import on_one_line
from .session import FAILED, end

if TYPE_CHECKING:
    from ..core.function import Progress as Advance
    from ..core.reporting.report import Report

_AS_WIDE_AS_IT_TAKES = 100_000
_GAP = 2
_NOT_TAKEN = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)


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
        return tr("yes") if value else tr("no")
    if isinstance(value, (int, float)):
        return f"{value:,}"
    return on_one_line(", ".join(map(str, value)) if isinstance(value, list) else str(value))


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
            "limits": joined(*kind.notes()),
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
        table(
            shown,
            [
                [tr(kind.sentence()) if key == "about" else each[key] for key in shown]
                for kind, each in zip(kinds, listed, strict=True)
            ],
        )


@contextmanager
def to_a_reader() -> Iterator[None]:
    """Output that may be more than its reader wants to see."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()


@contextmanager
def taken_whole() -> Iterator[None]:
    """What is shown goes out to the end; output that is not taken ends the command with a sentence."""
    # As Python has it where the command was begun with a closed stdout.
    if sys.stdout is None:
        end(FAILED, tr("stdout is closed, so nothing can be shown: run it with an open one, or with >/dev/null"))
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_the_rest()
        raise typer.Exit from None
    except OSError as error:
        # An error that names a file is not about the output.
        if error.errno not in _NOT_TAKEN or error.filename is not None:
            raise
        _drop_the_rest()
        text = tr(
            "the output cannot be written: {error}; make room or write elsewhere, then run again",
            error=system_words(error),
        )
        end(FAILED, text)


def _drop_the_rest() -> None:
    """Let the interpreter not complain, at its end, about what nobody took."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def progress(what: str) -> Iterator[Advance | None]:
    """A bar on the terminal while something takes several calls; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    console = Console(stderr=True)
    parts = (TextColumn(tr(what)), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*parts, console=console, transient=True) as bar:
        task = bar.add_task(tr(what), total=None)
        yield lambda done, count: bar.update(task, completed=done, total=count)
