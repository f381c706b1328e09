"""The small pieces of Markdown that `tools/docs.py` puts pages together from, and how a property is told in them."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import BaseModel

from pulumi_livechannels.core.fields import Property, bare, properties
from pulumi_livechannels.core.function import element
from pulumi_livechannels.ground.language import joined, tr

MADE = "<!-- made by tools/docs.py from the models: change these, then run `make docs` -->"
# What is worth telling beside a property's own sentence, by flag.
FLAGS = {
    "secret": "Secret.",
    "write_only": "Write-only: the platform never shows it.",
    "moves": "The platform may shift it, which is no drift.",
    "released": "Taken out of a program, it stays on the platform as it is.",
}
KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", Any: "any"}


def heading(text: str) -> str:
    """The head of a part of a page."""
    return f"## {tr(text)}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *([_cell(text) for text in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(text: str) -> str:
    """Plain text, in which a star and an angle bracket mean themselves, with names between backticks."""
    parts = text.split("`")
    parts[::2] = [part.replace("*", r"\*").replace("<", "&lt;") for part in parts[::2]]
    return "`".join(parts).replace("|", r"\|")


def folded(title: str, content: str, is_open: bool) -> str:
    """Something that is shown on a click, or at once."""
    return f"<details{' open' if is_open else ''}><summary>{title}</summary>\n\n{content}\n\n</details>"


def code(name: str) -> str:
    """A name."""
    return f"`{name}`"


def listed(names: Iterable[str]) -> str:
    """Names in a sentence."""
    return tr(", ").join(map(code, names))


def name_of(item: Property) -> str:
    """A property in most languages, and in Python where that differs."""
    return code(item.key) if item.name == item.key else f"{code(item.key)}, {code(item.name)}"


def kind_of(item: Property) -> str:
    """What a property holds, within which limits."""
    return tr("time") if item.is_instant else f"{_kind(item.annotation)}{_limits(item)}"


def _limits(item: Property) -> str:
    if bare(item.annotation) not in (int, float, str):
        return ""
    told = item.adapter.json_schema()
    told = next((part for part in told.get("anyOf", []) if part.get("type") != "null"), told)
    least, most = told.get("minimum"), told.get("maximum")
    if "maxLength" in told:
        return tr(" of at most {most} characters", most=told["maxLength"])
    if least is None:
        return ""
    return tr(" from {least}", least=least) if most is None else tr(" from {least} to {most}", least=least, most=most)


def _kind(annotation: Any) -> str:
    annotation = bare(annotation)
    origin = typing.get_origin(annotation)
    if origin is list:
        part = bare(typing.get_args(annotation)[0])
        if typing.get_origin(part) is typing.Literal or (isinstance(part, type) and issubclass(part, BaseModel)):
            return tr("list of {kind}", kind=_kind(part))
        return f"{_kind(part)}[]"
    if origin is typing.Literal:
        return listed(map(str, typing.get_args(annotation)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"[{annotation.__name__}](#{annotation.__name__.lower()})"
    return tr(KINDS[annotation])


def default_of(item: Property) -> str:
    """What holds where a property is not set; empty for nothing."""
    if item.required:
        return tr("required")
    if item.default in (None, []):
        return ""
    if isinstance(item.default, bool):
        return code(str(item.default).lower())
    return listed(map(str, item.default if isinstance(item.default, list) else [item.default]))


def sentences(item: Property, *more: str) -> str:
    """A property in its own words, and in those of its flags."""
    flags = [tr(text) for flag, text in FLAGS.items() if getattr(item.flags, flag)]
    follows = [tr("May change with {names}.", names=listed(item.flags.follows))] if item.flags.follows else []
    order = [tr("Their order means nothing.")] if item.is_set else []
    return joined(tr(item.doc), *order, *flags, *follows, *more)


def outputs(model: type[BaseModel]) -> str:
    """A table of what is answered."""
    rows = [(name_of(item), kind_of(item), sentences(item)) for item in properties(model).values()]
    return table((tr("name"), tr("type"), tr("what it is")), rows)


def inside(*models: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The models that stand inside these, by name, each before those inside it."""
    found: dict[str, type[BaseModel]] = {}
    for model in models:
        for item in properties(model).values():
            nested = element(item.annotation)
            if nested is not None:
                found |= {nested.__name__: nested, **inside(nested)}
    return found


def marked(text: str, names: Iterable[str]) -> str:
    """A sentence in which the names of actions and properties stand out."""
    told = sorted({name for name in names if re.search("[a-z][A-Z]", name)}, key=len, reverse=True)
    return re.sub(rf"(?<![`\w])({'|'.join(map(re.escape, told))})(?![`\w])", r"`\1`", text) if told else text
