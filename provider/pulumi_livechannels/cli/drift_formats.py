"""How a report of drift is shown: a table for people, JSON for programs, Markdown for a job's summary or an issue."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..deployments import Entry, stack_of
from ..ground.language import said_of, tr
from ..ground.redact import shorten
from ..verdicts import Difference, Drift
from . import output
from .junit import junit
from .markdown import code, row

# An issue takes 65,536 characters.
_MOST_CHARACTERS = 60_000
_LONGEST_VALUE = 120
_LONGEST_CELL = 1_000
MORE = "… and more: the report is cut here, `--format json` has all of it"


def summary(drift: Drift, quoted: Callable[[str], str] = str) -> Iterator[str]:
    """Sentences on what was found, and on what nothing is known of; what is not ours in them is `quoted`."""
    looked = len(drift.verdicts) - len(drift.failed) + len(drift.before)
    yield (
        tr(
            "{looked} of {resources} resources looked at: {differing} differ, {gone} gone, {twice} "
            "held twice, {pending} under way when a run died, {unmanaged} objects that no stack holds",
            looked=looked,
            resources=drift.resources,
            differing=len(drift.differing),
            gone=len(drift.gone),
            twice=len(drift.twice),
            pending=len(drift.pending),
            unmanaged=len(drift.unmanaged),
        )
    )
    if drift.pending:
        yield tr("what was under way: `livechannels recover` resolves creates, `pulumi up` goes on with the rest")
    if drift.encrypted:
        yield (
            tr(
                "the secrets of {encrypted} are encrypted, so they were not compared: export with --show-secrets",
                encrypted=", ".join(map(quoted, drift.encrypted)),
            )
        )
    if drift.namesakes:
        stacks = sorted({stack_of(urn) for urn in drift.namesakes})
        yield (
            tr(
                "{stacks} came more than once and with other objects, which are told by their ids: of one stack give "
                "only the newest export",
                stacks=", ".join(map(quoted, stacks)),
            )
        )
    if drift.skipped:
        yield tr("{count} not looked at: {skipped}", count=len(drift.skipped), skipped=drift.skipped[0][1])
    if drift.lists:
        kinds = ", ".join(dict.fromkeys(drift.lists))
        yield tr("the lists of {kinds} were not read, so it is not known what no stack holds of these", kinds=kinds)
    if drift.left:
        still = tr("; in {count} of them something was found before", count=len(drift.still)) if drift.still else ""
        yield tr("{count} left: run again to go on{still}", count=len(drift.left), still=still)
    if drift.failed:
        yield tr("{count} could not be found out", count=len(drift.failed))
    yield from map(quoted, drift.trouble)


def _as_json(drift: Drift, depth: str, unmanaged: bool) -> None:
    output.as_json(
        {
            "depth": depth,
            "found": drift.found(unmanaged=unmanaged),
            "resources": drift.resources,
            "lookedAt": len(drift.verdicts) - len(drift.failed) + len(drift.before),
            "differs": [
                {**_about(each.entry), "differences": [vars(one) for one in each.differences]}
                for each in drift.differing
            ],
            "gone": [_about(each.entry) for each in drift.gone],
            "unmanaged": [vars(each) for each in drift.unmanaged],
            "twice": [
                {"kind": kind, "id": key, "holders": [{"stack": one.stack, "urn": one.urn} for one in held]}
                for (kind, key), held in drift.twice.items()
            ],
            "pending": [vars(each) for each in drift.pending],
            "failed": [{**_about(each.entry), "why": each.failure} for each in drift.failed],
            "skipped": [{**_about(entry), "why": why} for entry, why in drift.skipped],
            "left": [_about(entry) for entry in drift.left],
            "still": [_about(entry) for entry in drift.still],
            "lists": list(dict.fromkeys(drift.lists)),
            "encrypted": drift.encrypted,
        }
    )


def _about(entry: Entry) -> dict[str, Any]:
    return {"stack": entry.stack, "urn": entry.urn, "kind": entry.kind.__name__, "id": entry.id}


def _as_table(drift: Drift, depth: str, unmanaged: bool) -> None:
    rows = [
        *(
            (tr("differs"), each.entry.stack, each.entry.kind.__name__, each.entry.name, each.entry.id, one.says)
            for each in drift.differing
            for one in each.differences
        ),
        *(_row(tr("gone"), each.entry) for each in drift.gone),
        *(
            (tr("twice"), one.stack, kind, one.name, key, "")
            for (kind, key), held in drift.twice.items()
            for one in held
        ),
        *(
            (tr("pending"), each.stack, each.kind, each.urn.rpartition("::")[2], "", tr(each.doing))
            for each in drift.pending
        ),
        *(_row(tr("failed"), each.entry, each.failure) for each in drift.failed),
        *(_row(tr("skipped"), entry) for entry, _ in drift.skipped),
        *((tr("unmanaged"), "", each.kind, each.name, each.id, "") for each in drift.unmanaged),
    ]
    if rows:
        output.table((tr("what"), tr("stack"), tr("kind"), tr("name"), "id", tr("why")), rows)


def _row(what: str, entry: Entry, why: str = "") -> tuple[str, ...]:
    return what, entry.stack, entry.kind.__name__, entry.name, entry.id, why


def _as_markdown(drift: Drift, depth: str, unmanaged: bool) -> None:
    text = "".join(_parts(drift, depth, unmanaged))
    if len(text) > _MOST_CHARACTERS:
        text = text[: text.rindex("\n", 0, _MOST_CHARACTERS)] + f"\n\n{tr(MORE)}\n"
    print(text, end="")


def _parts(drift: Drift, depth: str, unmanaged: bool) -> Iterator[str]:
    yield f"## {_title(drift, unmanaged)}\n\n"
    yield "".join(f"- {sentence}\n" for sentence in summary(drift, lambda text: code(text, _LONGEST_CELL)))
    yield f"- {said_of(tr('depth'), depth)}\n"
    yield from _section(
        tr("What differs"),
        (tr("stack"), tr("resource"), tr("property"), tr("state"), tr("platform")),
        [
            (each.entry.stack, drift.named(each.entry), one.property, _value(one, one.state), _value(one, one.platform))
            for each in drift.differing
            for one in each.differences
        ],
    )
    yield from _section(
        tr("What is gone"),
        (tr("stack"), tr("resource"), "id"),
        [(each.entry.stack, drift.named(each.entry), each.entry.id) for each in drift.gone],
    )
    yield from _section(
        tr("What more than one resource holds"),
        (tr("object"), tr("stack"), tr("resource")),
        [(key, one.stack, drift.named(one)) for (_, key), held in drift.twice.items() for one in held],
    )
    yield from _section(
        tr("What was under way when a run died"),
        (tr("stack"), tr("resource"), tr("doing")),
        [(each.stack, f"{each.kind} {each.urn.rpartition('::')[2]}", tr(each.doing)) for each in drift.pending],
    )
    yield from _section(
        tr("What could not be found out"),
        (tr("stack"), tr("resource"), tr("why")),
        [(each.entry.stack, drift.named(each.entry), each.failure) for each in drift.failed],
    )
    yield from _section(
        tr("What was not looked at"),
        (tr("stack"), tr("resource"), tr("why")),
        [(entry.stack, drift.named(entry), why) for entry, why in drift.skipped],
    )
    yield from _section(
        tr("What no stack holds"),
        (tr("kind"), "id", tr("name")),
        [(each.kind, each.id, each.name) for each in drift.unmanaged],
    )


def _title(drift: Drift, unmanaged: bool) -> str:
    if drift.found(unmanaged=unmanaged):
        return tr("Drift")
    if not drift.is_sure or drift.skipped:
        return tr("Drift could not be found out")
    if not drift.is_whole:
        return tr("No drift so far")
    return tr("No drift, secrets aside") if drift.encrypted else tr("No drift")


def _section(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if rows:
        yield f"\n### {title} ({len(rows)})\n\n{row(columns)}\n|{'---|' * len(columns)}\n"
        yield from (f"{row(code(cell, _LONGEST_CELL) if cell else '' for cell in cells)}\n" for cells in rows)


def _value(one: Difference, value: Any) -> str:
    if one.secret:
        return tr("a secret")
    return tr("not set") if value is None else shorten(json.dumps(value, ensure_ascii=False), _LONGEST_VALUE)


FORMATS: dict[str, Callable[[Drift, str, bool], None]] = {
    "table": _as_table,
    "json": _as_json,
    "markdown": _as_markdown,
    "junit": junit,
}
"""Each writes a report, of a depth, to stdout; what no stack holds counts as found or not."""
