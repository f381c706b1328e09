"""Which domains the account has: those of its channels, three more, and by name every other one under its own."""

from __future__ import annotations

import re

from .basis import behaves
from .store import Body, Store

CHANNEL = "channel"
PULL_CHANNEL = "pullChannel"
OWNED = "example.com"
ALWAYS = (f"live.{OWNED}", f"pull.{OWNED}", f"push.{OWNED}")
KNOWN_STREAMS = ("live/main", "live/backup", "live/mobile")
UNNAMED = ""
"""What Wangsu's reports call a stream that was pushed without a name."""

behaves("report domains", "assumed", f"all domains are those of the channels, and {', '.join(ALWAYS)}")
behaves("streams", "assumed", f"every domain has {', '.join(KNOWN_STREAMS)}; of any other one nothing is told")


def is_domain(text: str) -> bool:
    """Whether it can be a domain at all."""
    return bool(re.fullmatch(r"[A-Za-z0-9.-]{1,253}", text))


def is_owned(domain: str) -> bool:
    """Whether it is a domain of the account."""
    return is_domain(domain) and f".{domain.lower()}".endswith(f".{OWNED}")


def pull_domain(body: Body) -> str:
    """Where a channel plays from."""
    if "pullDomain" in body:
        return str(body["pullDomain"])
    labels = body["pushDomain"].split(".")
    return ".".join(["pull", *(labels[1:] if len(labels) > 2 else labels)])


def all_domains(store: Store) -> list[str]:
    """The domains of a report that names none."""
    channels = store.held(CHANNEL).values()
    pulled = [*channels, *store.held(PULL_CHANNEL).values()]
    found = {*ALWAYS, *(body["pushDomain"] for body in channels), *(pull_domain(body) for body in pulled)}
    return sorted(domain.lower() for domain in found)
