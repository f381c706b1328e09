"""Help in the language of whoever reads it: commands and options are declared in English and translated here."""

from __future__ import annotations

import re
from copy import copy
from typing import Any

from typer.core import TyperCommand, TyperGroup

from ..ground.language import is_english, tr, tr_prose
from .output import taken_whole

# A Chinese character is as wide as two others, and the formatter counts characters.
_SHARE_OF_WIDTH = 0.6


class Command(TyperCommand):
    """A command with such help."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        TyperCommand.format_help(_spoken_command(self), ctx, _fitting(formatter))


class Group(TyperGroup):
    """The same for the whole, whose output is taken to the end or told as a failure."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the command line, where --help and --version are answered."""
        with taken_whole():
            return TyperGroup.make_context(self, *args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with taken_whole():
            return TyperGroup.invoke(self, ctx)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it."""
        whole = _spoken_command(self)
        whole.commands = {name: _spoken_command(command) for name, command in self.commands.items()}
        TyperGroup.format_help(whole, ctx, _fitting(formatter))


def _spoken_command(command: Any) -> Any:
    """A copy whose words are translated; the option --help is made when it is asked for."""
    twin = copy(command)
    twin.help = command.help and _breakable(tr_prose(command.help))
    twin.params = [_spoken(item) for item in command.params]
    twin.get_help_option = lambda ctx: (option := command.get_help_option(ctx)) and _spoken(option)
    if not is_english():
        # Its boxes cut a sentence without spaces off where a line ends.
        twin.rich_markup_mode = None
        twin.short_help = (twin.help or "").partition("\n\n")[0]
    return twin


def _spoken(item: Any) -> Any:
    twin = copy(item)
    twin.help = getattr(item, "help", None) and _breakable(tr(item.help))
    return twin


def _breakable(text: str) -> str:
    """The text with a place to break its lines at after each Chinese mark."""
    return re.sub(r"([，。；：、）])(?=\S)", r"\1 ", text)


def _fitting(formatter: Any) -> Any:
    if not is_english():
        formatter.width = int(formatter.width * _SHARE_OF_WIDTH)
    return formatter
