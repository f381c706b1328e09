"""What other commands say, `pulumi` above all: asked without a terminal, in UTF-8, and with an end to patience."""

from __future__ import annotations

import subprocess


def ask(seconds: float, *command: str) -> subprocess.CompletedProcess[str]:
    """What a command says that takes so many seconds at most, in whatever encoding this process is.

    Raises:
        OSError: it cannot be run.
        TimeoutExpired: it takes longer.
    """
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=seconds,
        check=False,
    )
