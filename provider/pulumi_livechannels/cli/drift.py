"""`livechannels drift`: what differs between many stacks and the platform, in one report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated

import typer

from ..config import Settings, load
from ..core.account import Account
from ..fleet import Fleet
from ..ground.allowance import Allowance
from ..ground.language import system_words, tr
from ..rounds import Round, place_of
from ..verdicts import Drift
from . import output
from .drift_formats import FORMATS, summary
from .session import BAD_USAGE, FAILED, FOUND, check_format, end, ending, say
from .stacks import exported, of_the_engine


def drift(
    more: Annotated[
        list[str] | None, typer.Argument(metavar="[FILE]...", help="Further files, as a shell makes of *.json.")
    ] = None,
    stack_state: Annotated[
        list[str] | None,
        typer.Option(help="A file that `pulumi stack export` wrote, or - for standard input; repeatable."),
    ] = None,
    all_stacks: Annotated[
        bool,
        typer.Option(
            "--all-stacks", help="Have the engine export each stack of this folder's project, or of the whole backend."
        ),
    ] = False,
    depth: Annotated[
        str,
        typer.Option(
            envvar="LIVECHANNELS_DRIFT_DEPTH",
            help="listed: what the lists carry, 1 call for 50 objects; full: every readable field.",
        ),
    ] = "full",
    format: Annotated[str, typer.Option(help=f"{', '.join(FORMATS)}.")] = "table",
    calls: Annotated[
        int | None, typer.Option(min=1, help="Make so many calls at most; the next run goes on where this one stops.")
    ] = None,
    unmanaged: Annotated[
        bool, typer.Option("--unmanaged", help="Let what no stack holds count as found; it is told anyway.")
    ] = False,
) -> None:
    """Tell in one report how the platform differs from many stacks, of both faces and on any backend.

    What differs, what is gone, what no stack holds, what two resources hold, and what was under way when a run died.
    Changes nothing. Exits with 0 when nothing was found, with 3 when something was, and with 1 when it could not be
    found out, be it in part: an outage is never drift. Secrets that are encrypted are left out, and that is told.

    pulumi stack export --show-secrets | livechannels drift --stack-state -
    """
    check_format(format, tuple(FORMATS))
    if depth not in ("full", "listed"):
        end(BAD_USAGE, tr("--depth must be full or listed, but is {depth!r}", depth=depth))
    stack_state = stack_state or []
    if not stack_state and not all_stacks:
        end(BAD_USAGE, tr("say which stacks: --stack-state FILE, before any further files, or --all-stacks"))
    exports = exported([*stack_state, *(more or [])]) + (of_the_engine() if all_stacks else [])
    allowance = Allowance(calls) if calls else None
    accounts: dict[str, Account] = {}

    def account_of(given: Mapping[str, str]) -> Account:
        settings = load(given)
        return accounts.setdefault(settings.identity, _account(settings, depth, allowance))

    with ending():
        fleet = Fleet(exports, account_of)
        now = next(iter(accounts.values())).clock.now() if accounts else 0.0
        round = Round(place_of(depth, *fleet.accounts) if calls else None, now)
        try:
            with output.progress("resources") as advance:
                found = fleet.look(round, advance, 1, max(1, calls // 2)) if calls else fleet.look(round, advance)
        except BaseException:
            _keep(round.keep)
            raise
        _keep(partial(round.finish, [entry.key for entry in fleet.entries]) if found.is_through else round.keep)
    FORMATS[format](found, depth, unmanaged)
    _end(found, unmanaged, calls)


def _account(settings: Settings, depth: str, allowance: Allowance | None) -> Account:
    return Account(replace(settings, drift_depth=depth), say, allowance=allowance)


def _keep(write: Callable[[], None]) -> None:
    try:
        write()
    except OSError as error:
        say(
            tr(
                "what was looked at cannot be kept, so the next run begins anew: {strerror}",
                strerror=system_words(error),
            )
        )


def _end(found: Drift, unmanaged: bool, calls: int | None) -> None:
    for sentence in summary(found):
        say(sentence)
    is_stuck = calls is not None and not found.is_through and not found.has_progressed
    if is_stuck and found.is_sure:
        say(
            tr(
                "--calls {calls} is too few to get any further: give it more than the account's lists have pages",
                calls=calls,
            )
        )
    if not found.is_sure:
        raise typer.Exit(FAILED)
    if found.found(unmanaged=unmanaged):
        raise typer.Exit(FOUND)
    if found.skipped or is_stuck:
        raise typer.Exit(FAILED)
