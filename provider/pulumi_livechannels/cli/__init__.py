"""The command line. Data goes to stdout, everything else to stderr; exit 0 done, 1 failed, 2 bad usage."""

from ..ground.language import lend

# Before typer is imported, which has its own words looked up then.
lend()
