"""`livechannels report`: ask any report from a shell, as a table, JSON, CSV or a picture."""

from __future__ import annotations

import argparse
import typing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from pydantic.alias_generators import to_snake

from ..core.asking import ask
from ..core.fields import Property, bare, properties
from ..core.function import renamed
from ..core.reporting.slots import rfc3339
from ..core.values.times import VENDOR_ZONE, moment
from ..ground.errors import InputError
from ..ground.hints import did_you_mean
from . import output
from .session import BAD_USAGE, FAILED, check_format, end, session

if TYPE_CHECKING:
    from ..core.reporting.report import Report

FORMATS = ("table", "json", "csv")
_WINDOW = {"startTime": "from", "endTime": "to"}


def report(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The report, like getDomainTraffic.")] = None,
    list_all: Annotated[bool, typer.Option("--list", help="Every report with its vendor, action and limits.")] = False,
    format: Annotated[str, typer.Option(help="table, json or csv.")] = "table",
    plot: Annotated[Path | None, typer.Option(help="Draw the series into this .svg or .png file.")] = None,
    show_help: Annotated[bool, typer.Option("--help", help="Show this, or the words of the report NAME.")] = False,
) -> None:
    """Ask a report, like: report getDomainTraffic --domain pull.example.com --from 2026-11-01 --to 2026-11-08.

    What can be asked differs from report to report: livechannels report NAME --help tells it. Times are RFC 3339; a day
    alone begins at midnight of +08:00.
    """
    from ..reports import REPORTS

    check_format(format, FORMATS)
    if list_all:
        with output.to_a_reader():
            output.show_reports(REPORTS, format)
    elif name is not None:
        kind = next((kind for kind in REPORTS if kind.name() == name), None)
        if kind is None:
            hint = did_you_mean(name, [kind.name() for kind in REPORTS], "see them all with --list")
            _misused(f"there is no report {name}: {hint}")
        _report(kind, context.args, format, plot, show_help)
    elif show_help:
        typer.echo(context.get_help())
    else:
        _misused("name a report, or see them all with --list")


def _report(kind: type[Report], arguments: list[str], format: str, plot: Path | None, show_help: bool) -> None:
    parser = _parser(kind)
    if show_help:
        parser.print_help()
        return
    if plot is not None and not kind.has_series():
        _misused(f"{kind.name()} has no series to draw: leave --plot out")
    if plot is not None and plot.suffix not in (".svg", ".png"):
        _misused(f"--plot must end with .svg or .png, but is {str(plot)!r}")
    _check_options(kind, arguments)
    asked = _inputs(parser.parse_args(arguments))
    answer = _answer(kind, asked)
    try:
        if plot is not None:
            from .plot import draw

            draw(kind, answer, plot, asked)
            typer.echo(f"drawn into {plot}", err=True)
    except ModuleNotFoundError as missing:
        end(FAILED, f"--plot needs {missing.name}: pip install 'pulumi-livechannels[plot]'")
    except OSError as error:
        end(FAILED, f"--plot {plot}: {error.strerror}")
    with output.to_a_reader():
        output.show(kind, answer, format)


def _check_options(kind: type[Report], arguments: list[str]) -> None:
    known = _options(kind).values()
    switches = [option.replace("--", "--no-", 1) for option in known]
    for given in (argument.partition("=")[0] for argument in arguments if argument.startswith("--")):
        if given not in (*known, *switches):
            hint = did_you_mean(given, known, f"see them all with livechannels report {kind.name()} --help")
            _misused(f"there is no {given}: {hint}")


def _answer(kind: type[Report], inputs: dict[str, Any]) -> dict[str, Any]:
    names = _options(kind)
    with session() as account, output.progress(kind.name()) as advance:
        try:
            return ask(account, kind, inputs, advance)
        except InputError as error:
            told = [renamed(problem, names) for problem in error.problems]
            _misused("; ".join(f"{problem.path} {problem.text}" for problem in told))


def _parser(kind: type[Report]) -> argparse.ArgumentParser:
    about = [kind.sentence(), *kind.notes(), f"Source: {kind.source()}."]
    parser = argparse.ArgumentParser(
        prog=f"livechannels report {kind.name()}",
        description=" ".join(about),
        allow_abbrev=False,
        add_help=False,
        epilog="Also --format table|json|csv and, for a report with a series, --plot FILE.svg|png.",
    )
    options = _options(kind)
    for item in properties(kind.inputs()).values():
        parser.add_argument(options[item.key], dest=item.key, help=_help(item), **_shape(item))
    return parser


def _help(item: Property) -> str:
    notes = [item.doc]
    if item.key in _WINDOW:
        notes = [f"{'Start' if item.key == 'startTime' else 'End'} of the window: a day, which begins at midnight of"]
        notes.append("+08:00, or an RFC 3339 time, which is one of +08:00 without an offset.")
    if item.default not in (None, False, []):
        notes.append(f"Default: {item.default}.")
    return " ".join(notes).replace("%", "%%")


def _shape(item: Property) -> dict[str, Any]:
    annotation = bare(item.annotation)
    many = typing.get_origin(annotation) is list
    if many:
        annotation = bare(typing.get_args(annotation)[0])
    if annotation is bool:
        return {"action": argparse.BooleanOptionalAction, "default": None}
    choices = typing.get_args(annotation) if typing.get_origin(annotation) is typing.Literal else None
    shape: dict[str, Any] = {"type": int if annotation is int else str, "choices": choices, "required": item.required}
    if choices is None:
        shape["metavar"] = "TIME" if item.key in _WINDOW else "NUMBER" if annotation is int else "TEXT"
    return {**shape, "action": "append"} if many else shape


def _options(kind: type[Report]) -> dict[str, str]:
    """The options by the words that they stand for."""
    return {key: f"--{_option(item)}" for key, item in properties(kind.inputs()).items()}


def _option(item: Property) -> str:
    if item.key in _WINDOW:
        return _WINDOW[item.key]
    word = to_snake(item.key).replace("_", "-")
    if typing.get_origin(bare(item.annotation)) is not list or word == "group-by":
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")


def _inputs(given: argparse.Namespace) -> dict[str, Any]:
    inputs = {key: value for key, value in vars(given).items() if value is not None}
    for key, option in _WINDOW.items():
        if key in inputs:
            inputs[key] = _time(option, inputs[key])
    return inputs


def _time(option: str, text: str) -> str:
    """RFC 3339 of what a person writes: a time without an offset is one of the vendors' zone."""
    try:
        moment(text)
    except ValueError:
        try:
            written = datetime.fromisoformat(text)
        except ValueError:
            _misused(f"--{option} must be a day like 2026-11-01 or an RFC 3339 time, but is {text!r}")
        return rfc3339(written.replace(tzinfo=VENDOR_ZONE).timestamp())
    return text


def _misused(text: str) -> NoReturn:
    end(BAD_USAGE, text)
