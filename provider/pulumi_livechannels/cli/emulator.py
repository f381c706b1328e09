"""`livechannels emulator`: serve the emulated platform, or run one command with it."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .session import BAD_USAGE, FAILED, end

if TYPE_CHECKING:
    from ..emulator.platform import Platform

PARENT_LOOK_SECONDS = 1.0


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
    format: Annotated[str, typer.Option(help="How the environment is printed: table (KEY=value) or json.")] = "table",
) -> None:
    """Serve emulated Wangsu and Volcengine platforms on this machine, and print the environment to set.

    With --exec, run one command with that environment: livechannels emulator --exec -- pulumi up
    """
    try:
        from ..emulator.server import environment, running
        from ..emulator.store import StateFileError
    except ModuleNotFoundError as missing:
        end(FAILED, f"the emulator needs {missing.name}: pip install 'pulumi-livechannels[emulator]'")
    if format not in ("table", "json"):
        raise typer.BadParameter("must be table or json", param_hint="--format")
    if execute != bool(context.args):
        raise typer.BadParameter("--exec needs a COMMAND after --, and a COMMAND needs --exec")
    parent = os.getppid()
    # A kill has to end the served state properly, as Ctrl-C does.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with running(port=port, file=state, seed=seed, quota=quota) as (bound, platform):
            if faults:
                _add_faults(platform, faults)
            variables = environment(bound, quota)
            if execute:
                raise typer.Exit(_run(context.args, variables))
            if format == "json":
                typer.echo(json.dumps(variables))
            else:
                typer.echo("\n".join(f"{name}={value}" for name, value in variables.items()))
            sys.stdout.flush()
            _wait(parent)
    except (sqlite3.Error, StateFileError) as error:
        end(BAD_USAGE, f"--state {state}: {error}: name a file of an emulator, or a new one in a folder that is there")
    except OSError as error:
        end(FAILED, f"the emulator could not start: {error}")
    except KeyboardInterrupt:
        raise typer.Exit(0) from None


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _wait(parent: int) -> None:
    """Until stopped, or until whoever started us is gone."""
    never = threading.Event()
    while os.getppid() == parent:
        never.wait(PARENT_LOOK_SECONDS)


def _run(command: list[str], variables: dict[str, str]) -> int:
    try:
        return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
    except OSError as error:
        typer.echo(f"{command[0]}: {error.strerror}", err=True)
        return BAD_USAGE


def _add_faults(platform: Platform, file: Path) -> None:
    try:
        wanted = json.loads(file.read_text())
        for fault in wanted:
            platform.faults.add(fault)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        end(BAD_USAGE, f"--faults {file}: {error}")
