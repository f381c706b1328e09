"""What was asked for by name and is in no row: some reports leave out in silence what the vendor does not know."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...ground.errors import LiveChannelsError
from ...ground.language import said_of, tr
from .answers import MisreadError
from .columns import columns
from .declared import NAMED, Declared, names_of
from .plan import Part, once
from .table import Key, Row


def missing(report: Declared, want: Any, rows: Mapping[Key, Row]) -> list[str]:
    """The domains, streams and directories of a query that no row tells of, in the order asked for.

    Where domains are merged, a report that drops unknown ones is asked once more, for its last slot by domain.
    """
    if getattr(want, "exact_match", True) is False:
        # Ends of names are no names of anything.
        return []
    if not any(_asked(want, word) for word in NAMED):
        return []
    # A row with nothing but slots may have none; to look at one may be to put it together from the disk.
    only_slots = report.has_series() and len(names_of(type(report))) == len(columns(report.Row))
    told = [_named(report, key) for key in rows if not only_slots or rows[key].series]
    known = {about["domain"].lower() for about in told if about.get("domain")}
    absent: list[str] = []
    if _tells_domains(report, want):
        absent += [domain for domain in _asked(want, "domains") if domain not in known]
    elif report.drops_unknown and "exact_domain" in columns(report.Row):
        exact = [str(about.get("exact_domain")).lower() for about in told]
        absent += [name for name in _asked(want, "domains") if not any(_is_under(each, name) for each in exact)]
        absent += [name for name in _asked(want, "exact_domains") if name not in exact]
    elif report.drops_unknown and "group_by" in type(want).model_fields:
        known = _known(report, want)
        absent += [domain for domain in _asked(want, "domains") if domain not in known]
    for word, column in (("streams", "stream"), ("directories", "directory")):
        if column in columns(report.Row):
            below = {_path(about, column) for about in told}
            absent += [value for value in _asked(want, word) if _whole(value) not in below]
    return absent


def _tells_domains(report: Declared, want: Any) -> bool:
    if "domain" not in columns(report.Row):
        return False
    return "group_by" not in type(want).model_fields or "domain" in (want.group_by or [])


def _asked(want: Any, word: str) -> list[str]:
    return once(getattr(want, word, None) or [], word)


def _named(report: Declared, key: Key) -> dict[str, str]:
    names = zip(names_of(type(report)), key, strict=False)
    return {column.name: value for column, value in names if value is not None}


def _path(about: dict[str, str], column: str) -> str:
    parts = (about.get("domain", "").lower(), about.get("app"), about.get(column, "").strip("/"))
    return "/".join(part for part in parts if part)


def _whole(value: str) -> str:
    domain, _, rest = value.partition("/")
    return f"{domain.lower()}/{rest.strip('/')}"


def _is_under(exact: str, wildcard: str) -> bool:
    return f".{exact}".endswith(f".{wildcard.removeprefix('*').removeprefix('.')}")


def _known(report: Declared, want: Any) -> set[str]:
    """Which domains of a query with merged rows the platform knows. What this run has heard of is not asked again."""
    known: set[str] = report.account.shared("known domains", set)
    asked = _asked(want, "domains")
    if asked and not known.issuperset(asked):
        apart = want.model_copy(update={"group_by": ["domain"]})
        window = report.window(want)
        last = window and window.last(report.slot_length(want) or report.grid(want))
        try:
            for number, values in enumerate(report.chunks(apart), start=1):
                data = report.shaped(report.call(apart, Part(number, number, last, values)))
                known.update(_domains(report, data))
        except (LiveChannelsError, MisreadError) as error:
            # The numbers are there, and worth more than the names.
            text = tr("which domains are unknown could not be asked: {error}", error=error)
            report.account.notices.once(said_of(report.name(), text))
            return {*known, *asked}
    return known


def _domains(report: Declared, data: Any) -> Iterator[str]:
    wire = columns(report.Row)["domain"].wire
    for chain in report.shape.items(data):
        yield from (str(item[wire]).lower() for item in chain if item.get(wire))
