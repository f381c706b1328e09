"""The figures behind every report: the same for a seed, whatever is asked and in how many calls.

A flow (traffic, requests) is the difference of a running count that depends on the minute alone, so slots of any length
add up, and a slot costs the same however long ago it was. A level (viewers) follows one shared curve, so the largest
level of a slot falls on the same minute for all, and adds up too. Of a stream only the minutes in which it is pushed
count. Everything is whole numbers; nothing is rounded before it is added.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, lru_cache
from itertools import accumulate, pairwise

from .curve import UNITS, Curve
from .schedule import sessions
from .slots import DAY, Slots

UNIT = 1000 * UNITS
LATEST_SHIFT = 45
SMALLER = 8
POSITIONS = 1000

TRAFFIC, UPLINK, MISSED, SHIELD, SHARED = "traffic", "uplink", "missed", "shield", "shared"
REQUESTS, MISSED_REQUESTS, TRANSCODED = "requests", "missed requests", "transcoded"
VIEWERS, SESSIONS, ADDRESSES, STREAMS = "viewers", "sessions", "addresses", "streams"
# What a domain of average size has in a minute: hundredths of a megabyte, or how many.
USUAL = {
    TRAFFIC: 300_000,
    UPLINK: 9_000,
    MISSED: 20_000,
    SHIELD: 40_000,
    SHARED: 90_000,
    REQUESTS: 40_000,
    MISSED_REQUESTS: 2_600,
    TRANSCODED: 40,
    VIEWERS: 12_000,
    SESSIONS: 17_000,
    ADDRESSES: 9_000,
    STREAMS: 160,
}

Part = Callable[[int], int]


def _parted(values: list[int], part: Part | None) -> list[int]:
    return values if part is None else [part(value) for value in values]


def _added(each: list[list[int]], slots: Slots) -> list[int]:
    return [sum(values) for values in zip(*each, strict=True)] if each else [0] * len(slots.starts)


def is_stream(source: str) -> bool:
    """Whether it is a stream, whose name is domain/app/stream; a directory's is domain//path."""
    return "/" in source and "//" not in source


class Figures:
    """Every figure of one platform. A source is a domain, or something smaller whose name holds a slash."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._curves: dict[str, Curve] = {}
        self._counts = lru_cache(64)(self._count)
        self.spans = lru_cache(64)(self._spans)

    def chance(self, *words: object) -> int:
        """A large number that depends on the words and the seed only."""
        words = (self._seed, *words)
        return int.from_bytes(hashlib.sha256("/".join(map(str, words)).encode()).digest()[:8], "big")

    def sessions(self, stream: str, start: int, end: int) -> list[tuple[int, int]]:
        """The pushes of a stream that begin in a window, oldest first, each with its start and end in unix seconds."""
        return sessions(self.chance, stream, start, end)

    def aired(self, sources: Iterable[str], slots: Slots) -> list[bool]:
        """Whether any of the sources was there in each slot: a stream is while it is pushed, all else always."""
        each = [self.spans(source, slots) for source in sources]
        return [any(spans) for spans in zip(*each, strict=True)] if each else [False] * len(slots.starts)

    def flow(self, quantity: str, sources: Iterable[str], slots: Slots, part: Part | None = None) -> list[int]:
        """What passed in each slot, over all the sources."""
        return _added([self._amounts(quantity, source, slots, part) for source in sources], slots)

    def rate(
        self, quantity: str, sources: Iterable[str], slots: Slots, scale: int, part: Part | None = None
    ) -> list[int]:
        """What passed in each second times `scale`: rounded for each source, and only then parted and added."""
        seconds, each = slots.seconds, []
        for source in sources:
            amounts = self._amounts(quantity, source, slots)
            rates = [(2 * scale * amount + seconds) // (2 * seconds) for amount in amounts]
            each.append(_parted(rates, part))
        return _added(each, slots)

    def level(self, quantity: str, sources: Iterable[str], slots: Slots, part: Part | None = None) -> list[int]:
        """The largest level of each slot, over all the sources."""
        curve, each = self._curve(quantity), []
        always = [curve.highest(*pair) for pair in slots.pairs]
        for source in sources:
            factor, highest = self._factor(quantity, source), always
            if is_stream(source):
                aired = self.spans(source, slots)
                highest = [max((curve.highest(*span) for span in spans), default=0) for spans in aired]
            each.append(_parted([height * factor // UNIT for height in highest], part))
        return _added(each, slots)

    def _amounts(self, quantity: str, source: str, slots: Slots, part: Part | None = None) -> list[int]:
        if not is_stream(source):
            return [late - early for early, late in pairwise(_parted(self._counts(quantity, source, slots), part))]
        before = self._before(quantity, source, part)
        return [sum(before(last) - before(first) for first, last in spans) for spans in self.spans(source, slots)]

    def _count(self, quantity: str, source: str, slots: Slots) -> list[int]:
        """How much there was before each bound of the slots."""
        before = self._before(quantity, source)
        return [before(minute) for minute in slots.bounds]

    def _before(self, quantity: str, source: str, part: Part | None = None) -> Callable[[int], int]:
        """What tells how much there was before a minute."""
        curve, factor = self._curve(quantity), self._factor(quantity, source)
        shift = self.chance("shift", source) % LATEST_SHIFT

        def before(minute: int) -> int:
            units = curve.count(minute + shift) * factor // UNIT
            return units if part is None else part(units)

        return before

    def _spans(self, source: str, slots: Slots) -> list[list[tuple[int, int]]]:
        """From which to which minute a source was there, by slot."""
        ends = slots.bounds[1:]
        if not is_stream(source) or not ends:
            return [[pair] for pair in zip(slots.starts, ends, strict=True)]
        spans: list[list[tuple[int, int]]] = [[] for _ in ends]
        first = slots.starts[0]
        for begun, ended in self.sessions(source, first * 60 - DAY * 60, ends[-1] * 60):
            begins, done = max(begun // 60, first), -(-ended // 60)
            for place in range((begins - first) // slots.minutes, len(ends)):
                start = slots.starts[place]
                if start >= done:
                    break
                spans[place].append((max(start, begins), min(ends[place], done)))
        return spans

    def _curve(self, quantity: str) -> Curve:
        if quantity not in self._curves:
            self._curves[quantity] = Curve(f"{self._seed}/{quantity}")
        return self._curves[quantity]

    def _factor(self, quantity: str, source: str) -> int:
        usual = USUAL[quantity] // (SMALLER if "/" in source else 1)
        return usual * (60 + self.chance(quantity, source) % 90) // 100


class Split:
    """Fixed shares in one or more dimensions.

    Every unit of a count has its place in a short list of places, and each place its value in each dimension; a part
    counts the units in its places. So parts of any kind add up to the whole, and to each other.
    """

    def __init__(self, **shares: Mapping[str, int]) -> None:
        places = {}
        for name, weights in shares.items():
            total, ends = sum(weights.values()), pairwise([0, *accumulate(weights.values())])
            place = [
                value
                for value, (start, end) in zip(weights, ends, strict=True)
                for _ in range(start * POSITIONS // total, end * POSITIONS // total)
            ]
            random.Random(name).shuffle(place)  # noqa: S311 - figures, not secrets
            places[name] = place
        self._places = places
        self._part = cache(self._make)

    def part(self, **wanted: Collection[str] | None) -> Part | None:
        """What counts the units with one of the wanted values in each dimension; None wants all."""
        narrowed = {name: frozenset(values) for name, values in wanted.items() if values is not None}
        return self._part(frozenset(narrowed.items())) if narrowed else None

    def _make(self, narrowed: frozenset[tuple[str, frozenset[str]]]) -> Part:
        hits = [all(self._places[name][place] in values for name, values in narrowed) for place in range(POSITIONS)]
        before = [0, *accumulate(hits)]
        turn = before[-1]

        def count(units: int) -> int:
            turns, rest = divmod(units, POSITIONS)
            return turns * turn + before[rest]

        return count
