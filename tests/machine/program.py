"""What a program declares, and how an operation of the engine on it ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Declared:
    """A resource in a program. A value `{"ref": name}` is the id of another one."""

    name: str
    kind: str
    inputs: dict[str, Any]
    adopt: str | None = None
    aliases: tuple[str, ...] = ()

    def refs(self) -> list[str]:
        return [value["ref"] for value in self.inputs.values() if is_ref(value)]


def is_ref(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"ref"}


@dataclass
class Result:
    """How an operation of the engine ended: which verbs ran on what, what failed, and whether the provider died,
    or would have gone on for ever."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    killed: bool = False
    endless: bool = False

    @property
    def ok(self) -> bool:
        return not self.errors and not self.killed

    def changes(self) -> list[tuple[str, str]]:
        return [step for step in self.steps if step[0] not in ("same", "read")]


class Stop(Exception):
    """The operation ends here."""
