"""The `livechannels` command and its subcommands."""

from __future__ import annotations

import typer

from .emulator import emulator

app = typer.Typer(
    help="Live streaming channels under Pulumi: the emulator of the vendors' APIs.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def _root() -> None:
    """Keeps `emulator` a subcommand while it is the only one."""


app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": False, "allow_interspersed_args": False}
)(emulator)
