"""Scripted faults: which call goes wrong, how, and an account of which really fired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

KINDS = {
    "refuse": "HTTP 503 before anything is done",
    "reset": "the connection is reset before anything is done",
    "lost-answer": "the call is carried out, and the connection is reset instead of an answer",
    "slow": "the answer waits for `seconds`",
    "truncate": "the call is carried out, and the answer breaks off in the middle",
    "html": "an HTML page with HTTP 200 instead of an answer, before anything is done",
    "error-code": "the vendor's code `code` with the HTTP status that it has, before anything is done",
    "throttle": "the vendor's too-many-calls answer, before anything is done",
    "stale-list": "a list as it was before the last write",
    "skew": "the signature is judged by a clock that is `seconds` off",
}


@dataclass
class Fault:
    """A fault that fires on the `nth` call to `path` from now on, and on `times` calls in a row.

    `path` is a Wangsu path or a Volcengine action.
    """

    path: str
    kind: str
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    code: int | str = 1000
    seen: int = 0
    fired: int = 0


class Faults:
    """All added faults, in the order in which they were added."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Add one.

        Raises:
            ValueError: it is not a fault that the emulator knows.
        """
        allowed = {"path": str, "kind": str, "nth": int, "times": int, "seconds": (int, float), "code": (int, str)}
        for name, value in wanted.items():
            if name not in allowed:
                raise ValueError(f"{name} is not part of a fault; these are: {', '.join(allowed)}")
            if not isinstance(value, allowed[name]) or isinstance(value, bool):  # type: ignore[arg-type]
                raise ValueError(f"{name} has the wrong type")
        if wanted.get("kind") not in KINDS or "path" not in wanted:
            raise ValueError(f"a fault needs a path and a kind of {', '.join(KINDS)}")
        if wanted.get("nth", 1) < 1 or wanted.get("times", 1) < 1:
            raise ValueError("nth and times count from 1")
        fault = Fault(**wanted)
        self._faults.append(fault)
        return asdict(fault)

    def strike(self, path: str) -> Fault | None:
        """Count a call, and answer the fault that it meets."""
        struck: Fault | None = None
        for fault in self._faults:
            if fault.path == path:
                fault.seen += 1
                if struck is None and fault.nth <= fault.seen < fault.nth + fault.times:
                    fault.fired += 1
                    struck = fault
        return struck

    def account(self) -> list[dict[str, Any]]:
        """Each fault with how often it fired."""
        return [asdict(fault) for fault in self._faults]

    def clear(self) -> None:
        """Forget them all."""
        self._faults.clear()
