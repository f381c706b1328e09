"""How a report's query words are declared: each with its meaning, its limits, and how it stands on the wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from ..fields import Inputs, prop
from .plan import DOMAINS, once

Encode = Callable[[Any], Any]


@dataclass(frozen=True)
class Word:
    """How a query word stands on the wire."""

    wire: str
    encode: Encode | None
    query: bool


def word(
    wire: str,
    doc: str,
    *,
    default: Any = None,
    encode: Encode | None = None,
    query: bool = False,
    ge: int | None = None,
    le: int | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
) -> Any:
    """A query word that the vendor knows as `wire`; empty for one that the report puts on the wire by itself.

    `query` says that it stands in the address and not in the body.
    """
    field = prop(doc, default=default, ge=ge, le=le, min_length=min_length, max_length=max_length)
    field.json_schema_extra["word"] = Word(wire, encode, query)
    return field


def on_the_wire(want: Inputs, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The words that are set, by wire name: those of the body and those of the address.

    `values` replace what the query says, by Python name.
    """
    body: dict[str, Any] = {}
    address: dict[str, Any] = {}
    for name, field in type(want).model_fields.items():
        extra = field.json_schema_extra
        value = values.get(name, getattr(want, name))
        if not isinstance(extra, dict) or "word" not in extra or value is None:
            continue
        if name == DOMAINS:
            value = once(value, name)
        word = cast(Word, extra["word"])
        if word.wire:
            (address if word.query else body)[word.wire] = word.encode(value) if word.encode else value
    return body, address


def joined(by: str) -> Encode:
    """Several values in one text."""
    return by.join


def mapped(codes: Mapping[str, Any]) -> Encode:
    """A value, or each of several, in the vendor's spelling."""
    return lambda value: [codes[item] for item in value] if isinstance(value, list) else codes[value]


def number_flag(value: bool) -> int:
    """True as 1."""
    return int(value)


def text_flag(value: bool) -> str:
    """True as the text `true`."""
    return str(value).lower()
