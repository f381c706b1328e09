"""What Wangsu's report actions are declared with: windows, codes, a registry, and the query that a report gets."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..basis import behaves
from ..domains import all_domains, is_owned
from ..forms import Form
from ..series import Figures, Part
from ..slots import EAST, MINUTES, Slots
from ..store import Store
from .wire import Refusal

BAD_BODY, BAD_DATE, TOO_LONG, BAD_DOMAIN = "24102002", "24102006", "24102007", "24102008"
BAD_ACCEPT, NO_BODY, TOO_MANY, BAD_ZONE, BAD_DATE_FORMAT = "24102013", "24102014", "24102019", "24102020", "24102021"
SYSTEM_ERROR = "24102500"
HOUR, DAY = 3600, 86400
HALF_A_YEAR, TWO_YEARS = 183 * DAY, 730 * DAY
GMT = r"GMT[+-](0[0-9]|1[0-4]):[0-5][0-9]"
# Under which name a window hears of the header of the zone.
HEADER = "X-Time-Zone"
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"

behaves("report units", "assumed", "a megabyte is a million bytes")
behaves("report slots", "assumed", "slots of 5 minutes where the page names no usual interval")
behaves("report peaks", "documented", "a bandwidth's is a moment that need not be the end of a slot")
behaves("report peaks", "assumed", "it is that of the busiest minute, also among longer slots")
behaves("report peaks", "assumed", "that of requests is the largest slot's, at its end")
behaves("report codes", "documented", "a refusal is HTTP 400 with a text code, 24102500 is HTTP 500")
behaves("report codes", "assumed", "all report actions share the codes of the two pages that list them")
behaves("report codes", "assumed", f"missing dates are refused with {BAD_DATE}, missing domains with {BAD_DOMAIN}")
behaves("report codes", "assumed", f"too many streams or directories are refused with {TOO_MANY}, as domains are")
behaves(
    "report window", "documented", "both dates or neither; a start to come is refused, an end to come is cut to now"
)
behaves("report window", "assumed", "the span counts after the end is cut; months are 183 days, two years 730")
behaves("report window", "assumed", "times with another offset are understood, and answered at +08:00")
behaves("report domains", "documented", "unknown domains are dropped where the page says so")
behaves("report domains", "assumed", f"elsewhere they are refused with {BAD_DOMAIN}")
behaves("report domains", "assumed", "domains are counted before unknown ones are dropped; one named twice counts once")


def refuse(code: str, message: str) -> Refusal:
    """What a report says to a request that it does not answer."""
    return Refusal(code, message, 500 if code == SYSTEM_ERROR else 400)


@dataclass(frozen=True)
class Particulars:
    """What is particular about one call of a report: the faults of these names say more.

    `longest_window` and `finer_slots` are in seconds; None is as for every account.
    """

    longest_window: int | None = None
    most_domains: int | None = None
    finer_slots: int | None = None


def zone_minutes(text: str) -> int:
    """How far a zone like GMT+09:00 is east of UTC; that of the vendor where none is named."""
    if not text:
        return EAST
    minutes = int(text[4:6]) * 60 + int(text[7:9])
    return minutes if text[3] == "+" else -minutes


@dataclass(frozen=True)
class Window:
    """When a report may look: longest span and history in seconds, and what is asked when no dates are given.

    `usual` None makes the dates required. `fine` is a shorter longest span for one interval.
    """

    span: int | None
    history: int = HALF_A_YEAR
    usual: int | None = DAY
    names: tuple[str, str] = ("dateFrom", "dateTo")
    in_query: bool = False
    fine: tuple[str, int] | None = None

    def forms(self) -> dict[str, Form]:
        """The fields of the request that say when."""
        return {name: Form(required=self.usual is None, in_query=self.in_query) for name in self.names}

    def read(self, fields: Mapping[str, Any], now: int, limited: bool, interval: str) -> tuple[int, int, int]:
        """Start and end in unix seconds, and the zone of the days in minutes."""
        texts = [fields.get(name) or None for name in self.names]
        if texts == [None, None] and self.usual is not None:
            return now - self.usual, now, EAST
        if None in texts:
            raise refuse(BAD_DATE, "dateFrom and dateTo go together.")
        start, end = (self.moment(str(text)) for text in texts)
        if start >= end or start > now:
            raise refuse(BAD_DATE, "The date specified is invalid.")
        end = min(end, now)
        if limited and start < now - self.history:
            raise refuse(BAD_DATE, "The date specified is invalid.")
        span = self.fine[1] if self.fine and self.fine[0] == interval else self.span
        if limited and span is not None and end - start > span:
            raise refuse(TOO_LONG, f"You cannot specify a period greater than {span / DAY:g} day(s).")
        return start, end, EAST

    def moment(self, text: str) -> int:
        """The unix second of a time in the request."""
        try:
            if re.fullmatch(TIME, text):
                return int(datetime.fromisoformat(text).timestamp())
        except (ValueError, OverflowError):
            pass
        raise refuse(BAD_DATE_FORMAT, "Date format error.")


@dataclass(frozen=True)
class Query:
    """What a report gets: the fields of the request, right in form, and the slots of its window."""

    fields: Mapping[str, Any]
    store: Store
    figures: Figures
    english: bool
    limited: bool
    start: int
    end: int
    slots: Slots
    most_domains: int | None = None

    def get(self, name: str, default: Any = None) -> Any:
        """A field of the request; an empty one counts as absent."""
        value = self.fields.get(name)
        return default if value in (None, "", []) else value

    def domains(self, most: int | None, drop: bool = False) -> list[str]:
        """The domains that the request names, or else all."""
        return self.owned(self.get("domain") or all_domains(self.store), most, drop)

    def owned(self, named: list[str], most: int | None, drop: bool) -> list[str]:
        """Domains of the account, each once and in lower case: host names have no other."""
        domains = list(dict.fromkeys(name.lower() for name in named))
        self.require_few(domains, most, "domain")
        mine = [domain for domain in domains if is_owned(domain)]
        if len(mine) < len(domains) and not drop:
            raise refuse(BAD_DOMAIN, "param:domain is null or invalid.")
        return mine

    def require_few(self, items: list[str], most: int | None, what: str) -> None:
        """Refuse more than one call may name."""
        if what == "domain" and self.most_domains is not None:
            most = self.most_domains
        if self.limited and most is not None and len(items) > most:
            raise refuse(TOO_MANY, f"The number of {what} ({len(items)}) exceeds the limit ({most}).")

    def by_domain(self, domains: list[str], grouped: bool | None = None) -> list[tuple[dict[str, str], list[str]]]:
        """The rows' domain key with the domains behind it; without grouping one row without a key."""
        if grouped is None:
            grouped = "domain" in self.get("groupBy", [])
        return [({"domain": domain}, [domain]) for domain in domains] if grouped else [({}, domains)]

    def flow(self, quantity: str, sources: list[str], part: Part | None = None) -> list[int]:
        """What passed in each slot: hundredths of a megabyte, or how many."""
        return self.figures.flow(quantity, sources, self.slots, part)

    def rate(self, quantity: str, sources: list[str], part: Part | None = None) -> list[int]:
        """The bandwidth of each slot in hundredths of a Mbps."""
        return self.figures.rate(quantity, sources, self.slots, 8, part)

    def told(self, sources: list[str], **columns: list[Any]) -> list[dict[str, Any]]:
        """A row with its label for each slot in which one of the sources was there."""
        aired = self.figures.aired(sources, self.slots)
        return [row for row, there in zip(table(timestamp=self.slots.ends, **columns), aired, strict=True) if there]

    def peak_bandwidth(
        self, quantity: str, sources: list[str], part: Part | None, slots: Slots | None = None
    ) -> tuple[int, str]:
        """The bandwidth of the busiest minute of all or some slots in hundredths of a Mbps, and that minute's end."""
        minutes = (slots or self.slots).by_minute()
        rates = self.figures.rate(quantity, sources, minutes, 8, part)
        return highest(rates, minutes.ends)


def highest(values: list[int], labels: list[str]) -> tuple[int, str]:
    """The largest value and the first label that has it."""
    return max(zip(values, labels, strict=True), key=lambda pair: pair[0], default=(0, ""))


def decimal(hundredths: int) -> str:
    """A number with two decimals."""
    return f"{hundredths // 100}.{hundredths % 100:02d}"


def octets(hundredths: int) -> str:
    """Hundredths of a megabyte as bytes."""
    return str(hundredths * 10_000)


def ratio(part: int, whole: int) -> str:
    """A share of one with four decimals."""
    return f"{part / whole if whole else 0:.4f}"


def average(printed: list[str]) -> str:
    """The mean of printed numbers with four decimals."""
    return f"{sum(map(float, printed)) / len(printed) if printed else 0:.4f}"


def table(**columns: list[Any]) -> list[dict[str, Any]]:
    """Columns of equal length as rows."""
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


Handler = Callable[[Query], Any]


@dataclass(frozen=True)
class Report:
    """A report that the emulator serves; `envelope` is what its content goes into."""

    method: str
    forms: Mapping[str, Form]
    window: Window
    interval: Callable[[Mapping[str, Any]], str]
    envelope: str
    handler: Handler


NAMES = Form("array<string>")
DOMAINS = Form("array<string>", required=True)
BY_DOMAIN = Form("array<string>", allowed=("domain",))
REPORTS: dict[str, Report] = {}
WORDS = {**MINUTES, "fiveminutes": 5, "hourly": 60, "daily": 24 * 60}


def report(
    path: str,
    window: Window,
    forms: Mapping[str, Form],
    *,
    intervals: tuple[str, ...] = (),
    usual_interval: str = "5m",
    interval_name: str = "dataInterval",
    envelope: str = "result",
    method: str = "POST",
) -> Callable[[Handler], Handler]:
    """Serve a report with the decorated handler; without `intervals` the request cannot choose one."""

    def register(handler: Handler) -> Handler:
        taken = {**window.forms(), **forms}
        if intervals:
            taken[interval_name] = Form(allowed=intervals, in_query=window.in_query)

        def interval(fields: Mapping[str, Any]) -> str:
            return str(fields.get(interval_name) or usual_interval)

        REPORTS[path] = Report(method, taken, window, interval, envelope, handler)
        behaves(path, "documented", (handler.__doc__ or "").strip())
        return handler

    return register
