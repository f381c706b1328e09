"""Runs a command as a person would."""

from __future__ import annotations

from typing import Any

from typer.testing import CliRunner

from pulumi_livechannels.cli.main import app


def livechannels(*arguments: str, code: int = 0, stdin: str | None = None) -> Any:
    done = CliRunner().invoke(app, arguments, input=stdin)
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done
