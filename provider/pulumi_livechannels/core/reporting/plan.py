"""Splits a query into the fewest calls that the vendor takes, or says why that cannot be done exactly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from ...ground.language import listed, tr
from .slots import Window

Values = dict[str, list[str]]
DOMAINS = "domains"


@dataclass(frozen=True)
class Limits:
    """What one call of a report takes, and what its numbers are worth.

    Attributes:
        window: the longest window of a call in seconds, or how it follows from the query; None for any.
        history: how far back in seconds; None for any.
        each: for a query word the most values in one call.
        rows: the most rows of one page, where the report has pages.
        delay: for how many seconds the newest slots still change.
        a_second: calls a second that the vendor allows for the action, where it counts so.
        surely: the longest window that one of the vendor's texts allows, where another text allows more.
    """

    window: float | Callable[[Any], float] | None = None
    history: float | None = None
    each: Mapping[str, int] = field(default_factory=dict)
    rows: int | None = None
    delay: float = 15 * 60
    a_second: int | None = None
    surely: float | None = None

    def longest(self, want: Any) -> float | None:
        """The longest window of one call for this query, in seconds."""
        return self.window(want) if callable(self.window) else self.window


@dataclass(frozen=True)
class Part:
    """One call: its window, and the values that it carries of the words that were split."""

    number: int
    chunk: int
    window: Window | None
    values: Values

    def label(self, count: int) -> str:
        """How messages name it."""
        about = [str(self.window)] if self.window else []
        about += [
            f"{word} {values[0]}" + (tr(" to {last}", last=values[-1]) if len(values) > 1 else "")
            for word, values in self.values.items()
            if values
        ]
        return tr("part {number} of {count} ({about})", number=self.number, count=count, about=listed(*about))


@dataclass
class Learned:
    """What the platform took and what it did not, of one report in slots of one length, of one account within a run.

    Attributes:
        window: the longest window of a call in seconds that was not refused, once one was; None before.
        domains: the same of domains.
    """

    window: float | None = None
    domains: int | None = None


def halved(refused: float, surely: float | None, length: int) -> float | None:
    """The window to try after one was refused, in whole slots; None where there is no shorter one."""
    half = int(refused / 2 // length) * length
    if surely is not None and half < surely < refused:
        half = int(surely // length) * length
    return half if half >= length else None


def gaps(part: Part, held: Sequence[Part]) -> list[Part]:
    """What of a part is left beside pieces of it, which are in order of time."""
    if part.window is None:
        return [] if held else [part]
    starts = [part.window.start, *(piece.window.end for piece in held if piece.window)]
    ends = [*(piece.window.start for piece in held if piece.window), part.window.end]
    return [replace(part, window=Window(start, end)) for start, end in zip(starts, ends, strict=True) if start < end]


def parts(windows: Sequence[Window | None], chunks: Sequence[Values]) -> list[Part]:
    """Every chunk in every window, numbered from 1."""
    return [
        Part(number, chunk, window, values)
        for number, ((chunk, values), window) in enumerate(product(enumerate(chunks), windows), start=1)
    ]


def chunks(given: Mapping[str, Sequence[str]], each: Mapping[str, int]) -> list[Values]:
    """The fewest groups of values, each within the limits; one empty group where nothing is given."""
    lists = [
        [(word, list(values[at : at + most])) for at in range(0, len(values), most)]
        for word, most in each.items()
        if (values := once(given.get(word) or [], word))
    ]
    return [dict(combination) for combination in product(*lists)]


def once(values: Sequence[str], word: str) -> list[str]:
    """Each value once: one that stands twice could be counted twice. A domain is the same in any case."""
    return list(dict.fromkeys(value.lower() if word == DOMAINS else value for value in values))


def grouped_chunks(domains: Sequence[str], inner: Sequence[str], word: str, each: Mapping[str, int]) -> list[Values]:
    """The fewest groups of whole domains and of `domain/…` values, within so many domains and so many values."""
    most_domains, most_inner = each["domains"], each.get(word, len(inner) or 1)
    groups: list[Values] = []
    held: set[str] = set()
    room = 0
    for domain, value in _by_domain(domains, inner):
        new = domain not in held
        if not groups or (new and len(held) >= most_domains) or (value and room <= 0):
            groups.append({"domains": [], word: []})
            held, room = set(), most_inner
        held.add(domain)
        if value is None:
            groups[-1]["domains"].append(domain)
        else:
            groups[-1][word].append(value)
            room -= 1
    return groups or [{}]


def _by_domain(domains: Sequence[str], inner: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    for domain in once(domains, DOMAINS):
        yield domain, None
    for value in sorted(once(inner, ""), key=lambda value: value.partition("/")[0]):
        yield value.partition("/")[0], value
