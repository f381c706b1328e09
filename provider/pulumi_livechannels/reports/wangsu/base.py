"""What the reports of Wangsu and CDNetworks share: how a call is put together, and words and rows of many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from ...core.fields import Inputs
from ...core.reporting.columns import Columns, amount, dimension, peak, peak_time, rate, total
from ...core.reporting.plan import Part, Values, grouped_chunks
from ...core.reporting.report import Report
from ...core.reporting.slots import Window, rfc3339, slot_of_label
from ...core.reporting.words import mapped, on_the_wire, word
from ...core.values.addresses import Domain
from ...core.values.rules import distinct
from ...core.values.times import Edge
from ...ground.language import tr
from ...vendors.wangsu.reports import Envelope, ReportCall

# The vendor answers with codes instead of Chinese names.
IN_CODES = {"Accept-Language": "en-US"}
Stream = Annotated[str, AfterValidator(lambda value: _below_domain(value, "stream"))]
Directory = Annotated[str, AfterValidator(lambda value: _below_domain(value, "directory"))]
ByDomain = Annotated[list[Literal["domain"]], AfterValidator(distinct), "set"]
ByPlace = Annotated[list[Literal["domain", "isp", "province"]], AfterValidator(distinct), "set"]
Count = Annotated[int, "count"]
METRICS = {"traffic": "flow", "bandwidth": "bandwidth", "requests": "request"}


def _below_domain(value: str, what: str) -> str:
    from ...core.values.rules import broken

    domain, _, rest = value.partition("/")
    if "." not in domain or not rest.strip("/"):
        rule = tr("must be a domain, a slash and a {what}", what=what)
        raise broken(rule, tr("write it like push.example.com/{what}", what=what))
    return value


class WangsuReport(Report):
    """A report of Wangsu and CDNetworks.

    Attributes:
        method: GET or POST.
        envelope: what stands around the data.
        window_words: what the vendor calls the window's start and end; `window_in_address` says where they stand.
        headers: headers that change the answer.
        fixed: what every call says beside its query.
        grouped: for reports about what is below a domain: our word for it, and the vendor's two words.
    """

    module = "wangsu"
    vendor = "wangsu"
    method: ClassVar[str] = "POST"
    envelope: ClassVar[Envelope] = Envelope.RESULT
    window_words: ClassVar[tuple[str, str]] = ("dateFrom", "dateTo")
    window_in_address: ClassVar[bool] = False
    headers: ClassVar[dict[str, str]] = {}
    fixed: ClassVar[dict[str, str]] = {}
    grouped: ClassVar[tuple[str, str, str] | None] = None

    def call(self, want: Any, part: Part) -> Any:
        """The data of one call, without its envelope."""
        body, address = on_the_wire(want, part.values)
        body |= self.fixed
        if part.window is not None:
            times = zip(self.window_words, self.wire_times(part.window), strict=True)
            (address if self.window_in_address else body).update(times)
        if self.grouped is not None:
            own, outer, inner = self.grouped
            if groups := _groups(part.values.get("domains", []), part.values.get(own, []), inner):
                body[outer] = groups
        return self.account.wangsu.report(
            ReportCall(self.name(), self.method, self.path, self.envelope, address, body, self.headers)
        )

    def under(self) -> str:
        """The key that the envelope has the data under."""
        return "" if self.envelope is Envelope.SUMMARY else self.envelope.value

    def wire_times(self, window: Window) -> tuple[str, str]:
        """The window as the vendor takes it."""
        return rfc3339(window.start), rfc3339(window.end)

    def time_of(self, label: str, length: int) -> int:
        """The start of the slot that a label names."""
        return slot_of_label(label, length)

    def chunks(self, want: Any) -> list[Values]:
        """The values of words that need several calls."""
        if self.grouped is None:
            return super().chunks(want)
        own = self.grouped[0]
        return grouped_chunks(want.domains or [], getattr(want, own) or [], own, self.limit.each)


def _groups(domains: Sequence[str], below: Sequence[str], inner: str) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {domain: {"domain": domain} for domain in domains}
    for value in below:
        domain, _, rest = value.partition("/")
        groups.setdefault(domain, {"domain": domain}).setdefault(inner, []).append(rest)
    return list(groups.values())


_START = "Start of the window, RFC 3339 with an offset: slots that begin at it or after it are in it."
_END = "End of the window, RFC 3339 with an offset: slots that begin at it or after it are not in it."


class InWindow(Inputs):
    """A window that has to be given."""

    start_time: Edge = word("", _START, default=...)
    end_time: Edge = word("", _END, default=...)


class InWindowOrNewest(Inputs):
    """A window, or the newest data."""

    start_time: Edge | None = word("", _START)
    end_time: Edge | None = word("", _END)


class Domains(Inputs):
    """Domains that have to be named."""

    domains: list[Domain] = word("domain", "The domains.", default=..., min_length=1)


class DomainsOrAll(Inputs):
    """Domains, or all of the account."""

    domains: list[Domain] | None = word("domain", "The domains. Absent: all of the account.", min_length=1)


class GroupedByDomain(Inputs):
    """Rows for each domain, or one for all of them."""

    group_by: ByDomain | None = word("groupBy", "`domain` for a row each. Absent: one row for all.")


class InPlaces(Inputs):
    """Carriers and provinces, by the vendor's codes."""

    provinces: list[str] | None = word("province", "Provinces, by the vendor's codes. Absent: all.", min_length=1)
    isps: list[str] | None = word("isp", "Carriers, by the vendor's codes. Absent: all.", min_length=1)


class GroupedByPlace(Inputs):
    """Rows for each domain, carrier and province, or for some of these."""

    group_by: ByPlace | None = word("groupBy", "What to tell apart. What is not named is merged.")


class GroupedByDomainOrNot(Inputs):
    """The same, where the vendor has one word instead of a list."""

    group_by: ByDomain = word(
        "groupBy",
        "`domain` for a row each. Absent: one row for all.",
        default=[],
        encode=lambda words: "domain" if words else "all",
    )


def interval(wire: str, default: str, codes: dict[str, str] | None = None) -> Any:
    """The word for the length of a slot."""
    return word(wire, "Length of a slot.", default=default, encode=mapped(codes) if codes else None)


class DomainRow(Columns):
    """A row for a domain."""

    domain: str | None = dimension("domain", "The domain. Absent where domains are merged.")


class PlaceRow(DomainRow):
    """A row for a carrier in a province."""

    isp: str | None = dimension("isp", "The carrier's code. Absent where carriers are merged.")
    province: str | None = dimension("province", "The province's code. Absent where provinces are merged.")


class TrafficSlot(Columns):
    """Traffic in MB."""

    traffic_mb: float | None = amount("value", "Traffic in MB.")


class BytesSlot(Columns):
    """Traffic in bytes."""

    traffic_bytes: Count | None = amount("value", "Traffic in bytes.", digits=0)


class TrafficRequestSlot(Columns):
    """Traffic, bandwidth and requests."""

    traffic_mb: float | None = amount("flow", "Traffic in MB.")
    bandwidth_mbps: float | None = rate("bandwidth", "Bandwidth in Mbps.")
    requests: Count | None = amount("request", "Requests.", digits=0)


class PeakRow(DomainRow):
    """A domain, or all together, with what was most; when its bandwidth was largest the vendor names in two ways."""

    total_traffic_mb: float | None = total("totalFlow", "Traffic in the window, MB.", of="traffic_mb")
    total_requests: Count | None = total("totalRequest", "Requests in the window.", of="requests", digits=0)
    peak_bandwidth_mbps: float | None = peak("peakBandwidth", "Largest bandwidth, Mbps.", of="bandwidth_mbps")
    peak_requests: Count | None = peak("peakRequest", "Most requests in a slot.", of="requests", digits=0)
    peak_requests_time: str | None = peak_time("peakRequestTime", "When requests were most.", of="requests")


class NoColumns(Columns):
    """A row without anything to tell it apart: there is one."""
