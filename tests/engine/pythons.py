"""Virtual environments of other Pythons than the one that runs the tests, with what the lock names for a program.

Each is made once for a machine, an interpreter, a lock and what is needed, in a cache outside the checkout, and holds
no checkout: a program finds the package by PYTHONPATH. A Python that cannot be had fails the test; nothing is skipped.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
NEEDS = ROOT / "pyproject.toml"
PROVIDER = ROOT / "provider"


def environment(python: str) -> Path:
    """The virtual environment of what `tools/python` calls so, made now if it is not there."""
    interpreter = _said(str(ROOT / "tools" / "python"), python)
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "livechannels" / "environments"
    home.mkdir(parents=True, exist_ok=True)
    folder = home / hashlib.sha256(interpreter.encode() + LOCK.read_bytes() + NEEDS.read_bytes()).hexdigest()[:20]
    with (home / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / ".ready").exists():
            uv = (sys.executable, "-m", "uv", "--quiet")
            _said(*uv, "venv", "--clear", "--python", interpreter, str(folder))
            into = ("--python", str(folder), "--constraints", str(LOCK), "--compile-bytecode")
            # The engine asks pip for what there is.
            _said(*uv, "pip", "install", *into, "--requirements", str(NEEDS), "pip")
            (folder / ".ready").touch()
    return folder


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()
