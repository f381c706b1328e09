"""Writes the table of reliability rules into CONTRIBUTING.md from the tests that name them, or checks that it is true.

`python tools/rules.py` writes, `--check` exits 1 where the table is not what the tests say.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "CONTRIBUTING.md"
BEGIN, END = "<!-- rules: made by tools/rules.py -->", "<!-- end of rules -->"
MEANING = {
    "R1": "every constraint is checked, unknowns pass",
    "R2": "checking twice is checking once",
    "R3": "a preview writes nothing and invents nothing",
    "R4": "what was asked for is what is read",
    "R5": "a second run changes nothing",
    "R6": "what means the same is no difference",
    "R7": "a change touches one field, or makes a new object",
    "R8": "an edit behind our back is seen and healed",
    "R9": "what disappeared is gone; an outage is not",
    "R10": "deleting, updating and reading what is missing",
    "R11": "import by id, then no change",
    "R12": "lists are complete",
    "R13": "the engine's resource options",
    "R14": "the schema and the SDKs made from it",
    "R15": "states of earlier versions preview without a change",
    "R16": "a lost create makes one object",
    "R17": "lagging lists, foreign and several candidates",
    "R18": "lost updates and ends converge",
    "R19": "an interrupted run is continued without orphans",
    "R20": "cancel ends waits and keeps ids",
    "R21": "a half-made object is finished by an update",
    "R22": "the retry matrix, counted at the platform",
    "R23": "throttling is survived",
    "R24": "a dead platform costs a bounded number of calls",
    "R25": "all waiting is on a fake clock",
    "R26": "a wrong clock is explained",
    "R27": "two runs at once share the account's budget",
    "R28": "canaries: no secret in logs, errors, journal, state",
    "R29": "golden messages, no traceback",
    "R30": "missing, wrong and changed configuration",
    "R31": "random programs, faults, clicks and deaths violate nothing",
    "R32": "differences against brute force",
    "R33": "unknowns, secrets and unicode survive",
    "R34": "the wire parser and the signature against random input",
    "R35": "what is spoilt where objects could be lost is noticed",
    "R37": "a scripted fault that never fired fails its test",
    "R39": "what has to be loaded before a process answers",
    "R41": "calls for a thousand resources, counted",
    "R42": "nothing grows over ten thousand operations",
    "E1": "rules come from the contract alone",
    "E2": "signatures over the bytes received",
    "E3": "stateful and atomic",
    "E4": "reset, snapshot, seed, nothing written elsewhere",
    "E5": "states change with the clock and by hand",
    "E6": "strict on unknown and mistyped fields",
    "E7": "scripted faults with an account",
    "E8": "faults before, after and during the answer",
    "E9": "a journal without secrets",
    "E10": "a report of orphans",
    "E11": "the quota is enforced",
    "E12": "a coverage page made from the code",
    "E13": "each behaviour is marked with its basis",
    "E14": "answers have the contract's words",
    "E15": "the official signing code and curl as clients",
    "E16": "loopback only, ends with its parent",
}


def proofs() -> dict[str, list[str]]:
    """The tests that name each rule."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef):
                for number in _rules(node):
                    found[number].append(f"{path.relative_to(ROOT / 'tests')}::{node.name}")
    return found


def _rules(test: ast.FunctionDef) -> list[str]:
    return [
        str(argument.value)
        for decorator in test.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.rule"
        for argument in decorator.args
        if isinstance(argument, ast.Constant)
    ]


def table() -> str:
    """The table in Markdown."""
    found = proofs()
    numbers = sorted({*MEANING, *found}, key=lambda number: (number[0] != "R", int(number[1:])))
    lines = ["| rule | what holds | tests | for example |", "|---|---|---|---|"]
    for number in numbers:
        tests = found.get(number, [])
        example = f"`{tests[0]}`" if tests else "**none**"
        lines.append(f"| {number} | {MEANING[number]} | {len(tests)} | {example} |")
    return "\n".join(lines)


def main() -> int:
    """Write or check."""
    found = proofs()
    missing = [number for number in MEANING if number not in found]
    page = PAGE.read_text()
    made = re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n\n{table()}\n\n{END}", page, flags=re.DOTALL)
    if "--check" not in sys.argv:
        PAGE.write_text(made)
    elif made != page:
        print("the table of rules in CONTRIBUTING.md is outdated: run `python tools/rules.py`", file=sys.stderr)
        return 1
    if missing:
        print(f"no test names {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
