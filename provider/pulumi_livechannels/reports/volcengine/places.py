"""The codes that other reports take, and what is known about an address. These know no time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...core.fields import Inputs
from ...core.reporting.answers import at, objects, text
from ...core.reporting.columns import Columns, dimension, gauge
from ...core.reporting.plan import Limits
from ...core.reporting.reading import Shape
from ...core.reporting.words import word
from .base import Ip, VolcengineReport


class _Codes(VolcengineReport):
    """A list of codes."""

    timeless = True
    keeps_order = True
    limits = Limits(delay=0)
    example: dict[str, Any] = {}

    class Query(Inputs):
        """Nothing can be asked in particular."""


class Regions(_Codes):
    """Areas, countries and provinces with their codes."""

    action = "DescribeLiveRegionData"
    shape = Shape("regions")

    class Row(Columns):
        """A province, or a country or an area without any."""

        area: str | None = dimension("area", "Code of the area.")
        country: str | None = dimension("country", "Code of the country.")
        province: str | None = dimension("province", "Code of the province; in China only.")
        area_name: str | None = gauge("areaName", "Name of the area, in Chinese.")
        country_name: str | None = gauge("countryName", "Name of the country, in Chinese.")
        province_name: str | None = gauge("provinceName", "Name of the province, in Chinese.")

    @classmethod
    def told_by(cls) -> list[str]:
        """The tree."""
        return ["Areas"]

    def shaped(self, data: Any) -> Any:
        """The tree of areas as rows."""
        rows: list[dict[str, Any]] = []
        for area in objects(data, "Areas"):
            in_area = _called("area", area)
            for country in objects(area, "Countries") or [{}]:
                in_country = {**in_area, **_called("country", country)}
                provinces = objects(country, "Provinces") or [{}]
                rows += [{**in_country, **_called("province", province)} for province in provinces]
        return {"regions": rows}


def _called(kind: str, place: Mapping[str, Any]) -> dict[str, str]:
    keys = {kind: "Code", f"{kind}Name": "Name"}
    return {ours: at(place, wire, text) for ours, wire in keys.items() if place.get(wire) is not None}


class Isps(_Codes):
    """Carriers with their codes."""

    action = "DescribeLiveISPData"
    shape = Shape("ISPList")

    class Row(Columns):
        """A carrier."""

        isp: str | None = dimension("Code", "Code of the carrier.")
        name: str | None = gauge("Name", "Name of the carrier, in Chinese.")


class IpInfo(VolcengineReport):
    """Where addresses are, and whether they are nodes of the platform."""

    action = "DescribeIpInfo"
    timeless = True
    keeps_order = True
    limits = Limits(each={"ips": 50}, delay=0, a_second=10)
    shape = Shape("List")
    example = {"ips": ["203.0.113.7"]}

    class Query(Inputs):
        """What can be asked."""

        ips: list[Ip] = word("Ips", "IPv4 or IPv6 addresses.", default=..., min_length=1)

    class Row(Columns):
        """An address."""

        ip: str | None = dimension("Ip", "The address.")
        is_node: bool | None = gauge("LiveCdnIp", "Whether it is a node of the platform.")
        isp: str | None = gauge("Isp", "Code of the carrier; for nodes only.")
        country: str | None = gauge("Location", "Country or region; for nodes only.")
        province: str | None = gauge("Province", "Province; for nodes only.")
        city: str | None = gauge("City", "City; for nodes only.")

    def tells_apart(self, want: Any) -> bool:
        """Each address has a row of its own."""
        return True
