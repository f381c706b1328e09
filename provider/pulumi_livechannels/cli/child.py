"""The command that `emulator --exec` runs: signals are its to answer, and its end is the end.

A program that keeps a state has to save it when it is told to stop, and a second signal tells many to give up at once.
So each signal reaches the command once, and it ends in its own time.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence

from .staying import outlast

SIGNALED = 128
NOT_EXECUTABLE, NOT_FOUND = 126, 127
# What a terminal sends to all that run in its foreground.
_OF_TERMINALS = {"SIGINT", "SIGHUP"}


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command until it ends, and answer its exit code; 128 and the signal's number where one has killed it.

    What this process is told to do is left to the command even after that.

    Raises:
        OSError: it cannot be run.
    """
    shares_terminal = _in_foreground()
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def pass_on(number: int, frame: object) -> None:
        if child:
            child.send_signal(number)
        else:
            early.append(number)

    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        if number := getattr(signal, name, None):
            # In the foreground of a terminal the command has it already. Not ignored: that, the command would inherit.
            heard = shares_terminal and name in _OF_TERMINALS
            signal.signal(number, (lambda *_: None) if heard else pass_on)
    # Out of our group elsewhere, so that what is sent to the whole group reaches the command from here alone.
    child = subprocess.Popen(command, env=dict(environment), start_new_session=not shares_terminal)
    for number in early:
        child.send_signal(number)
    code = outlast(child)
    return code if code >= 0 else SIGNALED - code


def _in_foreground() -> bool:
    """Whether a terminal sends us, and all of our group, what its keys mean; a console of Windows always does."""
    if not hasattr(os, "tcgetpgrp"):
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
