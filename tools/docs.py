"""Writes the reference under `docs/` from the models, or checks that it is what they say.

`python tools/docs.py` writes a page for each resource and function, the emulator's coverage and the index, and removes
pages of what is gone. `--check` exits 1 where anything differs. Pages written by hand are only listed.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from docs_coverage import coverage_page
from docs_functions import function_page
from docs_markdown import (
    MADE,
    heading,
)
from docs_resources import resource_page
from pulumi_livechannels.core.docstrings import about
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.resource import Resource
from pulumi_livechannels.functions import FUNCTIONS, MODULES, of_module
from pulumi_livechannels.ground.language import speaking, tr, tr_prose
from pulumi_livechannels.modules import VENDORS
from pulumi_livechannels.resources import RESOURCES

DOCS = Path(__file__).resolve().parent.parent / "docs"

MODULE_TITLES = {
    "index": "Functions about channels, tasks and files",
    **{module: f"Reports of {vendor}" for module, vendor in VENDORS.items()},
}

# The folder that the pages of a language stand in.
FOLDERS = {"en": "", "zh": "zh-CN/"}

FIRST = ("first-minute.md", "monday.md")


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
