"""What the tests of reports share: a query for each report, and windows on its slots."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pulumi_livechannels.core.reporting.report import Report
from pulumi_livechannels.core.reporting.slots import SECONDS, rfc3339
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.reports import REPORTS

BY_NAME = {kind.name(): kind for kind in REPORTS}
TIMED = [kind for kind in REPORTS if not kind.timeless]
TIMELESS = [kind for kind in REPORTS if kind.timeless]


def midnight(now: float, days_ago: int) -> int:
    """The midnight of +08:00 so many days ago, in unix seconds."""
    day = datetime.fromtimestamp(now, VENDOR_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    return int((day - timedelta(days=days_ago)).timestamp())


def query(kind: type[Report], now: float, days_ago: int = 9, days: int = 1, **words: Any) -> dict[str, Any]:
    """The report's example, asked about some days that are over."""
    asked = {**kind.example, **words}
    if not kind.timeless:
        start = midnight(now, days_ago)
        asked = {
            "startTime": rfc3339(start),
            "endTime": rfc3339(start + days * SECONDS["1d"]),
            **asked,
            **_window(start, days),
        }
    return {**asked, **words}


def _window(start: int, days: int) -> dict[str, str]:
    return {"startTime": rfc3339(start), "endTime": rfc3339(start + days * SECONDS["1d"])}
