"""What the pages of resources and of functions have in common: vendor actions, examples, and the models inside."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any

from docs_markdown import (
    code,
    folded,
    heading,
    inside,
    kind_of,
    name_of,
    outputs,
    sentences,
    table,
)
from pulumi_livechannels.core.docstrings import source
from pulumi_livechannels.core.fields import Inputs, Property, properties
from pulumi_livechannels.core.function import Function
from pulumi_livechannels.core.resource import Resource
from pulumi_livechannels.ground.language import joined, tr, tr_prose, unwrapped
from pulumi_livechannels.snippets import BASES, LANGUAGES, references
from pulumi_livechannels.vendors.calling import Effect
from pulumi_livechannels.vendors.wangsu import actions
from pulumi_livechannels.vendors.wangsu.wire import Action

OPEN = ("Python", "YAML")

AFTER_A_LOST_ANSWER = {
    Effect.READ: "asked again",
    Effect.IDEMPOTENT: "sent again",
    Effect.ONCE: "looked for before anything is sent again",
}

BY_NAME = {action.__name__[0].lower() + action.__name__[1:]: action for action in actions().values()}


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
