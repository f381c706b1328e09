"""Reports of whole domains or of the whole account."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from ..basis import behaves
from ..domains import all_domains
from ..forms import Form
from ..series import MISSED, MISSED_REQUESTS, REQUESTS, SHARED, SHIELD, TRAFFIC, Part
from ..store import ZONE
from .places import AREAS, KINDS, NETWORKS
from .report_wire import (
    BAD_BODY,
    BY_DOMAIN,
    DAY,
    DOMAINS,
    HOUR,
    NAMES,
    TWO_YEARS,
    Query,
    Window,
    average,
    decimal,
    highest,
    octets,
    ratio,
    refuse,
    report,
    table,
)

ONE_DAY, WEEK, MONTH = Window(DAY), Window(7 * DAY), Window(31 * DAY)
USUALLY_AN_HOUR = Window(DAY, usual=HOUR)
TYPES = ("fiveminutes", "hourly", "daily")
EXACT = ("a", "b", "c")

behaves(
    "/api/report/flow/exact-domain", "assumed", f"exact domains of *.x are {', '.join(f'{name}.x' for name in EXACT)}"
)
behaves("/api/report/flow/edge-hit-ratio/total", "assumed", "slots of a minute")
behaves("/api/report/request/saving-bandwidth/total", "assumed", "totalAvg is a number with four decimals")
behaves("flow-summary", "documented", "with flow-data, the last slot of a day is 24:00 or 24")
behaves("/api/report/domainflow", "assumed", "values are numbers with two decimals, though their type is int")
behaves("realDate", "assumed", "the end of the window, at most now")


def _summary(query: Query, values: list[int], form: Callable[[int], Any] = decimal) -> dict[str, Any]:
    labels = query.slots.ends_by_24
    rows = table(timestamp=labels, flow=[form(value) for value in values])
    return {"flow-summary": form(sum(values)), "flow-data": rows}


@report(
    "/api/report/flow",
    Window(31 * DAY, TWO_YEARS, None, ("datefrom", "dateto"), in_query=True),
    {},
    intervals=TYPES,
    usual_interval="daily",
    interval_name="type",
    envelope="plain",
    method="GET",
)
def account_flow(query: Query) -> Any:
    """Traffic of all domains together."""
    return _summary(query, query.flow(TRAFFIC, all_domains(query.store)))


@report(
    "/api/report/domainflow",
    Window(31 * DAY, TWO_YEARS, None, in_query=True),
    {"domain-list": Form("object", True, inner={"domain-name": DOMAINS})},
    intervals=TYPES,
    usual_interval="daily",
    interval_name="type",
    envelope="plain",
)
def domain_flow(query: Query) -> Any:
    """Traffic of some domains together; its values are numbers."""
    domains = query.owned(query.get("domain-list")["domain-name"], 20, drop=False)
    return _summary(query, query.flow(TRAFFIC, domains), lambda value: value / 100)


@report(
    "/api/report/flow/area",
    Window(31 * DAY, TWO_YEARS, None),
    {"domain": NAMES, "areaCode": Form(required=True)},
    intervals=("5m", "1h", "1d"),
    usual_interval="1d",
    envelope="plain",
)
def area_flow(query: Query) -> Any:
    """Traffic of some domains in some areas."""
    areas = query.get("areaCode").split(";")
    if not set(areas) <= set(AREAS):
        raise refuse(BAD_BODY, "areaCode is unknown.")
    return _summary(query, query.flow(TRAFFIC, query.domains(None), NETWORKS.part(region=areas)))


@report(
    "/api/report/flow/byte",
    Window(31 * DAY, TWO_YEARS),
    {},
    intervals=("5m", "1h", "1d"),
    envelope="data",
)
def account_bytes(query: Query) -> Any:
    """Traffic of all domains together in bytes."""
    values = query.flow(TRAFFIC, all_domains(query.store))
    rows = table(timestamp=query.slots.ends, flow=[octets(value) for value in values])
    return [{"flowSummary": octets(sum(values)), "flowData": rows}]


@report(
    "/api/report/flow/exact-domain",
    ONE_DAY,
    {"domain": DOMAINS, "exactDomain": NAMES},
    intervals=("5m", "1d"),
)
def exact_domains(query: Query) -> Any:
    """Traffic of the domains behind wildcard domains."""
    wildcards = [re.sub(r"^(\*\.|\.)", "", name) for name in query.get("domain")]
    parents = query.owned(wildcards, 20, drop=True)
    exact = query.get("exactDomain") or [f"{name}.{parent}" for parent in parents for name in EXACT]
    query.require_few(exact, 200, "exactDomain")
    within = [
        name
        for name in dict.fromkeys(map(str.lower, exact))
        if any(f".{name}".endswith(f".{parent}") for parent in parents)
    ]
    return [{"exactDomain": name, "flowData": _flows(query, TRAFFIC, [name])} for name in within]


def _flows(query: Query, quantity: str, sources: list[str], part: Part | None = None) -> list[dict[str, Any]]:
    values = query.flow(quantity, sources, part)
    return table(timestamp=query.slots.ends, value=[decimal(value) for value in values])


@report(
    "/api/report/flow/protocol",
    WEEK,
    {"domain": DOMAINS, "protocolType": Form(allowed=("http", "https")), "groupBy": BY_DOMAIN},
    intervals=("1m", "5m", "1h", "1d"),
)
def protocol_flow(query: Query) -> Any:
    """Traffic over http or https; the protocol is in the name of the list."""
    protocol = query.get("protocolType", "https")
    part = KINDS.part(protocol=[protocol])
    return [
        {**key, f"{protocol}FlowData": _flows(query, TRAFFIC, sources, part)}
        for key, sources in query.by_domain(query.domains(20))
    ]


@report("/api/report/flow/parent-node", WEEK, {"domain": DOMAINS, "groupBy": BY_DOMAIN}, intervals=("5m",))
def shield_flow(query: Query) -> Any:
    """Traffic that parent nodes send to edge nodes."""
    return [
        {
            **key,
            "totalFlow": decimal(sum(query.flow(SHIELD, sources))),
            "flowData": _flows(query, SHIELD, sources),
        }
        for key, sources in query.by_domain(query.domains(20))
    ]


def _with_peaks(query: Query, most: int, quantities: tuple[str, str], names: tuple[str, str], part: Part | None) -> Any:
    """Traffic, bandwidth and requests with totals and peaks; `names` are those of the peak's time and of the list."""
    rows, labels = [], query.slots.ends
    for key, sources in query.by_domain(query.domains(most)):
        flows, rates = query.flow(quantities[0], sources, part), query.rate(quantities[0], sources, part)
        requests = query.flow(quantities[1], sources, part)
        bandwidth, bandwidth_time = query.peak_bandwidth(quantities[0], sources, part)
        most_requests, requests_time = highest(requests, labels)
        rows.append(
            {
                **key,
                "totalFlow": decimal(sum(flows)),
                "totalRequest": str(sum(requests)),
                "peakBandwidth": decimal(bandwidth),
                names[0]: bandwidth_time,
                "peakRequest": str(most_requests),
                "peakRequestTime": requests_time,
                names[1]: table(
                    timestamp=labels,
                    flow=[decimal(value) for value in flows],
                    bandwidth=[decimal(value) for value in rates],
                    request=[str(value) for value in requests],
                ),
            }
        )
    return rows


@report("/api/report/flow-request", ONE_DAY, {"domain": NAMES, "groupBy": BY_DOMAIN})
def flow_and_requests(query: Query) -> Any:
    """Traffic and requests with totals and peaks."""
    return _with_peaks(query, 200, (TRAFFIC, REQUESTS), ("peakTime", "flowRequestData"), None)


@report(
    "/api/report/flow-request/origin",
    ONE_DAY,
    {"domain": NAMES, "groupBy": BY_DOMAIN, "backsrcOnly": Form("int", allowed=(0, 1))},
    intervals=("5m", "1m"),
)
def origin_flow_and_requests(query: Query) -> Any:
    """Traffic and requests towards the origin, or of the origin site alone."""
    part = KINDS.part(origin=["site"]) if query.get("backsrcOnly") == 1 else None
    names = ("peakBandwidthTime", "flowRequestOriginData")
    return _with_peaks(query, 200, (MISSED, MISSED_REQUESTS), names, part)


@report(
    "/api/report/flow-request/multi-ip-version",
    USUALLY_AN_HOUR,
    {"domain": NAMES, "queryBy": Form(allowed=("bandwidth", "request")), "groupBy": BY_DOMAIN},
    intervals=("1m", "5m", "1h"),
    envelope="data",
)
def by_ip_version(query: Query) -> Any:
    """Bandwidth or requests over IPv4 and IPv6."""
    rows = []
    for key, sources in query.by_domain(query.domains(20, drop=True)):
        columns = {}
        for version in ("v4", "v6"):
            part = KINDS.part(version=[version])
            if query.get("queryBy") == "request":
                columns[f"{version}Value"] = [str(value) for value in query.flow(REQUESTS, sources, part)]
            else:
                columns[f"{version}Value"] = [decimal(value) for value in query.rate(TRAFFIC, sources, part)]
        rows.append({**key, "detailList": table(timestamp=query.slots.ends, **columns)})
    return rows


@report(
    "/api/report/flow/p2p/share-ratio",
    USUALLY_AN_HOUR,
    {
        "domain": NAMES,
        "platform": Form("array<string>", allowed=("flash", "android", "ios", "h5", "windows")),
        "groupBy": BY_DOMAIN,
    },
    intervals=("1m", "5m"),
    envelope="data",
)
def shared_by_peers(query: Query) -> Any:
    """Percent of the traffic that viewers give each other."""
    part = KINDS.part(platform=query.get("platform"))
    rows = []
    for key, sources in query.by_domain(query.domains(20, drop=True)):
        pairs = zip(query.flow(SHARED, sources, part), query.flow(TRAFFIC, sources, part), strict=True)
        values = [f"{100 * shared / whole if whole else 0:.2f}" for shared, whole in pairs]
        rows.append({**key, "detailList": table(timestamp=query.slots.ends, value=values)})
    return rows


def _saved(query: Query, quantity: str, domains: list[str]) -> list[str]:
    """The share of the traffic that did not need what is behind."""
    pairs = zip(query.flow(quantity, domains), query.flow(TRAFFIC, domains), strict=True)
    return [ratio(whole - missed, whole) for missed, whole in pairs]


def _processed(query: Query) -> str:
    return f"{datetime.fromtimestamp(query.end, ZONE):%Y-%m-%d %H:%M}"


@report(
    "/api/report/request/saving-bandwidth/total",
    MONTH,
    {"domain": DOMAINS},
    intervals=("5m", "1h", "1d"),
    usual_interval="1d",
    envelope="data",
)
def saving(query: Query) -> Any:
    """The share of the traffic that the cache saves."""
    values = _saved(query, MISSED, query.domains(200, drop=True))
    rows = table(timestamp=query.slots.ends, savingBandwidth=values)
    return [{"realDate": _processed(query), "totalAvg": float(average(values)), "savingBandwidthDatas": rows}]


@report("/api/report/flow/edge-hit-ratio/total", WEEK, {"domain": NAMES}, usual_interval="1m")
def edge_hit_ratio(query: Query) -> Any:
    """The share of the traffic that edge nodes had in their cache."""
    values = _saved(query, SHIELD, query.domains(200))
    rows = table(timestamp=query.slots.ends, edgeHitRatio=values)
    return [{"realDate": _processed(query), "totalAvg": average(values), "hitRatioDatas": rows}]
