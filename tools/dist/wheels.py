"""The package itself for Python: wheel and sdist, built by the back end that the lock names and no other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def build(source: Path, out: Path) -> None:
    """Build the wheel and the sdist of a project folder."""
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(out), "--target"]
    for target in ("wheel", "sdist"):
        subprocess.run([*command, target], cwd=source, check=True, stdout=subprocess.DEVNULL)
