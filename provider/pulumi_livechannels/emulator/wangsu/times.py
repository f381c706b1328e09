"""The times of a live answer, written as the vendor should not write them: for the fault kind `times`."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

from ..basis import behaves
from ..store import TEXT, ZONE

behaves("times", "documented", "live actions write times as text at +08:00 without a zone, or in unix seconds")
behaves("times", "assumed", "always so, unless the fault `times` writes them in another form")

FORMS = ("utc", "ms", "iso", "missing", "garbage")
# The vendor spells the creation of a relay with two r.
NAMES = ("createTime", "crreateTime", "updateTime", "startTime", "endTime")


def rewritten(value: Any, form: str) -> Any:
    """An answer with its times in another form; what was no time, like the 0 of a relay without an end, stays."""
    if isinstance(value, list):
        return [rewritten(item, form) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _written(item, form) if name in NAMES and item else rewritten(item, form)
        for name, item in value.items()
        if not (form == "missing" and name in NAMES)
    }


def _written(told: str | int, form: str) -> str | int:
    """One time, which the answer tells as text at +08:00 or in unix seconds."""
    if form == "garbage":
        return "the day before yesterday"
    try:
        if isinstance(told, str):
            moment = datetime.strptime(told, TEXT).replace(tzinfo=ZONE)
        else:
            moment = datetime.fromtimestamp(told, ZONE)
    except (ValueError, OverflowError, OSError):
        # A click in the console has written it in a form of its own.
        return told
    if form == "utc":
        # A number of seconds has no zone.
        return moment.astimezone(timezone.utc).strftime(TEXT) if isinstance(told, str) else told
    return moment.isoformat() if form == "iso" else int(moment.timestamp()) * 1000
