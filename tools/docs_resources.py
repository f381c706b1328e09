"""The page of a resource, from its model."""

from __future__ import annotations

import inspect
from typing import Any

from docs_markdown import (
    MADE,
    code,
    default_of,
    heading,
    kind_of,
    listed,
    marked,
    name_of,
    outputs,
    sentences,
    table,
)
from docs_parts import BY_NAME, actions_of, actions_table, by_need, examples, models
from pulumi_livechannels.core.check import check
from pulumi_livechannels.core.docstrings import about
from pulumi_livechannels.core.fields import Property, properties
from pulumi_livechannels.core.resource import Countable, Resource
from pulumi_livechannels.ground.language import joined, tr, tr_prose, unwrapped
from pulumi_livechannels.vendors.calling import Effect

OPERATIONS = {
    "create": "create",
    "read": "refresh",
    "skim": "refresh with `driftDepth: listed`",
    "update": "change in place",
    "delete": "destroy",
}


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
