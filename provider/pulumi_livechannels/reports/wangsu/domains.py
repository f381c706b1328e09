"""Traffic of the account and of domains: what was served in all, by protocol, by area, from the shield."""

from __future__ import annotations

from typing import Literal

from ...core.reporting.columns import Columns, amount, dimension, peak_time, rate, total
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.slots import days, hours
from ...core.reporting.words import joined, word
from ...core.values.addresses import Domain, WildcardDomain
from ...vendors.wangsu.reports import Envelope
from .base import (
    AREAS,
    BOTH_SITES,
    METRICS,
    Count,
    DomainRow,
    Domains,
    DomainsOrAll,
    GroupedByDomain,
    InWindow,
    InWindowOrNewest,
    InZone,
    NoColumns,
    PeakRow,
    TrafficRequestSlot,
    TrafficSlot,
    WangsuReport,
    interval,
)

_TYPES = {"5m": "fiveminutes", "1h": "hourly", "1d": "daily"}
_PLATFORM_MONTH = days(31)
_HALF_A_YEAR = days(183)
_TWO_YEARS = days(730)


class _Summary(Columns):
    total_traffic_mb: float | None = total("flow-summary", "Traffic in the window, MB.", of="traffic_mb")


class _Flow(Columns):
    traffic_mb: float | None = amount("flow", "Traffic in MB.")


class AccountTraffic(WangsuReport):
    """Traffic of the whole account."""

    action = "Querysumuptrafficunderaccount"
    path = "/api/report/flow"
    method = "GET"
    envelope = Envelope.SUMMARY
    window_words = ("datefrom", "dateto")
    window_in_address = True
    limits = Limits(window=_PLATFORM_MONTH, history=_TWO_YEARS)
    shape = Shape(slots="flow-data")
    example = {"startTime": "2026-11-01T00:00:00+08:00", "endTime": "2026-11-08T00:00:00+08:00"}

    class Query(InZone, InWindow):
        """What can be asked."""

        interval: Literal["5m", "1h", "1d"] = word(
            "type", "Length of a slot.", default="1d", encode=_TYPES.__getitem__, query=True
        )

    Row, Slot, Totals = NoColumns, _Flow, _Summary


class AccountTrafficBytes(WangsuReport):
    """Traffic of the whole account, in bytes."""

    sites = BOTH_SITES
    action = "Querydatatransferforalldomainbyte"
    path = "/api/report/flow/byte"
    envelope = Envelope.CODED
    limits = Limits(window=_PLATFORM_MONTH, history=_TWO_YEARS)
    window_by_default = days(1)
    shape = Shape(slots="flowData")
    example = {"startTime": "2026-11-01T00:00:00+08:00", "endTime": "2026-11-08T00:00:00+08:00"}

    class Query(InZone, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["5m", "1h", "1d"] = interval("dataInterval", "1d")

    class Slot(Columns):
        """Traffic in bytes."""

        traffic_bytes: Count | None = amount("flow", "Traffic in bytes.", digits=0)

    class Totals(Columns):
        """Of the whole window."""

        total_traffic_bytes: Count | None = total(
            "flowSummary", "Traffic in the window, bytes.", of="traffic_bytes", digits=0
        )

    Row = NoColumns


class DomainTraffic(WangsuReport):
    """Traffic of several domains together."""

    action = "Querydomaintotaltraffic"
    path = "/api/report/domainflow"
    envelope = Envelope.SUMMARY
    window_in_address = True
    limits = Limits(window=_PLATFORM_MONTH, history=_TWO_YEARS, each={"domains": 20})
    shape = Shape(slots="flow-data")
    example = {
        "domains": ["pull.example.com"],
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-08T00:00:00+08:00",
    }

    class Query(InZone, InWindow):
        """What can be asked."""

        domains: list[Domain] = word(
            "domain-list", "The domains.", default=..., min_length=1, encode=lambda domains: {"domain-name": domains}
        )
        interval: Literal["5m", "1h", "1d"] = word(
            "type", "Length of a slot.", default="1d", encode=_TYPES.__getitem__, query=True
        )

    Row, Slot, Totals = NoColumns, _Flow, _Summary


class ExactDomainTraffic(WangsuReport):
    """Traffic of each exact domain that was served under wildcard domains; best asked for what is older than 24 h."""

    action = "Reportflowexactdomainservice"
    path = "/api/report/flow/exact-domain"
    drops_unknown = True
    limits = Limits(window=days(1), history=_HALF_A_YEAR, each={"domains": 20, "exact_domains": 200}, delay=hours(5))
    window_by_default = hours(24)
    shape = Shape(slots="flowData")
    example = {"domains": ["example.com"], "interval": "5m"}

    class Query(InZone, InWindowOrNewest):
        """What can be asked."""

        domains: list[WildcardDomain] = word(
            "domain", "The wildcard domains, like *.example.com.", default=..., min_length=1
        )
        exact_domains: list[Domain] | None = word(
            "exactDomain", "Only these exact domains. Absent: all under the given ones.", min_length=1
        )
        interval: Literal["5m", "1d"] = interval("dataInterval", "5m")

    class Row(Columns):
        """An exact domain."""

        exact_domain: str | None = dimension("exactDomain", "The exact domain.")

    Slot = TrafficSlot

    def tells_apart(self, want: object) -> bool:
        """Each exact domain belongs to one wildcard domain."""
        return True


class AreaTraffic(WangsuReport):
    """Traffic of domains in settlement areas, together."""

    action = "Querydomaintrafficunderspecificsettlementarea"
    path = "/api/report/flow/area"
    envelope = Envelope.SUMMARY
    limits = Limits(window=_PLATFORM_MONTH, history=_TWO_YEARS)
    shape = Shape(slots="flow-data")
    example = {
        "areas": ["cn"],
        "startTime": "2026-11-01T00:00:00+08:00",
        "endTime": "2026-11-08T00:00:00+08:00",
    }

    class Query(DomainsOrAll, InZone, InWindow):
        """What can be asked."""

        areas: list[str] = word(
            "areaCode",
            f"Settlement areas, by the vendor's codes: {AREAS}.",
            default=...,
            min_length=1,
            encode=joined(";"),
        )
        interval: Literal["5m", "1h", "1d"] = interval("dataInterval", "1d")

    Row, Slot, Totals = NoColumns, _Flow, _Summary


class ProtocolTraffic(WangsuReport):
    """Traffic of domains over HTTP or over HTTPS."""

    action = "Querytrafficbyspecificprotocol"
    path = "/api/report/flow/protocol"
    limits = Limits(window=days(7), history=_HALF_A_YEAR, each={"domains": 20})
    window_by_default = hours(24)
    shape = Shape(slots=("httpsFlowData", "httpFlowData"))
    example = {"domains": ["pull.example.com"], "protocol": "http"}

    class Query(Domains, GroupedByDomain, InZone, InWindowOrNewest):
        """What can be asked."""

        protocol: Literal["http", "https"] = word("protocolType", "The protocol of the requests.", default="https")
        interval: Literal["1m", "5m", "1h", "1d"] = interval("dataInterval", "5m")

    Row, Slot = DomainRow, TrafficSlot


class ShieldTraffic(WangsuReport):
    """Traffic that the shield nodes sent to the edge."""

    sites = BOTH_SITES
    action = "Queryoutputtrafficundershieldpop"
    path = "/api/report/flow/parent-node"
    limits = Limits(window=days(7), history=_HALF_A_YEAR, each={"domains": 20})
    window_by_default = hours(24)
    shape = Shape(slots="flowData")
    example = {"domains": ["pull.example.com"]}

    class Query(Domains, GroupedByDomain, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["5m"] = interval("dataInterval", "5m")

    class Row(DomainRow):
        """A domain, or all together."""

        total_traffic_mb: float | None = total("totalFlow", "Traffic in the window, MB.", of="traffic_mb")

    Slot = TrafficSlot


class TrafficAndRequestPeaks(WangsuReport):
    """Traffic, bandwidth and requests, with when each was largest."""

    action = "Querytrafficrequestintotalandpeakvalue"
    path = "/api/report/flow-request"
    limits = Limits(window=days(1), history=_HALF_A_YEAR, each={"domains": 200})
    window_by_default = hours(24)
    interval = "5m"
    shape = Shape(slots="flowRequestData")
    example = {"domains": ["pull.example.com"], "groupBy": ["domain"]}

    class Query(DomainsOrAll, GroupedByDomain, InWindowOrNewest):
        """What can be asked."""

    class Row(PeakRow):
        """A domain, or all together."""

        peak_bandwidth_time: str | None = peak_time("peakTime", "When bandwidth was largest.", of="bandwidth_mbps")

    Slot = TrafficRequestSlot


class RequestsByIpVersion(WangsuReport):
    """Bandwidth or requests over IPv4 and over IPv6."""

    action = "Reportflowrequestmultiipversionservice"
    path = "/api/report/flow-request/multi-ip-version"
    drops_unknown = True
    envelope = Envelope.CODED
    limits = Limits(window=days(1), history=_HALF_A_YEAR, each={"domains": 20})
    window_by_default = hours(1)
    shape = Shape(slots="detailList")
    example = {"domains": ["pull.example.com"], "metric": "requests"}

    class Query(DomainsOrAll, GroupedByDomain, InWindowOrNewest):
        """What can be asked."""

        metric: Literal["bandwidth", "requests"] = word(
            "queryBy",
            "What to count.",
            default="bandwidth",
            encode=METRICS.__getitem__,
        )
        interval: Literal["1m", "5m", "1h"] = interval("dataInterval", "5m")

    class Slot(Columns):
        """The two versions side by side."""

        ipv4_bandwidth_mbps: float | None = rate("v4Value", "Over IPv4, Mbps.", when=("metric", "bandwidth"))
        ipv6_bandwidth_mbps: float | None = rate("v6Value", "Over IPv6, Mbps.", when=("metric", "bandwidth"))
        ipv4_requests: Count | None = amount("v4Value", "Over IPv4.", when=("metric", "requests"), digits=0)
        ipv6_requests: Count | None = amount("v6Value", "Over IPv6.", when=("metric", "requests"), digits=0)

    Row = DomainRow
