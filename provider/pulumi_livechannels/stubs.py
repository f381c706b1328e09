"""Writes the type stub of the package's public classes, so that editors and type checkers see what `dynamic` makes."""

from __future__ import annotations

import inspect
import textwrap
import typing
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.alias_generators import to_snake

from .config import SETTINGS, Setting
from .core.docstrings import about
from .core.fields import Model, Property, bare, properties
from .core.function import Function, element
from .core.resource import Resource
from .ground import errors
from .ground.language import ENGLISH, speaking
from .modules import VENDORS
from .resources import RESOURCES

_HEAD = '''"""Live streaming channels under Pulumi: resources and functions. Written by the build from the models."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

import pandas
import pulumi

'''


@speaking(ENGLISH)
def text() -> str:
    """The stub of `pulumi_livechannels`."""
    errors_line = f"from .ground.errors import {', '.join(f'{name} as {name}' for name in error_names())}\n"
    nested = dict.fromkeys(model for kind in RESOURCES for model in nested_inputs(kind))
    modules = "".join(f"from . import {name} as {name}\n" for name in sorted(VENDORS))
    parts = [_HEAD + modules + errors_line, _provider(), *(_typed_dict(model) for model in nested)]
    parts += [*(_class(kind) for kind in RESOURCES), *_functions("index")]
    return "\n".join(parts)


@speaking(ENGLISH)
def module_text(module: str) -> str:
    """The stub of a module of functions."""
    head = f'"""The reports of module `{module}`. Written by the build from the models."""\n\n'
    imports = (
        "import datetime\nfrom collections.abc import Sequence\nfrom typing import Any, Literal\n\n"
        "import pandas\nimport pulumi\n\nfrom . import Provider as Provider\n"
    )
    return "\n".join([head + imports, *_functions(module)])


def _functions(module: str) -> Iterator[str]:
    told: set[str] = set()
    # A program that only declares resources needs the words of this module, but no report.
    from .functions import of_module

    for kind in of_module(module):
        for model in models(kind.output()):
            if model.__name__ not in told:
                told.add(model.__name__)
                yield _answer(model)
        yield _function(kind)


def models(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The models of an answer, those inside of others first."""
    for item in properties(model).values():
        nested = element(item.annotation)
        if nested is not None:
            yield from models(nested)
    yield model


def _answer(model: type[BaseModel]) -> str:
    lines = [f"class {model.__name__}:", f'    """{inspect.cleandoc(model.__doc__ or "")}"""', ""]
    for item in properties(model).values():
        optional = "" if item.required else " | None"
        lines += [
            "    @property",
            f"    def {item.name}(self) -> {hint(item.annotation, 'list', answer=True)}{optional}:",
            f'        """{describe(item)}"""',
        ]
    lines += [
        "    def __getitem__(self, name: str) -> Any: ...",
        "    def to_dict(self) -> dict[str, Any]:",
        '        """The values in plain dictionaries and lists, for `json.dumps`."""',
        "    def to_dataframe(self) -> pandas.DataFrame:",
        '        """The values as a frame: a line for each slot, row or item. Needs the extra `dataframe`."""',
    ]
    return "\n".join(lines) + "\n"


def _function(kind: type[Function[Any]]) -> str:
    name = to_snake(kind.name())
    lines = []
    for suffix, wrap, answer in (("", "{}", "{}"), ("_output", "pulumi.Input[{}]", "pulumi.Output[{}]")):
        lines += [f"def {name}{suffix}(", "    *,"]
        for item in sorted(properties(kind.inputs()).values(), key=lambda item: not item.required):
            typed = wrap.format(taken(item, inputs=bool(suffix)))
            lines.append(f"    {item.name}: {typed}{'' if item.required else ' | None = ...'},")
        lines += [
            "    provider: Provider | None = ...,",
            "    opts: pulumi.InvokeOptions | None = ...,",
            f") -> {answer.format(kind.output().__name__)}:",
        ]
        lines.append(textwrap.indent(f'"""{function_docs(kind)}\n"""', "    ") + "\n")
    return "\n".join(lines)


def function_docs(kind: type[Function[Any]]) -> str:
    """The docstring of a function in Python programs."""
    lines = [about(kind), *(["", *kind.notes()] if kind.notes() else []), "", "Args:"]
    inputs = sorted(properties(kind.inputs()).values(), key=lambda item: not item.required)
    lines += [f"    {item.name}: {asked(item)}" for item in inputs]
    lines += ["    provider: A `Provider`, to ask with its settings."]
    lines += ["    opts: Options whose `provider`, or that of whose `parent`, is the same.", "", "Returns:"]
    lines += [f"    {item.name}: {describe(item)}" for item in properties(kind.output()).values()]
    lines += [
        "",
        "Raises:",
        "    InputError: an argument breaks a rule; nothing was sent. It names the place of the call.",
    ]
    lines += ["    LiveChannelsError: there is no answer; see its subclasses.", "", f"Source: {kind.source()}."]
    return "\n".join(lines)


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


def hint(annotation: Any, collection: str, *, inputs: bool = False, answer: bool = False) -> str:
    """An annotation of the core as Python programs see it.

    Lists come in as any sequence, with `inputs` of outputs too, and go out as a list. In an `answer` what is nested has
    a class; outputs of resources are dictionaries.
    """
    annotation = bare(annotation)
    origin = typing.get_origin(annotation)
    if origin is list:
        inside = hint(typing.get_args(annotation)[0], collection, answer=answer)
        return f"{collection}[{f'pulumi.Input[{inside}]' if inputs else inside}]"
    if origin is typing.Literal:
        return f"Literal[{', '.join(repr(value) for value in typing.get_args(annotation))}]"
    if isinstance(annotation, type) and issubclass(annotation, Model) and not answer:
        return args_name(annotation) if collection == "Sequence" else "Mapping[str, Any]"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation.__name__
    return str(annotation.__name__)


def docs(kind: type[Resource[Any]]) -> str:
    """The docstring of a resource's class in Python programs."""
    lines = [inspect.cleandoc(kind.__doc__ or ""), "", "Args:"]
    lines += [f"    {item.name}: {asked(item)}" for item in _by_need(kind)]
    if kind.adoptable:
        lines.append(f"    adopt: Id of a {kind.__name__} that exists, to take it over instead of making a new one.")
    lines += ["", "Attributes:"] if properties(kind.outputs) else []
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


def asked(item: Property) -> str:
    """The same of one that a program sets, with the forms that Python has for it."""
    if item.is_edge:
        return f"{describe(item)} Text, a datetime with a zone, or a date, which begins at midnight of +08:00."
    return f"{describe(item)} Text, or a datetime with a zone." if item.is_instant else describe(item)


def taken(item: Property, *, inputs: bool) -> str:
    """The annotation of what a program may set; with `inputs`, lists may hold outputs too."""
    times = ["datetime.datetime"] if item.is_instant else []
    days = ["datetime.date"] if item.is_edge else []
    return " | ".join([hint(item.annotation, "Sequence", inputs=inputs), *times, *days])


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
        typed = taken(item, inputs=True)
        absent = "" if item.required else " | None = ..."
        lines.append(f"        {item.name}: pulumi.Input[{typed}]{absent},")
    lines += [*(["        adopt: str | None = ...,"] if kind.adoptable else []), "    ) -> None: ..."]
    lines += [
        "    @classmethod",
        "    def get(",
        "        cls, resource_name: str, id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = ...",
        f"    ) -> {kind.__name__}:",
        '        """An object that exists, by its id: read and never changed, and not held by this stack."""',
    ]
    for item in [*properties(kind.inputs).values(), *properties(kind.outputs).values()]:
        optional = "" if item.required else " | None"
        lines += [
            "    @property",
            f"    def {item.name}(self) -> pulumi.Output[{hint(item.annotation, 'list')}{optional}]:",
            f'        """{describe(item)}"""',
        ]
    return "\n".join(lines) + "\n"


def _provider() -> str:
    lines = [
        "class Provider(pulumi.ProviderResource):",
        '    """An account of its own, for `opts=ResourceOptions(provider=…)` and for `provider=…` of functions.',
        "",
        "    What is not given comes from the environment, never from the stack's configuration.",
        "",
        "    Args:",
        *(f"        {to_snake(setting.key)}: {setting.doc}" for setting in SETTINGS),
        '    """',
        "",
        "    def __init__(",
        "        self,",
        "        resource_name: str,",
        "        opts: pulumi.ResourceOptions | None = ...,",
        "        *,",
        *(f"        {to_snake(setting.key)}: pulumi.Input[{_setting(setting)}] | None = ...," for setting in SETTINGS),
        "    ) -> None: ...",
    ]
    return "\n".join(lines) + "\n"


def _setting(setting: Setting) -> str:
    return "str" if setting.secret else "str | float | bool"


def _typed_dict(model: type[Model]) -> str:
    lines = [f"class {args_name(model)}(TypedDict, total=False):", f'    """{model.__doc__}"""', ""]
    for item in properties(model).values():
        lines += [f"    {item.name}: pulumi.Input[{taken(item, inputs=False)}]", f'    """{asked(item)}"""']
    return "\n".join(lines) + "\n"
