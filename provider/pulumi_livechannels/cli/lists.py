"""Lists on the command line: an option again and again, values with commas between them, or `@FILE` with one a line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def spread(given: Iterable[str]) -> list[str]:
    """Every value, in the order given; empty lines and what follows a `#` in a file are left out.

    Raises:
        OSError: a file cannot be read.
    """
    values: list[str] = []
    for text in given:
        lines = Path(text[1:]).read_text().splitlines() if text.startswith("@") else [text]
        values += (value.strip() for line in lines for value in line.partition("#")[0].split(","))
    return [value for value in values if value]
