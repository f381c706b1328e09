"""Takes secrets out of text that people will see: logs, errors and what a vendor answers about our own request."""

from __future__ import annotations

import re
from collections.abc import Iterable

HIDDEN = "[hidden]"
_URL = re.compile(r"\b([a-zA-Z][a-zA-Z0-9+.-]*)://([^\s/?#\"'<>@]*@)?([^\s/?#\"'<>]*)([/?#][^\s\"'<>]*)?")
_AUTHORIZATION = re.compile(r"(?i)(signature=|credential=|basic\s+)[^\s,;]+")
_SHORTEST_SECRET = 4


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets, without what follows the host in any URL, and without signatures.

    A stream URL's path is its key, so no path is ever shown; the host stays, because it helps.
    """
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, HIDDEN)
    text = _URL.sub(lambda url: f"{url[1]}://{url[3]}/{HIDDEN}" if url[4] or url[2] else url[0], text)
    return _AUTHORIZATION.sub(lambda found: found[1] + HIDDEN, text)


def shorten(text: str, limit: int = 200) -> str:
    """At most `limit` characters of the text."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
