"""What the languages of examples share: how a value is taken apart, and how a program is put together."""

from __future__ import annotations

import json
import re
import typing
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ..core.fields import Inputs, Property, bare, properties
from ..core.function import Function
from ..core.resource import Resource
from ..core.values.media import choice_name

NODE_PACKAGE = "@livechannels/pulumi-livechannels"
PYTHON_PACKAGE = "pulumi_livechannels_native"
GO_PACKAGE = "github.com/livechannels/pulumi-livechannels/sdk/go/livechannels"
JAVA_PACKAGE = "com.livechannels"
INDEX = "index"
_REFERENCE = re.compile(r"\$\{(\w+)\.(\w+)\}")


class Language(ABC):
    """How one language writes an example. `title` is for people, `fence` is what Markdown calls it."""

    title: ClassVar[str]
    fence: ClassVar[str]

    @abstractmethod
    def resource(self, kind: type[Resource[Any]]) -> str:
        """A program that declares the resource."""

    @abstractmethod
    def function(self, kind: type[Function[Any]]) -> str:
        """A program that calls the function."""

    @abstractmethod
    def reference(self, name: str, key: str) -> str:
        """A property of another resource."""

    def block(self, text: str) -> str:
        """The text as a block of Markdown."""
        return f"```{self.fence}\n{text}\n```"

    def written(self, inputs: type[Inputs], example: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """The example's properties, each with its value as the language writes it."""
        declared = properties(inputs)
        for key, value in example.items():
            yield key, self.value(declared[key], value)

    def value(self, item: Property, value: Any) -> str:
        """A value of a property."""
        annotation = bare(item.annotation)
        if isinstance(value, list):
            part = bare(typing.get_args(annotation)[0])
            return self.many(part, value)
        return self.one(annotation, value)

    def one(self, annotation: Any, value: Any) -> str:
        """A value alone: a reference, a choice, or what it is in itself."""
        told = referred(value)
        if told:
            return self.reference(*told)
        enum = choice_name(annotation)
        if enum:
            return self.choice(enum, value)
        return self.real(value) if annotation is float else self.plain(value)

    def many(self, annotation: Any, values: list[Any]) -> str:
        """A list."""
        return f"[{', '.join(self.one(annotation, value) for value in values)}]"

    def choice(self, enum: str, value: str) -> str:
        """A value of a closed set that has a name of its own in languages with types."""
        return self.plain(value)

    def plain(self, value: Any) -> str:
        """A text, a number, a truth value or a group of these."""
        return json.dumps(value, ensure_ascii=False)

    def real(self, value: float) -> str:
        """A number that need not be whole."""
        return self.plain(value)


def referred(value: Any) -> tuple[str, str] | None:
    """The name and the property of another resource that a value stands for."""
    found = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return (found[1], found[2]) if found else None


def refers(value: Any) -> bool:
    """Whether a value, or a part of it, stands for what another resource tells."""
    return any(map(refers, value)) if isinstance(value, list) else referred(value) is not None


def title(key: str) -> str:
    """A camelCase name as the languages write it that begin names with a capital."""
    return key[:1].upper() + key[1:]


def member(value: str) -> str:
    """What the schema calls a value of a closed set."""
    return "".join(part.capitalize() for part in value.lower().split("_"))
