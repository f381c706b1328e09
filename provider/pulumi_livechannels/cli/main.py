"""The `livechannels` command and its subcommands."""

from __future__ import annotations

import typer

from .doctor import doctor
from .emulator import emulator
from .recover import recover
from .report import report
from .takeover import import_, orphans

app = typer.Typer(
    help="Live streaming channels under Pulumi: take over what exists, ask reports, emulate the vendors.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": False, "allow_interspersed_args": False}
)(emulator)
app.command(
    # What can be asked depends on the report, so the rest is read with the report at hand, help included.
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)(report)
app.command("import")(import_)
app.command()(orphans)
app.command()(recover)
app.command()(doctor)
