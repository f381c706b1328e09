"""`--out FILE`: a report as a file, by its ending. It appears under its name when it is whole."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TextIO

from ..core.reporting.flat import Table
from ..core.reporting.running import Answer
from ..ground.private_files import beside
from .report_texts import as_csv, as_json, as_lines, as_list

TEXTS: dict[str, Callable[[Table, TextIO], None]] = {".csv": as_csv, ".ndjson": as_lines, ".json": as_list}
# What writes it, and the extra that brings this.
LIBRARIES = {".xlsx": ("xlsxwriter", "xlsx"), ".parquet": ("pyarrow", "parquet")}
ENDINGS = (*TEXTS, *LIBRARIES)


def missing(file: Path) -> tuple[str, str] | None:
    """The library that writes such a file and the extra that brings it, where it is not there."""
    needed = LIBRARIES.get(file.suffix)
    return needed if needed and find_spec(needed[0]) is None else None


def totals_file(file: Path) -> Path:
    """Where the totals go that stand beside a file of facts."""
    return file.with_name(f"{file.stem}.totals{file.suffix}")


def write_answer(answer: Answer, file: Path) -> None:
    """Write the whole answer as JSON.

    Raises:
        OSError: it cannot be written.
    """
    with whole(file) as part, part.open("w", encoding="utf-8", newline="") as to:
        as_json(answer, to)


def write(tables: Sequence[Table], file: Path) -> None:
    """Write a table; a workbook takes several, a sheet each.

    Raises:
        OSError: it cannot be written.
    """
    with whole(file) as part:
        if file.suffix == ".xlsx":
            from .report_workbook import as_workbook

            as_workbook(tables, part)
        elif file.suffix == ".parquet":
            from .report_parquet import as_parquet

            as_parquet(tables[0], part)
        else:
            with part.open("w", encoding="utf-8", newline="") as to:
                TEXTS[file.suffix](tables[0], to)


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """A file to write, which gets its name when it is whole; what is half written is removed."""
    if file.exists() and not file.is_file():
        # A pipe or a device has readers already.
        yield file
        return
    mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else None
    with beside(file, 0o666 if mode is None else mode) as part:
        yield part
        if mode is not None:
            part.chmod(mode)
