"""Mutation testing (R35): spoils the code where losing an object begins, one place at a time, and asks who notices.

mutmut does the work, as pyproject.toml tells it. It wants the package under `src/` and writes beside it, so it works in
a directory of its own, `.mutants/`. What was tried already is not tried again: stop it at any time, and call it again.
"""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / ".mutants"
MUTMUT = Path(sys.executable).with_name("mutmut")
# It leaves decorated functions alone, and so would leave out what takes and releases: these are decorated afterwards.
WRAPPERS = ("contextmanager", "property")
NOTICED = ("killed", "timeout", "segfault")


def lay_out() -> None:
    """The package and its tests, where mutmut looks for them; a file that is the same keeps its age."""
    for path in (ROOT / "provider").rglob("*.py"):
        target = SHOP / "src" / path.relative_to(ROOT / "provider")
        text = decorated_late(path.read_text())
        if not target.exists() or target.read_text() != text:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
    shutil.copy(ROOT / "pyproject.toml", SHOP)
    # Which test passes where is found out anew, for a test that has changed may pass elsewhere.
    (SHOP / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
    shutil.copytree(ROOT / "tests", SHOP / "tests", dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))


def decorated_late(source: str) -> str:
    """The same code with `name = wrapper(name)` behind a function instead of `@wrapper` above it."""
    lines = source.splitlines(keepends=True)
    functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]
    for function in sorted(functions, key=lambda node: -node.lineno):
        names = [ast.unparse(each) for each in function.decorator_list]
        if len(names) == 1 and names[0] in WRAPPERS:
            lines.insert(
                function.end_lineno or 0, f"{' ' * function.col_offset}{function.name} = {names[0]}({function.name})\n"
            )
            del lines[function.decorator_list[0].lineno - 1]
    return "".join(lines)


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """As a plugin of pytest: what needs no emulated platform comes first, for most mutants fall there already."""
    items.sort(key=lambda item: "stage" in item.fixturenames)


def outcomes() -> dict[str, str]:
    """What became of each mutant, by name."""
    told = subprocess.run([MUTMUT, "results", "--all", "true"], cwd=SHOP, capture_output=True, text=True, check=True)
    pairs = (line.strip().rpartition(": ") for line in told.stdout.splitlines())
    return {name: outcome for name, _, outcome in pairs if "__mutmut_" in name}


def report(found: dict[str, str]) -> None:
    """The survivors, and the kill rate of each file."""
    by_file: dict[str, Counter[bool]] = defaultdict(Counter)
    for name, outcome in found.items():
        by_file[name.rpartition(".")[0]][outcome in NOTICED] += 1
        if outcome not in NOTICED:
            print(f"{outcome}: {name}")
    print("\nIn .mutants/, `mutmut show NAME` shows what was spoilt.\n")
    for file, noticed in [*sorted(by_file.items()), ("all", sum(by_file.values(), Counter[bool]()))]:
        print(f"{file:<40} {noticed[True]:>5} of {noticed.total():>5} noticed, {noticed[True] / noticed.total():.1%}")


def main() -> int:
    """Try what survived earlier again, then whatever is new or has changed."""
    SHOP.mkdir(exist_ok=True)
    survivors = (
        [name for name, outcome in outcomes().items() if outcome == "survived"] if (SHOP / "mutants").exists() else []
    )
    lay_out()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tools")}
    runs = [survivors, []] if survivors else [[]]
    for names in runs:
        code = subprocess.run([MUTMUT, "run", *sys.argv[1:], *names], check=False, cwd=SHOP, env=environment).returncode
        if code:
            return code
    report(outcomes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
