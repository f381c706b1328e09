"""The languages that write values as they are: Python in both faces, TypeScript, YAML."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic.alias_generators import to_snake

from ..core.fields import Inputs
from ..core.function import Function
from ..core.resource import Resource
from .language import INDEX, NODE_PACKAGE, PYTHON_PACKAGE, Language, member, refers


class Python(Language):
    """Python, on the SDK that is generated."""

    title = "Python, generated SDK"
    fence = "python"
    imported: ClassVar[str] = PYTHON_PACKAGE
    called: ClassVar[str] = "livechannels"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """A program that declares the resource."""
        return self._call(
            f"example = {self.called}.{kind.__name__}", ['"example"', *self._named(kind.inputs, kind.example)]
        )

    def function(self, kind: type[Function[Any]]) -> str:
        """A program that calls the function: at once, or when what it is about is known."""
        later = "_output" if refers(list(kind.example.values())) else ""
        module = "" if kind.module == INDEX else f".{kind.module}"
        call = f"answer = {self.called}{module}.{to_snake(kind.name())}{later}"
        return self._call(call, self._named(kind.inputs(), kind.example))

    def _named(self, inputs: type[Inputs], example: dict[str, Any]) -> list[str]:
        return [f"{to_snake(key)}={value}" for key, value in self.written(inputs, example)]

    def _call(self, head: str, arguments: Sequence[str]) -> str:
        lines = [f"{head}(", *(f"    {argument}," for argument in arguments), ")"] if arguments else [f"{head}()"]
        return "\n".join([f"import {self.imported} as {self.called}", "", *lines])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"{name}.{to_snake(key)}"

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set."""
        name = re.sub("(?<!^)(?=[A-Z])", "_", member(value)).upper()
        return f"{self.called}.{enum}.{name}"

    def plain(self, value: Any) -> str:
        """A value; only truth is spelt otherwise than in JSON."""
        return str(value) if isinstance(value, bool) else super().plain(value)


class DynamicPython(Python):
    """Python, with the classes of this package."""

    title = "Python"
    imported = "pulumi_livechannels"
    called = "live"

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set, which is a text here."""
        return self.plain(value)


class TypeScript(Language):
    """TypeScript."""

    title = "TypeScript"
    fence = "typescript"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """A program that declares the resource."""
        lines = self._named(kind.inputs, kind.example)
        return self._program([f'const example = new livechannels.{kind.__name__}("example", {{', *lines, "});"])

    def function(self, kind: type[Function[Any]]) -> str:
        """A program that calls the function."""
        module = "" if kind.module == INDEX else f"{kind.module}."
        call = f"const answer = livechannels.{module}{kind.name()}Output("
        lines = self._named(kind.inputs(), kind.example)
        return self._program([f"{call}{{", *lines, "});"] if lines else [f"{call});"])

    def _named(self, inputs: type[Inputs], example: dict[str, Any]) -> list[str]:
        return [f"    {key}: {value}," for key, value in self.written(inputs, example)]

    def _program(self, lines: list[str]) -> str:
        return "\n".join([f'import * as livechannels from "{NODE_PACKAGE}";', "", *lines])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"{name}.{key}"


class Yaml(Language):
    """YAML, in which JSON is written too."""

    title = "YAML"
    fence = "yaml"

    def resource(self, kind: type[Resource[Any]]) -> str:
        """A program that declares the resource."""
        lines = [f"      {key}: {value}" for key, value in self.written(kind.inputs, kind.example)]
        head = ["resources:", "  example:", f"    type: livechannels:{kind.__name__}", "    properties:"]
        return "\n".join([*head, *lines])

    def function(self, kind: type[Function[Any]]) -> str:
        """A program that calls the function."""
        module = "" if kind.module == INDEX else f"{kind.module}:"
        lines = [f"        {key}: {value}" for key, value in self.written(kind.inputs(), kind.example)]
        head = ["variables:", "  answer:", "    fn::invoke:", f"      function: livechannels:{module}{kind.name()}"]
        return "\n".join([*head, "      arguments:", *lines] if lines else [*head, "      arguments: {}"])

    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""
        return f"${{{name}.{key}}}"

    def many(self, annotation: Any, values: list[Any]) -> str:
        """A list; in JSON a reference is a text."""
        return json.dumps(values, ensure_ascii=False)
