"""A report as an .xlsx workbook: real dates and numbers, row by row, so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from ..core.reporting.flat import Kind, Table

# What a sheet takes; what is beyond goes to the next one.
_LINES = 1_048_576
_WIDTHS = {Kind.INSTANT: 28, Kind.TEXT: 24}

Put = Callable[[Worksheet, int, int, Any], object]


def as_workbook(tables: Sequence[Table], file: Path) -> None:
    """A sheet for each table, with a head line that stays; a table that is too long goes on in the next sheets."""
    # What encoders call their streams must be no formula and no link to whoever opens the sheet.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(file), options) as book:
        bold = book.add_format({"bold": True})
        for table in tables:
            # The zone is seen, and the cell is a date all the same.
            dates = book.add_format({"num_format": f'yyyy-mm-dd hh:mm:ss "{table.offset}"'})
            _fill(book, table, bold, _puts(table, dates))


def _fill(book: Workbook, table: Table, bold: Any, puts: Sequence[Put]) -> None:
    sheet, sheets, at = _sheet(book, table, table.name, bold), 1, 1
    for line in table.lines():
        if at == _LINES:
            sheets += 1
            sheet, at = _sheet(book, table, f"{table.name} {sheets}", bold), 1
        for place, (put, value) in enumerate(zip(puts, line, strict=True)):
            if value is not None:
                put(sheet, at, place, value)
        at += 1


def _sheet(book: Workbook, table: Table, name: str, bold: Any) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for place, head in enumerate(table.heads):
        sheet.set_column(place, place, _WIDTHS.get(head.kind, max(12, len(head.key) + 2)))
        sheet.write_string(0, place, head.key, bold)
    return sheet


def _puts(table: Table, dates: Any) -> list[Put]:
    @cache
    def date(second: int) -> datetime:
        return datetime.fromisoformat(table.stamp(second)).replace(tzinfo=None)

    def put_date(sheet: Worksheet, line: int, place: int, second: int) -> object:
        return sheet.write_datetime(line, place, date(second), dates)

    kinds: dict[Kind, Put] = {
        Kind.TEXT: Worksheet.write_string,
        Kind.NUMBER: Worksheet.write_number,
        Kind.WHOLE: Worksheet.write_number,
        Kind.FLAG: Worksheet.write_boolean,
        Kind.INSTANT: put_date,
    }
    return [kinds[head.kind] for head in table.heads]
