"""`livechannels exporter`: the newest settled values of reports for Prometheus, until it is stopped."""

from __future__ import annotations

import errno
import os
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from ..config import load
from ..core.account import Account
from ..ground.clock import SystemClock
from ..ground.errors import InputError
from ..ground.language import system_words, tr
from .lists import spread
from .report_names import no_report
from .session import BAD_USAGE, FAILED, end, ending, refuse, say
from .staying import stay

if TYPE_CHECKING:
    from ..core.reporting.report import Report
    from ..ground.clock import Clock
    from .metrics import Exporter, Watched

OF_A_PORT = (errno.EADDRINUSE, errno.EACCES)
_OPTIONS = {"domains": "--domain", "streams": "--stream"}


def exporter(
    report: Annotated[
        list[str],
        typer.Option(help="A report with a series, like getTrafficAndRequestPeaks: repeated, or with commas."),
    ],
    domain: Annotated[
        list[str] | None, typer.Option(help="Domains to ask about: repeated, with commas, or @FILE.")
    ] = None,
    stream: Annotated[
        list[str] | None,
        typer.Option(help="Streams, for reports that take them, instead of domains: repeated, with commas, or @FILE."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 for any that is free.")] = 9810,
    address: Annotated[str, typer.Option(help="The address to listen at; 0.0.0.0 for every one.")] = "127.0.0.1",
) -> None:
    """Tell Prometheus the newest settled values of reports, at /metrics, until stopped."""
    try:
        from prometheus_client import CollectorRegistry, start_http_server

        from .metrics import Exporter, OwnCalls
    except ModuleNotFoundError as missing:
        text = tr("the exporter needs {library}: pip install 'pulumi-livechannels[exporter]'", library=missing.name)
        end(FAILED, text)
    domains, streams = spread("--domain", domain or []), spread("--stream", stream or [])
    clock = SystemClock()
    for each in (signal.SIGINT, signal.SIGTERM):
        # At once: a lock could be held by the very thread that runs this, and the usual way out waits for the threads
        # of a call that may hang.
        signal.signal(each, lambda *_: os._exit(0))
    with ending():
        own = OwnCalls(clock)
        # A call that waits because calls come too fast would keep the others from leaving: it is asked again when due.
        account = Account(load({"waitMinutes": "0"}), say, clock, allowance=own)
        try:
            exporter = Exporter(account, own, _kinds(report), domains, streams)
        except InputError as error:
            refuse(error, _OPTIONS, error.operation)
        registry = CollectorRegistry()
        registry.register(exporter)
        try:
            server, _ = start_http_server(port, address, registry)
        except (OSError, UnicodeError) as error:
            end(FAILED, _not_served(port, address, error))
        host = f"[{address}]" if ":" in address else address
        say(tr("serving {address}", address=f"http://{host}:{server.server_port}/metrics"))
        for watched in exporter.watched:
            threading.Thread(target=_keep_asking, args=(exporter, watched, clock), daemon=True).start()
        stay()


def _not_served(port: int, address: str, error: OSError | UnicodeError) -> str:
    """Whose fault it is that nobody can listen there, and the way out."""
    # What is no name in form is told by the codec of names, whose own words say little.
    reason = system_words(error) if isinstance(error, OSError) else tr("it has not the form of a name")
    if isinstance(error, OSError) and error.errno in OF_A_PORT:
        return tr(
            "--port {port} at {address} cannot be had: {reason}: name another one, or 0 for any that is free",
            port=port,
            address=address,
            reason=reason,
        )
    return tr(
        "--address {address} cannot be had: {reason}: name an address of this machine, or 0.0.0.0 for every one",
        address=address,
        reason=reason,
    )


def _keep_asking(exporter: Exporter, each: Watched, clock: Clock) -> None:
    """Ask one report for ever; one that waits holds no other back."""
    while True:
        clock.sleep(exporter.refresh_one(each))


def _kinds(names: list[str]) -> list[type[Report]]:
    from ..reports import REPORTS

    series = {kind.name(): kind for kind in REPORTS if kind.has_series() and not kind.shape.events}
    kinds = []
    for name in dict.fromkeys(spread("--report", names)):
        if name not in series:
            if any(kind.name() == name for kind in REPORTS):
                end(BAD_USAGE, tr("{report} has no series to export", report=name))
            end(BAD_USAGE, no_report(name, series, tr("see them all with livechannels report --list")))
        kinds.append(series[name])
    return kinds
