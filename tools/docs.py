"""Writes the reference under `docs/` from the models, or checks that it is what they say.

`python tools/docs.py` writes a page for each resource and function, the emulator's coverage and the index, and removes
pages of what is gone. `--check` exits 1 where anything differs. Pages written by hand are only listed.
"""

from __future__ import annotations

import inspect
import re
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
    heading,
    inside,
    kind_of,
    listed,
    marked,
    name_of,
    outputs,
    sentences,
    table,
)
from pulumi_livechannels.cli.report import _option as option  # the one place that knows how options are called
from pulumi_livechannels.core.check import check
from pulumi_livechannels.core.docstrings import about, source
from pulumi_livechannels.core.fields import Inputs, Property, properties
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import span
from pulumi_livechannels.core.resource import Countable, Resource
from pulumi_livechannels.functions import FUNCTIONS, MODULES, of_module
from pulumi_livechannels.ground.language import joined, speaking, tr, tr_prose, unwrapped
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
VENDORS = {"wangsu": "Wangsu and CDNetworks", "volcengine": "Volcengine Live"}
# The folder that the pages of a language stand in.
FOLDERS = {"en": "", "zh": "zh-CN/"}
SHORT = 100
FIRST = ("first-minute.md", "monday.md")


def actions_of(kind: type[Resource[Any]] | type[Function[Any]]) -> list[str]:
    """The live actions that a docstring names."""
    return source(kind).replace("\n", " ").split(", ")


def actions_table(names: Iterable[str]) -> str:
    """Live actions with their paths, and what becomes of a call whose answer is lost."""
    rows = [(code(name), code(f"POST {BY_NAME[name].path}"), _lost(BY_NAME[name])) for name in names]
    return table((tr("vendor action"), tr("path"), tr("when its answer is lost")), rows)


def _lost(action: type[Action[Any]]) -> str:
    repeatable = vars(action).get("repeatable")
    doc = (inspect.getdoc(repeatable) if repeatable else None) or ""
    told, why = tr(AFTER_A_LOST_ANSWER[action.effect]), tr(unwrapped(doc)).rstrip(".。")
    return tr("{told}: {why}", told=told, why=f"{why[0].lower()}{why[1:]}") if doc else told


def examples(kind: type[Resource[Any]] | type[Function[Any]], up: str) -> list[str]:
    """The example in every language; the languages that need no SDK are open."""
    used = [
        tr(
            "`{name}` is a {kind} of the same program.",
            name=name,
            kind=f"[{BASES[name]}]({up}resources/{BASES[name]}.md)",
        )
        for name in references(kind.example)
    ]
    blocks = []
    for language in sorted(LANGUAGES, key=lambda language: language.title not in OPEN):
        text = language.resource(kind) if issubclass(kind, Resource) else language.function(kind)
        blocks.append(folded(language.title, language.block(text), language.title in OPEN))
    return [heading("Example"), *([joined(*used)] if used else []), *blocks]


def models(*kinds: type[Any]) -> list[str]:
    """A section for each model that stands inside these."""
    parts = []
    for name, model in inside(*kinds).items():
        rows = outputs(model)
        if issubclass(model, Inputs) or any(item.flags.replaces for item in properties(model).values()):
            rows = table(
                (tr("name"), tr("type"), tr("a change"), tr("what it is")),
                [
                    (
                        name_of(item),
                        kind_of(item),
                        tr("a new object") if item.flags.replaces else tr("in place"),
                        sentences(item),
                    )
                    for item in properties(model).values()
                ],
            )
        parts += [f"### {name}", tr_prose(inspect.cleandoc(model.__doc__ or "")), rows]
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
        marked(tr_prose(about(kind)), names),
        joined(
            tr(
                "Type {native}, in Python programs {python}.",
                native=code(f"livechannels:index:{name}"),
                python=code(f"pulumi_livechannels.{name}"),
            ),
            "" if "id is the" in about(kind) else tr("Its id is the {key}.", key=code(key)),
        ),
        *examples(kind, "../"),
        heading("Inputs"),
        table((tr("name"), tr("type"), tr("default"), tr("a change"), tr("what it is")), rows),
        heading("Outputs"),
        outputs(kind.outputs) if properties(kind.outputs) else tr("None beside the inputs."),
        *models(kind.inputs, kind.outputs),
        heading("What is sent"),
        table(
            ("", tr("what happens")),
            [(tr(word), marked(told, names)) for verb, word in OPERATIONS.items() if (told := _doing(kind, verb))],
        ),
        actions_table(actions_of(kind)),
        heading("What replaces"),
        marked(_replacement(kind), names),
        *_computed_times(kind),
        heading("What cannot be read back"),
        _unreadable(kind),
        heading("Import and adopt"),
        _import(kind),
    ]
    return "\n\n".join(parts) + "\n"


def _change(kind: type[Resource[Any]], item: Property) -> str:
    if item.flags.replaces:
        return tr("a new object")
    return tr("refused") if _is_refused(kind, item) else tr("in place")


def _is_refused(kind: type[Resource[Any]], item: Property) -> bool:
    """Whether the check takes another value for a new object, but not for one that exists."""
    value = kind.example.get(item.key)
    if not isinstance(value, str):
        return False
    news = {**kind.example, item.key: f"{value}x"}
    return bool(check(kind.inputs, news, kind.example, 0).problems) and not check(kind.inputs, news, None, 0).problems


def _doing(kind: type[Resource[Any]], verb: str) -> str:
    if getattr(kind, verb) is getattr(Resource, verb):
        return tr("Never.") if verb == "update" else ""
    return tr(unwrapped(inspect.getdoc(getattr(kind, verb)) or ""))


def _replacement(kind: type[Resource[Any]]) -> str:
    keys = [item.key for item in properties(kind.inputs).values() if item.flags.replaces]
    nested = [
        f"{item.key}.{part.key}"
        for item in properties(kind.inputs).values()
        if item.nested
        for part in properties(item.nested).values()
        if part.flags.replaces
    ]
    told = [tr("A change of {names} makes a new object.", names=listed([*keys, *nested]))]
    made = kind(None)  # type: ignore[arg-type]  # the order is told without an account
    always, forced = made.delete_before_replace({}), made.delete_before_replace({"forceDestroy": True})
    if always and forced:
        told.append(tr("The old one is ended before the new one is made."))
    elif not always:
        told.append(tr("The new one is made before the old one is ended."))
    if kind.delete_before_replace is not Resource.delete_before_replace:
        told.append(tr(unwrapped(inspect.getdoc(kind.delete_before_replace) or "")))
    return joined(*told)


def _computed_times(kind: type[Resource[Any]]) -> list[str]:
    """How to keep an object whose times the program computes from the present."""
    times = [item for item in properties(kind.inputs).values() if item.is_instant and item.flags.replaces]
    if not times:
        return []
    keys = ", ".join(item.key for item in times)
    told = tr(
        "A time that the program computes from the present is another one in every run, so every run would make a new "
        "object; the check warns of it. Keep the first one with {option}, in Python programs:",
        option=code(f"ignoreChanges: [{keys}]"),
    )
    names = ", ".join(f'"{item.name}"' for item in times)
    return [told, f"```python\nopts = pulumi.ResourceOptions(ignore_changes=[{names}])\n```"]


def _unreadable(kind: type[Resource[Any]]) -> str:
    if not any(BY_NAME[name].effect is Effect.READ for name in actions_of(kind)):
        return tr(
            "Nothing of it can be read: no action of the vendor shows it. A refresh leaves the state as it is, so "
            "what somebody changes in the console is not seen."
        )
    hidden = [*(item.key for item in properties(kind.inputs).values() if item.flags.write_only), *kind.unreadable]
    if not hidden:
        return tr("Every input can be read back.")
    return tr(
        "{names}: the state keeps what was sent, and a refresh says once that these were not verified.",
        names=listed(hidden),
    )


def _import(kind: type[Resource[Any]]) -> str:
    if not kind.adoptable:
        return tr("It is an action that was carried out: it can be neither imported nor adopted.")
    key = f"<{kind.id_key}>"
    told = tr(
        "{command}, or {argument} on the resource in a Python program. See [moving](../moving.md).",
        command=code(f"pulumi import livechannels:index:{kind.__name__} NAME '{key}'"),
        argument=code(f'adopt="{key}"'),
    )
    return told if issubclass(kind, Countable) else joined(told, tr("No list of the platform names these."))


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
    if not issubclass(kind, Report):
        return actions_table(actions_of(kind))
    vendor = tr(VENDORS[kind.module])
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


def index(by_hand: Mapping[str, str]) -> str:
    """The list of all pages."""
    parts = [f"# {tr('Documentation')}", MADE, heading("Guides")]
    parts.append(
        "\n".join(f"- [{_title(text)}]({name}): {_first(text)}" for name, text in sorted(by_hand.items(), key=_order))
    )
    parts += [
        heading("Resources"),
        "\n".join(f"- [{kind.__name__}]({_place(kind)}): {_sentence(kind)}" for kind in RESOURCES),
    ]
    for module in MODULES:
        lines = [f"- [{kind.name()}]({_place(kind)}): {_sentence(kind)}" for kind in of_module(module)]
        parts += [heading(MODULE_TITLES[module]), "\n".join(lines)]
    return "\n\n".join(parts) + "\n"


def _order(entry: tuple[str, str]) -> tuple[int, str]:
    """Where to begin comes first, then the alphabet."""
    name, _ = entry
    return (FIRST.index(name) if name in FIRST else len(FIRST), name)


def _title(page: str) -> str:
    return page.partition("\n")[0].removeprefix("# ")


def _first(page: str) -> str:
    """The first sentence of a page."""
    prose = [part for part in page.split("\n\n")[1:] if not part.startswith("<!--")]
    return _up_to_a_stop(prose[0])


def _sentence(kind: type) -> str:
    return _up_to_a_stop(tr_prose(about(kind)))


def _up_to_a_stop(text: str) -> str:
    found = re.match(r".*?(?:。|\.(?= |$)|$)", text.replace("\n", " "))
    return f"{found[0].rstrip('.')}." if found and not found[0].endswith("。") else text.partition("。")[0] + "。"


def _place(kind: type[Resource[Any]] | type[Function[Any]]) -> str:
    if issubclass(kind, Resource):
        return f"resources/{kind.__name__}.md"
    return f"functions/{kind.module}/{kind.name()}.md"


def pages() -> dict[str, str]:
    """Every page that is made, by its place under `docs/`."""
    made = {}
    for language, folder in FOLDERS.items():
        with speaking(language):
            made |= {f"{folder}{place}": text for place, text in _pages(folder).items()}
    return made


def _pages(folder: str) -> dict[str, str]:
    home = DOCS / folder
    made = {_place(kind): resource_page(kind) for kind in RESOURCES}
    made |= {_place(kind): function_page(kind) for kind in FUNCTIONS}
    made["emulator-coverage.md"] = coverage_page()
    by_hand = {path.name: path.read_text() for path in home.glob("*.md") if path.name not in (*made, "README.md")}
    made["README.md"] = index({**by_hand, "emulator-coverage.md": made["emulator-coverage.md"]})
    return made


def main() -> int:
    """Write or check."""
    made = pages()
    there = {
        str(path.relative_to(DOCS))
        for folder in FOLDERS.values()
        for part in ("resources", "functions")
        for path in DOCS.glob(f"{folder}{part}/**/*.md")
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
