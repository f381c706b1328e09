"""Domains and URLs: what may be written, in one form, for host names have no case."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator

from .rules import broken, matching


def lower_host(url: str) -> str:
    """The URL with its scheme and host in lower case: these have no case, paths do."""
    scheme, mark, rest = url.partition("://")
    ends = [place for place in (rest.find(each) for each in "/?#") if place >= 0]
    cut = min(ends, default=len(rest))
    user, at, host = rest[:cut].rpartition("@")
    return f"{scheme.lower()}{mark}{user}{at}{host.lower()}{rest[cut:]}" if mark else url


def _parts(value: str) -> SplitResult | None:
    """What an address is made of; None of one that cannot be read."""
    # What was read from a file ends with a line break, which nobody sees in a secret.
    if value != value.strip() or not value.isprintable():
        raise broken("must have no spaces around it and no line break in it", "take them out")
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


_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"

_DOMAIN = rf"(?=.{{1,253}}$)({_LABEL}\.)+{_LABEL}"

Domain = Annotated[
    str,
    matching(
        _DOMAIN,
        "must be a domain name",
        "write the bare name, like push.example.com, with neither scheme, port nor path",
    ),
    AfterValidator(str.lower),
]

WildcardDomain = Annotated[
    str,
    matching(
        rf"(\*?\.)?{_DOMAIN}",
        "must be a domain name or a wildcard of one",
        "write it like example.com or *.example.com",
    ),
    AfterValidator(str.lower),
]

HttpUrl = Annotated[
    str,
    matching(r"https?://[^\s/]+\S*", "must begin with http:// or https:// in lower case", "write the whole address"),
    AfterValidator(lower_host),
]

RtmpUrl = Annotated[str, AfterValidator(_rtmp)]

SourceUrl = Annotated[str, AfterValidator(_source)]
