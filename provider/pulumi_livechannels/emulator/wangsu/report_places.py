"""Reports by carrier, province and country."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..basis import behaves
from ..forms import Form
from ..series import MISSED, MISSED_REQUESTS, REQUESTS, TRAFFIC, UPLINK, Part
from .places import ABROAD, COUNTRIES, HOME, ISPS, PLACES, PROVINCES, WORLD
from .report_wire import (
    BAD_BODY,
    DAY,
    DOMAINS,
    HOUR,
    NAMES,
    Query,
    Window,
    decimal,
    octets,
    ratio,
    refuse,
    report,
    table,
)

ONE_DAY, WEEK = Window(DAY), Window(7 * DAY)
GROUPS = Form("array<string>", allowed=("domain", "province", "isp"))
FIELDS = {"domain": DOMAINS, "province": NAMES, "isp": NAMES, "groupBy": GROUPS}
OPTIONAL = {**FIELDS, "domain": NAMES}
MERGING = {**OPTIONAL, "groupBy": Form(allowed=("domain", "all"))}
BY_HOUR = ("5m", "1h")
BY_MINUTE = ("1m", "5m")

Measure = Callable[[list[str], Part | None], list[dict[str, Any]]]

behaves(
    "countries", "assumed", "every code of two letters is a country, without traffic when it is not in our short list"
)
behaves("countries", "assumed", f"aggregatedOversea has the codes {HOME[0]} and {ABROAD[0]}")


def _codes(query: Query, name: str, names: dict[str, str], codes_only: bool) -> list[str] | None:
    """The codes of the carriers or provinces that the request names; None for all."""
    asked = query.get(name)
    if asked is None:
        return None
    known = dict(zip(names, names, strict=True))
    if not codes_only:
        known |= {text: code for code, text in names.items()}
    if not set(asked) <= set(known):
        raise refuse(BAD_BODY, f"{name} is unknown.")
    return list(dict.fromkeys(known[text] for text in asked))


def _level(
    query: Query, name: str, names: dict[str, str], codes_only: bool
) -> list[tuple[dict[str, str], list[str] | None]]:
    """What the rows of a level are called, and which codes are behind each."""
    asked = _codes(query, name, names, codes_only)
    if name not in query.get("groupBy", []):
        return [({}, asked)]
    return [({name: code if codes_only else names[code]}, [code]) for code in asked or names]


def _nested(query: Query, domains: list[str], inner: str, measure: Measure, codes_only: bool = False) -> list[Any]:
    """Domains, in them carriers, in them provinces, in them what is measured."""
    isps = _level(query, "isp", ISPS, codes_only or query.english)
    provinces = _level(query, "province", PROVINCES, codes_only or query.english)
    return [
        {
            **domain,
            "ispData": [
                {
                    **isp,
                    "provinceData": [
                        {**province, inner: measure(sources, PLACES.part(isp=in_isp, province=in_province))}
                        for province, in_province in provinces
                    ],
                }
                for isp, in_isp in isps
            ],
        }
        for domain, sources in query.by_domain(domains)
    ]


def _traffic(query: Query, quantity: str, rate_name: str = "bandwidth") -> Measure:
    """Megabytes with their bandwidth."""

    def measure(sources: list[str], part: Part | None) -> list[dict[str, Any]]:
        flows = [decimal(amount) for amount in query.flow(quantity, sources, part)]
        rates = [decimal(amount) for amount in query.rate(quantity, sources, part)]
        return table(**{"timestamp": query.slots.ends, "value": flows, rate_name: rates})

    return measure


def _bytes(query: Query, quantity: str) -> Measure:
    """Bytes."""

    def measure(sources: list[str], part: Part | None) -> list[dict[str, Any]]:
        values = [octets(amount) for amount in query.flow(quantity, sources, part)]
        return table(timestamp=query.slots.ends, value=values)

    return measure


def _hits(query: Query, rate_name: str, amount_name: str, form: Callable[[int], str] = decimal) -> Measure:
    """What the cache had, and its share; of requests where the request asks so."""
    by_request = query.get("queryBy") == "request"
    whole_name, missed_name = (REQUESTS, MISSED_REQUESTS) if by_request else (TRAFFIC, MISSED)

    def measure(sources: list[str], part: Part | None) -> list[dict[str, Any]]:
        whole, missed = query.flow(whole_name, sources, part), query.flow(missed_name, sources, part)
        hits = [every - away for every, away in zip(whole, missed, strict=True)]
        rates = [ratio(hit, every) for hit, every in zip(hits, whole, strict=True)]
        amounts = [str(hit) if by_request else form(hit) for hit in hits]
        return table(**{"timestamp": query.slots.ends, amount_name: amounts, rate_name: rates})

    return measure


@report("/api/report/flow/isp-province", WEEK, FIELDS, intervals=BY_HOUR)
def traffic_by_place(query: Query) -> Any:
    """Traffic and bandwidth by carrier and province."""
    return _nested(query, query.domains(20), "flowData", _traffic(query, TRAFFIC))


@report("/api/report/flow/isp-province/byte", WEEK, FIELDS, intervals=BY_HOUR)
def bytes_by_place(query: Query) -> Any:
    """Traffic by carrier and province in bytes."""
    return _nested(query, query.domains(20), "flowData", _bytes(query, TRAFFIC))


@report(
    "/api/report/flow/isp-province/shorttime",
    Window(2 * HOUR, usual=HOUR),
    OPTIONAL,
    intervals=("1m", "5m", "1h"),
)
def recent_traffic_by_place(query: Query) -> Any:
    """Traffic and bandwidth by carrier and province over two hours at most; always with codes."""
    return _nested(query, query.domains(20), "flowData", _traffic(query, TRAFFIC), codes_only=True)


@report("/api/report/flow/origin/isp-province", WEEK, OPTIONAL, intervals=BY_HOUR)
def origin_traffic_by_place(query: Query) -> Any:
    """Traffic and bandwidth towards the origin by carrier and province."""
    measure = _traffic(query, MISSED, "originBandwidth")
    return _nested(query, query.domains(20), "originFlowData", measure)


@report("/api/report/flow/origin/isp-province/byte", WEEK, FIELDS, intervals=BY_HOUR)
def origin_bytes_by_place(query: Query) -> Any:
    """Traffic towards the origin by carrier and province in bytes."""
    return _nested(query, query.domains(20), "originFlowData", _bytes(query, MISSED))


@report("/api/report/flow/hit-rate/isp-province", WEEK, FIELDS, intervals=BY_HOUR)
def hit_rate_by_place(query: Query) -> Any:
    """Hit traffic and its share by carrier and province."""
    return _nested(query, query.domains(20), "hitRateData", _hits(query, "value", "hitFlow"))


@report("/api/report/flow/hit-rate/isp-province/byte", WEEK, FIELDS, intervals=BY_HOUR)
def hit_bytes_by_place(query: Query) -> Any:
    """Hit traffic in bytes and its share by carrier and province."""
    return _nested(query, query.domains(20), "hitRateData", _hits(query, "value", "hitFlow", octets))


@report(
    "/api/report/flow/isp-province/hit-rate/detail",
    Window(DAY, usual=HOUR // 2, fine=("1m", 6 * HOUR)),
    {**OPTIONAL, "queryBy": Form(allowed=("flow", "request"))},
    intervals=("5m", "1m"),
    envelope="data",
)
def hit_details_by_place(query: Query) -> Any:
    """Hit traffic or hit requests and their share by carrier and province."""
    return _nested(query, query.domains(20, drop=True), "details", _hits(query, "hitRate", "hitValue"))


def _merged(query: Query, measure: Measure) -> Any:
    """A row for each domain, or one for all; carriers and provinces only narrow it."""
    isps = _codes(query, "isp", ISPS, query.english)
    provinces = _codes(query, "province", PROVINCES, query.english)
    part = PLACES.part(isp=isps, province=provinces)
    rows = query.by_domain(query.domains(20, drop=True), query.get("groupBy", "domain") == "domain")
    return [{**domain, "detailList": measure(sources, part)} for domain, sources in rows]


@report(
    "/api/report/flow/isp-province/total",
    ONE_DAY,
    {**MERGING, "queryBy": Form(allowed=("flow", "request", "bandwidth"))},
    intervals=BY_MINUTE,
    usual_interval="1m",
    envelope="data",
)
def total_by_place(query: Query) -> Any:
    """Traffic, bandwidth or requests of some carriers and provinces together."""

    def measure(sources: list[str], part: Part | None) -> list[dict[str, Any]]:
        wanted = query.get("queryBy", "flow")
        if wanted == "request":
            values = [str(amount) for amount in query.flow(REQUESTS, sources, part)]
        else:
            amounts = query.flow(TRAFFIC, sources, part) if wanted == "flow" else query.rate(TRAFFIC, sources, part)
            values = [decimal(amount) for amount in amounts]
        return table(timestamp=query.slots.ends, value=values)

    return _merged(query, measure)


@report(
    "/api/report/flow/isp-province/hit-rate/total",
    ONE_DAY,
    {**MERGING, "queryBy": Form(allowed=("flow", "request"))},
    intervals=BY_MINUTE,
    usual_interval="1m",
    envelope="data",
)
def hit_total_by_place(query: Query) -> Any:
    """Hit traffic or hit requests and their share, of some carriers and provinces together."""
    return _merged(query, _hits(query, "hitRate", "hitValue"))


COUNTRY_FIELDS = {
    "countryCode": Form("array<string>", pattern="[A-Za-z]{2}"),
    "groupBy": Form("array<string>", allowed=("domain", "country", "aggregatedOversea")),
}


def _country_name(query: Query, code: str) -> str:
    return COUNTRIES.get(code, (code, code))[query.english]


def _asked_countries(query: Query) -> list[str]:
    return list(dict.fromkeys(code.lower() for code in query.get("countryCode", COUNTRIES)))


def _countries(query: Query) -> list[tuple[dict[str, str], list[str]]]:
    """What the rows of the level of countries are called, and which codes are behind each."""
    groups, asked = query.get("groupBy", []), _asked_countries(query)
    if {"country", "aggregatedOversea"} <= set(groups):
        raise refuse(BAD_BODY, "country and aggregatedOversea exclude each other.")
    if "country" in groups:
        return [({"countryCode": code, "countryName": _country_name(query, code)}, [code]) for code in asked]
    if "aggregatedOversea" in groups:
        home = [code for code in asked if code == HOME[0]]
        abroad = [code for code in asked if code != HOME[0]]
        return [
            ({"countryCode": called[0], "countryName": called[1 + query.english]}, codes)
            for called, codes in ((HOME, home), (ABROAD, abroad))
            if codes
        ]
    return [({}, asked)]


def _by_country(query: Query, quantity: str, domains: list[str]) -> Any:
    measure = _traffic(query, quantity)
    rows = []
    for domain, sources in query.by_domain(domains):
        counted = [(name, WORLD.part(country=codes)) for name, codes in _countries(query)]
        sums = [sum(query.flow(quantity, sources, part)) for _, part in counted]
        whole = sum(sums)
        countries = [
            {
                **name,
                "flowSum": decimal(amount),
                "flowPercentage": f"{100 * amount / whole if whole else 0:.2f}",
                "flowData": measure(sources, part),
            }
            for (name, part), amount in zip(counted, sums, strict=True)
        ]
        rows.append({**domain, "countryData": countries})
    return rows


@report(
    "/api/report/flow/domain-country",
    WEEK,
    {"domain": DOMAINS, **COUNTRY_FIELDS},
    intervals=("5m", "1d"),
)
def traffic_by_country(query: Query) -> Any:
    """Traffic and bandwidth by country, or at home and abroad."""
    return _by_country(query, TRAFFIC, query.domains(20, drop=True))


@report(
    "/api/report/up-flow/domain-country",
    WEEK,
    {"domain": NAMES, **COUNTRY_FIELDS},
    intervals=("5m", "1d"),
    envelope="data",
)
def uplink_by_country(query: Query) -> Any:
    """Uploaded traffic and bandwidth by country, or at home and abroad."""
    return _by_country(query, UPLINK, query.domains(20))


@report(
    "/api/report/server/country-bandwidth",
    WEEK,
    {"domain": NAMES, "countryCode": COUNTRY_FIELDS["countryCode"]},
    intervals=BY_HOUR,
    envelope="data",
)
def servers_by_country(query: Query) -> Any:
    """Bandwidth and traffic of each domain by the country of the server."""
    labels, countries = query.slots.ends, _asked_countries(query)
    rows = []
    for domain in query.domains(20):
        details = []
        for code in countries:
            part = WORLD.part(country=[code])
            rates = [decimal(amount) for amount in query.rate(TRAFFIC, [domain], part)]
            flows = [decimal(amount) for amount in query.flow(TRAFFIC, [domain], part)]
            details.append({"countryCode": code, "detailList": table(timestamp=labels, value=rates, flow=flows)})
        rows.append({"domain": domain, "countryData": details})
    return rows
