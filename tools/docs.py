"""Writes the reference under `docs/` from the models, or checks that it is what they say.

`python tools/docs.py` writes a page for each resource and function, the emulator's coverage and the index, and removes
pages of what is gone. `--check` exits 1 where anything differs. Pages written by hand are only listed.
"""

from __future__ import annotations

import inspect
import shlex
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic.alias_generators import to_snake

from docs_coverage import coverage_page
from docs_markdown import (
    MADE,
    code,
    default_of,
    folded,
    inside,
    kind_of,
    listed,
    marked,
    name_of,
    outputs,
    sentences,
    table,
)
from pulumi_livechannels.cli.report_options import _option as option  # the one place that knows how options are called
from pulumi_livechannels.core.check import check
from pulumi_livechannels.core.docstrings import about, source
from pulumi_livechannels.core.fields import Inputs, Property, properties
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import span
from pulumi_livechannels.core.resource import Countable, Resource
from pulumi_livechannels.functions import FUNCTIONS, MODULES, of_module
from pulumi_livechannels.reports.billing import BandwidthBill
from pulumi_livechannels.reports.volcengine.base import CALLS_A_SECOND
from pulumi_livechannels.resources import RESOURCES
from pulumi_livechannels.snippets import BASES, LANGUAGES, references
from pulumi_livechannels.vendors.calling import Effect
from pulumi_livechannels.vendors.volcengine.client import VERSION
from pulumi_livechannels.vendors.wangsu.wire import Action

DOCS = Path(__file__).resolve().parent.parent / "docs"
OPEN = ("Python", "YAML")
OPERATIONS = {
    "create": "create",
    "read": "refresh",
    "skim": "refresh with `driftDepth: listed`",
    "update": "change in place",
    "delete": "destroy",
}
AFTER_A_LOST_ANSWER = {
    Effect.READ: "asked again",
    Effect.IDEMPOTENT: "sent again",
    Effect.ONCE: "looked for before anything is sent again",
}
BY_NAME = {action.__name__[0].lower() + action.__name__[1:]: action for action in Action.every.values()}
MODULE_TITLES = {
    "index": "Functions about channels, tasks and files",
    "wangsu": "Reports of Wangsu and CDNetworks",
    "volcengine": "Reports of Volcengine Live",
}
SHORT = 100


def actions_of(kind: type[Resource[Any]] | type[Function[Any]]) -> list[str]:
    """The live actions that a docstring names."""
    return source(kind).replace("\n", " ").split(", ")


def actions_table(names: Iterable[str]) -> str:
    """Live actions with their paths, and what becomes of a call whose answer is lost."""
    rows = [(code(name), code(f"POST {BY_NAME[name].path}"), _lost(BY_NAME[name])) for name in names]
    return table(("vendor action", "path", "when its answer is lost"), rows)


def _lost(action: type[Action[Any]]) -> str:
    repeatable = vars(action).get("repeatable")
    doc = (inspect.getdoc(repeatable) if repeatable else None) or ""
    told = AFTER_A_LOST_ANSWER[action.effect]
    return f"{told}: {doc[0].lower()}{doc[1:].rstrip('.')}" if doc else told


def examples(kind: type[Resource[Any]] | type[Function[Any]], up: str) -> list[str]:
    """The example in every language; the languages that need no SDK are open."""
    used = [
        f"`{name}` is a [{BASES[name]}]({up}resources/{BASES[name]}.md) of the same program."
        for name in references(kind.example)
    ]
    blocks = []
    for language in sorted(LANGUAGES, key=lambda language: language.title not in OPEN):
        text = language.resource(kind) if issubclass(kind, Resource) else language.function(kind)
        blocks.append(folded(language.title, language.block(text), language.title in OPEN))
    return ["## Example", *([" ".join(used)] if used else []), *blocks]


def models(*kinds: type[Any]) -> list[str]:
    """A section for each model that stands inside these."""
    parts = []
    for name, model in inside(*kinds).items():
        rows = outputs(model)
        if issubclass(model, Inputs) or any(item.flags.replaces for item in properties(model).values()):
            rows = table(
                ("name", "type", "a change", "what it is"),
                [
                    (
                        name_of(item),
                        kind_of(item),
                        "a new object" if item.flags.replaces else "in place",
                        sentences(item),
                    )
                    for item in properties(model).values()
                ],
            )
        parts += [f"### {name}", inspect.cleandoc(model.__doc__ or ""), rows]
    return parts


def by_need(inputs: type[Inputs]) -> list[Property]:
    """Inputs, what is required first."""
    return sorted(properties(inputs).values(), key=lambda item: not item.required)


def resource_page(kind: type[Resource[Any]]) -> str:
    """The page of a resource."""
    name, key = kind.__name__, kind.id_key
    names = [*BY_NAME, *properties(kind.inputs), *properties(kind.outputs)]
    rows = [
        (name_of(item), kind_of(item), default_of(item), _change(kind, item), sentences(item))
        for item in by_need(kind.inputs)
    ]
    parts = [
        f"# {name}",
        MADE,
        marked(about(kind), names),
        f"Type `livechannels:index:{name}`, in Python programs `pulumi_livechannels.{name}`."
        + ("" if "id is the" in about(kind) else f" Its id is the `{key}`."),
        *examples(kind, "../"),
        "## Inputs",
        table(("name", "type", "default", "a change", "what it is"), rows),
        "## Outputs",
        outputs(kind.outputs) if properties(kind.outputs) else "None beside the inputs.",
        *models(kind.inputs, kind.outputs),
        "## What is sent",
        table(
            ("", "what happens"),
            [(word, marked(told, names)) for verb, word in OPERATIONS.items() if (told := _doing(kind, verb))],
        ),
        actions_table(actions_of(kind)),
        "## What replaces",
        marked(_replacement(kind), names),
        *_computed_times(kind),
        "## What cannot be read back",
        _unreadable(kind),
        "## Import and adopt",
        _import(kind),
    ]
    return "\n\n".join(parts) + "\n"


def _change(kind: type[Resource[Any]], item: Property) -> str:
    if item.flags.replaces:
        return "a new object"
    return "refused" if _is_refused(kind, item) else "in place"


def _is_refused(kind: type[Resource[Any]], item: Property) -> bool:
    """Whether the check takes another value for a new object, but not for one that exists."""
    value = kind.example.get(item.key)
    if not isinstance(value, str):
        return False
    news = {**kind.example, item.key: f"{value}x"}
    return bool(check(kind.inputs, news, kind.example, 0).problems) and not check(kind.inputs, news, None, 0).problems


def _doing(kind: type[Resource[Any]], verb: str) -> str:
    if getattr(kind, verb) is getattr(Resource, verb):
        return "Never." if verb == "update" else ""
    return (inspect.getdoc(getattr(kind, verb)) or "").replace("\n", " ")


def _replacement(kind: type[Resource[Any]]) -> str:
    keys = [item.key for item in properties(kind.inputs).values() if item.flags.replaces]
    nested = [
        f"{item.key}.{part.key}"
        for item in properties(kind.inputs).values()
        if item.nested
        for part in properties(item.nested).values()
        if part.flags.replaces
    ]
    told = [f"A change of {listed([*keys, *nested])} makes a new object."]
    made = kind(None)  # type: ignore[arg-type]  # the order is told without an account
    always, forced = made.delete_before_replace({}), made.delete_before_replace({"forceDestroy": True})
    if always and forced:
        told.append("The old one is ended before the new one is made.")
    elif not always:
        told.append("The new one is made before the old one is ended.")
    if kind.delete_before_replace is not Resource.delete_before_replace:
        told.append((inspect.getdoc(kind.delete_before_replace) or "").replace("\n", " "))
    return " ".join(told)


def _computed_times(kind: type[Resource[Any]]) -> list[str]:
    """How to keep an object whose times the program computes from the present."""
    times = [item for item in properties(kind.inputs).values() if item.is_instant and item.flags.replaces]
    if not times:
        return []
    keys = ", ".join(item.key for item in times)
    told = (
        "A time that the program computes from the present is another one in every run, so every run would make a new "
        f"object; the check warns of it. Keep the first one with `ignoreChanges: [{keys}]`, in Python programs:"
    )
    names = ", ".join(f'"{item.name}"' for item in times)
    return [told, f"```python\nopts = pulumi.ResourceOptions(ignore_changes=[{names}])\n```"]


def _unreadable(kind: type[Resource[Any]]) -> str:
    if not any(BY_NAME[name].effect is Effect.READ for name in actions_of(kind)):
        return (
            "Nothing of it can be read: no action of the vendor shows it. A refresh leaves the state as it is, so "
            "what somebody changes in the console is not seen."
        )
    hidden = [*(item.key for item in properties(kind.inputs).values() if item.flags.write_only), *kind.unreadable]
    if not hidden:
        return "Every input can be read back."
    return f"{listed(hidden)}: the state keeps what was sent, and a refresh says once that these were not verified."


def _import(kind: type[Resource[Any]]) -> str:
    if not kind.adoptable:
        return "It is an action that was carried out: it can be neither imported nor adopted."
    key = f"<{kind.id_key}>"
    told = (
        f"`pulumi import livechannels:index:{kind.__name__} NAME '{key}'`, or `adopt=\"{key}\"` on the resource in a "
        "Python program. See [moving](../moving.md)."
    )
    return f"{told} No list of the platform names these." if not issubclass(kind, Countable) else told


def function_page(kind: type[Function[Any]]) -> str:
    """The page of a function."""
    module = "" if kind.module == "index" else f".{kind.module}"
    snake = to_snake(kind.name())
    rows = [(name_of(item), kind_of(item), default_of(item), sentences(item)) for item in by_need(kind.inputs())]
    parts = [
        f"# {kind.name()}",
        MADE,
        about(kind),
        f"Token `livechannels:{kind.module}:{kind.name()}`. In Python programs `pulumi_livechannels{module}.{snake}`, "
        f"and `{snake}_output` where arguments are outputs of resources.",
        _source(kind),
        *examples(kind, "../../"),
        *(_shell(kind) if issubclass(kind, Report) else []),
        "## Inputs",
        table(("name", "type", "default", "what it is"), rows) if rows else "None.",
        "## Answer",
        outputs(kind.output()),
        *models(kind.output()),
        "## Limits and notes",
        "\n".join(f"- {note}" for note in _notes(kind)),
    ]
    return "\n\n".join(parts) + "\n"


def _source(kind: type[Function[Any]]) -> str:
    if issubclass(kind, BandwidthBill):
        return _source(kind.made_of)
    if not issubclass(kind, Report):
        return actions_table(actions_of(kind))
    vendor = MODULE_TITLES[kind.module].removeprefix("Reports of ")
    # Volcengine names the action in the address and not in the path.
    method = getattr(kind, "method", "POST")
    path = kind.path if kind.path != "/" else f"/?Action={kind.action}&Version={VERSION}"
    return table(("vendor", "vendor action", "path"), [(vendor, code(kind.action), code(f"{method} {path}"))])


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
    return ["## From a shell", f"```sh\n{command}\n```"]


def _notes(kind: type[Function[Any]]) -> list[str]:
    notes = list(kind.notes())
    if issubclass(kind, Report):
        if kind.limits.rows:
            notes.append(f"All pages are read, of {kind.limits.rows:,} rows each.")
        if kind.module == "volcengine":
            notes.append(f"The vendor takes {kind.limits.a_second or CALLS_A_SECOND} calls a second of this action.")
    secret = [
        item.key
        for model in (kind.output(), *inside(kind.output()).values())
        for item in properties(model).values()
        if item.flags.secret
    ]
    if secret:
        found = listed(dict.fromkeys(secret))
        notes.append(f"Secret: {found}. The plain Python function leaves them out; every other form marks them.")
    return [*notes, f"Within a run equal questions share one answer, for {span(kind.seconds_kept)}."]


def index(by_hand: Mapping[str, str]) -> str:
    """The list of all pages."""
    parts = ["# Documentation", MADE, "## Guides"]
    parts.append("\n".join(f"- [{_title(text)}]({name}): {_first(text)}" for name, text in sorted(by_hand.items())))
    parts += [
        "## Resources",
        "\n".join(f"- [{kind.__name__}]({_place(kind)}): {_sentence(kind)}" for kind in RESOURCES),
    ]
    for module in MODULES:
        lines = [f"- [{kind.name()}]({_place(kind)}): {_sentence(kind)}" for kind in of_module(module)]
        parts += [f"## {MODULE_TITLES[module]}", "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _title(page: str) -> str:
    return page.partition("\n")[0].removeprefix("# ")


def _first(page: str) -> str:
    """The first sentence of a page."""
    prose = [part for part in page.split("\n\n")[1:] if not part.startswith("<!--")]
    return prose[0].replace("\n", " ").partition(". ")[0].rstrip(".") + "."


def _sentence(kind: type) -> str:
    return about(kind).replace("\n", " ").partition(". ")[0].rstrip(".") + "."


def _place(kind: type[Resource[Any]] | type[Function[Any]]) -> str:
    if issubclass(kind, Resource):
        return f"resources/{kind.__name__}.md"
    return f"functions/{kind.module}/{kind.name()}.md"


def pages() -> dict[str, str]:
    """Every page that is made, by its place under `docs/`."""
    made = {_place(kind): resource_page(kind) for kind in RESOURCES}
    made |= {_place(kind): function_page(kind) for kind in FUNCTIONS}
    made["emulator-coverage.md"] = coverage_page()
    by_hand = {path.name: path.read_text() for path in DOCS.glob("*.md") if path.name not in (*made, "README.md")}
    made["README.md"] = index({**by_hand, "emulator-coverage.md": made["emulator-coverage.md"]})
    return made


def main() -> int:
    """Write or check."""
    made = pages()
    there = {
        str(path.relative_to(DOCS)) for part in ("resources", "functions") for path in DOCS.glob(f"{part}/**/*.md")
    }
    superfluous = sorted(there - set(made))
    outdated = [place for place, text in made.items() if not _is(DOCS / place, text)]
    if "--check" in sys.argv:
        for place in [*outdated, *superfluous]:
            print(f"docs/{place} is {'superfluous' if place in superfluous else 'outdated'}", file=sys.stderr)
        if outdated or superfluous:
            print("run `make docs`", file=sys.stderr)
        return 1 if outdated or superfluous else 0
    for place in superfluous:
        (DOCS / place).unlink()
    for place in outdated:
        (DOCS / place).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / place).write_text(made[place])
    return 0


def _is(path: Path, text: str) -> bool:
    return path.exists() and path.read_text() == text


if __name__ == "__main__":
    sys.exit(main())
