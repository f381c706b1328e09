"""`livechannels import` and `livechannels orphans`: what the platform holds, and what stacks know of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

import typer

from ..core.account import Account
from ..deployments import Thing, held_twice, pending
from ..ground.hints import did_you_mean
from ..ground.language import said_of, system_words, tr
from ..ground.private_files import write_private
from ..inventory import KINDS, Held, held
from ..takeover import Reading, import_file, is_ours, known, missing, names_in, of_other_providers, program
from . import output
from .session import BAD_USAGE, FAILED, FOUND, check_format, end, session
from .stacks import exported


def import_(
    out: Annotated[Path, typer.Option(help="The file to write.")],
    kind: Annotated[list[str] | None, typer.Option(help=f"Only this kind; repeatable. Of {', '.join(KINDS)}.")] = None,
    name_pattern: Annotated[str | None, typer.Option(help="Only objects whose name matches, like 'sport-*'.")] = None,
    python: Annotated[
        bool, typer.Option("--python", help="Write a Python program that adopts, not a file for `pulumi import`.")
    ] = False,
    stack_state: Annotated[
        list[str] | None,
        typer.Option(help="Leave out what this `pulumi stack export` holds, a file or -; repeatable."),
    ] = None,
    format: Annotated[str, typer.Option(help="How what was found is shown: table or json.")] = "table",
) -> None:
    """Write what brings the whole account under Pulumi: a file for `pulumi import`, or a Python program.

    `pulumi import` reads every object in its preview and again after it, so --skip-preview halves the calls. With
    --python, run `pulumi up` with the program once, then take every `adopt=` out of it. An interrupted run goes on
    where it stopped.
    """
    check_format(format)
    kinds = _kinds(kind)
    if not out.parent.is_dir():
        end(BAD_USAGE, tr("--out {out}: there is no folder {parent}", out=out, parent=out.parent))
    if out.is_dir():
        end(BAD_USAGE, tr("--out {out}: is a folder: name a file in it", out=out))
    there = out.read_text(encoding="utf-8", errors="replace") if out.is_file() else ""
    names = names_in(there)
    if there and not names and not is_ours(there):
        end(
            BAD_USAGE,
            tr(
                "--out {out}: is there already, and not from this command: name another file, or remove it",
                out=out,
            ),
        )
    managed = known(exported(stack_state or []))
    given = _names(managed)
    with session() as account:
        with output.progress("lists") as advance:
            objects = _matching(held(account, kinds, advance, given | names), name_pattern)
        objects = [item for item in objects if (item.kind, item.id) not in managed]
        if python:
            objects = _program(account, objects, out)
        else:
            _write("--out", out, import_file(objects))
    _show(objects, format)
    following = (
        tr("pulumi up, then take every adopt= out") if python else tr("pulumi import --skip-preview -f {out}", out=out)
    )
    typer.echo(
        tr("objects written to {out}: {count}; next: {following}", count=len(objects), out=out, following=following),
        err=True,
    )


def orphans(
    stack_state: Annotated[
        list[str], typer.Option(help="A file that `pulumi stack export` wrote, or - for standard input; repeatable.")
    ],
    kind: Annotated[list[str] | None, typer.Option(help=f"Only this kind; repeatable. Of {', '.join(KINDS)}.")] = None,
    import_to: Annotated[
        Path | None, typer.Option("--import-file", help="Write what would bring the unmanaged ones under Pulumi.")
    ] = None,
    format: Annotated[str, typer.Option(help="table or json.")] = "table",
) -> None:
    """Tell what the platform holds that no stack knows, and what stacks know that the platform lacks.

    And what more than one resource holds, and what was being made when a run died, which `livechannels recover`
    resolves. Exits with 0 when there is nothing of all that, and with 3 when there is some: pulumi stack export |
    livechannels orphans --stack-state -
    """
    check_format(format)
    kinds = _kinds(kind)
    exports = exported(stack_state)
    managed = known(exports)
    elsewhere = of_other_providers(exports)
    names = _names(managed)
    with session() as account:
        with output.progress("lists") as advance:
            objects = held(account, kinds, advance, names)
        asked = {key: urn for key, urn in managed.items() if key[0] in kinds and key not in elsewhere}
        lacking = missing(account, asked)
    if elsewhere:
        typer.echo(
            tr(
                "{count} objects of providers of their own were not looked for: `livechannels drift` "
                "looks with their keys, where the export has them",
                count=len(elsewhere),
            ),
            err=True,
        )
    unmanaged = [item for item in objects if (item.kind, item.id) not in managed]
    if import_to is not None:
        _write("--import-file", import_to, import_file(unmanaged))
        typer.echo(
            tr(
                "objects written to {import_to}: {count}; next: pulumi import --skip-preview -f {import_to}",
                count=len(unmanaged),
                import_to=import_to,
            ),
            err=True,
        )
    told = [
        *({"where": "platform", "kind": item.kind, "id": item.id, "name": item.title} for item in unmanaged),
        *({"where": "stack", "kind": key[0], "id": key[1], "name": names[key]} for key in lacking),
        *_held_twice(exports, kind),
        *_being_made(exports, kind),
    ]
    if format == "json":
        # What is told of any account stands there even if there is none of it.
        places = dict.fromkeys(("platform", "stack", *(each["where"] for each in told)))
        output.as_json({where: [each for each in told if each["where"] == where] for where in places})
    elif told:
        rows = [[tr(each["where"]), each["kind"], each["id"], each["name"]] for each in told]
        output.table((tr("where"), tr("kind"), "id", tr("name")), rows)
    text = _counted(Counter(each["where"] for each in told))
    if told:
        end(FOUND, text)
    typer.echo(text, err=True)


def _held_twice(exports: list[Any], only: list[str] | None) -> list[dict[str, str]]:
    """What more than one resource holds, of these kinds or of all."""
    return [
        {"where": "twice", "kind": key[0], "id": key[1], "name": ", ".join(entry.urn for entry in entries)}
        for key, entries in held_twice(exports).items()
        if not only or key[0] in only
    ]


def _being_made(exports: list[Any], only: list[str] | None) -> list[dict[str, str]]:
    """What was being made when a run died: nobody knows yet whether it is there, so it has no id."""
    return [
        {"where": "pending", "kind": each.entry.kind.__name__, "id": "", "name": each.urn}
        for export in exports
        for each in pending(export)
        if each.is_create and each.entry and (not only or each.entry.kind.__name__ in only)
    ]


def _counted(found: Counter[str]) -> str:
    """How much of each there is, and what to do about what no other command tells."""
    text = tr(
        "{unmanaged} that no stack knows, {lacking} that the platform lacks",
        unmanaged=found["platform"],
        lacking=found["stack"],
    )
    if found["twice"]:
        text += tr(
            ", {count} that more than one resource holds: take all but one out with `pulumi state delete`",
            count=found["twice"],
        )
    if found["pending"]:
        text += tr(
            ", {count} that were being made when a run died: `livechannels recover` resolves them",
            count=found["pending"],
        )
    return text


def _program(account: Account, objects: list[Held], out: Path) -> list[Held]:
    """Write the program that adopts them, and its secrets; answers those that are still there."""
    with Reading(account, out.with_name(f"{out.name}.part")) as reading:
        with output.progress("objects") as advance:
            read = reading.inputs(objects, advance)
        secrets = out.with_suffix(".secrets.json")
        text, kept = program(read, secrets.name)
        if kept:
            write_private(secrets, json.dumps(kept, indent=2, ensure_ascii=False) + "\n")
            typer.echo(
                tr(
                    "{secrets} holds {count} secrets that the program reads: keep it out of git",
                    secrets=secrets,
                    count=len(kept),
                ),
                err=True,
            )
        _write("--out", out, text)
    return list(read)


def _names(managed: Mapping[Thing, str]) -> dict[Thing, str]:
    return {key: urn.rpartition("::")[2] for key, urn in managed.items()}


def _write(option: str, file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        end(FAILED, said_of(f"{option} {file}", system_words(error)))


def _kinds(wanted: list[str] | None) -> tuple[str, ...]:
    for kind in wanted or []:
        if kind not in KINDS:
            near = did_you_mean(kind, KINDS, "")
            end(
                BAD_USAGE,
                tr(
                    "--kind {kind} is none of {kinds}{near}",
                    kind=kind,
                    kinds=", ".join(KINDS),
                    near=near and f": {near}",
                ),
            )
    return tuple(wanted) if wanted else KINDS


def _matching(objects: list[Held], pattern: str | None) -> list[Held]:
    if pattern is None:
        return objects
    return [item for item in objects if fnmatchcase(item.title, pattern) or fnmatchcase(item.name, pattern)]


def _show(objects: list[Held], format: str) -> None:
    shown = [{"kind": item.kind, "id": item.id, "name": item.name, "title": item.title} for item in objects]
    if format == "json":
        output.as_json(shown)
    elif shown:
        output.table((tr("kind"), "id", tr("name"), tr("title")), [list(each.values()) for each in shown])
