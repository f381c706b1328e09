"""Volcengine's regions, carriers and protocols, and the fixed shares that they have in every figure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..basis import behaves
from ..forms import Form
from ..series import Split

ISPS = {
    "unicom": "联通",
    "railcom": "铁通",
    "telecom": "电信",
    "mobile": "移动",
    "cernet": "教育网",
    "tianwei": "天威",
    "alibaba": "阿里巴巴",
    "tencent": "腾讯",
    "drpeng": "鹏博士",
    "btvn": "广电",
    "huashu": "华数",
}
PROTOCOLS = ("HTTP-FLV", "HTTP-HLS", "RTMP", "RTM", "SRT", "QUIC")
AREAS = {"CN": "中国", "AP": "亚太", "EU": "欧洲", "NA": "北美"}
COUNTRIES = {
    "CN": ("CN", "中国"),
    "SG": ("AP", "新加坡"),
    "JP": ("AP", "日本"),
    "DE": ("EU", "德国"),
    "US": ("NA", "美国"),
}
PROVINCES = {
    "beijing": "北京",
    "shanghai": "上海",
    "guangdong": "广东",
    "zhejiang": "浙江",
    "sichuan": "四川",
    "hebei": "河北",
}
HOME = "CN"
REGION_WORDS = ("Area", "Country", "Province")
# Share of every figure, for each province of China and each country abroad.
_REGIONS = {
    **{f"CN/CN/{province}": share for province, share in zip(PROVINCES, (15, 16, 22, 12, 9, 8), strict=True)},
    **{"AP/SG/": 6, "AP/JP/": 4, "EU/DE/": 3, "NA/US/": 5},
}
STATUS_CODES = {"200": 905, "206": 38, "302": 20, "403": 9, "404": 21, "502": 7}
STREAM_TYPES = {"push": 50, "relay-source": 30, "transcode": 20}
SHARES = Split(
    Protocol=dict(zip(PROTOCOLS, (42, 28, 18, 5, 4, 3), strict=True)),
    ISP=dict(zip(ISPS, (22, 3, 34, 24, 4, 2, 3, 3, 2, 2, 1), strict=True)),
    Region=_REGIONS,
    UserRegion=_REGIONS,
    StatusCode=STATUS_CODES,
    StreamType=STREAM_TYPES,
)

REGION = {word: Form() for word in REGION_WORDS}
REGIONS = Form("array<object>", inner=REGION)
ISP_LIST = Form("array<string>", allowed=tuple(ISPS))
PROTOCOL_LIST = Form("array<string>", allowed=PROTOCOLS)

behaves("volcengine places", "documented", "codes and names of the carriers; CN, CN and beijing among the regions")
behaves("volcengine places", "assumed", "every other region code; unknown codes are refused with InvalidParameter")


def regions_of(wanted: list[dict[str, str]]) -> set[str] | None:
    """The smallest regions within some regions of a request; None when one of them does not exist."""
    found = set()
    for region in wanted:
        words = [region.get(word, "") for word in REGION_WORDS]
        path = "/".join(words).rstrip("/")
        within = {leaf for leaf in _REGIONS if f"{leaf.rstrip('/')}/".startswith(f"{path}/")}
        if not within or not words[0] or (words[2] and not words[1]):
            return None
        found |= within
    return found


def regions_by(
    words: tuple[str, ...], prefix: str, within: Collection[str] | None
) -> list[tuple[dict[str, str], set[str]]]:
    """The values of a split by some region words, each with its smallest regions; provinces are those of China."""
    found: dict[tuple[str, ...], set[str]] = {}
    for leaf in _REGIONS:
        held = dict(zip(REGION_WORDS, leaf.split("/"), strict=True))
        if (within is None or leaf in within) and ("Province" not in words or held["Province"]):
            found.setdefault(tuple(held[word] for word in words), set()).add(leaf)
    return [
        ({f"{prefix}{word}": value for word, value in zip(words, values, strict=True)}, leaves)
        for values, leaves in found.items()
    ]


def area_tree() -> list[dict[str, Any]]:
    """Areas, their countries, and China's provinces, as DescribeLiveRegionData shows them."""
    provinces = [{"Code": code, "Name": name} for code, name in PROVINCES.items()]
    return [
        {
            "Code": area,
            "Name": name,
            "Countries": [
                {"Code": code, "Name": country, "Provinces": provinces if code == HOME else []}
                for code, (parent, country) in COUNTRIES.items()
                if parent == area
            ],
        }
        for area, name in AREAS.items()
    ]
