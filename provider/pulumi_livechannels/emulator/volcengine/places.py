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
AREAS = {"CN": "中国", "AP": "亚太", "EU": "欧洲", "NA": "北美", "SA": "南美", "ME": "中东", "AF": "非洲"}
# Each with its area, its name and its share of every figure.
_COUNTRIES = {
    "CN": ("CN", "中国", 0),
    "SG": ("AP", "新加坡", 50),
    "JP": ("AP", "日本", 34),
    "KR": ("AP", "韩国", 12),
    "TH": ("AP", "泰国", 9),
    "ID": ("AP", "印度尼西亚", 14),
    "AU": ("AP", "澳大利亚", 6),
    "DE": ("EU", "德国", 22),
    "GB": ("EU", "英国", 14),
    "FR": ("EU", "法国", 9),
    "US": ("NA", "美国", 41),
    "CA": ("NA", "加拿大", 8),
    "BR": ("SA", "巴西", 7),
    "AE": ("ME", "阿联酋", 5),
    "ZA": ("AF", "南非", 3),
}
# Each with its name, its capital, and its share of every figure.
_PROVINCES = {
    "beijing": ("北京", "北京", 90),
    "tianjin": ("天津", "天津", 13),
    "hebei": ("河北", "石家庄", 40),
    "shanxi": ("山西", "太原", 18),
    "neimenggu": ("内蒙古", "呼和浩特", 13),
    "liaoning": ("辽宁", "沈阳", 25),
    "jilin": ("吉林", "长春", 14),
    "heilongjiang": ("黑龙江", "哈尔滨", 16),
    "shanghai": ("上海", "上海", 90),
    "jiangsu": ("江苏", "南京", 60),
    "zhejiang": ("浙江", "杭州", 60),
    "anhui": ("安徽", "合肥", 28),
    "fujian": ("福建", "福州", 30),
    "jiangxi": ("江西", "南昌", 20),
    "shandong": ("山东", "济南", 48),
    "henan": ("河南", "郑州", 40),
    "hubei": ("湖北", "武汉", 30),
    "hunan": ("湖南", "长沙", 29),
    "guangdong": ("广东", "广州", 120),
    "guangxi": ("广西", "南宁", 20),
    "hainan": ("海南", "海口", 7),
    "chongqing": ("重庆", "重庆", 20),
    "sichuan": ("四川", "成都", 44),
    "guizhou": ("贵州", "贵阳", 15),
    "yunnan": ("云南", "昆明", 18),
    "xizang": ("西藏", "拉萨", 2),
    "shaanxi": ("陕西", "西安", 22),
    "gansu": ("甘肃", "兰州", 9),
    "qinghai": ("青海", "西宁", 3),
    "ningxia": ("宁夏", "银川", 4),
    "xinjiang": ("新疆", "乌鲁木齐", 13),
}
COUNTRIES = {code: (area, name) for code, (area, name, _) in _COUNTRIES.items()}
PROVINCES = {code: name for code, (name, _, _) in _PROVINCES.items()}
CITIES = {code: city for code, (_, city, _) in _PROVINCES.items()}
HOME = "CN"
REGION_WORDS = ("Area", "Country", "Province")
# The smallest regions: provinces of China, and countries abroad.
_REGIONS = {
    **{f"{HOME}/{HOME}/{province}": share for province, (_, _, share) in _PROVINCES.items()},
    **{f"{area}/{country}/": share for country, (area, _, share) in _COUNTRIES.items() if country != HOME},
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
