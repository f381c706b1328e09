"""What the reports of Volcengine Live share: how a call is put together, pages, and words and rows of many of them."""

from __future__ import annotations

import ipaddress
import itertools
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from ...core.check import Context, rule
from ...core.fields import Inputs
from ...core.reporting.answers import NOTHING, MisreadError, number, objects, reading, require_said
from ...core.reporting.columns import Columns, dimension
from ...core.reporting.plan import Part
from ...core.reporting.report import Report
from ...core.reporting.slots import SECONDS, rfc3339, unix
from ...core.reporting.words import on_the_wire, word
from ...core.values.addresses import Domain
from ...core.values.rules import broken, distinct
from ...core.values.times import Edge
from ...ground.errors import LiveChannelsError, NoAnswerError, Problem
from ...ground.language import said_of, tr

CALLS_A_SECOND = 30
PASSES = 4
# Many times more rows than an account could have.
PAGES = 10_000
_APP = re.compile(r"[A-Za-z0-9_.-]{1,30}")
_STREAM = re.compile(r"[A-Za-z0-9_.-]{1,100}")


def _app(value: str) -> str:
    if not _APP.fullmatch(value):
        raise broken("must be 1 to 30 letters, digits, _, - or .", "write the app's name alone")
    return value


def _stream_name(value: str) -> str:
    if not _STREAM.fullmatch(value):
        raise broken("must be 1 to 100 letters, digits, _, - or .", "write the stream's name alone")
    return value


def _stream(value: str) -> str:
    parts = value.split("/")
    if len(parts) != 3 or "." not in parts[0] or not _APP.fullmatch(parts[1]) or not _STREAM.fullmatch(parts[2]):
        raise broken("must be a domain, an app and a stream", "write it like push.example.com/live/main")
    return value


def _region(value: str) -> str:
    parts = value.split("/")
    if len(parts) > 3 or not all(parts):
        raise broken("must be an area, a country in it, and a province of that", "write it like CN/CN/beijing")
    if len(parts) == 3 and parts[1] != "CN":
        raise broken("may name a province for the country CN only", "take the province out")
    return value


def _ip(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        raise broken("must be an IPv4 or IPv6 address", "write the bare address") from None
    return value


App = Annotated[str, AfterValidator(_app)]
StreamName = Annotated[str, AfterValidator(_stream_name)]
Stream = Annotated[str, AfterValidator(_stream)]
Region = Annotated[str, AfterValidator(_region)]
Ip = Annotated[str, AfterValidator(_ip)]
Count = Annotated[int, "count"]
Protocol = Literal["HTTP-FLV", "HTTP-HLS", "RTMP", "RTM", "SRT", "QUIC"]
GROUPS = {
    "domain": "Domain",
    "isp": "ISP",
    "protocol": "Protocol",
    "area": "Area",
    "country": "Country",
    "province": "Province",
    "userArea": "UserArea",
    "userCountry": "UserCountry",
    "userProvince": "UserProvince",
}


def regions(values: Sequence[str]) -> list[dict[str, str]]:
    """Regions as the wire wants them."""
    return [dict(zip(("Area", "Country", "Province"), value.split("/"), strict=False)) for value in values]


class VolcengineReport(Report):
    """A report of Volcengine Live.

    Attributes:
        items: for a report with pages, the key of a page's rows.
        texts: that page numbers travel as text.
    """

    module = "volcengine"
    vendor = "volcengine"
    path = "/"
    items: ClassVar[str] = ""
    texts: ClassVar[bool] = False

    def call(self, want: Any, part: Part) -> Any:
        """The Result of one call, or of all pages."""
        body = on_the_wire(want, {name: value for name, value in part.values.items() if name != "streams"})[0]
        if part.window is not None:
            body |= {"StartTime": rfc3339(part.window.start), "EndTime": rfc3339(part.window.end)}
        body |= self.target(want, part)
        if not self.items:
            return self.ask(body)
        settled = part.window is None or part.window.end <= self.settled_until(want, self.account.clock.now())
        return self._pages(body, settled)

    def under(self) -> str:
        """The key that every answer has its data under."""
        return "Result"

    def target(self, want: Any, part: Part) -> dict[str, Any]:
        """The stream that a call is about, for a report that asks for one at a time."""
        streams = part.values.get("streams") or getattr(want, "streams", None) or []
        if len(streams) != 1:
            return {}
        return dict(zip(("Domain", "App", "Stream"), streams[0].split("/"), strict=True))

    def ask(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """One call of the action."""
        result = self.account.volcengine.call(self.action, body, self.limit.a_second or CALLS_A_SECOND)
        # Whether an empty list comes as one, as null or not at all is not documented; a sum is told in any case.
        require_said(result, self.told_by(), null=self.Totals is None)
        return result

    def notice_groups(self, want: Any) -> None:
        """Say which groups the platform will not tell apart, because fewer than two values are listed."""
        for group in want.group_by or []:
            word = f"{group}s"
            if len(getattr(want, word, None) or []) < 2:
                text = tr("groupBy {group} tells nothing apart unless {word} lists two or more", group=group, word=word)
                self.account.notices.once(said_of(self.name(), text))

    def time_of(self, label: str, length: int, zone: int) -> int:
        """The start of a slot, which is its label."""
        return unix(label)

    def _pages(self, body: Mapping[str, Any], settled: bool) -> dict[str, Any]:
        """Every page as one answer.

        Rows that come and go while pages are read shift the others over the pages' edges. Where a pass shows that, or
        where rows may still come, one pass proves nothing, and two have to say the same.
        """
        before: list[Any] | None = None
        for _ in range(PASSES):
            result, clean = self._pass(body, settled)
            if clean or result[self.items] == before:
                self._complete(result)
                return result
            before = result[self.items]
        raise _unreliable("the list kept changing while its pages were read")

    def _pass(self, body: Mapping[str, Any], settled: bool) -> tuple[dict[str, Any], bool]:
        """One reading of all pages, and whether it proves by itself that no row is missing or there twice."""
        size = self.limit.rows or 1000
        rows: list[Any] = []
        last: list[Any] = []
        counts: set[int] = set()
        twice = False
        for turn in itertools.count(1):
            page = self._page(body, turn, size)
            new = objects(page, self.items)
            twice = twice or any(row in rows for row in new[:1] + new[-1:])
            if new and (new == last or turn > PAGES):
                text = tr("does not end: page {page} is full, or the page before again", page=turn)
                raise MisreadError(None, (self.items,), text)
            last = new
            rows += new
            count = _count(page)
            counts |= set() if count is None else {count}
            expected = max(counts, default=None)
            if self.progress is not None:
                self.progress(turn, math.ceil(expected / size) if expected else turn)
            more = len(new) >= size if expected is None else len(rows) < expected
            if not new or not more:
                break
        clean = turn == 1 or (settled and not twice and counts <= {len(rows)})
        return {**page, self.items: rows}, clean

    def _page(self, body: Mapping[str, Any], number: int, size: int) -> dict[str, Any]:
        paging: dict[str, Any] = {"PageNum": number, "PageSize": size}
        if self.texts:
            paging = {key: str(value) for key, value in paging.items()}
        try:
            return self.ask({**body, **paging})
        except LiveChannelsError as error:
            error.part = tr("page {number}", number=number) if number > 1 else ""
            raise

    def _complete(self, result: Mapping[str, Any]) -> None:
        count, found = _count(result), len(result[self.items])
        if count is not None and found < count:
            raise _unreliable(tr("the platform counts {count} rows and told {found} of them", count=count, found=found))


def _count(page: Mapping[str, Any]) -> int | None:
    """How many rows there are on all pages, as the platform says."""
    about = next(iter(objects(page, "Pagination")), {})
    count = about.get("TotalCount")
    return None if count in NOTHING else reading(page, "Pagination.TotalCount", count, _how_many)


def _how_many(value: Any) -> int:
    count = number(value)
    if count < 0:
        raise ValueError(tr("is below 0"))
    return int(count)


def _unreliable(what: str) -> NoAnswerError:
    return NoAnswerError(what, next_step=tr("ask for a window that is over, or run again."))


class InWindow(Inputs):
    """A window that has to be given."""

    start_time: Edge = word("", "Start of the window, RFC 3339 with an offset; a slot begins with it.", default=...)
    end_time: Edge = word(
        "",
        "End of the window, RFC 3339 with an offset; it does not belong to it, and a slot ends with it.",
        default=...,
    )


class OfDomains(Inputs):
    """Domains, or all."""

    domains: list[Domain] | None = word("DomainList", "The domains. Absent: all of the account.", min_length=1)


class OfDomainsOrStream(OfDomains):
    """Domains, or one stream."""

    streams: list[Stream] | None = word(
        "", "One stream, as `domain/app/stream`, instead of domains.", min_length=1, max_length=1
    )

    @rule("domains", "streams")
    def _one_of_two(self, context: Context) -> Iterator[Problem]:
        if self.domains and self.streams:
            yield Problem("streams", tr("is set, and so are domains: leave one of them out"))


class OneAfterTheOther(Inputs):
    """Domains with all their streams, or streams; the platform takes one a call."""

    domains: list[Domain] | None = word(
        "Domain", "Domains with all their streams.", min_length=1, encode=lambda values: values[0]
    )
    streams: list[Stream] | None = word("", "Streams, as `domain/app/stream`, instead of domains.", min_length=1)

    @rule("domains", "streams")
    def _one_of_two(self, context: Context) -> Iterator[Problem]:
        if bool(self.domains) == bool(self.streams):
            text = tr("and streams are both set") if self.domains else tr("is missing, and so is streams")
            yield Problem("domains", tr("{given}: set one of them", given=text))


class OverProtocols(Inputs):
    """Protocols of players and encoders."""

    protocols: list[Protocol] | None = word(
        "ProtocolList", "Protocols; QUIC not together with others. Absent: all.", min_length=1
    )

    @rule("protocols")
    def _quic_alone(self, context: Context) -> Iterator[Problem]:
        if self.protocols and "QUIC" in self.protocols and len(self.protocols) > 1:
            yield Problem("protocols", tr("names QUIC together with others: ask for QUIC alone"))


class OverIsps(Inputs):
    """Carriers."""

    isps: list[str] | None = word("ISPList", "Carriers, by the codes of getIsps. Absent: all.", min_length=1)


class InRegions(Inputs):
    """Where nodes are."""

    regions: list[Region] | None = word(
        "RegionList",
        "Regions of the serving nodes, as `area`, `area/country` or `area/country/province`, by the codes of "
        "getRegions. Absent: all.",
        min_length=1,
        encode=regions,
    )


class InUserRegions(Inputs):
    """Where users are."""

    user_regions: list[Region] | None = word(
        "UserRegionList",
        "Regions of the clients, as `area`, `area/country` or `area/country/province`, by the codes of getRegions. "
        "Absent: all.",
        min_length=1,
        encode=regions,
    )


class InEitherRegions(InRegions, InUserRegions):
    """Where nodes or where users are."""

    @rule("regions", "userRegions")
    def _one_of_two(self, context: Context) -> Iterator[Problem]:
        if self.regions and self.user_regions:
            yield Problem("userRegions", tr("is set, and so is regions: leave one of them out"))


def grouping(*allowed: str) -> Any:
    """The word for what is told apart."""
    return word(
        "DetailField",
        f"What to tell apart, of {', '.join(allowed)}. The platform tells apart only what is listed: two domains or "
        "more, two carriers or more.",
        encode=lambda values: [GROUPS[value] for value in values],
        min_length=1,
    )


def aggregation(default: str) -> Any:
    """The word for the length of a slot."""
    return word("Aggregation", "Length of a slot.", default=default, encode=SECONDS.__getitem__)


class DomainRow(Columns):
    """A row for a domain."""

    domain: str | None = dimension("Domain", "The domain. Absent where domains are merged.")


class StreamRow(DomainRow):
    """A row for a stream."""

    app: str | None = dimension("App", "The app, which is the first part of a stream's path.")
    stream: str | None = dimension("Stream", "The stream's name.")


Distinct = AfterValidator(distinct)
