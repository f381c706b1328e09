"""`livechannels recover`: the state that a killed run left, with each create that was under way resolved."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from ..config import load
from ..core.account import Account
from ..deployments import EncryptedError
from ..ground.language import said_of, system_words, tr
from ..ground.private_files import write_private
from ..recovery import Decision, Outcome, Recovery
from . import output
from .session import BAD_USAGE, FAILED, FOUND, check_format, end, ending, say
from .stacks import no_export, read_export


def recover(
    stack_state: Annotated[
        list[str],
        typer.Option(
            help="What `pulumi stack export --show-secrets` wrote of the stack to recover, a file or - for standard "
            "input; further ones are stacks whose objects are held too."
        ),
    ],
    take: Annotated[
        list[str] | None, typer.Option(metavar="URN=ID", help="Hold this object for the resource; repeatable.")
    ] = None,
    forget: Annotated[
        list[str] | None, typer.Option(metavar="URN", help="Its create made nothing to hold; repeatable.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the state to this file, not to standard output.")] = None,
    format: Annotated[str, typer.Option(help="How it is told what was decided: table or json.")] = "table",
) -> None:
    """Resolve what a killed `pulumi up` was making: what is there becomes part of the state, what is not is cleared.

    pulumi stack export --show-secrets | livechannels recover --stack-state - | pulumi stack import

    What was decided is told on standard error. Where something is left to decide, the command exits with 3 and writes
    no state, for an import would drop what stands open in it: say --take or --forget.
    """
    check_format(format)
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        end(BAD_USAGE, tr("--out {out}: name a file in a folder that is there", out=out))
    exports = [_read(file) for file in stack_state]
    accounts: dict[Any, Account] = {}

    def account_of(given: Mapping[str, str]) -> Account:
        settings = load(given)
        return accounts.setdefault(settings, Account(settings, say))

    with ending():
        try:
            recovery = Recovery(exports[0], exports[1:], account_of)
            takes, forgets = _chosen(recovery, take or [], forget or [])
            decisions = recovery.decide(takes, forgets)
        except EncryptedError:
            end(
                BAD_USAGE,
                tr(
                    "--stack-state {stack_state}: its secrets are encrypted: export it with `pulumi stack "
                    "export --show-secrets`",
                    stack_state=stack_state[0],
                ),
            )
        except ValueError as error:
            end(BAD_USAGE, said_of("--stack-state", str(error)))
    _tell(decisions, format)
    left = [each for each in decisions if each.outcome is Outcome.UNDECIDED]
    if left:
        end(
            FOUND,
            tr(
                "{count} left to decide, and nothing was written: say --take URN=ID or --forget URN for each",
                count=len(left),
            ),
        )
    _write(recovery.deployment(), out)
    if out is not None:
        say(
            tr(
                "written to {out}, with secrets in clear; next: pulumi stack import --file {out}, and remove it",
                out=out,
            )
        )


def _read(file: str) -> Any:
    export = read_export(file)
    if not isinstance(export, dict) or not isinstance(export.get("deployment"), dict):
        no_export(file)
    return export


def _chosen(recovery: Recovery, take: list[str], forget: list[str]) -> tuple[dict[str, str], list[str]]:
    """What somebody has decided: ids by URN, and URNs to forget."""
    takes: dict[str, str] = {}
    for text in take:
        urn, _, key = text.rpartition("=")
        if not urn or not key:
            end(BAD_USAGE, tr("--take {given}: write it as URN=ID", given=text))
        if urn in takes or urn in forget:
            end(BAD_USAGE, tr("--take {given}: the resource is named twice", given=text))
        takes[urn] = key
    for option, urns in (("--take", takes), ("--forget", forget)):
        for urn in urns:
            if urn not in recovery.creates:
                known = ", ".join(recovery.creates) or tr("none")
                end(
                    BAD_USAGE,
                    tr(
                        "{option} {urn}: is no create of this provider that was under way; there are: {known}",
                        option=option,
                        urn=urn,
                        known=known,
                    ),
                )
    return takes, forget


def _tell(decisions: list[Decision], format: str) -> None:
    shown = [
        {
            "urn": each.urn,
            "outcome": each.outcome.value,
            "id": each.id,
            "candidates": list(each.candidates),
            "why": each.why,
        }
        for each in decisions
    ]
    if format == "json":
        output.as_json(shown, sys.stderr)
    elif shown:
        output.table(
            (tr("resource"), tr("outcome"), "id", tr("candidates"), tr("why")),
            [list({**each, "outcome": tr(str(each["outcome"]))}.values()) for each in shown],
            sys.stderr,
        )
    else:
        say(tr("nothing was under way"))


def _write(deployment: Mapping[str, Any], out: Path | None) -> None:
    text = json.dumps(deployment, indent=4) + "\n"
    if out is None:
        sys.stdout.write(text)
        return
    try:
        write_private(out, text)
    except OSError as error:
        end(FAILED, said_of(f"--out {out}", system_words(error)))
