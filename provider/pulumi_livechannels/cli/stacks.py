"""Exports of stacks for the commands: from files, from standard input, or from the engine."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any, NoReturn

from ..deployments import require_export
from ..ground.json_text import read_json
from ..ground.language import tr
from .session import BAD_USAGE, FAILED, end, say
from .texts import read_text


def exported(files: list[str]) -> list[Any]:
    """What these files hold, each of them an export; - is standard input."""
    return [read_export(file) for file in files]


def read_export(file: str) -> Any:
    """What such a file holds; - is standard input."""
    try:
        export = read_json(read_text(file).encode())
        require_export(export)
    except OSError as error:
        end(BAD_USAGE, tr("--stack-state {file}: {strerror}", file=file, strerror=error.strerror))
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
    listed = _engine("stack", "ls", "--json", "--all") if of_project.returncode else of_project.stdout
    found = []
    for name in (str(each["name"]) for each in json.loads(listed)):
        export = _ask("stack", "export", "--stack", name, "--show-secrets")
        if export.returncode:
            say(tr("{name}: its secrets cannot be decrypted from here", name=name))
        found.append(json.loads(_engine("stack", "export", "--stack", name) if export.returncode else export.stdout))
    return found


def _engine(*arguments: str) -> str:
    done = _ask(*arguments)
    if done.returncode:
        end(
            FAILED,
            tr(
                "--all-stacks: `pulumi {arguments}` says: {stderr}",
                arguments=" ".join(arguments),
                stderr=done.stderr.strip() or done.stdout.strip(),
            ),
        )
    return done.stdout


def _ask(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["pulumi", *arguments, "--non-interactive"], capture_output=True, text=True, check=False)
