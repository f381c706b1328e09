"""Where Wangsu's reports say that traffic went: carriers, provinces, countries, areas, and their fixed shares."""

from __future__ import annotations

from ..basis import behaves
from ..series import Split

ISPS = {"telecom": "电信", "unicom": "联通", "mobile": "移动", "others": "其他"}
# Each with its name and its share of the traffic.
_PROVINCES = {
    "beijing": ("北京", 60),
    "tianjin": ("天津", 14),
    "hebei": ("河北", 46),
    "shanxi": ("山西", 21),
    "neimenggu": ("内蒙古", 15),
    "liaoning": ("辽宁", 29),
    "jilin": ("吉林", 16),
    "heilongjiang": ("黑龙江", 20),
    "shanghai": ("上海", 62),
    "jiangsu": ("江苏", 72),
    "zhejiang": ("浙江", 66),
    "anhui": ("安徽", 38),
    "fujian": ("福建", 36),
    "jiangxi": ("江西", 26),
    "shandong": ("山东", 66),
    "henan": ("河南", 54),
    "hubei": ("湖北", 38),
    "hunan": ("湖南", 38),
    "guangdong": ("广东", 118),
    "guangxi": ("广西", 28),
    "hainan": ("海南", 8),
    "chongqing": ("重庆", 24),
    "sichuan": ("四川", 50),
    "guizhou": ("贵州", 18),
    "yunnan": ("云南", 22),
    "xizang": ("西藏", 2),
    "shaanxi": ("陕西", 26),
    "gansu": ("甘肃", 11),
    "qinghai": ("青海", 4),
    "ningxia": ("宁夏", 5),
    "xinjiang": ("新疆", 15),
    "others": ("其他", 6),
}
PROVINCES = {code: name for code, (name, _) in _PROVINCES.items()}
# Each with its names and its share of the traffic.
_COUNTRIES = {
    "cn": ("中国", "China", 700),
    "hk": ("中国香港", "Hong Kong", 70),
    "tw": ("中国台湾", "Taiwan", 14),
    "sg": ("新加坡", "Singapore", 44),
    "jp": ("日本", "Japan", 36),
    "kr": ("韩国", "Korea", 12),
    "th": ("泰国", "Thailand", 8),
    "vn": ("越南", "Vietnam", 7),
    "id": ("印度尼西亚", "Indonesia", 9),
    "my": ("马来西亚", "Malaysia", 7),
    "ph": ("菲律宾", "Philippines", 6),
    "in": ("印度", "India", 18),
    "au": ("澳大利亚", "Australia", 5),
    "us": ("美国", "United States", 34),
    "ca": ("加拿大", "Canada", 5),
    "br": ("巴西", "Brazil", 4),
    "de": ("德国", "Germany", 9),
    "gb": ("英国", "United Kingdom", 5),
    "ru": ("俄罗斯", "Russia", 4),
    "ae": ("阿联酋", "United Arab Emirates", 3),
}
COUNTRIES = {code: (chinese, english) for code, (chinese, english, _) in _COUNTRIES.items()}
HOME, ABROAD = ("cn", "中国", "China"), ("oversea", "海外", "Overseas")
AREAS = {
    **{"cn": 60, "nc": 1, "ov": 2, "apac": 6, "am": 4, "euna": 4, "emea": 4, "sa": 2, "af": 1, "au": 2},
    **{"hk": 5, "tw": 2, "kr": 1, "in": 1, "jp": 1, "ru": 1, "indo": 1, "me": 1, "eu": 1, "ph": 1},
}
ACCELERATIONS = {
    **{"livestream": 70, "live-https": 20, "livep2p": 5, "web": 2, "web-https": 2, "download": 1},
    **dict.fromkeys(("wsa", "wsa-https", "vod-https", "cloudv-vod", "vodstream", "fsa", "gess", "esa", "maa"), 0),
    **dict.fromkeys(("s-appa", "appa", "waf", "upload", "upa-https", "osv6"), 0),
}

_ISP_SHARES = dict(zip(ISPS, (42, 28, 22, 8), strict=True))
PLACES = Split(isp=_ISP_SHARES, province={code: share for code, (_, share) in _PROVINCES.items()})
WORLD = Split(country={code: share for code, (_, _, share) in _COUNTRIES.items()})
NETWORKS = Split(region=AREAS, isp=_ISP_SHARES, accetype=ACCELERATIONS)
KINDS = Split(
    protocol={"http": 28, "https": 72},
    version={"v4": 71, "v6": 29},
    origin={"site": 63, "parent": 37},
    platform={"flash": 2, "android": 43, "ios": 24, "h5": 21, "windows": 10},
)

behaves("places", "assumed", f"isps: {', '.join(ISPS)}; provinces: {', '.join(PROVINCES)}; any other is refused")
behaves("places", "assumed", "areas do not overlap; each place has the same share of every domain")
