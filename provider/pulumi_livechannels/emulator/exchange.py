"""A vendor call and its answer, before and after any vendor's own rules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

JSON = "application/json;charset=UTF-8"
AS_SENT = "surrogateescape"
"""How a header is encoded again: its bytes need not be UTF-8, and the server keeps them so."""


@dataclass(frozen=True)
class Request:
    """A call as it arrived; header names are lower-case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """The target without its query."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query, still encoded."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Answer:
    """What the vendor says: text as it is, anything else as JSON."""

    status: int
    content: Any
    media: str = JSON

    @property
    def text(self) -> str:
        """What is sent."""
        return self.content if isinstance(self.content, str) else json.dumps(self.content, ensure_ascii=False)
