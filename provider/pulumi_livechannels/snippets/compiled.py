"""The languages whose values have a type to be written: C#, Go, Java. All call functions in the form for outputs."""

from __future__ import annotations

from typing import Any

from ..core.fields import Inputs, properties
from ..core.function import Function
from ..core.resource import Resource
from ..core.values.media import CHOICES, choice_name
from ..resources import RESOURCES
from .language import GO_PACKAGE, INDEX, JAVA_PACKAGE, Language, member, refers, title

_RESOURCES = {kind.__name__ for kind in RESOURCES}


class CSharp(Language):
    """C#."""

    title = "C#"
    fence = "csharp"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """A program that declares the resource."""
        lines = self._named(kind.inputs, kind.example)
        call = f'var example = new LiveChannels.{kind.__name__}("example", new()'
        return self._program([call, "{", *lines, "});"], kind.example)

    def function(self, kind: type[Function[Any]]) -> str:
        """A program that calls the function."""
        module = "" if kind.module == INDEX else f"{title(kind.module)}."
        call = f"var answer = LiveChannels.{module}{title(kind.name())}.Invoke("
        lines = self._named(kind.inputs(), kind.example)
        return self._program([f"{call}new()", "{", *lines, "});"] if lines else [f"{call});"], kind.example)

    def _named(self, inputs: type[Inputs], example: dict[str, Any]) -> list[str]:
        return [f"    {title(key)} = {value}," for key, value in self.written(inputs, example)]

    def _program(self, lines: list[str], example: dict[str, Any]) -> str:
        groups = ["using System.Collections.Generic;"] if _has_group(example) else []
        return "\n".join([*groups, "using LiveChannels = Pulumi.LiveChannels;", "", *lines])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"{name}.{title(key)}"

    def many(self, annotation: Any, values: list[Any]) -> str:
        """An array."""
        return f"new[] {{ {', '.join(self.one(annotation, value) for value in values)} }}"

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set."""
        return f"LiveChannels.{enum}.{member(value)}"

    def plain(self, value: Any) -> str:
        """A value."""
        if isinstance(value, dict):
            parts = ", ".join(f"[{self.plain(key)}] = {self.plain(part)}" for key, part in value.items())
            return f"new Dictionary<string, object?> {{ {parts} }}"
        return super().plain(value)


class Go(Language):
    """Go, where a function that is called like the lookup of a resource is called `Lookup…`."""

    title = "Go"
    fence = "go"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """Lines of a program that declare the resource."""
        name = kind.__name__
        lines = self._named(kind.inputs, kind.example)
        call = f'_, err := livechannels.New{name}(ctx, "example", &livechannels.{name}Args{{'
        return self._program(INDEX, [call, *lines, "})", "if err != nil {", "\treturn err", "}"])

    def function(self, kind: type[Function[Any]]) -> str:
        """Lines of a program that call the function."""
        package = "livechannels" if kind.module == INDEX else kind.module
        about = kind.name().removeprefix("get")
        taken = kind.module == INDEX and about in _RESOURCES
        call = f"{package}.{'Lookup' if taken else 'Get'}{about}Output"
        lines = self._named(kind.inputs(), kind.example)
        if not properties(kind.inputs()):
            return self._program(kind.module, [f"answer := {call}(ctx)"])
        return self._program(kind.module, [f"answer := {call}(ctx, {call}Args{{", *lines, "})"])

    def _named(self, inputs: type[Inputs], example: dict[str, Any]) -> list[str]:
        # gofmt wants the values below each other.
        wide = max((len(key) for key in example), default=0) + 2
        return [f"\t{f'{title(key)}:':<{wide}}{value}," for key, value in self.written(inputs, example)]

    def _program(self, module: str, lines: list[str]) -> str:
        path = GO_PACKAGE if module == INDEX else f"{GO_PACKAGE}/{module}"
        values = ['import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"'] if "pulumi." in "".join(lines) else []
        return "\n".join([f'import "{path}"', *values, "", *lines])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"{name}.{title(key)}"

    def many(self, annotation: Any, values: list[Any]) -> str:
        """An array of inputs."""
        enum = choice_name(annotation)
        kind = f"livechannels.{enum}" if enum else "pulumi.String"
        return f"{kind}Array{{{', '.join(self.one(annotation, value) for value in values)}}}"

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set."""
        return f"livechannels.{enum}{member(value)}"

    def plain(self, value: Any) -> str:
        """A value as an input."""
        if isinstance(value, dict):
            parts = ", ".join(f"{super(Go, self).plain(key)}: {self.plain(part)}" for key, part in value.items())
            return f"pulumi.Map{{{parts}}}"
        kinds = {bool: "Bool", int: "Int", str: "String"}
        return f"pulumi.{kinds[type(value)]}({super().plain(value)})"

    def real(self, value: float) -> str:
        """A number that need not be whole."""
        return f"pulumi.Float64({super().plain(value)})"


class Java(Language):
    """Java."""

    title = "Java"
    fence = "java"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """Lines of a program that declare the resource."""
        name = kind.__name__
        package = f"{JAVA_PACKAGE}.livechannels"
        lines = [f"    .{key}({value})" for key, value in self.written(kind.inputs, kind.example)]
        enums = [enum for enum in CHOICES if f"({enum}." in "".join(lines)]
        imports = [f"{package}.{name}", f"{package}.{name}Args", *(f"{package}.enums.{enum}" for enum in enums)]
        call = f'var example = new {name}("example", {name}Args.builder()'
        return self._program(imports, [call, *lines, "    .build());"], kind.example)

    def function(self, kind: type[Function[Any]]) -> str:
        """Lines of a program that call the function."""
        name = title(kind.name())
        package = f"{JAVA_PACKAGE}.livechannels" + ("" if kind.module == INDEX else f".{kind.module}")
        home = f"{'Livechannels' if kind.module == INDEX else title(kind.module)}Functions"
        lines = [f"    .{key}({value})" for key, value in self.written(kind.inputs(), kind.example)]
        call = f"var answer = {home}.{kind.name()}("
        if not lines:
            return self._program([f"{package}.{home}"], [f"{call});"], kind.example)
        imports = [f"{package}.{home}", f"{package}.inputs.{name}Args"]
        return self._program(imports, [f"{call}{name}Args.builder()", *lines, "    .build());"], kind.example)

    def _program(self, imports: list[str], lines: list[str], example: dict[str, Any]) -> str:
        outputs = ["com.pulumi.core.Output"] if any("Output.all(" in line for line in lines) else []
        groups = ["java.util.Map"] if _has_group(example) else []
        return "\n".join([*(f"import {path};" for path in [*imports, *outputs, *groups]), "", *lines])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"{name}.{key}()"

    def many(self, annotation: Any, values: list[Any]) -> str:
        """The values as arguments, or one output of all of them."""
        parts = ", ".join(self.one(annotation, value) for value in values)
        return f"Output.all({parts})" if refers(values) else parts

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set."""
        return f"{enum}.{member(value)}"

    def plain(self, value: Any) -> str:
        """A value."""
        if isinstance(value, dict):
            return f"Map.of({', '.join(self.plain(part) for pair in value.items() for part in pair)})"
        return super().plain(value)

    def real(self, value: float) -> str:
        """A number that need not be whole, which is never written as a whole one."""
        return str(float(value))


def _has_group(example: dict[str, Any]) -> bool:
    return any(isinstance(value, dict) for value in example.values())
