"""The examples in Java are Java: the compiler parses each. What they name is held against the models elsewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"


def program(example: str) -> str:
    """A whole program of an example: its imports first, the rest in a method."""
    lines = example.splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    rest = [line for line in lines if not line.startswith("import ")]
    return "\n".join([*imports, "class Example { void run() {", *rest, "} }"])


def parsed(folder: Path, programs: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What the compiler says when it stops before it looks a name up."""
    for name, text in programs.items():
        (folder / name).mkdir()
        (folder / name / "Example.java").write_text(text)
    files = sorted(str(path) for path in folder.rglob("*.java"))
    stop = ("-XDshould-stop.ifNoError=PARSE", "-XDshould-stop.ifError=PARSE", "-proc:none")
    return subprocess.run(["javac", *stop, *files], capture_output=True, text=True, check=False)


@pytest.mark.needs("javac")
def test_the_compiler_parses_every_example(tmp_path: Path) -> None:
    programs = {}
    for page in (*DOCS.glob("resources/*.md"), *DOCS.glob("functions/*/*.md")):
        (example,) = re.findall(r"^```java\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
        programs[page.stem] = program(example)
    done = parsed(tmp_path, programs)
    assert done.returncode == 0, done.stderr


@pytest.mark.needs("javac")
def test_it_would_notice_what_is_no_java(tmp_path: Path) -> None:
    assert parsed(tmp_path, {"wrong": program("int a = ;")}).returncode == 1
