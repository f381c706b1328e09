"""`python -m pulumi_livechannels.cli` is the same as the `livechannels` command."""

from . import run

run()
