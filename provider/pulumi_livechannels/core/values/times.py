"""Times as people write them, RFC 3339 with an offset, and as the wire has them, in both directions."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import Annotated

from pydantic import AfterValidator

from ...ground.language import tr
from .rules import broken

VENDOR_ZONE = timezone(timedelta(hours=8))

VENDOR_TIME = "%Y-%m-%d %H:%M:%S"

_MILLISECONDS_FROM = 10**11

_LONGEST_NUMBER = 18

LEAST_HOURS = 0.001


def _instant(value: str) -> str:
    try:
        moment(value)
    except ValueError:
        raise broken(
            "must be an RFC 3339 time with an offset", "write it like 2026-11-21T20:00:00+08:00 or 2026-11-21T12:00:00Z"
        ) from None
    return value


def _offset(value: str) -> str:
    if not re.fullmatch(r"[+-]((0\d|1[0-3]):(00|15|30|45)|14:00)", value, re.ASCII):
        raise broken("must be an offset from UTC of whole quarters of an hour", "write it like +08:00")
    return value


def offset_seconds(offset: str) -> int:
    """How far a zone is east of UTC."""
    seconds = int(offset[1:3]) * 3600 + int(offset[4:]) * 60
    return -seconds if offset.startswith("-") else seconds


def _hours(value: float) -> float:
    if not LEAST_HOURS <= value < float("inf"):
        raise broken(tr("must be a number of hours, at least {least}", least=LEAST_HOURS), tr("write a larger number"))
    return value


Instant = Annotated[str, AfterValidator(_instant), "instant"]

Edge = Annotated[Instant, "edge"]
"""Where a window begins or ends."""

Offset = Annotated[str, AfterValidator(_offset)]
"""A zone, as hours and minutes east of UTC."""

Time = Annotated[str, "instant"]
"""What is answered."""

Hours = Annotated[float, AfterValidator(_hours)]


def moment(text: str) -> datetime:
    """The moment that an RFC 3339 text names.

    Raises:
        ValueError: it is no such text, or has no offset.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", text):
        raise ValueError("not RFC 3339")
    text = re.sub(r"\.\d+", "", text)
    return datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text.replace("t", "T")))


def minute(text: str) -> int:
    """The whole minute of an RFC 3339 text, in unix seconds: the platform cuts times to it."""
    return int(moment(text).timestamp()) // 60 * 60


def from_unix(seconds: int | None) -> str | None:
    """RFC 3339 at the vendor's offset; 0 and absent are no time, and neither is what no calendar has.

    A number far beyond seconds counts milliseconds.
    """
    if not seconds:
        return None
    if seconds >= _MILLISECONDS_FROM:
        seconds //= 1000
    try:
        return datetime.fromtimestamp(seconds, VENDOR_ZONE).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def from_vendor(text: str | None) -> str | None:
    """RFC 3339 of a vendor's time without a zone, which is +08:00; a text in another form stays as it is."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return from_unix(int(text[:_LONGEST_NUMBER]))
    try:
        return datetime.strptime(text, VENDOR_TIME).replace(tzinfo=VENDOR_ZONE).isoformat()
    except ValueError:
        return text
