"""On what each behaviour rests, so that nobody takes a guess for a fact: `GET /_emulator/coverage` lists them all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Basis = Literal["documented", "observed", "assumed"]


@dataclass(frozen=True)
class Behaviour:
    """One thing that the emulator does, and why we believe the platform does it too."""

    subject: str
    basis: Basis
    text: str


_BEHAVIOURS: list[Behaviour] = []


def behaves(subject: str, basis: Basis, text: str) -> None:
    """Record a behaviour beside the code that has it."""
    _BEHAVIOURS.append(Behaviour(subject, basis, text))


def coverage() -> list[dict[str, Any]]:
    """Every recorded behaviour, sorted by subject, and within it as the code has them: one may go on with another."""
    return [asdict(item) for item in sorted(_BEHAVIOURS, key=lambda item: item.subject)]
