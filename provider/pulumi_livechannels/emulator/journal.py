"""A line of the journal, kept small: a test run of many stacks makes hundreds of thousands of them."""

from __future__ import annotations

from dataclasses import dataclass
from sys import intern

from .store import Body


@dataclass
class Line:
    """One vendor call and what became of it; `at` is unix seconds, `time` the same as the vendor writes it."""

    vendor: str
    action: str
    path: str
    method: str
    outcome: str
    fault: str | None
    bodyHash: str
    at: float
    time: str

    def __post_init__(self) -> None:
        self.action, self.path, self.method, self.outcome = map(
            intern, (self.action, self.path, self.method, self.outcome)
        )

    def told(self) -> Body:
        """The line as a dictionary, which shares its keys with all others, and its words with many."""
        return vars(self)
