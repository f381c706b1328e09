"""The example of a resource or a function in each language, written from one set of inputs.

The schema shows them, and so do the pages under `docs/`. `${main.pullId}` in an example stands for what another
resource of the same program tells; `BASES` says which.
"""

from __future__ import annotations

from typing import Any

from ..core.function import Function
from ..core.resource import Resource
from .compiled import CSharp, Go, Java
from .language import GO_PACKAGE, JAVA_PACKAGE, NODE_PACKAGE, PYTHON_PACKAGE, Language
from .scripts import DynamicPython, Python, TypeScript, Yaml

__all__ = [
    "BASES", "GENERATED", "GO_PACKAGE", "JAVA_PACKAGE", "LANGUAGES", "NODE_PACKAGE", "PYTHON_PACKAGE", "Language",
    "function_snippets", "references", "snippets",
]  # fmt: skip

# What every language but the Python classes has comes from an SDK that is generated from the schema, or from YAML.
GENERATED: tuple[Language, ...] = (TypeScript(), Python(), CSharp(), Go(), Java(), Yaml())
LANGUAGES: tuple[Language, ...] = (DynamicPython(), *GENERATED)
BASES = {"main": "Channel", "guest": "PullChannel", "recordings": "RecordDirectory", "recording": "RecordTask"}
"""The resources that examples refer to, each by the name that it has there."""


def snippets(kind: type[Resource[Any]]) -> str:
    """A resource's example as Pulumi's documentation takes it: Markdown with one block for each language."""
    return _blocks([language.block(language.resource(kind)) for language in GENERATED])


def function_snippets(kind: type[Function[Any]]) -> str:
    """A function's example in the same form."""
    return _blocks([language.block(language.function(kind)) for language in GENERATED])


def references(example: dict[str, Any]) -> list[str]:
    """The names of the other resources that an example refers to."""
    return [name for name in BASES if f"${{{name}." in str(example)]


def _blocks(blocks: list[str]) -> str:
    head = ["{{% examples %}}", "## Example Usage", "{{% example %}}", ""]
    return "\n".join([*head, *blocks, "{{% /example %}}", "{{% /examples %}}"])
