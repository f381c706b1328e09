"""What people write and what the wire carries: each value is mapped here, once, in both directions."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

VENDOR_ZONE = timezone(timedelta(hours=8))
VENDOR_TIME = "%Y-%m-%d %H:%M:%S"
_MILLISECONDS_FROM = 10**11
_LONGEST_NUMBER = 18

Protocol = Literal["rtmp", "flv", "hls", "hds"]
Rate = Literal["source", "smooth", "sd", "hd", "super"]
Encryption = Literal["none", "hls", "drm"]
FileType = Literal["mp4", "flv", "m3u8"]

VideoCodec = Literal["libx264", "libx265", "libvpx"]
AudioCodec = Literal["libmp3lame", "libfaac", "libvorbis"]
WatermarkPosition = Literal[
    "TOP_LEFT",
    "TOP_CENTER",
    "TOP_RIGHT",
    "CENTER_LEFT",
    "CENTER",
    "CENTER_RIGHT",
    "BOTTOM_LEFT",
    "BOTTOM_CENTER",
    "BOTTOM_RIGHT",
]


@dataclass(frozen=True)
class Choice:
    """A closed set of values, with what each means."""

    values: Any
    doc: str
    each: Mapping[str, str]


CHOICES = {
    "Protocol": Choice(
        Protocol,
        "A streaming protocol.",
        {
            "rtmp": "RTMP.",
            "flv": "HTTP-FLV.",
            "hls": "HLS; not together with hds.",
            "hds": "HDS; not together with hls.",
        },
    ),
    "Rate": Choice(
        Rate,
        "A rate that the platform transcodes to.",
        {
            "source": "As the encoder sends it.",
            "smooth": "Smooth, the lowest.",
            "sd": "Standard definition.",
            "hd": "High definition.",
            "super": "Super clear, the highest.",
        },
    ),
    "Encryption": Choice(
        Encryption,
        "How playback is encrypted.",
        {"none": "Not at all.", "hls": "Generic HLS encryption.", "drm": "DRM."},
    ),
    "FileType": Choice(
        FileType,
        "A format of recorded files.",
        {"mp4": "MP4.", "flv": "FLV.", "m3u8": "HLS; can be joined to one file."},
    ),
    "VideoCodec": Choice(
        VideoCodec,
        "A video encoder.",
        {"libx264": "H.264; needed with a watermark.", "libx265": "H.265.", "libvpx": "VP8."},
    ),
    "AudioCodec": Choice(
        AudioCodec, "An audio encoder.", {"libmp3lame": "MP3.", "libfaac": "AAC.", "libvorbis": "Vorbis."}
    ),
    "WatermarkPosition": Choice(
        WatermarkPosition,
        "Where a watermark stands in the picture.",
        {value: f"{value.replace('_', ' ').capitalize()}." for value in get_args(WatermarkPosition)},
    ),
}


def choice_name(annotation: Any) -> str | None:
    """What a closed set is called, if the annotation is one."""
    return next((name for name, choice in CHOICES.items() if choice.values == annotation), None)


PROTOCOLS = ("rtmp", "flv", "hls", "hds", "ts")
# The platform may add others by itself.
ASKABLE_PROTOCOLS: tuple[str, ...] = get_args(Protocol)
_PROTOCOL_NAMES = {
    "rtmp": 0,
    "hdl": 1,
    "http flv": 1,
    "http-flv": 1,
    "flv": 1,
    "hls": 2,
    "hds": 3,
    "ts": 4,
    "http ts": 4,
}
LEAST_HOURS = 0.001
RATES = ("source", "smooth", "sd", "hd", "super")
RATE_FIELDS = {"source": "origin", "smooth": "fluent", "sd": "sd", "hd": "high", "super": "hd"}
ENCRYPTIONS = ("none", "hls", "drm")
RECORD_STATUSES = ("notStarted", "running", "ended", "terminated")
FORWARD_STATUSES = ("notStarted", "running", "ended", "error")


def broken(rule: str, way_out: str) -> PydanticCustomError:
    """A rule that a value breaks, for `core.check` to put into a sentence."""
    return PydanticCustomError("rule", "{rule}", {"rule": rule, "way_out": way_out})


def _matching(pattern: str, rule: str, way_out: str) -> AfterValidator:
    compiled = re.compile(pattern)

    def validate(value: str) -> str:
        if not compiled.fullmatch(value):
            raise broken(rule, way_out)
        return value

    return AfterValidator(validate)


def _instant(value: str) -> str:
    try:
        moment(value)
    except ValueError:
        raise broken(
            "must be an RFC 3339 time with an offset", "write it like 2026-11-21T20:00:00+08:00 or 2026-11-21T12:00:00Z"
        ) from None
    return value


def distinct(value: list[Any]) -> list[Any]:
    """A list that names nothing twice, for a validator."""
    if len(set(value)) < len(value):
        raise broken("must not name a value twice", "remove the repetition")
    return value


def lower_host(url: str) -> str:
    """The URL with its host in lower case: host names have no case, paths do."""
    scheme, mark, rest = url.partition("://")
    ends = [place for place in (rest.find(each) for each in "/?#") if place >= 0]
    cut = min(ends, default=len(rest))
    user, at, host = rest[:cut].rpartition("@")
    return f"{scheme}{mark}{user}{at}{host.lower()}{rest[cut:]}" if mark else url


def _parts(value: str) -> SplitResult | None:
    """What an address is made of; None of one that cannot be read."""
    try:
        parts = urlsplit(value)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port >= 0)
        return parts if is_whole else None
    except ValueError:
        return None


def _rtmp(value: str) -> str:
    parts = _parts(value)
    if parts is None or parts.scheme != "rtmp" or not parts.path.strip("/"):
        raise broken("must be an rtmp:// address with a host and a path", "write it like rtmp://host/app/stream")
    return lower_host(value)


def _source(value: str) -> str:
    parts = _parts(value)
    if parts is None or parts.scheme not in ("rtmp", "http", "https"):
        raise broken("must be an rtmp://, http:// or https:// address", "write it like rtmp://host/app/stream")
    return lower_host(value)


def _hours(value: float) -> float:
    if not LEAST_HOURS <= value < float("inf"):
        raise broken(f"must be a number of hours, at least {LEAST_HOURS}", "write a larger number")
    return value


_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = rf"(?=.{{1,253}}$)({_LABEL}\.)+{_LABEL}"
Domain = Annotated[
    str,
    _matching(
        _DOMAIN,
        "must be a domain name",
        "write the bare name, like push.example.com, with neither scheme, port nor path",
    ),
    AfterValidator(str.lower),
]
WildcardDomain = Annotated[
    str,
    _matching(
        rf"(\*?\.)?{_DOMAIN}",
        "must be a domain name or a wildcard of one",
        "write it like example.com or *.example.com",
    ),
    AfterValidator(str.lower),
]
Word = Annotated[
    str,
    _matching(r"[A-Za-z0-9_]+", "may hold only letters, digits and underscores", "take other characters out"),
]
Id = Annotated[
    str,
    # The platform takes several ids in one text, so one that holds a comma would be several objects.
    _matching(r"[^\s,]+", "must be one id, without commas and spaces", "write a single id"),
]
HttpUrl = Annotated[
    str,
    _matching(r"https?://[^\s/]+\S*", "must begin with http:// or https:// in lower case", "write the whole address"),
    AfterValidator(lower_host),
]
Resolution = Annotated[str, _matching(r"[1-9]\d*x[1-9]\d*", "must be WIDTHxHEIGHT", "write it like 1280x720")]
RtmpUrl = Annotated[str, AfterValidator(_rtmp)]
SourceUrl = Annotated[str, AfterValidator(_source)]
Instant = Annotated[str, AfterValidator(_instant), "instant"]
Hours = Annotated[float, AfterValidator(_hours)]
ProtocolSet = Annotated[list[Protocol], AfterValidator(distinct), "set"]
RateSet = Annotated[list[Rate], AfterValidator(distinct), "set"]


def moment(text: str) -> datetime:
    """The moment that an RFC 3339 text names.

    Raises:
        ValueError: it is no such text, or has no offset.
    """
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", text):
        raise ValueError("not RFC 3339")
    text = re.sub(r"\.\d+", "", text)
    return datetime.fromisoformat(re.sub(r"[Zz]$", "+00:00", text.replace("t", "T")))


def minute(text: str) -> int:
    """The whole minute of an RFC 3339 text, in unix seconds: the platform cuts times to it."""
    return int(moment(text).timestamp()) // 60 * 60


def from_unix(seconds: int | None) -> str | None:
    """RFC 3339 at the vendor's offset; 0 and absent are no time, and neither is what no calendar has.

    A number far beyond seconds counts milliseconds.
    """
    if not seconds:
        return None
    if seconds >= _MILLISECONDS_FROM:
        seconds //= 1000
    try:
        return datetime.fromtimestamp(seconds, VENDOR_ZONE).isoformat()
    except (ValueError, OverflowError, OSError):
        return None


def from_vendor(text: str | None) -> str | None:
    """RFC 3339 of a vendor's time without a zone, which is +08:00; a text in another form stays as it is."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return from_unix(int(text[:_LONGEST_NUMBER]))
    try:
        return datetime.strptime(text, VENDOR_TIME).replace(tzinfo=VENDOR_ZONE).isoformat()
    except ValueError:
        return text


def protocol(word: str | None) -> str:
    """Our word for a protocol that the wire names by number or by name; one we do not know stays, in lower case."""
    key = (word or "").strip().lower()
    number = int(key) if key.isdigit() else _PROTOCOL_NAMES.get(key)
    return key if number is None or number >= len(PROTOCOLS) else PROTOCOLS[number]


def protocol_code(word: str) -> str:
    """The wire's number for a protocol."""
    return str(PROTOCOLS.index(word))


def codes(words: Iterable[str], known: Sequence[str]) -> str:
    """Several values as the wire wants them: numbers joined by commas, in the wire's order."""
    return ",".join(str(number) for number in sorted(known.index(word) for word in words))


def word(number: int | None, known: Sequence[str]) -> str | None:
    """Our word for a number on the wire; a number we do not know stays as text."""
    if number is None:
        return None
    return known[number] if 0 <= number < len(known) else str(number)


def packed(content: dict[str, Any]) -> str:
    """URL-safe base64 of a JSON object, as whiteBoardConfig and funcConfig travel."""
    return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()
