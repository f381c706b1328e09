"""`make hunt`: random programs until told to stop, an account of what they covered, and a replay of what went wrong."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .faces import FACES
from .faults import fault, provoke
from .invariants import Violation
from .play import Play, Step, playing, run
from .programs import MAKERS, REQUIRED, Maker, Pick, chooser, declare, operate, twin

REPLAYS = Path(__file__).parent / "replays"
EVERYTHING = (*MAKERS, *(fault,) * 5)
LENGTHS = range(4, 20)
# One in so many runs speaks gRPC; the others call the servicers as gRPC would.
WIRED = 10


@dataclass
class Account:
    """What was covered."""

    programs: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    verbs: Counter[str] = field(default_factory=Counter)
    kills: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    violations: Counter[str] = field(default_factory=Counter)

    def add(self, play: Play, steps: list[Step]) -> None:
        self.programs += 1
        self.steps.update(step["do"] for step in steps)
        self.faults.update(play.world.fired)
        self.kills.update(play.kills)
        self.verbs.update(play.verbs)
        self.calls += len(play.world.platform.journal)

    def told(self) -> str:
        lines = [f"{self.programs} programs, {sum(self.steps.values())} steps, {self.calls} calls of the platform"]
        for name, counted in (
            ("steps", self.steps),
            ("verbs", self.verbs),
            ("faults fired", self.faults),
            ("kills", self.kills),
        ):
            shown = ", ".join(f"{what} {times}" for what, times in sorted(counted.items()))
            lines.append(f"{name}: {sum(counted.values())} ({shown})")
        shown = ", ".join(f"{what} {times}" for what, times in self.violations.most_common())
        lines.append(f"violations: {sum(self.violations.values())}{f' ({shown})' if shown else ''}")
        return "\n".join(lines)


def random_script(seed: int, face: str, account: Account | None = None) -> tuple[dict[str, Any], Violation | None]:
    """Play a random script of this seed; answers it as data, and what was violated."""
    pick = chooser(seed)
    steps: list[Step] = []
    with playing(face, seed, wired=seed % WIRED == 0) as play:
        violation: Violation | None = None
        try:
            for step in _random_steps(play, pick):
                steps.append(step)
                play.do(step)
            play.settle()
        except Violation as found:
            violation = found
        if account is not None:
            account.add(play, steps)
            if violation is not None:
                account.violations[violation.kind] += 1
    return {"face": face, "seed": seed, "steps": steps}, violation


def _random_steps(play: Play, pick: Pick) -> Iterator[Step]:
    """Something to begin with, then anything, with an operation after most of what goes wrong."""
    makers: list[Maker] = [declare] * pick(range(1, 6)) + [operate] * pick((0, 1, 1))
    for maker in makers + [pick(EVERYTHING) for _ in range(pick(LENGTHS))]:
        step = maker(play, pick)
        if not step:
            continue
        if isinstance(step, list):
            yield from step
            continue
        yield step
        if maker in (fault, twin) and pick((True, True, True, False)):
            yield from provoke(play, pick, step)


def violated(script: dict[str, Any]) -> Violation | None:
    """What a script violates."""
    try:
        run(script)
    except Violation as found:
        return found
    return None


def shrunk(script: dict[str, Any], kind: str) -> dict[str, Any]:
    """The script without the steps, and without the parts of steps, that the violation does not need."""

    def still(steps: list[Step]) -> bool:
        found = violated({**script, "steps": steps})
        return found is not None and found.kind == kind

    steps = list(script["steps"])
    progress = True
    while progress:
        progress = False
        for place in reversed(range(len(steps))):
            for smaller in _smaller(steps[place]):
                tried = [*steps[:place], *smaller, *steps[place + 1 :]]
                if still(tried):
                    steps, progress = tried, True
                    break
    return {**script, "steps": steps}


def _smaller(step: Step) -> list[list[Step]]:
    """Ways to say less: nothing, without an option, without an input."""
    ways: list[list[Step]] = [[]]
    for key in ("kill", "keys", "refresh", "continue_on_error", "replace", "targets", "adopt"):
        if key in step:
            ways.append([{name: value for name, value in step.items() if name != key}])
    for key in ("nth", "times"):
        if step.get(key, 1) != 1:
            ways.append([{**step, key: 1}])
    inputs = step.get("inputs", {})
    needed = (*REQUIRED.get(step.get("kind", ""), ()), "pullId")
    ways += [[{**step, "inputs": {n: v for n, v in inputs.items() if n != key}}] for key in inputs if key not in needed]
    return ways


def save(script: dict[str, Any], violation: Violation, folder: Path = REPLAYS) -> Path:
    """Write a replay."""
    file = folder / f"{violation.sort.replace(' ', '-')}-{script['face']}-{script['seed']}.json"
    file.write_text(json.dumps({"violation": str(violation), **script}, indent=1, ensure_ascii=False) + "\n")
    return file


def main() -> int:
    """Hunt; 1 when something was found."""
    most = int(os.environ.get("HUNT_PROGRAMS", "0"))
    seed = int(os.environ.get("HUNT_SEED", str(int(time.time()))))
    first_only = os.environ.get("HUNT_GO_ON", "") == ""
    account, began = Account(), time.monotonic()
    seen: set[str] = set()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while not most or account.programs < most:
            face = FACES[account.programs % len(FACES)]
            script, violation = random_script(seed + account.programs, face, account)
            if violation is not None and violation.sort not in seen:
                seen.add(violation.sort)
                small = shrunk(script, violation.kind)
                print(save(small, violated(small) or violation), violation, file=sys.stderr, flush=True)
                if first_only:
                    break
    except KeyboardInterrupt:
        print(file=sys.stderr)
    print(account.told())
    print(f"{account.programs / (time.monotonic() - began):.1f} programs a second, from seed {seed}")
    return 1 if account.violations else 0


if __name__ == "__main__":
    sys.exit(main())
