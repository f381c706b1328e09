"""`tools/mutants.py`: what is spoilt is what we say, nothing is left out for its decorator, and the rate is stated."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from kit import tool

ROOT = Path(__file__).resolve().parents[2]
SOURCE = '''
class Box:
    @property
    def size(self) -> int:
        """Its size."""
        return 2

    @contextmanager
    def opened(self):
        @property
        def inner(self):
            return 3
        yield inner
    @staticmethod
    @cache
    def other():
        return 4

@contextmanager
def held():
    yield 5
'''
LATE = '''
class Box:
    def size(self) -> int:
        """Its size."""
        return 2
    size = property(size)

    def opened(self):
        def inner(self):
            return 3
        inner = property(inner)
        yield inner
    opened = contextmanager(opened)
    @staticmethod
    @cache
    def other():
        return 4

def held():
    yield 5
held = contextmanager(held)
'''


@pytest.fixture(scope="module")
def mutants() -> ModuleType:
    return tool("mutants")


def test_what_is_decorated_is_spoilt_too(mutants: ModuleType) -> None:
    assert mutants.decorated_late(SOURCE) == LATE


def test_the_report_tells_the_rate_of_each_file(mutants: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    found = dict.fromkeys((f"core.custody.x_a__mutmut_{n}" for n in range(8)), "killed")
    mutants.report({**found, "core.custody.x_a__mutmut_8": "timeout", "core.making.x_b__mutmut_1": "survived"})
    told = capsys.readouterr().out.splitlines()
    assert "survived: core.making.x_b__mutmut_1" in told
    assert [line.split()[0] + " " + line.rpartition(" ")[2] for line in told if "noticed" in line] == [
        "core.custody 100.0%",
        "core.making 0.0%",
        "all 90.0%",
    ]


@pytest.mark.rule("R35")
def test_what_is_spoilt_is_there_and_the_rate_is_stated_and_high() -> None:
    settings = (ROOT / "pyproject.toml").read_text().partition("[tool.mutmut]")[2].partition("\n[")[0]
    files = re.findall(r'"src/(\S+\.py)"', settings)
    assert len(files) == 8
    assert all((ROOT / "provider" / file).exists() for file in files)
    assert all((ROOT / test).exists() for test in re.findall(r'"(tests/\S+\.py)"', settings))
    page = (ROOT / "CONTRIBUTING.md").read_text().partition("## Mutants")[2].partition("\n## ")[0]
    rates = {
        name: float(rate) for name, rate in re.findall(r"^\| `?([\w/.]+)`? \|.*\| ([\d.]+) % \|$", page, re.MULTILINE)
    }
    assert {file.removeprefix("pulumi_livechannels/") for file in files} <= set(rates)
    assert rates["all"] >= 90
