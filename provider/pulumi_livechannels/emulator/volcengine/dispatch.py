"""Answers Volcengine's actions: proves who calls, counts calls, looks strictly at the request, and wraps the result."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from ..basis import behaves
from ..exchange import Answer, Request
from ..forms import Mismatch, check
from ..series import Figures
from ..slots import Slots
from ..store import Store
from ..wangsu.wire import Refusal
from . import auth as volcengine_auth
from . import basics, places, quality, streams, usage  # noqa: F401 - these serve their actions
from .wire import NUMBERS, VOLCENGINE_ACTIONS, Action, Query, Reach, refuse

VERSION = "2023-01-01"
UNAVAILABLE = "ServiceUnavailableTemp"
THROTTLED = "FlowLimitExceeded"

behaves("volcengine envelope", "documented", "ResponseMetadata with Result, or with Error and no Result")
behaves("volcengine requests", "documented", "POST / with Action and Version in the query, fields as a JSON body")
behaves("volcengine requests", "observed", "an empty body holds no fields")
behaves("volcengine rate", "documented", "calls a second and action: 30; 10 for DescribeIpInfo; 100 for two")
behaves("volcengine rate", "documented", f"beyond it HTTP 429 with the code {THROTTLED}")


def action_of(request: Request) -> str:
    """The Volcengine action that a call names; empty for a call to another vendor."""
    return dict(parse_qsl(request.query)).get("Action", "") if request.path == "/" else ""


class Volcengine:
    """The actions of one platform; `limited` False switches the limits of windows, rows and rate off."""

    def __init__(self, store: Store, figures: Figures, limited: bool) -> None:
        self._store = store
        self._figures = figures
        self._limited = limited
        self._recent: dict[str, deque[float]] = {}

    def admit(self, request: Request, name: str, now: float, ahead: float, throttled: bool) -> None:
        """Return for a call that proves who it is and comes not too soon; `ahead` is how wrong the clock is."""
        volcengine_auth.admit(request, now + ahead)
        rate = VOLCENGINE_ACTIONS[name].rate if name in VOLCENGINE_ACTIONS else 30
        recent = self._recent.setdefault(name, deque())
        while recent and recent[0] <= now - 1:
            recent.popleft()
        if throttled or (self._limited and len(recent) >= rate):
            raise refuse(THROTTLED, "Too many calls in this second.")
        recent.append(now)

    def reset(self) -> None:
        """Forget the calls of this second."""
        self._recent.clear()

    def answer(self, request: Request, name: str, request_id: str) -> Answer:
        """Carry out one admitted call.

        Raises:
            Refusal: it is not answered.
        """
        served = VOLCENGINE_ACTIONS.get(name)
        if served is None or _version(request) != VERSION:
            raise refuse("InvalidActionOrVersion", "There is no such action.")
        if request.method != "POST":
            raise refuse("MethodNotAllowed", "The method must be POST.")
        fields = _fields(served, request)
        result = served.handler(self._query(served, fields))
        return Answer(200, {"ResponseMetadata": _metadata(request, name, request_id), "Result": result})

    def _query(self, served: Action, fields: Mapping[str, Any]) -> Query:
        now = self._store.now()
        bucket = int(fields.get("Aggregation") or served.usual_bucket)
        start = end = now
        if served.reach is not None:
            start, end = _moment(fields["StartTime"]), _moment(fields["EndTime"])
            if start > end:
                raise refuse("InvalidParameter", "StartTime is after EndTime.")
            if self._limited:
                _require_reach(served.reach, start, end, now, bucket, len(set(fields.get("DetailField") or [])))
        slots = Slots.within(start, end, max(1, bucket // 60), now)
        return Query(fields, self._store, self._figures, self._limited, start, end, bucket, now, slots)


def refused(request: Request, name: str, request_id: str, refusal: Refusal) -> Answer:
    """A refusal as Volcengine's gateway tells it."""
    code = str(refusal.code)
    number = {"CodeN": NUMBERS[code]} if code in NUMBERS else {}
    error = {**number, "Code": code, "Message": refusal.message}
    return Answer(refusal.status, {"ResponseMetadata": {**_metadata(request, name, request_id), "Error": error}})


def _metadata(request: Request, name: str, request_id: str) -> dict[str, Any]:
    named = {"Action": name, "Version": _version(request)}
    return {"RequestId": request_id, **named, "Service": "live", "Region": "cn-north-1"}


def _version(request: Request) -> str:
    return dict(parse_qsl(request.query)).get("Version", "")


def _fields(served: Action, request: Request) -> dict[str, Any]:
    try:
        content = json.loads(request.body or b"{}")
        if not isinstance(content, dict):
            raise refuse("InvalidParameter", "The body is not a JSON object.")
        check(content, served.forms)
    except Mismatch as mismatch:
        code = "MissingParameter" if mismatch.problem == "missing" else "InvalidParameter"
        raise refuse(code, mismatch.message) from None
    except (ValueError, RecursionError):
        raise refuse("InvalidParameter", "The body is not JSON.") from None
    for rule in served.rules:
        broken = rule(content)
        if broken:
            raise refuse("InvalidParameter", broken)
    return content


def _moment(text: str) -> int:
    try:
        return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
    except (ValueError, OverflowError):
        raise refuse("InvalidParameter", f"{text} is not a time.") from None


def _require_reach(reach: Reach, start: int, end: int, now: int, bucket: int, dimensions: int) -> None:
    spans = reach.split if reach.split is not None and dimensions > 1 else reach.longest
    longest = spans.get(bucket, spans.get(0))
    if start < now - reach.history:
        raise refuse("InvalidParameter", "StartTime is too long ago.")
    if longest is not None and end - start > longest:
        raise refuse("InvalidParameter", "The window is too long.")
