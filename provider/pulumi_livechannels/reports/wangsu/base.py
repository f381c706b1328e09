"""What the reports of Wangsu and CDNetworks share: how a call is put together, and words and rows of many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator

from ...config import SITES
from ...core.fields import Inputs
from ...core.reporting.answers import require_said
from ...core.reporting.columns import Columns, amount, dimension, peak, peak_time, rate, total
from ...core.reporting.plan import Part, Values, grouped_chunks
from ...core.reporting.report import Report
from ...core.reporting.slots import ZONE_SECONDS, Window, rfc3339, slot_of_label
from ...core.reporting.words import mapped, on_the_wire, word
from ...core.values.addresses import Domain
from ...core.values.rules import distinct
from ...core.values.times import Edge, Offset
from ...ground.language import tr
from ...vendors.wangsu.reports import Envelope, ReportCall

# The vendor answers with codes instead of Chinese names.
IN_CODES = {"Accept-Language": "en-US"}
# Of a report that CDNetworks lists under the same path.
BOTH_SITES = tuple(SITES)
Stream = Annotated[str, AfterValidator(lambda value: _below_domain(value, "stream"))]
Directory = Annotated[str, AfterValidator(lambda value: _below_domain(value, "directory"))]
ByDomain = Annotated[list[Literal["domain"]], AfterValidator(distinct), "set"]
ByPlace = Annotated[list[Literal["domain", "isp", "province"]], AfterValidator(distinct), "set"]
Count = Annotated[int, "count"]
METRICS = {"traffic": "flow", "bandwidth": "bandwidth", "requests": "request"}


# The vendor's codes of where it serves and of what kind of acceleration it does, as its SDK names them.
AREAS = (
    "cn mainland China, nc, hk Hong Kong, tw Taiwan, ov overseas on average, apac Asia-Pacific, am the Americas, euna "
    "Europe and North America, emea Europe, Middle East and Africa, sa South America, af Africa, au Australia"
)
REGIONS = (
    f"{AREAS}, kr South Korea, jp Japan, in India, indo Indonesia, ph Philippines, ru Russia, eu Europe, me Middle East"
)
ACCELERATION_TYPES = (
    "livestream live streaming, live-https, livep2p, vodstream video on demand, vod-https, cloudv-vod, web, web-https, "
    "download, wsa whole sites, wsa-https, upload, upa-https, maa mobile, appa applications, s-appa, waf, fsa finance, "
    "gess government, esa e-commerce, osv6 IPv6"
)


def gmt(offset: str) -> str:
    """A zone as the vendor writes it."""
    return f"GMT{offset}"


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
    # CDNetworks lists few of these paths; what it has under others is spelled otherwise in question and answer.
    sites: ClassVar[tuple[str, ...]] = ("wangsu",)
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
            times = zip(self.window_words, self.wire_times(part.window, self.zone(want)), strict=True)
            (address if self.window_in_address else body).update(times)
        if self.grouped is not None:
            own, outer, inner = self.grouped
            if groups := _groups(part.values.get("domains", []), part.values.get(own, []), inner):
                body[outer] = groups
        data = self.account.wangsu.report(
            ReportCall(self.name(), self.method, self.path, self.envelope, address, body, self.headers_of(want))
        )
        require_said(data, self.told_by())
        return data

    def under(self) -> str:
        """The key that the envelope has the data under."""
        return "" if self.envelope is Envelope.SUMMARY else self.envelope.value

    def headers_of(self, want: Any) -> dict[str, str]:
        """The headers of a call."""
        return self.headers

    def wire_times(self, window: Window, zone: int) -> tuple[str, str]:
        """The window as the vendor takes it; `zone` is that of days without an offset, in seconds."""
        return rfc3339(window.start), rfc3339(window.end)

    def time_of(self, label: str, length: int, zone: int) -> int:
        """The start of the slot that a label names: labels are of +08:00, unless the vendor cuts days elsewhere."""
        return slot_of_label(label, length, zone if self.cuts_days else ZONE_SECONDS)

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


_START = "Start of the window, RFC 3339 with an offset; a slot begins with it."
_END = "End of the window, RFC 3339 with an offset; a slot ends with it, which is the last."


class InWindow(Inputs):
    """A window that has to be given."""

    start_time: Edge = word("", _START, default=...)
    end_time: Edge = word("", _END, default=...)


class InWindowOrNewest(Inputs):
    """A window, or the newest data."""

    start_time: Edge | None = word("", _START)
    end_time: Edge | None = word("", _END)


class InZone(Inputs):
    """The zone whose days are meant."""

    time_zone: Offset | None = word(
        "",
        "Zone whose days are meant, as an offset like +09:00; +08:00 where none is given. The platform cuts days at "
        "+08:00, so those of another zone are added up from shorter slots, where the numbers can be added.",
    )


class InAnyZone(Inputs):
    """The zone whose days are meant, where the vendor cuts them in any."""

    time_zone: Offset | None = word(
        "timezone",
        "Zone whose days are meant, as an offset like +09:00; +08:00 where none is given.",
        encode=gmt,
    )


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
