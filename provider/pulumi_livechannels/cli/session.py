"""What the commands share that talk to the platform: the account from the environment, and how each ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn

import typer

from ..config import load
from ..core.account import Account
from ..core.function import renamed
from ..ground.errors import ConfigurationError, InputError, LiveChannelsError
from ..ground.language import ENGLISH, apart, choose, said_of, tr
from ..ground.logs import follow_environment
from . import STOPPED

FAILED, BAD_USAGE, FOUND = 1, 2, 3
FOR_PEOPLE = ("table", "markdown")


@contextmanager
def session() -> Iterator[Account]:
    """An account of this environment; whatever goes wrong ends the command with a sentence and its exit code."""
    with ending():
        yield Account(load({}), say)


@contextmanager
def ending() -> Iterator[None]:
    """Whatever goes wrong ends the command with a sentence and its exit code."""
    follow_environment()
    try:
        yield
    except ConfigurationError as error:
        if error.variables:
            error.next_step = tr(
                "set the environment variables {variables}; the config of a stack counts in runs of Pulumi only.",
                variables=tr(" and ").join(error.variables),
            )
        end(BAD_USAGE, str(error))
    except LiveChannelsError as error:
        end(FAILED, str(error))
    except KeyboardInterrupt:
        end(STOPPED, tr("stopped; run again to go on"))


def say(text: str) -> None:
    """Something for the person at the screen, beside the data."""
    typer.echo(text, err=True)


def end(code: int, text: str) -> NoReturn:
    """End the command."""
    say(text)
    raise typer.Exit(code)


def refuse(error: InputError, options: Mapping[str, str], about: str = "") -> NoReturn:
    """End the command for what cannot be asked so, in the words of its options."""
    told = [renamed(problem, options) for problem in error.problems]
    text = apart(*(f"{problem.path} {problem.text}" for problem in told))
    end(BAD_USAGE, said_of(about, text) if about else text)


def check_format(format: str, allowed: tuple[str, ...] = ("table", "json")) -> None:
    """Refuse a format that the command does not have; what a program reads is said in English."""
    if format not in allowed:
        end(
            BAD_USAGE,
            tr("--format must be one of {allowed}, but is {format!r}", allowed=", ".join(allowed), format=format),
        )
    if format not in FOR_PEOPLE:
        choose(ENGLISH)
