"""What a report's request may hold, told as data, and a strict look at what it does hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["string", "int", "object", "array<string>", "array<object>"]
Problem = Literal["unknown", "missing", "wrong"]


class Mismatch(Exception):
    """A field that is not as it has to be."""

    def __init__(self, name: str, problem: Problem, message: str) -> None:
        super().__init__(message)
        self.name = name
        self.problem = problem
        self.message = message


@dataclass(frozen=True)
class Form:
    """One field; `allowed` and `pattern` hold for each item of a list."""

    kind: Kind = "string"
    required: bool = False
    allowed: tuple[str | int, ...] = ()
    pattern: str = ""
    inner: Mapping[str, Form] = field(default_factory=dict)
    in_query: bool = False


def check(content: Mapping[str, Any], forms: Mapping[str, Form]) -> None:
    """Return for content whose fields are all known, present where required, and right in form.

    Raises:
        Mismatch: they are not.
    """
    for name, value in content.items():
        if name not in forms:
            raise Mismatch(name, "unknown", f"unknown field {name}")
        _check_one(name, forms[name], value)
    for name, form in forms.items():
        if form.required and content.get(name) in (None, "", [], {}):
            raise Mismatch(name, "missing", f"{name} is required")


def _check_one(name: str, form: Form, value: Any) -> None:
    is_list = form.kind.startswith("array")
    if is_list and not isinstance(value, list):
        raise Mismatch(name, "wrong", f"{name} must be a list")
    kind = {"string": str, "int": int, "object": dict}[form.kind.removeprefix("array<").removesuffix(">")]
    for item in value if is_list else [value]:
        if type(item) is not kind:
            raise Mismatch(name, "wrong", f"{name} must be {form.kind}")
        if isinstance(item, dict):
            check(item, form.inner)
        elif item != "" or is_list:
            # An empty text counts as absent, but an item of a list is there.
            _check_value(name, form, item)


def _check_value(name: str, form: Form, item: Any) -> None:
    if item == "":
        raise Mismatch(name, "wrong", f"{name} holds an empty text")
    if form.allowed and item not in form.allowed:
        raise Mismatch(name, "wrong", f"{name} must be one of {', '.join(map(str, form.allowed))}")
    if form.pattern and not re.fullmatch(form.pattern, item):
        raise Mismatch(name, "wrong", f"{name} is malformed")
