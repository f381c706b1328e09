"""Which rows an answer of Volcengine has: the whole, and one for each value that it is split by."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product

from ..basis import behaves
from ..domains import KNOWN_STREAMS
from ..series import Part
from .places import ISPS, PROTOCOLS, REGION_WORDS, SHARES, regions_by, regions_of
from .wire import Query, refuse

LISTS = {"Domain": "DomainList", "ISP": "ISPList", "Protocol": "ProtocolList"}
FILTERS = {"ISP": "ISPList", "Protocol": "ProtocolList", "StreamType": "StreamType"}

behaves(
    "volcengine splits", "documented", "with most actions a split needs two values or more in the list it is mapped to"
)
behaves("volcengine splits", "documented", "splits by province are of China alone")
behaves("volcengine splits", "assumed", "DetailField is repeated as it was sent, also where it had no effect")


@dataclass(frozen=True)
class Row:
    """What a row is called, and what is counted in it."""

    key: dict[str, str]
    sources: list[str]
    wanted: dict[str, Collection[str] | None]

    @property
    def part(self) -> Part | None:
        """What counts the units of the row."""
        return SHARES.part(**self.wanted)

    def narrowed(self, **more: Collection[str]) -> Part | None:
        """What counts some of them."""
        return SHARES.part(**{**self.wanted, **more})


def sources(query: Query) -> dict[str, list[str]]:
    """What is counted for each domain: the domain itself, or some of its streams."""
    apps = [query.get("App")] if query.get("App") else query.get("AppList", [])
    streams = [query.get("Stream")] if query.get("Stream") else query.get("StreamList", [])
    if not apps and not streams:
        return {domain: [domain] for domain in query.domains()}
    known = [name.split("/") for name in KNOWN_STREAMS]
    pairs = product(apps or sorted({app for app, _ in known}), streams or [stream for _, stream in known])
    names = [f"{app}/{stream}" for app, stream in pairs]
    return {domain: [f"{domain}/{name}" for name in names] for domain in query.domains()}


def whole(query: Query) -> Row:
    """The row of everything that the request asks for."""
    counted = [source for held in sources(query).values() for source in held]
    return Row({}, counted, _wanted(query))


def details(query: Query, *, needs_several: bool = True, only: Collection[str] = ()) -> list[Row]:
    """A row for each value, or each combination of values, that the request asks to split by."""
    chosen = [name for name in dict.fromkeys(query.get("DetailField", [])) if not only or name in only]
    if needs_several:
        chosen = [name for name in chosen if len(set(query.get(LISTS[name], []))) > 1]
    if not chosen:
        return []
    by_domain, wanted = sources(query), _wanted(query)
    rows = []
    for values in product(*_axes(query, chosen, wanted)):
        key = {name: value for named, _ in values for name, value in named.items()}
        narrowed = {**wanted, **{name: held for _, places in values for name, held in places.items()}}
        domains = [key["Domain"]] if "Domain" in key else list(by_domain)
        counted = [source for domain in domains for source in by_domain[domain]]
        rows.append(Row(key, counted, narrowed))
    return rows


Axis = list[tuple[dict[str, str], dict[str, Collection[str]]]]


def _axes(query: Query, chosen: list[str], wanted: dict[str, Collection[str] | None]) -> list[Axis]:
    """For each dimension its values: what a row is called by, and what it is narrowed to."""
    axes: list[Axis] = []
    if "Domain" in chosen:
        axes.append([({"Domain": domain}, {}) for domain in query.domains()])
    for name, every in (("ISP", list(ISPS)), ("Protocol", list(PROTOCOLS))):
        if name in chosen:
            asked = query.get(LISTS[name]) or every
            axes.append([({name: value}, {name: {value}}) for value in dict.fromkeys(asked)])
    for prefix, dimension in (("", "Region"), ("User", "UserRegion")):
        words = tuple(word for word in REGION_WORDS if f"{prefix}{word}" in chosen)
        if words:
            pairs = regions_by(words, prefix, wanted[dimension])
            axes.append([(key, {dimension: leaves}) for key, leaves in pairs])
    return axes


def _wanted(query: Query) -> dict[str, Collection[str] | None]:
    """What the request narrows every row to."""
    narrowed: dict[str, Collection[str] | None] = {name: query.get(field) for name, field in FILTERS.items()}
    for name in ("Region", "UserRegion"):
        asked = query.get(f"{name}List")
        narrowed[name] = regions_of(asked) if asked else None
        if asked and narrowed[name] is None:
            raise refuse("InvalidParameter", f"{name}List names a region that does not exist.")
    return narrowed
