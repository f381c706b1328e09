"""The words of a report as options of a shell: what there is, what was typed, and what it means."""

from __future__ import annotations

import argparse
import typing
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from pydantic.alias_generators import to_snake

from ..core.fields import Property, bare, choices, properties
from ..ground.language import is_english, joined, tr
from .lists import spread
from .report_names import no_option
from .report_window import LAST, MONTH, WINDOW, misused
from .wrapping import Fitting

if TYPE_CHECKING:
    from ..core.reporting.report import Report

SPANS = {
    LAST: "The newest data: 30m, 6h, 7d or 4w in whole slots, back from the last one that is over.",
    MONTH: "A month of +08:00, or of --time-zone, like 2026-10.",
}
EDGES = {
    "startTime": "Start of the window: a day, which begins at midnight of +08:00, or an RFC 3339 time, which is one of "
    "+08:00 without an offset.",
    "endTime": "End of the window: a day, which begins at midnight of +08:00, or an RFC 3339 time, which is one of "
    "+08:00 without an offset.",
}
OUTPUT = (
    "Also --format table|json|csv, --totals, --out FILE, --compare previous, --top N, --fail-if CONDITION and, for a "
    "report with a series, --plot FILE.svg|png: see livechannels report --help. Lists are repeated, have commas "
    "between their values, or come from @FILE, a value a line."
)


def parser(kind: type[Report]) -> argparse.ArgumentParser:
    """What reads the options of a report."""
    about = [tr(kind.sentence()), *kind.notes(), tr("Source: {source}.", source=kind.source())]
    made = argparse.ArgumentParser(
        prog=f"livechannels report {kind.name()}",
        formatter_class=argparse.HelpFormatter if is_english() else Fitting,
        description=joined(*about),
        allow_abbrev=False,
        add_help=False,
        epilog=tr(OUTPUT),
    )
    options = names(kind)
    for item in properties(kind.inputs()).values():
        made.add_argument(options[item.key], dest=item.key, help=_help(item), **_shape(item))
    for option in spans(kind):
        made.add_argument(f"--{option}", help=tr(SPANS[option]), metavar=option.upper())
    return made


def read(kind: type[Report], arguments: list[str], common: Sequence[str] = ()) -> dict[str, Any]:
    """What was typed, by the report's own words, with `last` and `month` beside them; a mistake ends the command.

    One that is nearly a `common` option, which every report has, is told of that.
    """
    known = [*names(kind).values(), *(f"--{option}" for option in spans(kind))]
    switches = [option.replace("--", "--no-", 1) for option in known]
    for given in (argument.partition("=")[0] for argument in arguments if argument.startswith("--")):
        if given not in (*known, *switches):
            misused(no_option(given, [*known, *common], kind.name()))
    reading = parser(kind)
    typed = {key: value for key, value in vars(reading.parse_args(arguments)).items() if value is not None}
    for item in properties(kind.inputs()).values():
        if item.key in typed and _is_list(item):
            typed[item.key] = _values(names(kind)[item.key], item, typed[item.key])
    return typed


def spans(kind: type[Report]) -> tuple[str, ...]:
    """The options that name a window in one word, where the report has a window."""
    return () if kind.timeless else (LAST, MONTH)


def names(kind: type[Report]) -> dict[str, str]:
    """The options by the words that they stand for."""
    return {key: f"--{_option(item)}" for key, item in properties(kind.inputs()).items()}


def _values(option: str, item: Property, given: list[str]) -> list[str]:
    values = spread(option, given)
    if not values:
        misused(tr("{option} names nothing: write at least one value", option=option))
    known = choices(item.annotation)
    for value in values:
        if known and value not in known:
            text = tr("must be of {choices}, but is {value!r}", choices=", ".join(known), value=value)
            misused(f"{option} {text}")
    return values


def _help(item: Property) -> str:
    notes = [tr(item.doc)]
    if item.key in WINDOW:
        notes = [tr(EDGES[item.key])]
    if _is_list(item) and (known := choices(item.annotation)):
        notes.append(tr("Of {choices}.", choices=", ".join(known)))
    if item.default not in (None, False, []):
        notes.append(tr("Default: {default}.", default=item.default))
    return joined(*notes).replace("%", "%%")


def _shape(item: Property) -> dict[str, Any]:
    annotation = bare(item.annotation)
    if _is_list(item):
        return {"action": "append", "required": item.required, "metavar": "TEXT"}
    if annotation is bool:
        return {"action": argparse.BooleanOptionalAction, "default": None}
    known = choices(item.annotation) or None
    shape: dict[str, Any] = {"type": int if annotation is int else str, "choices": known}
    # A window may be named in one word too.
    shape["required"] = item.required and item.key not in WINDOW
    if known is None:
        shape["metavar"] = "TIME" if item.key in WINDOW else "NUMBER" if annotation is int else "TEXT"
    return shape


def _is_list(item: Property) -> bool:
    return typing.get_origin(bare(item.annotation)) is list


def _option(item: Property) -> str:
    if item.key in WINDOW:
        return WINDOW[item.key]
    word = to_snake(item.key).replace("_", "-")
    if not _is_list(item) or word == "group-by":
        return word
    return f"{word[:-3]}y" if word.endswith("ies") else word.removesuffix("s")
