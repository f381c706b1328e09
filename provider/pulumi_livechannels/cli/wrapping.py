"""Lines of Chinese: they break between characters, never within a word, and no mark begins one.

Formatters of help count characters, of which a Chinese one takes two columns, and break lines at spaces alone.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Sequence
from typing import Any

from rich.cells import cell_len, chop_cells

_OPEN, _CLOSE = "（《“", "，。；：、？！）》”…"
_CHINESE = "\u4e00-\u9fff"
_TOKEN = re.compile(rf"\s+|[{_OPEN}]*(?:[^\s{_OPEN}{_CLOSE}{_CHINESE}]+|[{_CHINESE}])[{_CLOSE}]*|[{_OPEN}{_CLOSE}]+")
_GAP, _LEAST = 2, 10


def wrapped(text: str, width: int) -> list[str]:
    """The lines of a paragraph, none wider than so many columns."""
    lines, line = [], ""
    for token in _TOKEN.findall(text.strip()):
        if token.isspace():
            line += " " if line else ""
        elif cell_len(line + token) <= width:
            line += token
        else:
            parts = chop_cells(token, width)
            lines += [line.rstrip(), *parts[:-1]] if line else parts[:-1]
            line = parts[-1]
    return [*lines, line.rstrip()]


def fitting(formatter: Any) -> Any:
    """The formatter of a command's help, made to break lines so."""

    def write_heading(heading: str) -> None:
        formatter.write(f"{' ' * formatter.current_indent}{heading}：\n")

    def write_text(text: str) -> None:
        indent = " " * formatter.current_indent
        paragraphs = (wrapped(part, formatter.width - len(indent)) for part in text.split("\n\n"))
        formatter.write("\n\n".join("\n".join(indent + line for line in lines) for lines in paragraphs) + "\n")

    def write_dl(rows: Iterable[Sequence[str]], col_max: int = 30, col_spacing: int = _GAP) -> None:
        pairs = list(rows)
        column = min(max(cell_len(first) for first, _ in pairs), col_max) + col_spacing
        indent = " " * formatter.current_indent
        for first, second in pairs:
            room = column - cell_len(first)
            # Typer puts its notes on an option together so, whatever their language.
            notes = re.sub(rf"; (?=[{_CHINESE}])", "；", second)
            lines = wrapped(notes, max(formatter.width - column - len(indent), _LEAST))
            head = (
                f"{first}{' ' * room}{lines[0]}"
                if room >= col_spacing
                else f"{first}\n{indent}{' ' * column}{lines[0]}"
            )
            formatter.write(
                "".join(
                    f"{line.rstrip()}\n"
                    for line in (indent + head, *(f"{indent}{' ' * column}{more}" for more in lines[1:]))
                )
            )

    formatter.write_heading, formatter.write_text, formatter.write_dl = write_heading, write_text, write_dl
    return formatter


class Fitting(argparse.HelpFormatter):
    """The same for the help of a report."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))

    def format_help(self) -> str:
        """The whole, its headings with a colon of their own."""
        return re.sub(rf"(?m)(?<=[{_CHINESE}]):$", "：", super().format_help())
