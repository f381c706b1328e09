"""Scripted faults: which call goes wrong, how, and an account of which really fired."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from typing import Any

from .history import LONGEST
from .nearest import hint
from .wangsu.times import FORMS

KINDS = {
    "refuse": "HTTP 503 before anything is done",
    "reset": "the connection is reset before anything is done",
    "lost-answer": "the call is carried out, and the connection is reset instead of an answer",
    "slow": "the answer waits for `seconds`",
    "truncate": "the call is carried out, and the answer breaks off in the middle",
    "html": "an HTML page with HTTP 200 instead of an answer, before anything is done",
    "error-code": "the vendor's code `code` with the HTTP status that it has, before anything is done",
    "throttle": "the vendor's too-many-calls answer, before anything is done",
    "answer": "the call is carried out, and `body` (any JSON value; a text is sent as it is) with the HTTP status "
    "`status` (200) is answered instead of the real answer",
    "stale-list": "a list as it was before the last write; with `seconds` as it was that long ago by the platform's "
    f"clock, at most {LONGEST}: what was made since is not in it, and what was deleted since still is",
    "shift-pages": "the list of this call is without its first object, as if somebody had just deleted it, and nothing "
    "is deleted: with `nth` 2 the first object of page 2 is in no page of a scan; `times` is how many pages see it so",
    "times": "the times of the answer (creation, start, end) are written in another `form`: `utc` (text in UTC), `ms` "
    "(unix milliseconds), `iso` (ISO 8601 at +08:00), `missing`, `garbage`",
    "longest-window": "the account may ask this report for `seconds` in one call; more is refused with 24102007",
    "most-domains": "the account may name `most` domains in one call of this report; more are refused with 24102019",
    "finer-slots": "the account's data is finer: slots of 5 minutes have `seconds` instead, which divide them",
    "skew": "the signature is judged by a clock that is `seconds` off",
}
# These kinds are for some calls only; elsewhere they could never do anything.
PARTICULAR = {
    "stale-list": "actions that list by pages",
    "shift-pages": "actions that list by pages",
    "times": "live actions",
    "longest-window": "Wangsu's reports",
    "most-domains": "Wangsu's reports",
    "finer-slots": "Wangsu's reports that follow an account's granularity",
}
# Without this they would do nothing, or what nobody asked for.
NEEDED = {
    **{"slow": "seconds", "skew": "seconds", "longest-window": "seconds", "most-domains": "most"},
    "error-code": "code",
}
MOST_SECONDS = 800_000_000
# Nothing is answered before it was asked, and no list is of a time to come.
FROM_NOW = {"slow": MOST_SECONDS, "stale-list": LONGEST}
_TEXT, _WHOLE = (str, "a string"), (int, "a whole number")
_TYPES: dict[str, tuple[Any, str]] = {
    **{"path": _TEXT, "kind": _TEXT, "nth": _WHOLE, "times": _WHOLE, "status": _WHOLE, "form": _TEXT, "most": _WHOLE},
    **{"seconds": ((int, float), "a number"), "code": ((int, str), "a whole number or a string")},
    "body": (object, "any JSON value"),
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
    status: int = 200
    body: Any = None
    form: str = ""
    most: int = 0
    seen: int = 0
    fired: int = 0


class Faults:
    """All added faults, in the order in which they were added.

    `paths` is every path that can be called, with the particular kinds that it knows.
    """

    def __init__(self, paths: Mapping[str, Collection[str]]) -> None:
        self._paths = paths
        self._faults: list[Fault] = []

    def add(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Add one, and answer it as `account` does.

        Raises:
            ValueError: it is not a fault that the emulator knows, or nothing could ever meet it.
        """
        for name, value in wanted.items():
            if name not in _TYPES:
                raise ValueError(f"{name} is not part of a fault; these are: {', '.join(_TYPES)}{hint(name, _TYPES)}")
            kinds, told = _TYPES[name]
            if name != "body" and (not isinstance(value, kinds) or isinstance(value, bool)):
                raise ValueError(f"{name} must be {told}")
        if wanted.get("kind") not in KINDS or "path" not in wanted:
            near = "" if wanted.get("kind") in KINDS else hint(wanted.get("kind", ""), KINDS)
            raise ValueError(f"a fault needs a path and a kind of {', '.join(KINDS)}{near}")
        fault = Fault(**wanted)
        self._require_sense(fault)
        needed = NEEDED.get(fault.kind)
        if needed and needed not in wanted:
            raise ValueError(f"{fault.kind} needs {needed}: {KINDS[fault.kind]}")
        self._faults.append(fault)
        return asdict(fault)

    def _require_sense(self, fault: Fault) -> None:
        # The longest is a quarter of a century: with more, no date could tell a skewed time.
        if not abs(fault.seconds) <= MOST_SECONDS:
            raise ValueError(f"seconds must be a finite number from -{MOST_SECONDS} to {MOST_SECONDS}")
        try:
            json.dumps(fault.body, allow_nan=False)
        except (ValueError, RecursionError):
            raise ValueError("body must be a JSON value, in which numbers are finite") from None
        if fault.nth < 1 or fault.times < 1:
            raise ValueError("nth and times count from 1")
        if fault.path not in self._paths:
            meant = f"; is it {near}?" if (near := self._near(fault.path)) else ""
            raise ValueError(f"{fault.path} is neither a Wangsu path nor a Volcengine action of the emulator{meant}")
        if fault.kind in PARTICULAR and fault.kind not in self._paths[fault.path]:
            raise ValueError(f"{fault.kind} is for {PARTICULAR[fault.kind]}, and {fault.path} is none")
        if not 200 <= fault.status <= 599:
            raise ValueError("status must be from 200 to 599")
        if fault.kind in FROM_NOW and not 0 <= fault.seconds <= FROM_NOW[fault.kind]:
            raise ValueError(f"seconds of {fault.kind} must be from 0 to {FROM_NOW[fault.kind]}")
        if fault.kind == "finer-slots" and (not fault.seconds or 300 % fault.seconds or fault.seconds % 60):
            raise ValueError("seconds of finer-slots must be whole minutes that divide 300")
        if fault.kind == "times" and fault.form not in FORMS:
            raise ValueError(f"times needs a form of {', '.join(FORMS)}")

    def _near(self, path: str) -> str | None:
        """The path that is most likely meant, by its whole or by its last word."""
        by_word = {known.rpartition("/")[2].lower(): known for known in reversed(list(self._paths))}
        word = get_close_matches(path.rpartition("/")[2].lower(), by_word, 1, 0.8)
        whole = get_close_matches(path, self._paths, 1, 0.9)
        return whole[0] if whole else by_word[word[0]] if word else None

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

    def idle(self) -> list[dict[str, Any]]:
        """Those that never fired."""
        return [fault for fault in self.account() if not fault["fired"]]

    def clear(self) -> None:
        """Forget them all."""
        self._faults.clear()
