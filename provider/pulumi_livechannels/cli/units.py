"""The base units that pictures and metrics have their numbers in, where reports have the vendors' own."""

from __future__ import annotations

from typing import NamedTuple


class BaseUnit(NamedTuple):
    """What a metric is named by, what a picture shows beside a number, and what values are multiplied with."""

    name: str
    symbol: str
    scale: float


_BITS = ("bits_per_second", "b/s")
_BY_LAST_WORD = {
    "mb": BaseUnit("bytes", "B", 1e6),
    "gb": BaseUnit("bytes", "B", 1e9),
    "bytes": BaseUnit("bytes", "B", 1),
    "mbps": BaseUnit(*_BITS, 1e6),
    "kbps": BaseUnit(*_BITS, 1e3),
    "bps": BaseUnit(*_BITS, 1),
    "ms": BaseUnit("seconds", "s", 1e-3),
    "ratio": BaseUnit("ratio", "%", 1),
    "percent": BaseUnit("ratio", "%", 1e-2),
    "rate": BaseUnit("rate_hertz", "Hz", 1),
}


def base_unit(column: str) -> BaseUnit:
    """The base unit of a column, which its name ends with; a name without one is that of a count."""
    last = column.rpartition("_")[2]
    return _BY_LAST_WORD.get(last, BaseUnit(last, "", 1))
