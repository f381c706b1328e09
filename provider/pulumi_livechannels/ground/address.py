"""Which addresses can only be this machine: there, and nowhere else, a call may travel without TLS."""

from __future__ import annotations

from urllib.parse import urlsplit

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_loopback(url: str) -> bool:
    """Whether the address can only be this machine, by its name alone."""
    return urlsplit(url).hostname in _LOOPBACK
