"""Protocols, rates, formats and statuses: our words, and the numbers and names of the wire, in both directions."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator

from .rules import distinct, matching

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

RATES = ("source", "smooth", "sd", "hd", "super")

RATE_FIELDS = {"source": "origin", "smooth": "fluent", "sd": "sd", "hd": "high", "super": "hd"}

# What the platform adds by itself, and nobody asks for: a smart-HD twin of each rate, and the sound alone.
VARIANT_FIELDS = {**{f"smart-{rate}": f"{name}_zkgq" for rate, name in RATE_FIELDS.items()}, "audio": "audio"}

ENCRYPTIONS = ("none", "hls", "drm")

RECORD_STATUSES = ("notStarted", "running", "ended", "terminated")

FORWARD_STATUSES = ("notStarted", "running", "ended", "error")

Resolution = Annotated[str, matching(r"[1-9]\d*x[1-9]\d*", "must be WIDTHxHEIGHT", "write it like 1280x720")]

ProtocolSet = Annotated[list[Protocol], AfterValidator(distinct), "set"]

RateSet = Annotated[list[Rate], AfterValidator(distinct), "set"]


def protocol(word: str | None) -> str:
    """Our word for a protocol that the wire names by number or by name; one we do not know stays, in lower case."""
    key = (word or "").strip().lower()
    number = int(key) if key.isdecimal() else _PROTOCOL_NAMES.get(key)
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
