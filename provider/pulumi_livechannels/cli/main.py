"""The `livechannels` command and its subcommands."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from .bill import bill
from .comment import comment
from .doctor import doctor
from .drift import drift
from .emulator import emulator
from .exporter import exporter
from .help import Command, Group
from .recover import recover
from .report import report
from .takeover import import_, orphans

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(version("pulumi-livechannels"))
        raise typer.Exit


@app.callback()
def livechannels(
    shown: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version, and exit.")
    ] = False,
) -> None:
    """Live streaming channels under Pulumi: take over what exists, ask reports, emulate the vendors."""


app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": False, "allow_interspersed_args": False},
    cls=Command,
)(emulator)
app.command(
    # What can be asked depends on the report, so the rest is read with the report at hand, help included.
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
    cls=Command,
)(report)
app.command(cls=Command)(bill)
app.command("import", cls=Command)(import_)
app.command(cls=Command)(orphans)
app.command(cls=Command)(drift)
app.command(cls=Command)(recover)
app.command(cls=Command)(comment)
app.command(cls=Command)(doctor)
app.command(cls=Command)(exporter)
