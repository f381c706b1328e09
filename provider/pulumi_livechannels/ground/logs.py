"""`LIVECHANNELS_LOG=debug`: every call, with secrets taken out, on stderr."""

from __future__ import annotations

import logging
import os
import sys

VARIABLE = "LIVECHANNELS_LOG"


def follow_environment() -> None:
    """Log where the environment asks for it; asking twice is asking once."""
    logger = logging.getLogger("pulumi_livechannels")
    if os.environ.get(VARIABLE, "").lower() == "debug" and not logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter("livechannels debug: %(message)s"))
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
