"""What was written of late, so that lists can lag: each write is kept as the step that undoes it.

A step holds one object as it was before and nothing else, so a write costs the same however much the platform holds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from itertools import islice, takewhile
from typing import Any, NamedTuple

LONGEST = 3600
"""How long ago the past may be that is asked for, in seconds."""


class Step(NamedTuple):
    """How one object was before a write: its body, None if there was none, and its place among its kind."""

    when: float
    key: str
    before: dict[str, Any] | None
    place: int


class History:
    """The last hour's writes of each kind, and always the last one."""

    def __init__(self) -> None:
        self._steps: dict[str, deque[Step]] = {}

    def note(self, kind: str, step: Step) -> None:
        """Keep what undoes a write that is about to happen."""
        steps = self._steps.setdefault(kind, deque())
        steps.append(step)
        while len(steps) > 1 and steps[0].when < step.when - LONGEST:
            steps.popleft()

    def before_last(self, kind: str, held: Mapping[str, Any], places: Mapping[str, int]) -> dict[str, Any]:
        """What is held of a kind, as it was before the last write to it."""
        return _undone(held, places, islice(reversed(self._steps.get(kind, ())), 1))

    def as_of(self, kind: str, held: Mapping[str, Any], places: Mapping[str, int], moment: float) -> dict[str, Any]:
        """What is held of a kind, as it was at a moment of the last hour."""
        late = takewhile(lambda step: step.when > moment, reversed(self._steps.get(kind, ())))
        return _undone(held, places, late)


def _undone(held: Mapping[str, Any], places: Mapping[str, int], steps: Iterable[Step]) -> dict[str, Any]:
    """Take steps back, the newest first; what was deleted comes back where it stood."""
    before, stood = dict(held), dict(places)
    for step in steps:
        if step.before is None:
            before.pop(step.key, None)
        else:
            before[step.key] = step.before
            stood[step.key] = step.place
    return {key: before[key] for key in sorted(before, key=stood.__getitem__)}
