"""How much the cache served: hit ratios, back-to-origin traffic, savings and peer-to-peer shares."""

from __future__ import annotations

from typing import Literal

from ...core.reporting.columns import Columns, amount, average, gauge, moment, peak_time, rate
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.slots import days, hours, minutes
from ...core.reporting.words import mapped, number_flag, word
from ...vendors.wangsu.reports import Envelope
from .base import (
    BOTH_SITES,
    IN_CODES,
    METRICS,
    Count,
    DomainRow,
    Domains,
    DomainsOrAll,
    GroupedByDomain,
    GroupedByDomainOrNot,
    GroupedByPlace,
    InPlaces,
    InWindowOrNewest,
    InZone,
    NoColumns,
    PeakRow,
    PlaceRow,
    TrafficRequestSlot,
    WangsuReport,
    interval,
)
from .places import PlaceQuery

_WEEK = Limits(window=days(7), history=days(183), each={"domains": 20})
_DAY = Limits(window=hours(24), history=days(183), each={"domains": 20})
_EXAMPLE = {"domains": ["pull.example.com"], "groupBy": ["domain", "isp"], "interval": "1h"}


class HitRateByIspProvince(WangsuReport):
    """Byte hit ratio and hit traffic by carrier and province."""

    action = "Reportflowhitrateispprovinceservice"
    path = "/api/report/flow/hit-rate/isp-province"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "hitRateData")
    example = _EXAMPLE

    class Slot(Columns):
        """Hit ratio and hit traffic."""

        hit_ratio: float | None = gauge("value", "Share of the bytes that the cache served, 0 to 1.")
        hit_traffic_mb: float | None = amount("hitFlow", "Traffic that the cache served, MB.")

    Query, Row = PlaceQuery, PlaceRow


class HitRateBytesByIspProvince(WangsuReport):
    """Byte hit ratio and hit traffic in bytes, by carrier and province."""

    action = "Reportflowhitrateispprovincebyteservice"
    path = "/api/report/flow/hit-rate/isp-province/byte"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "hitRateData")
    example = _EXAMPLE

    class Slot(Columns):
        """Hit ratio and hit traffic."""

        hit_ratio: float | None = gauge("value", "Share of the bytes that the cache served, 0 to 1.")
        hit_traffic_bytes: Count | None = amount("hitFlow", "Traffic that the cache served, bytes.", digits=0)

    Query, Row = PlaceQuery, PlaceRow


class HitSlot(Columns):
    """Hits of what was asked to be counted."""

    hit_traffic_mb: float | None = amount("hitValue", "Traffic that was hit, MB.", when=("metric", "traffic"))
    hit_requests: Count | None = amount("hitValue", "Requests that were hit.", when=("metric", "requests"), digits=0)
    hit_ratio: float | None = gauge("hitRate", "Share of hits, 0 to 1.")


class TotalHitRateByIspProvince(WangsuReport):
    """Hits of the given carriers and provinces together, by the minute."""

    action = "Queryispprovincehitrate"
    path = "/api/report/flow/isp-province/hit-rate/total"
    drops_unknown = True
    envelope = Envelope.CODED
    headers = IN_CODES
    limits = _DAY
    window_by_default = hours(24)
    shape = Shape(slots="detailList")
    example = {"domains": ["pull.example.com"], "metric": "requests", "groupBy": ["domain"]}

    class Query(DomainsOrAll, InPlaces, GroupedByDomainOrNot, InWindowOrNewest):
        """What can be asked."""

        metric: Literal["traffic", "requests"] = word(
            "queryBy", "What to count.", default="traffic", encode=mapped(METRICS)
        )
        interval: Literal["1m", "5m"] = interval("dataInterval", "1m")

    Row, Slot = DomainRow, HitSlot


class HitRateDetailByIspProvince(WangsuReport):
    """Hits by carrier and province, by the minute; up to 24 hours a call, 6 hours in slots of a minute."""

    action = "Reportflowispprovincehitratedetailservice"
    path = "/api/report/flow/isp-province/hit-rate/detail"
    drops_unknown = True
    envelope = Envelope.CODED
    headers = IN_CODES
    limits = Limits(
        window=lambda want: hours(6 if want.interval == "1m" else 24), history=days(183), each={"domains": 20}
    )
    window_by_default = minutes(30)
    shape = Shape("ispData.provinceData", "details")
    example = {"domains": ["pull.example.com"], "metric": "traffic", "groupBy": ["domain", "isp", "province"]}

    class Query(DomainsOrAll, InPlaces, GroupedByPlace, InWindowOrNewest):
        """What can be asked."""

        metric: Literal["traffic", "requests"] = word(
            "queryBy", "What to count.", default="traffic", encode=mapped(METRICS)
        )
        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")

    Row, Slot = PlaceRow, HitSlot


class EdgeHitRatio(WangsuReport):
    """Byte hit ratio of the edge nodes, by the minute, for domains together."""

    action = "Queryedgebytehitratioservice"
    path = "/api/report/flow/edge-hit-ratio/total"
    sites = BOTH_SITES
    limits = Limits(window=days(7), history=days(183), each={"domains": 200})
    window_by_default = hours(24)
    interval = "1m"
    shape = Shape(slots="hitRatioDatas")
    example = {"domains": ["pull.example.com"]}

    class Query(DomainsOrAll, InWindowOrNewest):
        """What can be asked."""

    class Slot(Columns):
        """The hit ratio."""

        hit_ratio: float | None = gauge("edgeHitRatio", "Share of the bytes that the edge served, 0 to 1.")

    class Totals(Columns):
        """Of the whole window."""

        average_hit_ratio: float | None = average("totalAvg", "Mean of the slots, 0 to 1.", of="hit_ratio")
        processed_time: str | None = moment("realDate", "Up to when the vendor had processed data, RFC 3339.")

    Row = NoColumns


class BandwidthSaving(WangsuReport):
    """Share of the bandwidth that the cache saved, for domains together."""

    action = "Queryrequesbandwidthtsavingratio"
    path = "/api/report/request/saving-bandwidth/total"
    drops_unknown = True
    envelope = Envelope.CODED
    limits = Limits(window=days(31), history=days(183), each={"domains": 200})
    window_by_default = hours(24)
    shape = Shape(slots="savingBandwidthDatas")
    example = {"domains": ["pull.example.com"], "interval": "1d"}

    class Query(Domains, InZone, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["5m", "1h", "1d"] = interval("dataInterval", "1d")

    class Slot(Columns):
        """The share that was saved."""

        saving_ratio: float | None = gauge(
            "savingBandwidth", "Share of the bandwidth that was saved, as the vendor counts."
        )

    class Totals(Columns):
        """Of the whole window."""

        average_saving_ratio: float | None = average("totalAvg", "Mean of the slots.", of="saving_ratio")
        processed_time: str | None = moment("realDate", "Up to when the vendor had processed data, RFC 3339.")

    Row = NoColumns


class P2pShareRatio(WangsuReport):
    """Share of the traffic that peers served to each other."""

    action = "Reportflowp2pshareratioservice"
    path = "/api/report/flow/p2p/share-ratio"
    drops_unknown = True
    envelope = Envelope.CODED
    limits = Limits(window=days(1), history=days(183), each={"domains": 20})
    window_by_default = hours(1)
    shape = Shape(slots="detailList")
    example = {"domains": ["pull.example.com"], "platforms": ["h5"]}

    class Query(DomainsOrAll, GroupedByDomain, InWindowOrNewest):
        """What can be asked."""

        platforms: list[Literal["flash", "android", "ios", "h5", "windows"]] | None = word(
            "platform", "Players' platforms. Absent: all.", min_length=1
        )
        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")

    class Slot(Columns):
        """The share."""

        share_percent: float | None = gauge("value", "Share that peers served, percent.")

    Row = DomainRow


class OriginSlot(Columns):
    """Back-to-origin traffic and bandwidth."""

    traffic_mb: float | None = amount("value", "Traffic from the origin, MB.")
    bandwidth_mbps: float | None = rate("originBandwidth", "Bandwidth from the origin, Mbps.")


class OriginTrafficByIspProvince(WangsuReport):
    """Back-to-origin traffic and bandwidth by carrier and province."""

    action = "Reportfloworiginispprovinceservice"
    path = "/api/report/flow/origin/isp-province"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "originFlowData")
    example = _EXAMPLE

    class Query(DomainsOrAll, InPlaces, GroupedByPlace, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["5m", "1h"] = interval("dataInterval", "5m")

    Row, Slot = PlaceRow, OriginSlot


class OriginTrafficBytesByIspProvince(WangsuReport):
    """Back-to-origin traffic by carrier and province, in bytes."""

    action = "Reportfloworiginispprovincebyteservice"
    path = "/api/report/flow/origin/isp-province/byte"
    headers = IN_CODES
    limits = _WEEK
    window_by_default = hours(24)
    shape = Shape("ispData.provinceData", "originFlowData")
    example = _EXAMPLE

    class Slot(Columns):
        """Back-to-origin traffic."""

        traffic_bytes: Count | None = amount("value", "Traffic from the origin, bytes.", digits=0)

    Query, Row = PlaceQuery, PlaceRow


class OriginTrafficAndRequests(WangsuReport):
    """Back-to-origin traffic, bandwidth and requests, with when each was largest."""

    action = "Querybacktoorigintrafficandrequest"
    path = "/api/report/flow-request/origin"
    limits = Limits(window=days(1), history=days(183), each={"domains": 200})
    window_by_default = hours(24)
    shape = Shape(slots="flowRequestOriginData")
    example = {"domains": ["pull.example.com"], "groupBy": ["domain"], "originOnly": True}

    class Query(DomainsOrAll, GroupedByDomain, InWindowOrNewest):
        """What can be asked."""

        interval: Literal["1m", "5m"] = interval("dataInterval", "5m")
        origin_only: bool = word(
            "backsrcOnly", "Only what came from the origin itself.", default=False, encode=number_flag
        )

    class Row(PeakRow):
        """A domain, or all together."""

        peak_bandwidth_time: str | None = peak_time(
            "peakBandwidthTime", "When bandwidth was largest.", of="bandwidth_mbps"
        )

    Slot = TrafficRequestSlot
