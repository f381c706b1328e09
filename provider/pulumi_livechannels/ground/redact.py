"""Makes text fit to be seen by people: without secrets, without control characters, and not too long.

It is for logs, errors, reports, and what a vendor answers about our own request.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

HIDDEN = "[hidden]"
_URL = re.compile(r"\b([a-zA-Z][a-zA-Z0-9+.-]*)://([^\s/?#\"'<>@]*@)?([^\s/?#\"'<>]*)([/?#][^\s\"'<>]*)?")
_AUTHORIZATION = re.compile(r"(?i)(signature=|credential=|basic\s+)[^\s,;]+")
_ESCAPED_CHARACTER = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
# White space, controls, and what would make a reader see the characters in another order than they stand.
_UNSEEN = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]+")
_SHORTEST_SECRET = 4
# A piece of a long secret is enough to give it away.
_TELLING = 12
_LAYERS = 3


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without the given secrets, without what follows the host in any URL, and without signatures.

    A stream URL's path is its key, so no path is ever shown; the host stays, because it helps. A text that repeats a
    secret, or a telling piece of one, in whatever escaping is not shown at all.
    """
    kept = [secret for secret in secrets if len(secret) >= _SHORTEST_SECRET]
    for secret in sorted(kept, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    plain = _unescaped(text)
    if any(piece in plain.casefold() for secret in kept for piece in _pieces(secret)):
        return HIDDEN
    if plain != text and _URL.search(plain):
        text = plain
    text = _URL.sub(lambda url: f"{url[1]}://{url[3]}/{HIDDEN}" if url[4] or url[2] else url[0], text)
    return _AUTHORIZATION.sub(lambda found: found[1] + HIDDEN, text)


def on_one_line(text: str) -> str:
    """The text with a space for whatever is not seen: a name may hold what clears a screen, or turns a line around."""
    return _UNSEEN.sub(" ", text).strip()


def shorten(text: str, limit: int = 200) -> str:
    """At most `limit` characters of the text."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _unescaped(text: str) -> str:
    """The text as whoever escaped it had it, be it for JSON, for a URL or for a page, a few times over."""
    for _ in range(_LAYERS):
        plain = _ESCAPED_CHARACTER.sub(_character, unescape(unquote(text)))
        # Characters beyond the basic plane come as two halves.
        plain = plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if plain == text:
            break
        text = plain
    return text


def _character(found: re.Match[str]) -> str:
    if found[1] or found[2]:
        return chr(int(found[1] or found[2], 16))
    return _ESCAPES.get(found[3], found[3])


def _pieces(secret: str) -> Iterator[str]:
    """What of a secret must not stand anywhere: of an address what follows the host, of a long text any long piece."""
    host, slash, path = secret.partition("://")[2].partition("/")
    whole = [path, *re.split(r"[/?#&]", path), host.rpartition("@")[0]] if slash else [secret]
    encoded = secret.encode()
    # A vendor's gateway may show a body as it travelled through its logs.
    yield b64encode(encoded).decode().rstrip("=")[:-1].casefold()
    yield encoded.hex()
    for part in whole:
        # A secret may itself look escaped: both readings of it count.
        told = part.casefold()
        yield from (each for each in (told, _unescaped(part).casefold()) if len(each) >= _SHORTEST_SECRET + bool(slash))
        for start in range(0, len(told) - _TELLING + 1):
            yield told[start : start + _TELLING]
