"""Exports of stacks for the commands: from files, from standard input, or from the engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from typing import Any, NoReturn

from ..deployments import require_export
from ..ground.json_text import read_json
from ..ground.language import system_words, tr
from ..ground.redact import shorten
from .outside import ask
from .session import BAD_USAGE, FAILED, end, say
from .texts import read_text

# An export of a large stack comes from far away.
PATIENCE_SECONDS = 300


def exported(files: list[str]) -> list[Any]:
    """What these files hold, each of them an export; - is standard input."""
    return [read_export(file) for file in files]


def read_export(file: str) -> Any:
    """What such a file holds; - is standard input."""
    try:
        export = read_json(read_text(file).encode())
        require_export(export)
    except OSError as error:
        end(BAD_USAGE, tr("--stack-state {file}: {strerror}", file=file, strerror=system_words(error)))
    except ValueError:
        no_export(file)
    return export


def no_export(file: str) -> NoReturn:
    """End the command for a file that holds something else."""
    end(BAD_USAGE, tr("--stack-state {file}: it is not what `pulumi stack export` writes", file=file))


def of_the_engine() -> list[Any]:
    """An export of each stack of the project in this folder; where there is none, of each stack of the backend.

    Secrets are in clear where the engine can decrypt them from here. Nothing of it touches a file.
    """
    if shutil.which("pulumi") is None:
        end(BAD_USAGE, tr("--all-stacks: pulumi is not on PATH"))
    of_project = _ask("stack", "ls", "--json")
    # In no project the engine refuses.
    listing = _ask("stack", "ls", "--json", "--all") if of_project.returncode else of_project
    listed = _told(listing)
    try:
        names = [str(each["name"]) for each in listed]
    except (TypeError, KeyError):
        _failed(listing.args[1:], tr("something else than a list of stacks"))
    found = []
    for name in names:
        export = _ask("stack", "export", "--stack", name, "--show-secrets")
        if export.returncode:
            say(tr("{name}: its secrets cannot be decrypted from here", name=name))
            export = _ask("stack", "export", "--stack", name)
        found.append(_told(export))
    return found


def _told(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON that the engine has answered; what it writes there may be secret, so it is not shown."""
    try:
        if not done.returncode:
            return json.loads(done.stdout)
    except ValueError:
        _failed(done.args[1:], tr("something else than JSON"))
    _failed(done.args[1:], done.stderr.strip() or tr("nothing"))


def _ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    try:
        return ask(PATIENCE_SECONDS, "pulumi", *arguments, "--non-interactive")
    except subprocess.TimeoutExpired:
        _failed((*arguments, "--non-interactive"), tr("nothing for {seconds} s", seconds=PATIENCE_SECONDS))


def _failed(arguments: Sequence[str], says: str) -> NoReturn:
    command = " ".join(arguments)
    end(FAILED, tr("--all-stacks: `pulumi {arguments}` says: {stderr}", arguments=command, stderr=shorten(says, 2000)))
