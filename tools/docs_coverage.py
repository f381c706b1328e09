"""The page about the emulator, from its own registries: what it serves, what else it does, and the basis of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from importlib import import_module

from docs_markdown import MADE, code, heading, table
from pulumi_livechannels.emulator.basis import coverage
from pulumi_livechannels.emulator.faults import KINDS
from pulumi_livechannels.emulator.volcengine.wire import VOLCENGINE_ACTIONS
from pulumi_livechannels.emulator.wangsu.report_wire import REPORTS
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS
from pulumi_livechannels.ground.language import tr

EXAMPLE = '`{"path": …, "kind": …, "nth": 1, "times": 1}`'


def coverage_page() -> str:
    """What the emulator does, and how sure it is that the vendors do so too."""
    import_module("pulumi_livechannels.emulator.platform")  # and with it all that registers a behaviour
    told = coverage()
    count = Counter(item["basis"] for item in told)
    title = "# " + tr("What the emulator does")
    parts = [
        title,
        MADE,
        tr("Every action that the emulated platform serves, everything else that it does, and the basis of each."),
        tr(
            "`documented`: a page of the vendor says so ({documented}). `observed`: a public client has seen it "
            "({observed}). `assumed`: nobody says so, and the emulator had to choose ({assumed}). "
            "`GET /_emulator/coverage` answers the same as JSON.",
            documented=count["documented"],
            observed=count["observed"],
            assumed=count["assumed"],
        ),
    ]
    groups: Mapping[str, Iterable[str]] = {
        tr("Live actions of Wangsu and CDNetworks"): ACTIONS,
        tr("Reports of Wangsu and CDNetworks"): REPORTS,
        tr("Actions of Volcengine Live"): VOLCENGINE_ACTIONS,
    }
    served = {name for names in groups.values() for name in names}
    for title, names in groups.items():
        rows = [item for item in told if item["subject"] in names]
        # What an action does, a sentence with a capital, comes before what is particular to it.
        rows.sort(key=lambda item: (item["subject"], item["text"][0].islower()))
        parts += [f"## {title}", _behaviours(tr("action"), rows, as_code=True)]
    rest = [item for item in told if item["subject"] not in served]
    parts += [heading("Behaviours"), _behaviours(tr("about"), rest)]
    parts += [
        heading("Faults"),
        tr("{call} scripts one: {example}.", call=code("POST /_emulator/faults"), example=EXAMPLE),
    ]
    parts.append(tr("Vendors do not document how they fail, so every kind is `assumed`."))
    parts.append(table((tr("kind"), tr("what happens")), [(code(kind), tr(text)) for kind, text in KINDS.items()]))
    return "\n\n".join(parts) + "\n"


def _behaviours(head: str, rows: Iterable[Mapping[str, str]], as_code: bool = False) -> str:
    lines, before = [], ""
    for row in rows:
        subject = row["subject"]
        shown = code(subject) if as_code else subject
        lines.append(("" if subject == before else shown, row["basis"], tr(row["text"])))
        before = subject
    return table((head, tr("basis"), tr("what it does")), lines)
