"""Months and days of a zone, for what is counted by the calendar: a bill's month is not the same span everywhere."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

from .rules import broken
from .times import offset_seconds

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def _month(value: str) -> str:
    if not _MONTH.fullmatch(value):
        raise broken("must be like 2026-10", "write the year, a hyphen and two digits of 01 to 12")
    if not "2000-" < value < "2100-":
        raise broken("must be of the years 2000 to 2099", "see whether a digit of the year is mistyped")
    return value


Month = Annotated[str, AfterValidator(_month)]


def zone_of(offset: str) -> timezone:
    """The zone of a valid offset like `+08:00`."""
    return timezone(timedelta(seconds=offset_seconds(offset)))


def span_of(month: str, zone: timezone) -> tuple[int, int]:
    """The unix seconds at which a valid month and the next one begin."""
    year, number = int(month[:4]), int(month[5:])
    after = (year + number // 12, number % 12 + 1)
    first, last = (datetime(*when, 1, tzinfo=zone) for when in ((year, number), after))
    return int(first.timestamp()), int(last.timestamp())
