"""`livechannels report`: ask any report from a shell, as a table, JSON, CSV, a picture or a file."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core.asking import question, understood
from ..core.reporting import running
from ..core.reporting.slots import span
from ..ground.errors import InputError
from ..ground.language import said_of, system_words, tr
from . import output
from .report_names import no_option, no_report
from .report_options import names, parser, read
from .report_texts import as_csv, as_json, as_list
from .report_window import WINDOW, misused, previous, with_window
from .session import FAILED, FOUND, check_format, end, refuse, say, session

if TYPE_CHECKING:
    from ..core.account import Account
    from ..core.reporting.flat import Table
    from ..core.reporting.kept import Kept
    from ..core.reporting.report import Report
    from ..core.reporting.running import Answer
    from .report_judging import Condition

    Asked = tuple[Report, Any]

FORMATS = ("table", "json", "csv")


@dataclass(frozen=True)
class _Shown:
    """What is to be made of an answer."""

    format: str
    plot: Path | None
    out: Path | None
    totals: bool
    compare: bool
    top: int | None
    conditions: Sequence[Condition] = field(default_factory=list)


def report(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The report, like getDomainTraffic.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Every report with its vendor, action and limits.")] = False,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
    plot: Annotated[Path | None, typer.Option(help="Draw the series into this .svg or .png file.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write into this .csv, .ndjson, .json, .parquet or .xlsx file; run again, it goes on."),
    ] = None,
    totals: Annotated[
        bool, typer.Option("--totals", help="What each row comes to: instead of the lines, or in a file beside --out.")
    ] = False,
    compare: Annotated[str | None, typer.Option(help="previous: beside the window before, with the change.")] = None,
    top: Annotated[int | None, typer.Option(help="Only so many rows, the largest.", min=1)] = None,
    fail_if: Annotated[
        list[str] | None, typer.Option(help="Exit with 3 if a row is so, like 'peakBandwidthMbps>800'; repeatable.")
    ] = None,
    show_help: Annotated[bool, typer.Option("--help", help="Show this, or the words of the report NAME.")] = False,
) -> None:
    """Ask a report, like: report getDomainTraffic --domain pull.example.com --from 2026-11-01 --to 2026-11-08.

    What can be asked differs from report to report: livechannels report NAME --help tells it. Times are RFC 3339; a day
    alone begins at midnight of +08:00; --last 7d and --month 2026-10 are windows too.
    """
    from ..reports import REPORTS

    check_format(format, FORMATS)
    if list_all:
        with output.to_a_reader():
            output.show_reports(REPORTS, format)
    elif name is not None:
        kind = next((kind for kind in REPORTS if kind.name() == name), None)
        common = [option for each in context.command.params for option in each.opts if option.startswith("-")]
        if kind is None and name.startswith("-"):
            misused(no_option(name.partition("=")[0], common, ""))
        if kind is None:
            misused(no_report(name, [kind.name() for kind in REPORTS], tr("see them all with --list")))
        if show_help:
            # Not print_help, which keeps to itself that nobody took it.
            print(parser(kind).format_help(), end="")
            return
        if compare not in (None, "previous"):
            misused(tr("--compare must be previous, but is {given!r}", given=compare))
        shown = _Shown(format, plot, out, totals, compare is not None, top)
        _report(kind, read(kind, context.args, [each for each in common if each != "--list"]), shown, fail_if or [])
    elif show_help:
        typer.echo(context.get_help())
    else:
        misused(tr("name a report, or see them all with --list"))


def _report(kind: type[Report], typed: Mapping[str, Any], shown: _Shown, fail_if: list[str]) -> None:
    from .report_judging import conditions, violated

    _check(kind, shown)
    shown = replace(shown, conditions=conditions(kind, fail_if, compared=shown.compare))
    with session() as account:
        asked = _questions(account, kind, typed, shown)
        with _disk_of(shown.out), _kept(account, kind, asked, shown.out) as kept:
            _announce(account, asked, kept)
            whole = [_run(function, want, kept) for function, want in asked]
            answers = _compared_rows(whole, shown.top)
            if not answers[0].by_key:
                say(tr("the platform tells nothing about this"))
            _draw(kind, answers[0], shown.plot, asked[0][1])
            compared = _compared(answers)
            _show(answers, compared, shown)
            of_all = compared if answers is whole else _compared(whole)
            found = bool(shown.conditions) and violated(shown.conditions, of_all or _judged(whole[0]))
    if found:
        raise typer.Exit(FOUND)


def _check(kind: type[Report], shown: _Shown) -> None:
    """What can be said before anything is asked."""
    if shown.plot is not None and not kind.has_series():
        misused(tr("{report} has no series to draw: leave --plot out", report=kind.name()))
    if shown.plot is not None and shown.plot.suffix not in (".svg", ".png"):
        misused(tr("--plot must end with .svg or .png, but is {file!r}", file=str(shown.plot)))
    if shown.compare and shown.totals:
        misused(tr("--compare compares totals already: leave --totals out"))
    if shown.compare and kind.timeless:
        misused(tr("{report} knows no time, so there is nothing before: leave --compare out", report=kind.name()))
    if shown.out is not None:
        _check_file(shown.out, shown)


def _check_file(out: Path, shown: _Shown) -> None:
    from .report_files import ENDINGS, missing

    if out.suffix not in ENDINGS:
        misused(tr("--out must end with {endings}, but is {file!r}", endings=", ".join(ENDINGS), file=str(out)))
    if not out.parent.is_dir():
        misused(tr("--out {out}: there is no folder {parent}: make it first", out=out, parent=out.parent))
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        misused(tr("--out {out} cannot be written: name a file in a folder of yours", out=out))
    if out.suffix == ".json" and shown.totals:
        misused(tr("--out .json has the totals in it: leave --totals out"))
    if shown.format not in ("table", out.suffix.removeprefix(".")):
        text = tr(
            "--out {out} is written as its ending says: leave --format {format} out", out=out, format=shown.format
        )
        misused(text)
    if lacking := missing(out):
        text = tr(
            "--out {ending} needs {library}: pip install 'pulumi-livechannels[{extra}]'",
            ending=out.suffix,
            library=lacking[0],
            extra=lacking[1],
        )
        end(FAILED, text)


@contextmanager
def _disk_of(out: Path | None) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if out is None or isinstance(error, BrokenPipeError):
            raise
        end(FAILED, said_of(f"--out {out}", system_words(error)))


@contextmanager
def _kept(account: Account, kind: type[Report], asked: Sequence[Asked], out: Path | None) -> Iterator[Kept | None]:
    """Where the parts of a report are kept that goes into a file: until it is written, or for the run that goes on."""
    if out is None:
        yield None
        return
    from ..core.reporting.kept import Kept, place_of
    from ..ground.private_files import UnusableError

    words = {key: value for key, value in asked[0][1].plain().items() if key not in WINDOW}
    settings = account.settings
    whose = (settings.identity, settings.volcengine_base, settings.volcengine_access_key)
    place = place_of(*whose, kind.module, kind.name(), json.dumps(words, sort_keys=True))
    try:
        kept = Kept(place, account.clock.now())
    except (OSError, UnusableError, sqlite3.Error) as error:
        say(
            tr(
                "parts cannot be kept on disk ({error}): all is in memory, and an interrupted run begins anew",
                error=error,
            )
        )
        yield None
        return
    try:
        yield kept
    except BaseException:
        kept.close()
        raise
    kept.remove()


def _questions(account: Account, kind: type[Report], typed: Mapping[str, Any], shown: _Shown) -> list[Asked]:
    """What is asked, and the same about the window before where both are compared."""
    inputs = with_window(kind, typed, account.clock.now(), over=shown.compare)
    asked = [_question(account, kind, inputs)]
    if shown.compare:
        function, want = asked[0]
        window = function.window(want)
        before = previous(typed, window) if window else {}
        asked.append(_question(account, kind, inputs | before, "--compare previous"))
    return asked


def _question(account: Account, kind: type[Report], inputs: Mapping[str, Any], about: str = "") -> Asked:
    try:
        return question(account, kind, inputs)
    except InputError as error:
        refuse(error, names(kind), about)


def _run(function: Report, want: Any, kept: Kept | None) -> Answer:
    with output.progress(function.name()) as advance:
        return understood(function, lambda: running.run(function, want, advance, kept))


def _announce(account: Account, asked: Sequence[Asked], kept: Kept | None) -> None:
    """What it takes, before it is taken."""
    counted = [running.calls(function, want, kept) for function, want in asked]
    left, made = (sum(numbers) for numbers in zip(*counted, strict=True))
    calls = left + made
    if calls == 1:
        return
    function, want = asked[0]
    window = function.window(want)
    # An answer has pages, or is asked for again in smaller parts where the platform will not tell so much at once.
    grows = function.limit.rows or (window and function.splits_time())
    told = tr("at least {calls:,} calls", calls=calls) if grows else tr("{calls:,} calls", calls=calls)
    if made:
        told += tr(", of which {calls:,} were made before", calls=made)
    told += tr(", about {span}", span=span(60 * running.minutes(function, left)))
    if window:
        told += tr(", for {window}", window=window)
    say(said_of(function.name(), told))


def _compared_rows(answers: list[Answer], top: int | None) -> list[Answer]:
    if top is None:
        return answers
    from .report_judging import largest, only

    first = largest(answers[0], top)
    return [first, *(only(each, first.by_key) for each in answers[1:])]


def _compared(answers: Sequence[Answer]) -> list[Table]:
    """A line for each quantity of each row, where there is something to compare with."""
    from ..core.reporting.comparing import compared

    return [compared(*answers)] if len(answers) > 1 else []


def _judged(answer: Answer) -> list[Table]:
    """Where conditions look: a line for each row."""
    from ..core.reporting.flat import facts, totals

    return [totals(answer)] if answer.report.has_series() else [totals(answer), facts(answer)]


def _draw(kind: type[Report], answer: Answer, plot: Path | None, want: Any) -> None:
    if plot is None:
        return
    try:
        from .plot import draw

        draw(kind, answer.by_key, plot, want.plain())
        say(tr("drawn into {file}", file=plot))
    except ModuleNotFoundError as missing:
        text = tr("--plot needs {library}: pip install 'pulumi-livechannels[plot]'", library=missing.name)
        end(FAILED, text)
    except OSError as error:
        end(FAILED, said_of(f"--plot {plot}", system_words(error)))


def _show(answers: Sequence[Answer], compared: Sequence[Table], shown: _Shown) -> None:
    from ..core.reporting.flat import facts, totals

    answer = answers[0]
    if compared:
        tables = compared
    elif shown.totals and shown.out is None:
        tables = [totals(answer)]
    else:
        tables = [totals(answer), facts(answer)]
    if shown.out is not None:
        _write(answers, tables, shown.out, with_totals=shown.totals)
        return
    with output.to_a_reader():
        if shown.format == "table":
            from .report_screen import show

            show(tables)
        elif shown.format == "csv":
            as_csv(tables[-1], sys.stdout)
        elif compared or shown.totals:
            as_list(tables[-1], sys.stdout)
        else:
            as_json(answer, sys.stdout)


def _write(answers: Sequence[Answer], tables: Sequence[Table], out: Path, *, with_totals: bool) -> None:
    from .report_files import totals_file, write, write_answer

    if out.suffix == ".json" and len(answers) == 1:
        write_answer(answers[0], out)
    else:
        write(tables[::-1] if out.suffix == ".xlsx" else tables[-1:], out)
    say(tr("written: {file}", file=out))
    if with_totals and out.suffix != ".xlsx":
        write(tables[:1], totals_file(out))
        say(tr("written: {file}", file=totals_file(out)))
