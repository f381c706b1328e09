"""Reads JSON of others, so that whatever it holds can be counted with, stored and sent on.

JSON knows no infinite numbers and its texts are Unicode; Python's reader takes both lightly. A number that is none ends
in a program's arithmetic, and half a character in whatever encodes it next, far from where it came from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any

_HALF = re.compile(r"[\ud800-\udfff]")
_SHOWN = 24
_HALF_ESCAPED = re.compile(r"\\u[dD][89a-fA-F]")


class NotFiniteError(ValueError):
    """A number is infinite or none at all; the text says which and where."""


def read_json(body: bytes) -> Any:
    """What a JSON text says, each lone surrogate as U+FFFD.

    Raises:
        NotFiniteError: it is JSON but for a number without a finite value.
        ValueError: it is no JSON.
    """
    endless: list[str] = []

    def number(word: str) -> float:
        value = float(word)
        if not isfinite(value):
            endless.append(word if len(word) <= _SHOWN else f"one of {len(word)} characters")
        return value

    text = body.decode("utf-8-sig")
    try:
        content = json.loads(text, parse_float=number, parse_constant=number)
        if endless:
            where = next(_endless(content, ()), "") or "it"
            raise NotFiniteError(f"{where} is no finite number: {endless[0]}")
        return _whole(content) if _HALF_ESCAPED.search(text) else content
    except RecursionError:
        raise ValueError("nested too deep") from None


def place(keys: Iterable[str | int]) -> str:
    """Where in JSON something stands, like `result[0].value`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys).removeprefix(".")


def described(value: Any) -> str:
    """A value of JSON in a few characters: itself if it is short, else what it is."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, float) and not isfinite(value):
        return str(value)
    word = json.dumps(value)
    if len(word) <= _SHOWN:
        return word
    return f"a text of {len(value)} characters" if isinstance(value, str) else f"one of {len(word)} characters"


def _endless(content: Any, keys: tuple[str | int, ...]) -> Iterator[str]:
    inside: Iterable[tuple[str | int, Any]] = ()
    if isinstance(content, dict):
        inside = content.items()
    elif isinstance(content, list):
        inside = enumerate(content)
    elif isinstance(content, float) and not isfinite(content):
        yield place(keys)
    for key, each in inside:
        yield from _endless(each, (*keys, key))


def _whole(content: Any) -> Any:
    if isinstance(content, str):
        return _HALF.sub("\ufffd", content)
    if isinstance(content, list):
        return [_whole(each) for each in content]
    if isinstance(content, dict):
        return {_whole(key): _whole(each) for key, each in content.items()}
    return content
