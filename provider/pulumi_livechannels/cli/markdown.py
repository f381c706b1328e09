"""Markdown that no name can break: code spans, tables and lists, cut where a host takes no more.

Whatever is not ours goes into a code span. In one, neither HTML, links, emphasis nor mentions mean anything, so only
what ends it has to be kept out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..ground.language import tr
from ..ground.redact import on_one_line, shorten


def code(text: str, limit: int = 100) -> str:
    """A code span with this text, on one line and at most `limit` characters of it."""
    line = shorten(on_one_line(text), limit) or '""'
    fence = "`" * (max((len(run) for run in re.findall("`+", line)), default=0) + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def row(cells: Iterable[str]) -> str:
    """A line of a table."""
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


@dataclass(frozen=True)
class Section:
    """A title and lines under it; with `columns` they are the rows of a table, otherwise a list."""

    title: str
    lines: Sequence[str]
    columns: Sequence[str] = ()
    note: str = ""

    def text(self, shown: int) -> str:
        """The section with so many of its lines, and how many more there are."""
        above = [f"#### {self.title}", "", *([self.note, ""] if self.note else [])]
        if self.columns:
            above += [row(self.columns), row("---" for _ in self.columns)]
        more = len(self.lines) - shown
        return "\n".join([*above, *self.lines[:shown], *(["", tr("… and {more} more", more=more)] if more else []), ""])


def fitted(head: str, sections: Sequence[Section], limit: int) -> str:
    """The head and all sections, each with as many lines as there is room for, the first ones first."""
    room = limit - len(head) - sum(len(section.text(0)) + 1 for section in sections) - 1
    parts = [head]
    for section in sections:
        shown = 0
        while shown < len(section.lines) and len(section.lines[shown]) < room:
            room -= len(section.lines[shown]) + 1
            shown += 1
        parts.append(section.text(shown))
    return "\n".join(parts)
