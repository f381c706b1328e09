"""`LIVECHANNELS_LOG`: every call on a line of its own, with secrets taken out, for who asks for it.

`debug` shows the lines where the user of a face sees them; anything else is a file, to which all processes append.
Whatever is wrong with it is said once, and stops nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from .language import system_words, tr
from .private_files import UnusableError, open_to_append

VARIABLE = "LIVECHANNELS_LOG"
Say = Callable[[str], None]

_LOGGER = logging.getLogger("pulumi_livechannels")
_SHOWN = "livechannels debug: %(message)s"
_FILED = "%(asctime)s.%(msecs)03dZ %(process)d %(message)s"


def follow_environment(show: Say | None = None, warn: Say | None = None) -> None:
    """Log where the environment asks for it; asking twice is asking once.

    `show` takes a line for the user and `warn` what is wrong with the setting; both are stderr unless given.
    """
    wanted = os.environ.get(VARIABLE, "").strip()
    if not wanted or _LOGGER.handlers:
        return
    handler: logging.Handler
    if wanted.lower() == "debug":
        handler = _Lines(show or _on_stderr, _SHOWN, warn or warn_on_stderr)
    else:
        handler = _to_file(wanted, warn or warn_on_stderr)
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(logging.DEBUG)


class _Lines(logging.Handler):
    """Hands each record on as one line; after a failure it says why and is quiet."""

    def __init__(self, write: Say, format: str, warn: Say) -> None:
        super().__init__()
        self._write: Say | None = write
        self._warn = warn
        formatter = logging.Formatter(format, "%Y-%m-%dT%H:%M:%S")
        formatter.converter = time.gmtime
        self.setFormatter(formatter)

    def emit(self, record: logging.LogRecord) -> None:
        """Write it."""
        if self._write is None:
            return
        try:
            self._write(self.format(record).replace("\n", "\\n"))
        except OSError as error:
            self._write = None
            self._warn(_unusable(error))


def _to_file(wanted: str, warn: Say) -> logging.Handler:
    if not {os.sep, "/", "."} & set(wanted):
        told = tr(
            "{variable} must be debug or the path of a file, such as ./calls.log, so nothing is logged",
            variable=VARIABLE,
        )
        warn(told)
        return logging.NullHandler()
    try:
        descriptor = open_to_append(Path(wanted).expanduser())
    except (OSError, ValueError, RuntimeError, UnusableError) as error:
        warn(_unusable(error))
        return logging.NullHandler()

    def write(line: str) -> None:
        # One write for a line: other processes append to the file too, and none may come in between.
        os.write(descriptor, f"{line}\n".encode(errors="backslashreplace"))

    return _Lines(write, _FILED, warn)


def _unusable(error: Exception) -> str:
    reason = system_words(error) if isinstance(error, OSError) else str(error)
    return tr(
        "the file of {variable} cannot be written ({reason}), so nothing is logged", variable=VARIABLE, reason=reason
    )


def _on_stderr(line: str) -> None:
    # In one write, for what another thread says at the same time must not come in between.
    print(f"{line}\n", end="", file=sys.stderr, flush=True)


def warn_on_stderr(text: str) -> None:
    """What the engine shows of a process of Python classes."""
    _on_stderr(f"livechannels: {text}")
