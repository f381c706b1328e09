"""The command line. Data goes to stdout, everything else to stderr; exit 0 done, 1 failed, 2 bad usage."""

import sys

from ..ground.language import lend

# Before typer is imported, which has its own words looked up then.
lend()

# Ctrl-C, as shells count it.
STOPPED = 130


def run() -> None:
    """The `livechannels` command; Ctrl-C ends it while it still loads, too."""
    try:
        from .main import app
    except KeyboardInterrupt:
        sys.exit(STOPPED)
    app(prog_name="livechannels")
