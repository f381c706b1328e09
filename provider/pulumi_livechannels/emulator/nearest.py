"""What somebody who misspelt a word may have meant, as the end of the sentence that refuses it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def hint(word: str, known: Iterable[str]) -> str:
    """A question about the nearest known word; nothing where none is near."""
    near = get_close_matches(word, list(known), 1)
    return f"; is it {near[0]}?" if near else ""
