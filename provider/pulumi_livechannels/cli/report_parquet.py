"""A report as a .parquet file: typed columns, times with their offset."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ..core.reporting.flat import Block, Kind, Table

_LINES_A_GROUP = 100_000


def as_parquet(table: Table, file: Path) -> None:
    """The table, in groups of lines that are worth reading by themselves."""
    types = {
        Kind.TEXT: pa.string(),
        Kind.NUMBER: pa.float64(),
        Kind.WHOLE: pa.int64(),
        Kind.FLAG: pa.bool_(),
        Kind.INSTANT: pa.timestamp("s", tz=table.offset),
    }
    schema = pa.schema([(head.key, types[head.kind]) for head in table.heads])
    with pq.ParquetWriter(file, schema) as writer:
        waiting: list[pa.RecordBatch] = []
        lines = 0
        for block in table.blocks():
            waiting.append(_batch(block, schema))
            lines += len(waiting[-1])
            if lines >= _LINES_A_GROUP:
                writer.write_table(pa.Table.from_batches(waiting, schema))
                waiting, lines = [], 0
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting, schema))


def _batch(block: Block, schema: pa.Schema) -> pa.RecordBatch:
    length, common = len(block.cells[0]), len(block.common)
    shared = [
        pa.repeat(pa.scalar(value, field.type), length) for field, value in zip(schema, block.common, strict=False)
    ]
    own = [_column(values, field.type) for values, field in zip(block.cells, list(schema)[common:], strict=True)]
    return pa.record_batch([*shared, *own], schema=schema)


def _column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    if isinstance(values, array):
        # The bytes are what the file format has too.
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
    return pa.array(values, kind)
