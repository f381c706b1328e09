"""The page of a function, from its model."""

from __future__ import annotations

import shlex
from typing import Any

from pydantic.alias_generators import to_snake

from docs_markdown import (
    MADE,
    code,
    default_of,
    heading,
    inside,
    kind_of,
    listed,
    name_of,
    outputs,
    sentences,
    table,
)
from docs_parts import actions_of, actions_table, by_need, examples, models
from pulumi_livechannels.cli.report_options import _option as option  # the one place that knows how options are called
from pulumi_livechannels.core.docstrings import about
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import span
from pulumi_livechannels.ground.language import tr, tr_prose
from pulumi_livechannels.modules import VENDORS
from pulumi_livechannels.reports.billing import BandwidthBill
from pulumi_livechannels.reports.volcengine.base import CALLS_A_SECOND
from pulumi_livechannels.vendors.volcengine.client import VERSION

SHORT = 100


def function_page(kind: type[Function[Any]]) -> str:
    """The page of a function."""
    module = "" if kind.module == "index" else f".{kind.module}"
    snake = to_snake(kind.name())
    rows = [(name_of(item), kind_of(item), default_of(item), sentences(item)) for item in by_need(kind.inputs())]
    parts = [
        f"# {kind.name()}",
        MADE,
        tr_prose(about(kind)),
        tr(
            "Token {token}. In Python programs {plain}, and {output} where arguments are outputs of resources.",
            token=code(f"livechannels:{kind.module}:{kind.name()}"),
            plain=code(f"pulumi_livechannels{module}.{snake}"),
            output=code(f"{snake}_output"),
        ),
        _source(kind),
        *examples(kind, "../../"),
        *(_shell(kind) if issubclass(kind, Report) else []),
        heading("Inputs"),
        table((tr("name"), tr("type"), tr("default"), tr("what it is")), rows) if rows else tr("None."),
        heading("Answer"),
        outputs(kind.output()),
        *models(kind.output()),
        heading("Limits and notes"),
        "\n".join(f"- {note}" for note in _notes(kind)),
    ]
    return "\n\n".join(parts) + "\n"


def _source(kind: type[Function[Any]]) -> str:
    if issubclass(kind, BandwidthBill):
        return _source(kind.made_of)
    if not issubclass(kind, Report):
        return actions_table(actions_of(kind))
    vendor = tr("Wangsu") if kind.sites == ("wangsu",) else tr(VENDORS[kind.module])
    # Volcengine names the action in the address and not in the path.
    method = getattr(kind, "method", "POST")
    path = kind.path if kind.path != "/" else f"/?Action={kind.action}&Version={VERSION}"
    return table(
        (tr("vendor"), tr("vendor action"), tr("path")), [(vendor, code(kind.action), code(f"{method} {path}"))]
    )


def _shell(kind: type[Report]) -> list[str]:
    declared = properties(kind.inputs())
    words: list[str] = []
    for key, value in kind.example.items():
        name = f"--{option(declared[key])}"
        if isinstance(value, bool):
            words.append(name if value else name.replace("--", "--no-", 1))
        else:
            each = value if isinstance(value, list) else [value]
            words += [f"{name} {shlex.quote(str(part).removesuffix('T00:00:00+08:00'))}" for part in each]
    command = " ".join([f"livechannels report {kind.name()}", *words])
    if len(command) > SHORT:
        command = " \\\n    ".join([f"livechannels report {kind.name()}", *words])
    return [heading("From a shell"), f"```sh\n{command}\n```"]


def _notes(kind: type[Function[Any]]) -> list[str]:
    notes = list(kind.notes())
    if issubclass(kind, Report):
        if kind.limits.rows:
            notes.append(tr("All pages are read, of {rows:,} rows each.", rows=kind.limits.rows))
        if kind.module == "volcengine":
            calls = kind.limits.a_second or CALLS_A_SECOND
            notes.append(tr("The vendor takes {calls} calls a second of this action.", calls=calls))
    secret = [
        item.key
        for model in (kind.output(), *inside(kind.output()).values())
        for item in properties(model).values()
        if item.flags.secret
    ]
    if secret:
        found = listed(dict.fromkeys(secret))
        notes.append(
            tr("Secret: {names}. The plain Python function leaves them out; every other form marks them.", names=found)
        )
    kept = span(kind.seconds_kept)
    return [*notes, tr("Within a run equal questions share one answer, for {kept}.", kept=kept)]
