"""Traffic by where viewers are: carriers and provinces, and countries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator

from ...core.check import Context, rule
from ...core.fields import Inputs
from ...core.reporting.columns import Columns, amount, dimension, gauge, rate, share, total
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.slots import days, hours
from ...core.reporting.words import mapped, word
from ...core.values.rules import distinct
from ...ground.errors import Problem
from ...ground.language import tr
from ...vendors.wangsu.reports import Envelope
from .base import (
    BOTH_SITES,
    IN_CODES,
    METRICS,
    BytesSlot,
    Count,
    DomainRow,
    Domains,
    DomainsOrAll,
    GroupedByDomainOrNot,
    GroupedByPlace,
    InPlaces,
    InWindowOrNewest,
    InZone,
    PlaceRow,
    WangsuReport,
    interval,
)

_WEEK = Limits(window=days(7), history=days(183), each={"domains": 20})
_WEEK_A_DAY_LATER = Limits(window=days(7), history=days(183), each={"domains": 20}, delay=hours(24))
_DAY = Limits(window=hours(24), history=days(183), each={"domains": 20})
_EXAMPLE = {"domains": ["pull.example.com"], "groupBy": ["domain", "province"], "interval": "5m"}


class PlaceQuery(Domains, InPlaces, GroupedByPlace, InWindowOrNewest):
    """What can be asked."""

    interval: Literal["5m", "1h"] = interval("dataInterval", "5m")


class TrafficAndBandwidth(Columns):
    """Traffic and bandwidth."""

    traffic_mb: float | None = amount("value", "Traffic in MB.")
    bandwidth_mbps: float | None = rate("bandwidth", "Bandwidth in Mbps.")


class TrafficByIspProvince(WangsuReport):
    """Traffic and bandwidth by carrier and province."""

    action = "Reportflowispprovinceservice"
    path = "/api/report/flow/isp-province"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "flowData")
    example = _EXAMPLE
    Query, Row, Slot = PlaceQuery, PlaceRow, TrafficAndBandwidth


class TrafficBytesByIspProvince(WangsuReport):
    """Traffic by carrier and province, in bytes."""

    action = "Reportflowispprovincebyteservice"
    path = "/api/report/flow/isp-province/byte"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "flowData")
    example = _EXAMPLE
    Query, Row, Slot = PlaceQuery, PlaceRow, BytesSlot


class RecentTrafficByIspProvince(WangsuReport):
    """Traffic and bandwidth by carrier and province, for up to 2 hours a call."""

    action = "Reportflowispprovinceshorttimeservice"
    path = "/api/report/flow/isp-province/shorttime"
    limits = Limits(window=hours(2), history=days(183), each={"domains": 20})
    window_by_default = hours(1)
    shape = Shape("ispData.provinceData", "flowData")
    example = {"domains": ["pull.example.com"], "interval": "1m"}

    class Query(DomainsOrAll, InPlaces, GroupedByPlace, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["1m", "5m", "1h"] = interval("dataInterval", "5m")

    Row, Slot = PlaceRow, TrafficAndBandwidth


class TotalTrafficByIspProvince(WangsuReport):
    """Traffic, bandwidth or requests of the given carriers and provinces together, by the minute."""

    action = "Reportflowispprovincetotalservice"
    path = "/api/report/flow/isp-province/total"
    drops_unknown = True
    envelope = Envelope.CODED
    headers = IN_CODES
    limits = _DAY
    window_by_default = hours(24)
    shape = Shape(slots="detailList")
    example = {"domains": ["pull.example.com"], "metric": "requests", "groupBy": ["domain"]}

    class Query(DomainsOrAll, InPlaces, GroupedByDomainOrNot, InWindowOrNewest):
        """What can be asked."""

        metric: Literal["traffic", "bandwidth", "requests"] = word(
            "queryBy", "What to count.", default="traffic", encode=mapped(METRICS)
        )
        interval: Literal["1m", "5m"] = interval("dataInterval", "1m")

    class Slot(Columns):
        """What was asked to be counted."""

        traffic_mb: float | None = amount("value", "Traffic in MB.", when=("metric", "traffic"))
        bandwidth_mbps: float | None = rate("value", "Bandwidth in Mbps.", when=("metric", "bandwidth"))
        requests: Count | None = amount("value", "Requests.", when=("metric", "requests"), digits=0)

    Row = DomainRow


_ByCountry = Annotated[list[Literal["domain", "country", "mainland"]], AfterValidator(distinct), "set"]
_COUNTRY_WORDS = {"domain": "domain", "country": "country", "mainland": "aggregatedOversea"}


class InCountries(Inputs):
    """Countries and regions, by the vendor's codes."""

    countries: list[str] | None = word(
        "countryCode", "Countries and regions, by the vendor's codes. Absent: all.", min_length=1
    )


class CountryQuery(InCountries, InZone, InWindowOrNewest):
    """Rows by domain and country, or by mainland China and the rest of the world."""

    interval: Literal["5m", "1d"] = interval("dataInterval", "5m")
    group_by: _ByCountry | None = word(
        "groupBy",
        "What to tell apart: `domain`, and either `country` or `mainland` (mainland China and all else).",
        encode=mapped(_COUNTRY_WORDS),
    )

    @rule("groupBy")
    def _one_of_two(self, context: Context) -> Iterator[Problem]:
        if self.group_by and {"country", "mainland"} <= set(self.group_by):
            yield Problem("groupBy", tr("names both country and mainland, which exclude each other: leave one out"))


class CountryRow(DomainRow):
    """A country or region."""

    country: str | None = dimension("countryCode", "Code of the country or region. Absent where they are merged.")
    country_name: str | None = gauge("countryName", "Its name.")
    total_traffic_mb: float | None = total("flowSum", "Traffic in the window, MB.", of="traffic_mb")
    traffic_percent: float | None = share(
        "flowPercentage",
        "Share of the traffic of the domain's rows, percent.",
        of="total_traffic_mb",
        within=("domain",),
    )


class TrafficByCountry(WangsuReport):
    """Traffic and bandwidth by country; best asked for what is older than 24 h."""

    action = "Reportflowdomaincountryservice"
    path = "/api/report/flow/domain-country"
    drops_unknown = True
    limits = _WEEK_A_DAY_LATER
    window_by_default = hours(24)
    shape = Shape("countryData", "flowData")
    example = {"domains": ["pull.example.com"], "groupBy": ["country"]}

    class Query(Domains, CountryQuery):
        """What can be asked."""

    Row, Slot = CountryRow, TrafficAndBandwidth


class UplinkTrafficByCountry(WangsuReport):
    """Traffic and bandwidth that was pushed, by country; best asked for what is older than 24 h."""

    action = "Reportupflowdomaincountryservice"
    path = "/api/report/up-flow/domain-country"
    envelope = Envelope.CODED
    limits = _WEEK_A_DAY_LATER
    window_by_default = hours(24)
    shape = Shape("countryData", "flowData")
    example = {"domains": ["push.example.com"], "groupBy": ["country"]}

    class Query(DomainsOrAll, CountryQuery):
        """What can be asked."""

    Row, Slot = CountryRow, TrafficAndBandwidth


class ServerBandwidthByCountry(WangsuReport):
    """Bandwidth and traffic by the country of the serving node, for each domain."""

    action = "ReportCountryServerBandwidthService"
    path = "/api/report/server/country-bandwidth"
    sites = BOTH_SITES
    envelope = Envelope.CODED
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("countryData", "detailList")
    example = {"domains": ["pull.example.com"], "countries": ["hk"], "interval": "1h"}

    class Query(DomainsOrAll, InCountries, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["5m", "1h"] = interval("dataInterval", "5m")

    class Row(DomainRow):
        """A country of a domain."""

        country: str | None = dimension("countryCode", "Code of the country or region.")

    class Slot(Columns):
        """Bandwidth and traffic."""

        bandwidth_mbps: float | None = rate("value", "Bandwidth in Mbps.")
        traffic_mb: float | None = amount("flow", "Traffic in MB.")
