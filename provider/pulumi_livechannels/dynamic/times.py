"""Times as Python programs hold them: a `datetime`, or the `date` of a day, where the core takes RFC 3339 text."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from ..core.fields import Property
from ..core.values.times import VENDOR_ZONE
from ..ground.errors import InputError, Problem
from ..ground.language import tr

_VENDOR = "timezone(timedelta(hours=8))"


def as_text(item: Property, value: Any) -> Any:
    """A value for a property as the core takes it: times as RFC 3339 text to the second, anything else as it is.

    A `datetime` is a time if it has a zone. A `date` is one where a window begins or ends: midnight of +08:00, where
    the vendors' days begin. As an end it does not belong to the window, like any other end.

    Raises:
        InputError: it is a `datetime` without a zone, or a `date` for a property that is no edge of a window.
    """
    if not item.is_instant or not isinstance(value, date):
        return value
    if isinstance(value, datetime):
        offset = value.utcoffset()
        if offset is None:
            raise _refused(
                item,
                tr(
                    "must be a time with a zone, but is a datetime without one: add the vendors' with "
                    ".replace(tzinfo={vendor}), or this machine's with .astimezone()",
                    vendor=_VENDOR,
                ),
            )
        # Offsets of long ago have seconds, which RFC 3339 cannot write.
        written = value.astimezone(timezone.utc) if offset % timedelta(minutes=1) else value
        return written.isoformat(timespec="seconds")
    if not item.is_edge:
        raise _refused(
            item,
            tr(
                "must be a time, but is a day: write a datetime with a zone, such as tzinfo={vendor} for the vendors'",
                vendor=_VENDOR,
            ),
        )
    return datetime.combine(value, time(), VENDOR_ZONE).isoformat()


def _refused(item: Property, text: str) -> InputError:
    return InputError([Problem(item.name, text)])
