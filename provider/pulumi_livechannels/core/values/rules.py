"""How a value says which rule it keeps, and what holds for any word."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError


def broken(rule: str, way_out: str) -> PydanticCustomError:
    """A rule that a value breaks, for `core.check` to put into a sentence."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "way_out": way_out})


def matching(pattern: str, rule: str, way_out: str) -> AfterValidator:
    """A text that matches a pattern; `rule` and `way_out` tell of one that does not."""
    compiled = re.compile(pattern)

    def validate(value: str) -> str:
        if not compiled.fullmatch(value):
            raise broken(rule, way_out)
        return value

    return AfterValidator(validate)


def distinct(value: list[Any]) -> list[Any]:
    """A list that names nothing twice, for a validator."""
    if len(set(value)) < len(value):
        raise broken("must not name a value twice", "remove the repetition")
    return value


Word = Annotated[
    str,
    matching(r"[A-Za-z0-9_]+", "may hold only letters, digits and underscores", "take other characters out"),
]

Id = Annotated[
    str,
    # The platform takes several ids in one text, so one that holds a comma would be several objects.
    matching(r"[^\s,]+", "must be one id, without commas and spaces", "write a single id"),
]
