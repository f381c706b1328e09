"""What the platform holds, kind by kind, under names that stay the same from one look to the next.

A name is made of an object's own title and kind, and of a piece of its id where another one has the same. So it changes
only when a first namesake comes; whoever has named objects before hands in `names`, and these never change.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from .core.account import Account
from .core.custody import CHANNELS
from .core.function import Progress
from .core.resource import Countable, Listed
from .resources import RESOURCES

_SUFFIXES = {
    "PullChannel": "pull",
    "RecordDirectory": "directory",
    "RecordTask": "recording",
    "ForwardTask": "relay",
    "ChannelBan": "ban",
}
_OF_CHANNELS = ("RecordTask", "ForwardTask", "ChannelBan")
_COUNTABLE: list[type[Any]] = [kind for kind in RESOURCES if issubclass(kind, Countable)]
KINDS = tuple(kind.__name__ for kind in _COUNTABLE)


@dataclass(frozen=True)
class Held:
    """An object on the platform, with a name for a program: letters, digits and dashes, unique over all kinds."""

    kind: str
    id: str
    name: str
    title: str
    of: str | None


def held(
    account: Account,
    kinds: Iterable[str] = KINDS,
    progress: Progress | None = None,
    names: Mapping[tuple[str, str], str] | None = None,
) -> list[Held]:
    """Every object of these kinds that has not ended; `names` are those that some have already, by kind and id.

    Raises:
        LiveChannelsError: a list could not be read; nothing partial is answered.
    """
    wanted = [kind for kind in _COUNTABLE if kind.__name__ in set(kinds)]
    found: list[tuple[str, Listed]] = []
    titles: dict[str, str] = {}
    for number, kind in enumerate(_COUNTABLE, start=1):
        # Tasks are named after their channels, so channels are looked at for them too.
        needed = kind in wanted or (kind.__name__ in CHANNELS and any(each.__name__ in _OF_CHANNELS for each in wanted))
        if needed:
            items = [item for item in kind(account).every() if not item.over]
            titles |= {item.id: item.name for item in items if kind.__name__ in CHANNELS}
            found += [(kind.__name__, item) for item in items if kind in wanted]
        if progress is not None:
            progress(number, len(_COUNTABLE))
    return list(_named(found, titles, names or {}))


def ids(account: Account, kinds: Iterable[str]) -> set[tuple[str, str]]:
    """Kind and id of every object in the lists, of what has ended too."""
    wanted = set(kinds)
    return {
        (kind.__name__, item.id) for kind in _COUNTABLE if kind.__name__ in wanted for item in kind(account).every()
    }


def _named(
    found: list[tuple[str, Listed]], titles: dict[str, str], names: Mapping[tuple[str, str], str]
) -> Iterator[Held]:
    taken = set(names.values())
    plain = {(kind, item.id): _plain(kind, item, titles) for kind, item in found}
    count = Counter(plain.values())
    for kind, item in sorted(found, key=lambda each: (KINDS.index(each[0]), each[1].id)):
        key = (kind, item.id)
        name = names.get(key)
        if name is None:
            is_alone = count[plain[key]] == 1 and plain[key] not in taken
            name = plain[key] if is_alone else f"{plain[key]}-{slug(item.id)[-8:]}"
            if name in taken:
                name = f"{plain[key]}-{slug(kind)}-{slug(item.id)}"
        taken.add(name)
        yield Held(kind, item.id, name, _title(item, titles), item.of)


def _title(item: Listed, titles: Mapping[str, str]) -> str:
    return titles.get(item.of, item.name) if item.of else item.name


def _plain(kind: str, item: Listed, titles: Mapping[str, str]) -> str:
    name = slug(f"{_title(item, titles)} {_SUFFIXES.get(kind, '')}") or slug(kind)
    # In a YAML program this one means the engine.
    return f"{name}-{slug(kind)}" if name == "pulumi" else name


def slug(text: str) -> str:
    """A text as a name: lower case, in any script, with dashes where anything else stood."""
    return re.sub(r"[^\w]+|_", "-", text.lower()).strip("-")
