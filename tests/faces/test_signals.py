"""A signal ends whatever waits for ever, also one that finds the waiting thread at a bad moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kit import PATIENCE, inherited
from pulumi_livechannels.emulator.server import environment

# It takes what is told in a line: a signal of a thread that does not answer signals, as the system may choose; or one
# that comes while the thread that answers them holds the lock of its own wait.
SIGNALLED = """
import importlib, os, signal, sys, threading
module, name, how = sys.argv.pop(1), sys.argv.pop(1), sys.argv.pop(1)
main = threading.main_thread()
waits = threading.Event.wait
asked = threading.Event()
def elsewhere():
    sys.stdin.readline()
    asked.set()
    if how == "elsewhere":
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
def interrupted(self, timeout=None):
    if how == "locked" and asked.is_set() and threading.current_thread() is main:
        asked.clear()
        with self._cond:
            os.kill(os.getpid(), signal.SIGTERM)
    return waits(self, timeout)
threading.Event.wait = interrupted
threading.Thread(target=elsewhere, daemon=True).start()
getattr(importlib.import_module(module), name)()
"""
COMMAND = ("pulumi_livechannels.cli", "run")
EXPORTER = ["exporter", "--port", "0", "--domain", "pull.example.com", "--report", "getTrafficAndRequestPeaks"]
# It says that it is there, and ends well when it is told to.
CHILD = ["sh", "-c", "trap 'exit 0' TERM; echo up; while :; do sleep 0.1; done"]
WAITING = {
    "exporter": (*COMMAND, EXPORTER),
    "emulator": (*COMMAND, ["emulator"]),
    "emulator in the background": (*COMMAND, ["emulator", "--format", "json", "--in-background"]),
    "emulator --exec": (*COMMAND, ["emulator", "--exec", "--", *CHILD]),
    "plugin": ("pulumi_livechannels.plugin.main", "main", []),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("waiting", "how"),
    [*((waiting, "elsewhere") for waiting in WAITING), *((waiting, "locked") for waiting in ("exporter", "plugin"))],
)
def test_a_signal_is_heard(tmp_path: Path, waiting: str, how: str) -> None:
    module, name, arguments = WAITING[waiting]
    with subprocess.Popen(
        [sys.executable, "-c", SIGNALLED, module, name, how, *arguments],
        env={**inherited(), **environment(1, 0), "XDG_CACHE_HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline()
        process.stdin.write("now\n")
        process.stdin.flush()
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            process.kill()
