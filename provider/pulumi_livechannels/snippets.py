"""A resource's example in each language, written from one set of inputs, for the schema and the pages made from it."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Callable
from typing import Any

from pydantic.alias_generators import to_pascal, to_snake

from .core.fields import Property, properties
from .core.function import Function
from .core.resource import Resource
from .core.values import choice_name

_REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")


def snippets(kind: type[Resource[Any]]) -> str:
    """Markdown in the form that Pulumi's documentation takes: one block for each language."""
    blocks = [f"```{language}\n{render(kind)}\n```" for language, render in _LANGUAGES.items()]
    return "\n".join(
        [
            "{{% examples %}}",
            "## Example Usage",
            "{{% example %}}",
            "",
            *blocks,
            "{{% /example %}}",
            "{{% /examples %}}",
        ]
    )


def function_snippets(kind: type[Function[Any]]) -> str:
    """A function's example in the same form."""
    blocks = [f"```{language}\n{render(kind)}\n```" for language, render in _CALLS.items()]
    head = ["{{% examples %}}", "## Example Usage", "{{% example %}}", ""]
    return "\n".join([*head, *blocks, "{{% /example %}}", "{{% /examples %}}"])


def _python_call(kind: type[Function[Any]]) -> str:
    module = "" if kind.module == "index" else f".{kind.module}"
    arguments = [f"    {to_snake(key)}={_literal_python(value)}," for key, value in kind.example.items()]
    head = "import pulumi_livechannels as livechannels\n"
    call = f"answer = livechannels{module}.{to_snake(kind.name())}("
    return "\n".join([head, call, *arguments, ")"]) if arguments else f"{head}\n{call})"


def _yaml_call(kind: type[Function[Any]]) -> str:
    module = "" if kind.module == "index" else f"{kind.module}:"
    arguments = [
        f"        {key}: {_literal(value, json.dumps, _yaml_reference)}" for key, value in kind.example.items()
    ]
    function = f"      function: livechannels:{module}{kind.name()}"
    inside = ["      arguments:", *arguments] if arguments else ["      arguments: {}"]
    return "\n".join(["variables:", "  answer:", "    fn::invoke:", function, *inside])


def _typescript_call(kind: type[Function[Any]]) -> str:
    module = "" if kind.module == "index" else f"{kind.module}."
    lines = [f"    {key}: {_literal(value, json.dumps, _dotted)}," for key, value in kind.example.items()]
    head = 'import * as livechannels from "@livechannels/pulumi-livechannels";\n'
    call = f"const answer = livechannels.{module}{kind.name()}Output({{"
    return "\n".join([head, call, *lines, "});"]) if lines else f"{head}\n{call.rstrip('{')});"


def _dotted(name: str, key: str) -> str:
    return f"{name}.{key}"


def _yaml_reference(name: str, key: str) -> str:
    return f"${{{name}.{key}}}"


def _literal_python(value: Any) -> str:
    return _literal(value, repr, lambda name, key: f"{name}.{to_snake(key)}")


def typescript(kind: type[Resource[Any]]) -> str:
    """In TypeScript."""
    lines = [
        f"    {key}: {_literal(value, json.dumps, lambda name, key: f'{name}.{key}')},"
        for key, value in kind.example.items()
    ]
    head = 'import * as livechannels from "@livechannels/pulumi-livechannels";\n'
    return "\n".join([head, f'const example = new livechannels.{kind.__name__}("example", {{', *lines, "});"])


def python(kind: type[Resource[Any]]) -> str:
    """In Python, on the generated SDK."""
    lines = [
        f"    {to_snake(key)}={_literal(value, json.dumps, lambda name, key: f'{name}.{to_snake(key)}')},"
        for key, value in kind.example.items()
    ]
    head = "import pulumi_livechannels_native as livechannels\n"
    return "\n".join([head, f"example = livechannels.{kind.__name__}(", '    "example",', *lines, ")"])


def go(kind: type[Resource[Any]]) -> str:
    """In Go."""
    declared = properties(kind.inputs)
    lines = [f"\t{to_pascal(to_snake(key))}: {_go_value(declared[key], value)}," for key, value in kind.example.items()]
    head = f'_, err := livechannels.New{kind.__name__}(ctx, "example", &livechannels.{kind.__name__}Args{{'
    return "\n".join([head, *lines, "})"])


def yaml(kind: type[Resource[Any]]) -> str:
    """In YAML."""
    lines = [
        f"      {key}: {_literal(value, json.dumps, lambda name, key: f'${{{name}.{key}}}')}"
        for key, value in kind.example.items()
    ]
    return "\n".join(["resources:", "  example:", f"    type: livechannels:{kind.__name__}", "    properties:", *lines])


def csharp(kind: type[Resource[Any]]) -> str:
    """In C#."""
    declared = properties(kind.inputs)
    lines = [
        f"    {to_pascal(to_snake(key))} = {_csharp_value(declared[key], item)}," for key, item in kind.example.items()
    ]
    head = "using LiveChannels = Pulumi.LiveChannels;\n"
    return "\n".join([head, f'var example = new LiveChannels.{kind.__name__}("example", new()', "{", *lines, "});"])


def java(kind: type[Resource[Any]]) -> str:
    """In Java."""
    declared = properties(kind.inputs)
    lines = [f"    .{key}({_java_value(declared[key], item)})" for key, item in kind.example.items()]
    head = "import com.livechannels.livechannels.*;\n"
    begin = f'var example = new {kind.__name__}("example", {kind.__name__}Args.builder()'
    return "\n".join([head, begin, *lines, "    .build());"])


_LANGUAGES: dict[str, Callable[[type[Resource[Any]]], str]] = {
    "typescript": typescript,
    "python": python,
    "csharp": csharp,
    "go": go,
    "java": java,
    "yaml": yaml,
}


_CALLS: dict[str, Callable[[type[Function[Any]]], str]] = {
    "typescript": _typescript_call,
    "python": _python_call,
    "yaml": _yaml_call,
}


def _literal(value: Any, write: Callable[[Any], str], refer: Callable[[str, str], str]) -> str:
    reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return refer(reference[1], reference[2]) if reference else write(value)


def _go_value(item: Property, value: Any) -> str:
    enum = _enum(item.annotation)
    if isinstance(value, list):
        return f"livechannels.{enum}Array{{{', '.join(_go_choice(enum, part) for part in value)}}}"
    if enum:
        return _go_choice(enum, value)
    return _literal(
        value, lambda text: f"pulumi.String({json.dumps(text)})", lambda name, key: f"{name}.{to_pascal(to_snake(key))}"
    )


def _csharp_value(item: Property, value: Any) -> str:
    enum = _enum(item.annotation)
    if isinstance(value, list):
        return f"new[] {{ {', '.join(f'LiveChannels.{enum}.{part.capitalize()}' for part in value)} }}"
    if enum:
        return f"LiveChannels.{enum}.{value.capitalize()}"
    return _literal(value, json.dumps, lambda name, key: f"{name}.{to_pascal(to_snake(key))}")


def _java_value(item: Property, value: Any) -> str:
    enum = _enum(item.annotation)
    if enum:
        return ", ".join(f"{enum}.{part.capitalize()}" for part in (value if isinstance(value, list) else [value]))
    return _literal(value, json.dumps, lambda name, key: f"{name}.{key}()")


def _go_choice(enum: str | None, value: str) -> str:
    return f"livechannels.{enum}{value.capitalize()}"


def _enum(annotation: Any) -> str | None:
    """The name of the closed set that an annotation is about, be it in a list."""
    parts = (annotation, *typing.get_args(annotation))
    return next((name for part in parts if (name := choice_name(part))), None)
