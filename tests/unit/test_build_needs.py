"""A build in an environment of its own has what the stubs are made with, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
STUBS = """
import sys
before = set(sys.modules)
from pulumi_livechannels.stubs import module_text, text
text(), module_text("wangsu"), module_text("volcengine")
print(*{name.partition(".")[0] for name in set(sys.modules) - before})
"""


def name_of(requirement: str) -> str:
    """A distribution's name, as names are compared."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()  # type: ignore[index]


def closure(requirements: list[str]) -> set[str]:
    """Everything that is installed with these."""
    found: set[str] = set()
    waiting = [name_of(each) for each in requirements]
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            plain = [each for each in distribution(name).requires or [] if "extra ==" not in each]
            waiting += [name_of(each) for each in plain if ";" not in each]
    return found


def test_the_stubs_are_made_of_what_a_build_asks_for() -> None:
    line = re.search(r"^requires = \[(.*)\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert line
    asked = closure(re.findall(r'"([^"]+)"', line[1]))
    done = subprocess.run([sys.executable, "-c", STUBS], capture_output=True, text=True, check=True)
    whose = packages_distributions()
    used = {name_of(whose[module][0]) for module in done.stdout.split() if module in whose}
    assert used - asked - {"pulumi-livechannels"} == set()
