"""Help in the language of whoever reads it: commands and options are declared in English and translated here.

So are the words of Typer that it does not look up in a catalogue: the line of usage, and what is wrong with one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from ..ground.language import is_english, tr, tr_prose
from .output import taken_whole
from .texts import speak_utf8
from .wrapping import fitting

# Typer shows no other way to it.
UsageError: Any = typer.BadParameter.__mro__[1]
_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)", re.DOTALL)
_NO_VALUE = re.compile(r"Option '?(.+?)'? does not take a value\.")


class Command(TyperCommand):
    """A command with such help."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Print how it is called."""
        _write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        TyperCommand.format_help(_spoken_command(self), ctx, _fitting(formatter))


class Group(TyperGroup):
    """The same for the whole, whose output is taken to the end or told as a failure."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line, run it, and end the process."""
        speak_utf8()
        return TyperGroup.main(self, *args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line, where --help and --version are answered."""
        with taken_whole(), _spoken_refusals():
            return TyperGroup.make_context(self, *args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with taken_whole(), _spoken_refusals():
            return TyperGroup.invoke(self, ctx)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """Print how it is called."""
        _write_usage(self, ctx, formatter)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        whole = _spoken_command(self)
        whole.commands = {name: _spoken_command(command) for name, command in self.commands.items()}
        TyperGroup.format_help(whole, ctx, _fitting(formatter))


def _write_usage(command: Any, ctx: Any, formatter: Any) -> None:
    pieces = [tr(piece) for piece in command.collect_usage_pieces(ctx)]
    formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=tr("Usage: "))


@contextmanager
def _spoken_refusals() -> Iterator[None]:
    """Have a command line that is refused told of in the reader's language."""
    try:
        yield
    except UsageError as refusal:
        if not is_english():
            told = _refused(refusal)
            refusal.format_message = lambda: told
            if type(refusal).__name__ == "NoArgsIsHelpError":
                # Whoever shows refusals expects that the help is shown already, as the one in boxes is.
                typer.echo(told)
        raise


def _refused(refusal: Any) -> str:
    option = getattr(refusal, "option_name", None)
    if option and refusal.message.endswith("requires an argument."):
        return tr("Option {option} requires an argument.", option=option)
    if option and refusal.message.startswith("No such option"):
        alike = ", ".join(sorted(refusal.possibilities or []))
        if not alike:
            return tr("No such option: {option}", option=option)
        return tr("No such option: {option} (possible options: {options})", option=option, options=alike)
    hint = getattr(refusal, "param_hint", None) or (getattr(refusal, "param", None) and refusal.param.get_error_hint())
    if isinstance(refusal, typer.BadParameter):
        if not hint:
            return str(refusal.message)
        if not refusal.message:
            return tr("Missing: {hint}", hint=hint)
        return tr("Invalid value for {hint}: {message}", hint=hint, message=_rule(refusal.message))
    if asked := re.fullmatch(r"(.*?)[.。]* Did you mean (.+)\?", refusal.message):
        return tr("{message}. Did you mean {names}?", message=asked[1], names=asked[2])
    if extra := _EXTRA.fullmatch(refusal.message):
        return tr("Unexpected arguments: {arguments}", arguments=extra[1])
    if given := _NO_VALUE.fullmatch(refusal.message):
        return tr("Option {option} takes no value.", option=given[1])
    return str(refusal.format_message())


def _rule(message: str) -> str:
    bound = re.fullmatch(r"Input should be (less|greater) than or equal to (\S+)", message)
    if not bound:
        return tr(message)
    return (
        tr("must be at most {number}", number=bound[2])
        if bound[1] == "less"
        else tr("must be at least {number}", number=bound[2])
    )


def _spoken_command(command: Any) -> Any:
    """A copy whose words are translated; the option --help is made when it is asked for."""
    twin = copy(command)
    twin.help = command.help and tr_prose(command.help)
    twin.params = [_spoken(item) for item in command.params]
    twin.get_help_option = lambda ctx: (option := command.get_help_option(ctx)) and _spoken(option)
    if not is_english():
        # Its boxes cut a sentence without spaces off where a line ends.
        twin.rich_markup_mode = None
        twin.short_help = (twin.help or "").partition("\n\n")[0]
    return twin


def _spoken(item: Any) -> Any:
    twin = copy(item)
    twin.help = getattr(item, "help", None) and tr(item.help)
    return twin


def _fitting(formatter: Any) -> Any:
    return formatter if is_english() else fitting(formatter)
