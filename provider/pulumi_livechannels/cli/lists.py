"""Lists on the command line: an option again and again, values with commas between them, or `@FILE` with one a line."""

from __future__ import annotations

from collections.abc import Iterable

from ..ground.language import said_of, system_words, tr
from .session import BAD_USAGE, end
from .texts import read_text


def spread(option: str, given: Iterable[str]) -> list[str]:
    """Every value, in the order given; empty lines and what follows a `#` are left out.

    A file that cannot be read ends the command, as bad usage of the option.
    """
    values: list[str] = []
    for text in given:
        lines = _lines(option, text[1:]) if text.startswith("@") else [text]
        values += (value.strip() for line in lines for value in line.partition("#")[0].split(","))
    return [value for value in values if value]


def _lines(option: str, file: str) -> list[str]:
    try:
        return read_text(file).splitlines()
    except OSError as error:
        end(BAD_USAGE, said_of(f"{option} @{file}", system_words(error)))
    except UnicodeDecodeError:
        text = tr("the file is no text in UTF-8: save it as UTF-8, a value a line")
        end(BAD_USAGE, said_of(f"{option} @{file}", text))
