"""How a Wangsu report is asked for, and the four ways in which its answer is wrapped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Envelope(Enum):
    """What stands around the data: the key it is under, or none where the whole answer is the data."""

    RESULT = "result"
    CODED = "data"
    SUMMARY = "flow-data"
    VIEW = "provider"

    def open(self, content: Mapping[str, Any]) -> Any:
        """The data.

        Raises:
            KeyError: it is not there, or null.
        """
        data = content.get(self.value)
        if data is None:
            raise KeyError(self.value)
        return content if self is Envelope.SUMMARY else data


@dataclass(frozen=True)
class ReportCall:
    """One call of a report. `query` goes into the address, `body` is sent as JSON."""

    operation: str
    method: str
    path: str
    envelope: Envelope
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
