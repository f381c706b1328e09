"""Keeps the catalogue under `provider/pulumi_livechannels/locale/`: what people are told, and how it reads in Chinese.

`python tools/catalogue.py` collects every text, keeps the translations of those that stayed, drops those of texts that
are gone, and compiles. `--check` exits 1 where a text has no translation or the catalogue is not what the source says.
A translation is written into `livechannels.po` by hand or with any editor of such files.
"""

from __future__ import annotations

import ast
import inspect
import io
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

import docs
import docs_functions
import docs_markdown
import docs_parts
import docs_resources
from pulumi_livechannels import consequences, fleet, recovery
from pulumi_livechannels.cli import comment, doctor, drift_formats, emulator, report_options, report_screen
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.core import custody
from pulumi_livechannels.core.docstrings import about
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.reporting import declared
from pulumi_livechannels.core.resource import Resource
from pulumi_livechannels.emulator.basis import coverage
from pulumi_livechannels.emulator.faults import KINDS as EMULATED_FAULTS
from pulumi_livechannels.functions import FUNCTIONS
from pulumi_livechannels.ground import windows
from pulumi_livechannels.ground.errors import Changed
from pulumi_livechannels.ground.language import CATALOGUES, DOMAIN, SYSTEM_WORDS, unwrapped
from pulumi_livechannels.reports import REPORTS
from pulumi_livechannels.reports.billing import BILLS
from pulumi_livechannels.resources import RESOURCES
from pulumi_livechannels.vendors.volcengine import codes as volcengine_codes
from pulumi_livechannels.vendors.wangsu import actions
from pulumi_livechannels.vendors.wangsu import codes as wangsu_codes

ROOT = Path(__file__).resolve().parent.parent
HOME = CATALOGUES / "zh" / "LC_MESSAGES"
# The functions that mark a text, and which of their arguments are such.
MARKS = {"tr": (0,), "heading": (0,), "matching": (1, 2), "broken": (0, 1)}
# What the libraries of the command line say through the same catalogue, as far as our commands can have them say it.
OF_LIBRARIES = (
    "usage: ",
    "[OPTIONS]",
    "Input should be a valid integer, unable to parse string as an integer",
    "COMMAND [ARGS]...",
    "Options",
    "options",
    "Commands",
    "Arguments",
    "Error",
    "[default: {}]",
    "default: {default}",
    "env var: {var}",
    "required",
    "[env var: {}]",
    "[required]",
    "Show this message and exit.",
    "Try [blue]'{command_path} {help_option}'[/] for help.",
    "Missing command.",
    "No such command {name!r}.",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "expected one argument",
    "expected at least one argument",
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
    "the following arguments are required: %s",
    "unrecognized arguments: %s",
)


def texts() -> Iterator[tuple[str, str]]:
    """Every text with the place that it comes from."""
    for path in sorted([*(ROOT / "provider").rglob("*.py"), *(ROOT / "tools").glob("*.py")]):
        yield from ((str(path.relative_to(ROOT)), text) for text in _marked(path))
    yield from (("commands", text) for text in _of_commands())
    yield from (("libraries", text) for text in OF_LIBRARIES)
    yield from (("constants", text) for text in _constants())
    for kind in (*RESOURCES, *FUNCTIONS):
        yield from ((f"models/{kind.__name__}", text) for text in _of_model(kind))


def _marked(path: Path) -> Iterator[str]:
    """The texts of a source file that are marked for translation."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and (name := ast.unparse(node.func)) in MARKS:
            for text in (node.args[place] for place in MARKS[name] if place < len(node.args)):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value
                elif isinstance(text, ast.JoinedStr) and name == "tr":
                    raise SystemExit(
                        f"{path}:{node.lineno}: an f-string cannot be translated: name its places, see tr()"
                    )


def _of_model(kind: Any) -> Iterator[str]:
    """What a resource or a function says of itself."""
    yield from about(kind).split("\n\n")
    if issubclass(kind, Resource):
        top = (kind.inputs, kind.outputs)
        own = [
            getattr(kind, name)
            for name in docs_resources.OPERATIONS
            if getattr(kind, name) is not getattr(Resource, name)
        ]
        if kind.delete_before_replace is not Resource.delete_before_replace:
            own.append(kind.delete_before_replace)
        yield from filter(None, map(inspect.getdoc, own))
    else:
        top = (kind.inputs(), kind.output())
    inner = docs_markdown.inside(*top).values()
    yield from (inspect.cleandoc(model.__doc__ or "") for model in inner)
    yield from (item.doc for model in (*top, *inner) for item in properties(model).values())


def _of_commands() -> Iterator[str]:
    group: Any = typer.main.get_command(app)
    for command in (group, *group.commands.values()):
        yield from inspect.cleandoc(command.help or "").split("\n\n")
        yield from (item.help for item in command.params if getattr(item, "help", None))


def _constants() -> Iterator[str]:
    """What stands in constants, and is translated where it is shown."""
    yield from (state.value for state in Changed)
    yield from (
        doctor.ENDED,
        drift_formats.MORE,
        windows.CANNOT_SHARE,
        "a file",
        "Redis",
        "Postgres",
        custody.REPLACEMENT,
    )
    yield from (fleet.NOT_FROM_HERE, *recovery.STILL_TRUE.values(), "left for the next run")
    yield from (*SYSTEM_WORDS.values(), *emulator.STATE_TROUBLES)
    # Words of the engine: what a run had begun, and what a preview would do.
    yield from ("creating", "updating", "deleting", "replacing", "reading", "importing", "import")
    # Words of tables, which are others in JSON.
    yield from (*(each.value for each in recovery.Outcome), "twice", "pending", "stack", "platform")
    yield from (*comment.ON_AIR.values(), "may be on air, for the platform does not say")
    for effect in vars(consequences).values():
        if isinstance(effect, consequences.Effect):
            yield from (effect.text, effect.one, effect.many)
    import_module("pulumi_livechannels.emulator.platform")  # and with it all that registers a behaviour
    yield from (item["text"] for item in coverage())
    yield from EMULATED_FAULTS.values()
    for codes in (wangsu_codes, volcengine_codes):
        # What to do about a code, and about a status.
        yield from (known.next_step for known in codes.CODES.values())
        yield from (
            text for name, text in vars(codes).items() if name.isupper() and isinstance(text, str) and " " in text
        )
    yield from ("adopt", "create", "delete", "list", "read", "replace", "update")
    for unit in ("day", "hour", "minute", "second"):
        yield from (unit, f"{unit}s")
    yield from (
        *report_options.SPANS.values(),
        *report_options.EDGES.values(),
        report_options.OUTPUT,
        report_screen.REST,
    )
    yield from ("compared", "totals", "slots", "rows")  # the tables of a report on a screen
    yield from ("lists", "objects", "resources")  # what a bar counts
    yield from (*declared.ENDS.values(), *(kind.reckoning for kind in BILLS))
    for kind in REPORTS:
        yield from (name.replace("_", " ") for name in kind.limits.each)
    yield from (*docs_resources.OPERATIONS.values(), *docs_parts.AFTER_A_LOST_ANSWER.values())
    yield from (*docs.MODULE_TITLES.values(), *docs_functions.VENDORS.values())
    yield from (*docs_markdown.FLAGS.values(), *docs_markdown.KINDS.values())
    for action in actions().values():
        if "repeatable" in vars(action):
            yield inspect.getdoc(vars(action)["repeatable"]) or ""


def current() -> Catalog:
    """The catalogue with every text, and the translations that there are."""
    before = read_po(io.BytesIO(_po().read_bytes())) if _po().exists() else Catalog(locale="zh", domain=DOMAIN)
    now = Catalog(
        locale="zh",
        domain=DOMAIN,
        project="livechannels",
        header_comment="# What livechannels tells people, in Chinese. Kept by tools/catalogue.py.",
        creation_date=before.creation_date,
        revision_date=before.revision_date,
        fuzzy=False,
    )
    for place, text in sorted({(place, _whole(text)) for place, text in texts() if text}):
        known = before.get(text)
        now.add(text, known.string if known else "", locations=[(place, None)])
    return now


def _whole(text: str) -> str:
    """A text as it is looked for: a docstring's paragraph on one line."""
    return unwrapped(text) if "\n" in text.strip() else text


def untranslated(catalogue: Catalog) -> list[Message]:
    """Texts that nobody has put into Chinese."""
    return [message for message in catalogue if message.id and not message.string]


def _po() -> Path:
    return HOME / f"{DOMAIN}.po"


def written(catalogue: Catalog) -> dict[Path, bytes]:
    """The files of the catalogue."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, include_lineno=False)
    write_mo(mo, catalogue)
    return {_po(): po.getvalue(), _po().with_suffix(".mo"): mo.getvalue()}


def main() -> int:
    """Write or check."""
    catalogue = current()
    lacking = untranslated(catalogue)
    outdated = [path for path, held in written(catalogue).items() if not path.exists() or path.read_bytes() != held]
    for message in lacking:
        print(f"not in Chinese yet: {message.id}", file=sys.stderr)
    if "--check" in sys.argv:
        if outdated:
            print("run `make catalogue`", file=sys.stderr)
        return 1 if outdated or lacking else 0
    HOME.mkdir(parents=True, exist_ok=True)
    for path, held in written(catalogue).items():
        path.write_bytes(held)
    return 0


if __name__ == "__main__":
    sys.exit(main())
