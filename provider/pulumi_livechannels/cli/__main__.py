"""`python -m pulumi_livechannels.cli` is the same as the `livechannels` command."""

from .main import app

app(prog_name="livechannels")
