"""Writes the type stub of the package's public classes, so that editors and type checkers see what `dynamic` makes."""

from __future__ import annotations

import inspect
import textwrap
import typing
from collections.abc import Iterator
from typing import Any

from .core.fields import Model, Property, bare, properties
from .core.resource import Resource
from .ground import errors
from .resources import RESOURCES

_HEAD = '''"""Live streaming channels under Pulumi: one class a resource. Written by the build from the models."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

import pulumi
'''


def text() -> str:
    """The stub of `pulumi_livechannels`."""
    errors_line = f"from .ground.errors import {', '.join(f'{name} as {name}' for name in error_names())}\n"
    nested = dict.fromkeys(model for kind in RESOURCES for model in nested_inputs(kind))
    parts = [_HEAD + errors_line, *(_typed_dict(model) for model in nested), *(_class(kind) for kind in RESOURCES)]
    return "\n".join(parts)


def error_names() -> list[str]:
    """The public error classes."""
    return [name for name, item in vars(errors).items() if isinstance(item, type) and name.endswith("Error")]


def nested_inputs(kind: type[Resource[Any]]) -> Iterator[type[Model]]:
    """The models that stand inside a resource's inputs."""
    for item in properties(kind.inputs).values():
        if item.nested:
            yield item.nested


def args_name(model: type[Model]) -> str:
    """What the dictionary of a nested model is called in Python programs."""
    return f"{model.__name__}Args"


def hint(annotation: Any, collection: str) -> str:
    """An annotation of the core as Python programs see it; lists come in as any sequence and out as a list."""
    annotation = bare(annotation)
    origin = typing.get_origin(annotation)
    if origin is list:
        return f"{collection}[{hint(typing.get_args(annotation)[0], collection)}]"
    if origin is typing.Literal:
        return f"Literal[{', '.join(repr(value) for value in typing.get_args(annotation))}]"
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return args_name(annotation) if collection == "Sequence" else "Mapping[str, Any]"
    return str(annotation.__name__)


def docs(kind: type[Resource[Any]]) -> str:
    """The docstring of a resource's class in Python programs."""
    lines = [inspect.cleandoc(kind.__doc__ or ""), "", "Args:"]
    lines += [f"    {item.name}: {describe(item)}" for item in _by_need(kind)]
    lines.append(f"    adopt: Id of a {kind.__name__} that exists, to take it over instead of making a new one.")
    lines += ["", "Attributes:"]
    lines += [f"    {item.name}: {describe(item)}" for item in properties(kind.outputs).values()]
    return "\n".join(lines)


def describe(item: Property) -> str:
    """One property in a sentence or two."""
    notes = [
        *(["Changing it makes a new object."] if item.flags.replaces else []),
        *(["The platform never shows it."] if item.flags.write_only else []),
        *(["Secret."] if item.flags.secret else []),
    ]
    return " ".join([item.doc, *notes])


def _by_need(kind: type[Resource[Any]]) -> list[Property]:
    return sorted(properties(kind.inputs).values(), key=lambda item: not item.required)


def _class(kind: type[Resource[Any]]) -> str:
    lines = [f"class {kind.__name__}(pulumi.CustomResource):", textwrap.indent(f'"""{docs(kind)}\n"""', "    "), ""]
    lines += [
        "    def __init__(",
        "        self,",
        "        resource_name: str,",
        "        opts: pulumi.ResourceOptions | None = ...,",
        "        *,",
    ]
    for item in _by_need(kind):
        typed = hint(item.annotation, "Sequence")
        absent = "" if item.required else " | None = ..."
        lines.append(f"        {item.name}: pulumi.Input[{typed}]{absent},")
    lines += ["        adopt: str | None = ...,", "    ) -> None: ..."]
    for item in [*properties(kind.inputs).values(), *properties(kind.outputs).values()]:
        optional = "" if item.required else " | None"
        lines += [
            "    @property",
            f"    def {item.name}(self) -> pulumi.Output[{hint(item.annotation, 'list')}{optional}]:",
            f'        """{describe(item)}"""',
        ]
    return "\n".join(lines) + "\n"


def _typed_dict(model: type[Model]) -> str:
    lines = [f"class {args_name(model)}(TypedDict, total=False):", f'    """{model.__doc__}"""', ""]
    for item in properties(model).values():
        lines += [f"    {item.name}: pulumi.Input[{hint(item.annotation, 'Sequence')}]", f'    """{describe(item)}"""']
    return "\n".join(lines) + "\n"
