"""Volcengine's lists of codes, and whose an address is."""

from __future__ import annotations

import ipaddress
from typing import Any

from ..basis import behaves
from ..forms import Form
from .places import CITIES, ISPS, PROVINCES, area_tree
from .wire import Query, action, refuse

MOST_ADDRESSES = 50
PRIVATE = [ipaddress.ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")]

behaves("DescribeIpInfo", "assumed", "about every third public address is a node; private and local ones never are")


@action("DescribeLiveRegionData", {})
def region_data(query: Query) -> dict[str, Any]:
    """Codes of areas, countries and provinces."""
    return {"Areas": area_tree()}


@action("DescribeLiveISPData", {})
def isp_data(query: Query) -> dict[str, Any]:
    """Codes of carriers."""
    return {"ISPList": [{"Code": code, "Name": name} for code, name in ISPS.items()]}


@action(
    "DescribeIpInfo",
    {
        "Ips": Form("array<string>", required=True),
    },
    rate=10,
)
def ip_info(query: Query) -> dict[str, Any]:
    """Whether addresses are nodes, and where; up to 50 in a call."""
    if query.limited and len(query.get("Ips")) > MOST_ADDRESSES:
        raise refuse("InvalidParameter", f"Ips holds more than {MOST_ADDRESSES} addresses.")
    return {"List": [_described(query, text) for text in query.get("Ips")]}


def _described(query: Query, text: str) -> dict[str, Any]:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise refuse("InvalidParameter", f"{text} is not an address.") from None
    local = address.is_loopback or address.is_link_local or any(address in network for network in PRIVATE)
    chance = query.figures.chance("address", address)
    if local or chance % 3:
        return {"Ip": text, "LiveCdnIp": False, **dict.fromkeys(("Isp", "Location", "Province", "City"), "-")}
    province = list(PROVINCES)[chance // 3 % len(PROVINCES)]
    return {
        "Ip": text,
        "LiveCdnIp": True,
        "Isp": list(ISPS)[chance // 30 % len(ISPS)],
        "Location": "中国",
        "Province": PROVINCES[province],
        "City": CITIES[province],
    }
