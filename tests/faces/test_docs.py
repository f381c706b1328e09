"""The pages under `docs/`: complete, current, and with nothing in them that leads nowhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from pulumi_livechannels.cli import report_options
from pulumi_livechannels.cli.main import app
from pulumi_livechannels.cli.report_window import with_window
from pulumi_livechannels.config import SETTINGS
from pulumi_livechannels.core.fields import allowed, properties
from pulumi_livechannels.core.function import Function, element
from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.resource import Resource
from pulumi_livechannels.functions import FUNCTIONS
from pulumi_livechannels.reports import REPORTS
from pulumi_livechannels.reports.billing import BandwidthBill
from pulumi_livechannels.resources import RESOURCES
from pulumi_livechannels.snippets import BASES, LANGUAGES, references

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
CHINESE = DOCS / "zh-CN"
GUIDES = (
    "asking",
    "big-stacks",
    "bill",
    "design",
    "drift",
    "emulator",
    "emulator-service",
    "exporter",
    "faces",
    "first-minute",
    "fleet",
    "glossary",
    "monday",
    "moving",
    "options",
    "pipelines",
    "quotas",
    "reports",
    "releases",
    "report-files",
    "secrets",
    "settings",
    "when-things-go-wrong",
)
KINDS: tuple[Any, ...] = (*RESOURCES, *FUNCTIONS)


def page(kind: type[Resource[Any]] | type[Function[Any]]) -> str:
    if issubclass(kind, Resource):
        return (DOCS / "resources" / f"{kind.__name__}.md").read_text()
    return (DOCS / "functions" / kind.module / f"{kind.name()}.md").read_text()


def actions(kind: type[Resource[Any]] | type[Function[Any]]) -> list[str]:
    """What the vendor calls what is behind it."""
    if issubclass(kind, BandwidthBill):
        return actions(kind.made_of)
    if issubclass(kind, Report):
        return [kind.action, *([kind.path] if kind.path != "/" else [])]
    named = re.search(r"Source: ([\w,\s]+)\.", kind.__doc__ or "")
    assert named, kind
    return re.split(r",\s+", named[1])


def test_the_pages_are_what_the_models_say() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "docs.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_a_page_names_its_vendor_actions_its_words_and_every_language(kind: Any) -> None:
    text = page(kind)
    assert all(f"`{action}`" in text or f"{action}`" in text for action in actions(kind))
    is_resource = issubclass(kind, Resource)
    declared = properties(kind.inputs if is_resource else kind.inputs())
    for key, item in declared.items():
        assert f"| `{key}`" in text
        assert item.doc.partition(".")[0].replace("*", r"\*") in text
    for language in LANGUAGES:
        assert language.block(language.resource(kind) if is_resource else language.function(kind)) in text
    if is_resource:
        for chapter in ("What is sent", "What replaces", "What cannot be read back", "Import and adopt"):
            assert f"\n## {chapter}\n" in text
        assert all(f"`{key}`" in text.partition("## What replaces")[2] for key in declared if _replaces(declared[key]))


def _replaces(item: Any) -> bool:
    return bool(item.flags.replaces)


@pytest.mark.parametrize("kind", REPORTS, ids=lambda kind: kind.__name__)
def test_the_shell_command_of_a_report_asks_what_the_example_asks(kind: type[Report]) -> None:
    command = re.search(r"```sh\n(livechannels report .*?)\n```", page(kind), re.DOTALL)
    assert command is not None
    words = shlex.split(command[1].replace("\\\n", ""))
    assert words[:3] == ["livechannels", "report", kind.name()]
    asked = with_window(kind, report_options.read(kind, words[3:]), 0)
    assert asked == kind.example


@pytest.mark.parametrize("home", [DOCS, CHINESE], ids=["English", "Chinese"])
def test_the_index_leads_to_every_page(home: Path) -> None:
    index = (home / "README.md").read_text()
    linked = set(re.findall(r"\]\(([^)]+)\)", index))
    pages = [path for path in home.rglob("*.md") if home == CHINESE or not path.is_relative_to(CHINESE)]
    there = {str(path.relative_to(home)) for path in pages} - {"README.md"}
    assert linked == there
    assert {f"{name}.md" for name in GUIDES} <= there
    first = index.partition("resources/Channel.md")[0]
    assert all(f"({name}.md)" in first for name in GUIDES), "what is written by hand comes first"


def test_every_page_is_there_in_chinese_too() -> None:
    english = {path.relative_to(DOCS) for path in DOCS.rglob("*.md") if not path.is_relative_to(CHINESE)}
    assert {path.relative_to(CHINESE) for path in CHINESE.rglob("*.md")} == english


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_gives_the_same_commands_in_both_languages(name: str) -> None:
    english, chinese = (_commands((home / f"{name}.md").read_text()) for home in (DOCS, CHINESE))
    assert english == chinese
    sections = [re.findall(r"^#+ ", (home / f"{name}.md").read_text(), re.MULTILINE) for home in (DOCS, CHINESE)]
    assert sections[0] == sections[1]


def _commands(page: str) -> list[str]:
    """The code of a page without what it says to people: comments, and echoed words."""
    blocks = re.findall(r"^ *```(?:sh|console|yaml|python|json)\n(.*?)^ *```", page, re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"(^|\s)#.*| *echo .*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


@pytest.mark.parametrize("home", [DOCS, CHINESE], ids=["English", "Chinese"])
def test_names_are_spelt_as_the_models_have_them(home: Path) -> None:
    known = _vocabulary()
    for name in GUIDES:
        text = re.sub(r"```.*?```", "", (home / f"{name}.md").read_text(), flags=re.DOTALL)
        for span in re.findall(r"`([^`\n]+)`", text):
            for word in re.findall(
                r"(?<![\w./:-])(?:[a-z]{2,}[A-Z]\w*|LIVECHANNELS_\w+|VOLCENGINE_\w+)(?![\w(…])", span
            ):
                assert word in known, f"{name}.md: {word} is no name of a model, a setting or an action"
            if span.startswith("livechannels "):
                options = _options_of(span.split()[1])
                used = set(re.findall(r"(?<= )--[a-z-]+", span.partition(" --exec")[0].partition("|")[0]))
                assert used <= options, f"{name}.md: {span}"


# Words of Pulumi, of a program of one's own, and of the vendor's objects as the emulator has them.
_OF_OTHERS = {"ignoreChanges", "customTimeouts", "logoUrl", "relayTarget"} | {
    "channelStatus", "pullChannel", "recordDirectory", "recordTask", "forwardTask", "channelBan", "channelStateCallback",
}  # fmt: skip


def _vocabulary() -> set[str]:
    models = [model for kind in RESOURCES for model in (kind.inputs, kind.outputs)]
    models += [model for kind in FUNCTIONS for model in (kind.inputs(), kind.output())]
    for model in models:  # and those inside them, which join the list
        models += [inner for item in properties(model).values() if (inner := element(item.annotation))]
    every = [item for model in models for item in properties(model).values()]
    words = {item.key for item in every} | {
        value for item in every for value in re.findall(r"`(\w+)`", str(allowed(item)))
    }
    # What `--compare previous` makes of a quantity.
    words |= {"changePercent", *(f"{word}ChangePercent" for word in words)}
    words |= {kind.name() for kind in FUNCTIONS} | {action for kind in KINDS for action in actions(kind)}
    for setting in SETTINGS:
        words |= {setting.key, setting.environment}
    return words | _OF_OTHERS | {"LIVECHANNELS_LOG"}


def _options_of(command: str) -> set[str]:
    group: Any = typer.main.get_command(app)
    if command == "report" or command not in group.commands:
        return {f"--{name}" for name in ("list", "from", "to", "domain", "format", "help", "version", "out", "plot")}
    return {option for item in group.commands[command].params for option in item.opts} | {"--help"}


def test_every_link_leads_somewhere() -> None:
    for path in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        text = re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if target.startswith(("http://", "https://")):
                continue
            file, _, anchor = target.partition("#")
            found = path.parent / file if file else path
            assert found.exists(), f"{path.relative_to(ROOT)} links to {target}"
            if anchor:
                assert anchor in _anchors(found), f"{path.relative_to(ROOT)} links to {target}"


def _anchors(path: Path) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize(("home", "column"), [(DOCS, "proved by"), (CHINESE, "证明")], ids=["English", "Chinese"])
def test_each_difference_of_the_faces_names_a_test_that_is_there(home: Path, column: str) -> None:
    text = (home / "faces.md").read_text()
    table = text.partition(f"| {column} |\n")[2].partition("\n\n")[0].splitlines()[1:]
    assert len(table) > 5
    for line in table:
        proofs = re.findall(r"`(\w+/\w+\.py)::(test_\w+)`", line.split("|")[-2])
        assert proofs, f"nothing proves: {line}"
        for file, name in proofs:
            assert f"\ndef {name}(" in (ROOT / "tests" / file).read_text(), f"{file}::{name} is not there"


def test_each_extra_of_the_package_is_in_the_table_of_extras() -> None:
    extras = (ROOT / "pyproject.toml").read_text().partition("[project.optional-dependencies]\n")[2].partition("\n[")[0]
    for_users = set(re.findall(r"^(\w+) = \[", extras, re.MULTILINE)) - {"dev", "docs"}
    for home, heading in ((DOCS, "### Which extra for what\n"), (CHINESE, "### 哪个用途需要哪个 extra\n")):
        table = (home / "releases.md").read_text().partition(heading)[2].partition("\n\n## ")[0]
        assert set(re.findall(r"\| `(\w+)` \|$", table, re.MULTILINE)) == for_users


def test_guides_are_short_and_in_plain_words() -> None:
    for path in (home / f"{name}.md" for home in (DOCS, CHINESE) for name in GUIDES):
        text, name = path.read_text(), str(path.relative_to(DOCS))
        assert len(text.splitlines()) <= 120
        assert max(len(line) for line in text.splitlines() if not line.startswith("|")) <= 250, name


def test_what_an_example_refers_to_has_an_example_of_its_own() -> None:
    names = {kind.__name__ for kind in RESOURCES}
    for kind in KINDS:
        used = set(re.findall(r"\$\{(\w+)\.", str(kind.example)))
        assert used == set(references(kind.example))
        assert all(BASES[name] in names for name in used)
