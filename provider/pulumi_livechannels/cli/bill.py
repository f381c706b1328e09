"""`livechannels bill`: what a month's bandwidth comes to, reckoned from the vendor's reports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..core.asking import question, understood
from ..ground.errors import InputError
from ..ground.language import said_of, tr
from . import output
from .lists import spread
from .session import BAD_USAGE, check_format, end, refuse, say, session

if TYPE_CHECKING:
    from ..reports.billing.bill import BandwidthBill, BillQuery

_OPTIONS = {
    "domains": "--domain",
    "month": "--month",
    "startTime": "--from",
    "endTime": "--to",
    "method": "--method",
    "timeZone": "--time-zone",
}


def bill(
    vendor: Annotated[
        str, typer.Option(help="Whose bill: wangsu or volcengine. CDNetworks has no report that one can be made of.")
    ],
    method: Annotated[str, typer.Option(help="monthly95, dailyPeakAverage, top5DailyPeakAverage or monthlyPeak.")],
    domain: Annotated[
        list[str] | None,
        typer.Option(help="Domains billed together: repeated, with commas, or @FILE. Default: all of the account."),
    ] = None,
    month: Annotated[str | None, typer.Option(help="The month, like 2026-10.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="Another period instead: its first day.")] = None,
    until: Annotated[str | None, typer.Option("--to", help="The day after its last day.")] = None,
    time_zone: Annotated[str, typer.Option(help="The offset at which days begin.")] = "+08:00",
    format: Annotated[str, typer.Option(help="table or json.")] = "table",
) -> None:
    """Reckon what bandwidth is billed for a month, like: bill --vendor wangsu --month 2026-10 --method monthly95.

    The number to compare an invoice with, made from the vendor's own reports; the vendor's invoice decides.
    """
    from ..reports.billing import BILLS

    check_format(format)
    kind = next((kind for kind in BILLS if kind.module == vendor), None)
    if kind is None:
        known = tr(" or ").join(kind.module for kind in BILLS)
        end(BAD_USAGE, tr("--vendor must be {vendors}, but is {given!r}", vendors=known, given=vendor))
    given = {
        "domains": spread("--domain", domain) if domain else None,
        "method": method,
        "month": month,
        "startTime": _midnight(start, time_zone),
        "endTime": _midnight(until, time_zone),
        "timeZone": time_zone,
    }
    inputs = {key: value for key, value in given.items() if value is not None}
    with session() as account:
        try:
            function, want = question(account, kind, inputs)
            _announce(function, want)
            with output.progress(kind.name()) as advance:
                answer = understood(function, lambda: function.answer(want, advance))
        except InputError as error:
            refuse(error, _OPTIONS)
    for line in (*_findings(answer), *kind.notes()[:1], tr("The vendor's invoice decides.")):
        say(line)
    with output.to_a_reader():
        _show(answer, format)


def _announce(function: BandwidthBill, want: BillQuery) -> None:
    """What it takes, before it is taken."""
    from ..core.reporting.slots import span

    calls, minutes = function.outlay(want)
    if calls > 1:
        told = tr("{calls:,} calls", calls=calls) + tr(", about {span}", span=span(60 * minutes))
        say(said_of(function.name(), told))


def _midnight(text: str | None, zone: str) -> str | None:
    """A day alone is one of the bill's zone."""
    return f"{text}T00:00:00{zone}" if text and re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def _findings(answer: dict[str, Any]) -> list[str]:
    """What somebody has to know before the number is used."""
    found = []
    if answer.get("missing"):
        names = ", ".join(answer["missing"])
        found.append(tr("The vendor tells nothing of {names}: see whether that is what you mean.", names=names))
    settling = (answer.get("settlingFrom") or "9999")[:10]
    silent = [day["date"] for day in answer["days"] if not day.get("peakTime") and day["date"] < settling]
    if silent and not answer.get("missing"):
        found.append(
            tr(
                "Nothing is told of {count} settled days, which count as 0: {days}.",
                count=len(silent),
                days=", ".join(silent),
            )
        )
    if answer.get("settlingFrom"):
        time = answer["settlingFrom"]
        found.append(tr("Not settled yet: samples from {time} on may still change or come.", time=time))
    return found


def _show(answer: dict[str, Any], format: str) -> None:
    if format == "json":
        output.as_json(answer)
        return
    whole = {key: value for key, value in answer.items() if key not in ("days", "missing", "settlingFrom")}
    output.table(list(whole), [list(whole.values())])
    print()
    columns = ("date", "peakMbps", "peakTime")
    output.table(columns, [[day.get(column) for column in columns] for day in answer["days"]])
