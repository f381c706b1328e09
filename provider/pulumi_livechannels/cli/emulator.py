"""`livechannels emulator`: serve the emulated platform, here or in the background, or run one command with it."""

from __future__ import annotations

import errno
import json
import os
import re
import signal
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from ..emulator import DOOR
from ..ground.language import said_of, system_words, tr
from . import child, detached
from .session import BAD_USAGE, FAILED, end, say
from .staying import stay

if TYPE_CHECKING:
    from ..emulator.platform import Platform

FAULT = {"path": "/live/channelManage/createChannel", "kind": "lost-answer"}
"""One that a file may hold, for whoever has to write it."""
STATE_TROUBLES = (
    "file is not a database",
    "unable to open database file",
    "database disk image is malformed",
    "attempt to write a readonly database",
    "database or disk is full",
    "disk I/O error",
    "it is a symbolic link, which is not followed",
    "it is no file",
)
"""What SQLite and the emulator say of a state file, as far as it is translated where it is shown."""


def emulator(
    context: typer.Context,
    port: Annotated[
        int, typer.Option(help="Port on the loopback address; 0 chooses a free one.", min=0, max=65535)
    ] = 0,
    state: Annotated[Path | None, typer.Option(help="SQLite file that keeps the platform between runs.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Fixes the ids that the platform gives and the figures of reports.")
    ] = None,
    faults: Annotated[Path | None, typer.Option(help="JSON file with a list of faults to begin with.")] = None,
    quota: Annotated[int, typer.Option(help="Calls in 5 minutes, 0 for no limit.", min=0)] = 300,
    execute: Annotated[
        bool, typer.Option("--exec", help="Run the COMMAND after `--` with the emulator up, and exit with its code.")
    ] = False,
    detach: Annotated[
        bool, typer.Option("--detach", help="Serve in the background, until --stop; prints lines for a shell's eval.")
    ] = False,
    stop: Annotated[
        bool,
        typer.Option(
            "--stop",
            help="End one that --detach started: the one of --port or --state, of this environment, or the only one.",
        ),
    ] = False,
    format: Annotated[
        str, typer.Option(help="How the environment is printed: table (KEY=value; export lines with --detach) or json.")
    ] = "table",
    in_background: Annotated[bool, typer.Option("--in-background", hidden=True)] = False,
) -> None:
    """Serve emulated Wangsu and Volcengine platforms on this machine, and print the environment to set.

    With --exec, run one command with that environment: livechannels emulator --exec -- pulumi up

    With --detach, serve on in the background: eval "$(livechannels emulator --detach)"
    """
    if format not in ("table", "json"):
        raise typer.BadParameter(tr("must be table or json"), param_hint="--format")
    if execute != bool(context.args):
        raise typer.BadParameter(tr("--exec needs a COMMAND after --, and a COMMAND needs --exec"))
    if execute + detach + stop > 1:
        raise typer.BadParameter(tr("--exec, --detach and --stop exclude each other"))
    if stop:
        if faults or seed is not None:
            raise typer.BadParameter(tr("--stop takes no more than --port and --state"))
        _stop(port, state)
    elif detach:
        given = {"--port": port, "--state": state, "--seed": seed, "--faults": faults, "--quota": quota}
        _detach([word for name, value in given.items() if value is not None for word in (name, str(value))], format)
    else:
        _serve(port, state, seed, faults, quota, context.args, format, in_background)


def _serve(
    port: int,
    state: Path | None,
    seed: int | None,
    faults: Path | None,
    quota: int,
    command: list[str],
    format: str,
    in_background: bool,
) -> None:
    try:
        from ..emulator.server import environment, running
        from ..emulator.store import StateFileError, StateInUseError
    except ModuleNotFoundError as missing:
        text = tr("the emulator needs {library}: pip install 'pulumi-livechannels[emulator]'", library=missing.name)
        end(FAILED, text)
    parent = os.getppid()
    # A kill has to end the served state properly, as Ctrl-C does.
    signal.signal(signal.SIGTERM, _interrupt)
    scripted = _read_faults(faults) if faults else []
    try:
        with running(port=port, file=state, seed=seed, quota=quota) as (bound, platform):
            _add_faults(platform, faults, scripted)
            variables = environment(bound, quota)
            if command:
                raise typer.Exit(_run(command, variables))
            if in_background:
                return _serve_nobody(bound, state, variables)
            _print(variables, format, "{}={}")
            _show_console(variables)
            # Stopped, or whoever started us is gone.
            stay(lambda: os.getppid() == parent)
    except StateInUseError:
        way_out = _who(state=state) or tr("end the program that has it open")
        end(FAILED, tr("--state {state} is in use: {way_out}", state=state, way_out=way_out))
    except (sqlite3.Error, StateFileError) as error:
        advice = tr("name a file of an emulator, or a new one in a folder that is there")
        reason = tr(system_words(error) if isinstance(error, OSError) else str(error))
        end(BAD_USAGE, said_of(f"--state {state}", reason, advice))
    except OSError as error:
        _not_started(port, error)
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _not_started(port: int, error: OSError) -> NoReturn:
    way_out = tr("choose another one, or 0 for a free one")
    if error.errno == errno.EADDRINUSE:
        end(FAILED, tr("--port {port} is in use: {way_out}", port=port, way_out=_who(port) or way_out))
    if error.errno == errno.EACCES:
        end(FAILED, tr("--port {port} is kept for administrators: {way_out}", port=port, way_out=way_out))
    end(FAILED, tr("the emulator could not start: {error}", error=error))


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _print(variables: dict[str, str], format: str, line: str) -> None:
    if format == "json":
        typer.echo(json.dumps(variables))
    else:
        typer.echo("\n".join(line.format(name, value) for name, value in variables.items()))


def _show_console(variables: dict[str, str]) -> None:
    say(tr("its console, for a browser: {address}", address=f"{variables['LIVECHANNELS_ENDPOINT']}{DOOR}/"))


def _serve_nobody(port: int, state: Path | None, variables: dict[str, str]) -> None:
    """Until stopped, whatever becomes of whoever started us."""
    with detached.noted(port, state):
        _print(variables, "json", "")
        detached.leave_the_terminal(port)
        stay()


def _detach(options: list[str], format: str) -> None:
    try:
        variables = detached.start(options)
    except detached.StartError as error:
        end(error.code, str(error))
    _print(variables, format, "export {}='{}'")
    _show_console(variables)
    address = variables["LIVECHANNELS_ENDPOINT"]
    say(tr("{address} serves in the background until: livechannels emulator --stop", address=address))


def _stop(port: int, state: Path | None) -> None:
    told = ""
    if not port and not state:
        # Whoever stops means the one that this shell talks to, and not the one of another job.
        own = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/?", os.environ.get("LIVECHANNELS_ENDPOINT", ""))
        port, told = (int(own[1]), own[0]) if own else (0, "")
    ones = detached.found(port, state)
    if len(ones) == 1:
        try:
            detached.stop(ones[0])
        except detached.StopError as error:
            end(FAILED, str(error))
        say(tr("stopped {emulator}", emulator=ones[0]))
        return
    others = "".join(f"\n  {each}: {_way_out(each)}" for each in ones or detached.found())
    if ones:
        end(BAD_USAGE, tr("which one? In the background run:{others}", others=others))
    missing = _missing(port, state, told)
    end(FAILED, tr("{missing}; these do:{others}", missing=missing, others=others) if others else missing)


def _missing(port: int, state: Path | None, from_environment: str) -> str:
    if from_environment:
        return tr("no emulator runs in the background on port {port} of LIVECHANNELS_ENDPOINT", port=port)
    if port:
        return tr("no emulator runs in the background on port {port}", port=port)
    if state:
        return tr("no emulator runs in the background with the state {state}", state=state)
    return tr("no emulator runs in the background")


def _who(port: int = 0, state: Path | None = None) -> str:
    """Which emulator in the background has a port or a state, and how to end it."""
    return "".join(
        tr("{emulator} runs in the background; to end it: {command}", emulator=each, command=_way_out(each))
        for each in detached.found(port, state)
    )


def _way_out(one: detached.Detached) -> str:
    return f"livechannels emulator --stop --port {one.port}"


def _run(command: list[str], variables: dict[str, str]) -> int:
    try:
        return child.run(command, {**os.environ, **variables})
    except FileNotFoundError:
        say(tr("{command} is not to be found: install it, or put its folder on PATH", command=command[0]))
        return child.NOT_FOUND
    except OSError as error:
        say(said_of(command[0], system_words(error)))
        return child.NOT_EXECUTABLE


def _read_faults(file: Path) -> list[dict[str, Any]]:
    try:
        wanted = json.loads(file.read_bytes())
    except OSError as error:
        text = tr(
            "--faults {file} cannot be read: {reason}: name a JSON file of faults",
            file=file,
            reason=system_words(error),
        )
        end(BAD_USAGE, text)
    except json.JSONDecodeError as error:
        place = tr("line {line}, column {column}", line=error.lineno, column=error.colno)
        end(BAD_USAGE, tr("--faults {file} is no JSON at {place}: {way_out}", file=file, place=place, way_out=_list()))
    except (ValueError, RecursionError):
        end(BAD_USAGE, tr("--faults {file} is no JSON: {way_out}", file=file, way_out=_list()))
    if not isinstance(wanted, list) or not all(isinstance(fault, dict) for fault in wanted):
        end(BAD_USAGE, tr("--faults {file} must hold a list of objects: {way_out}", file=file, way_out=_list()))
    return wanted


def _list() -> str:
    return tr("write a list of faults, like {example}", example=json.dumps([FAULT]))


def _add_faults(platform: Platform, file: Path | None, wanted: list[dict[str, Any]]) -> None:
    for number, fault in enumerate(wanted, 1):
        try:
            platform.faults.add(fault)
        except ValueError as error:
            end(BAD_USAGE, tr("--faults {file}: fault {number}: {error}", file=file, number=number, error=error))
