"""What the platform holds, kind by kind, under names that stay the same from one look to the next."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .core.account import Account
from .core.function import Progress
from .core.resource import Listed
from .resources import RESOURCES

_SUFFIXES = {"RecordTask": "recording", "ForwardTask": "relay", "ChannelBan": "ban"}
KINDS = tuple(kind.__name__ for kind in RESOURCES if kind.listable)


@dataclass(frozen=True)
class Held:
    """An object on the platform, with a name for a program: letters, digits and dashes, unique over all kinds."""

    kind: str
    id: str
    name: str
    title: str
    of: str | None


def held(account: Account, kinds: Iterable[str] = KINDS, progress: Progress | None = None) -> list[Held]:
    """Every object of these kinds that has not ended.

    Raises:
        LiveChannelsError: a list could not be read; nothing partial is answered.
    """
    wanted = [kind for kind in RESOURCES if kind.__name__ in set(kinds)]
    found: list[tuple[str, Listed]] = []
    titles: dict[str, str] = {}
    for number, kind in enumerate(RESOURCES, start=1):
        # Tasks are named after their channels, so channels are looked at for them too.
        needed = kind in wanted or (kind.id_key == "pullId" and any(each.__name__ in _SUFFIXES for each in wanted))
        if needed:
            items = [item for item in kind(account).every() if not item.over]
            titles |= {item.id: item.name for item in items if kind.__name__ in ("Channel", "PullChannel")}
            found += [(kind.__name__, item) for item in items if kind in wanted]
        if progress is not None:
            progress(number, len(RESOURCES))
    return list(_named(found, titles))


def ids(account: Account, kinds: Iterable[str]) -> set[tuple[str, str]]:
    """Kind and id of every object in the lists, of what has ended too."""
    wanted = set(kinds)
    return {(kind.__name__, item.id) for kind in RESOURCES if kind.__name__ in wanted for item in kind(account).every()}


def _named(found: list[tuple[str, Listed]], titles: dict[str, str]) -> Iterator[Held]:
    """Names from titles; where two are equal, the one with the smaller id keeps it, whatever else comes and goes."""
    taken: set[str] = set()
    for kind, item in sorted(found, key=lambda each: (KINDS.index(each[0]), each[1].id)):
        title = titles.get(item.of or "", item.name) if item.of else item.name
        plain = slug(f"{title} {_SUFFIXES.get(kind, '')}") or slug(kind)
        name = plain if plain not in taken else f"{plain}-{slug(item.id)[-8:]}"
        number = 1
        while name in taken:
            number += 1
            name = f"{plain}-{slug(item.id)}-{number}"
        taken.add(name)
        yield Held(kind, item.id, name, title, item.of)


def slug(text: str) -> str:
    """A text as a name: lower case, in any script, with dashes where anything else stood."""
    return re.sub(r"[^\w]+|_", "-", text.lower()).strip("-")
