"""The emulated platform behind its door: judges one call after the other and keeps the journal.

One call is carried out at a time, so nobody ever sees a half-written object.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import wangsu_channels, wangsu_forwarding, wangsu_recording
from .auth import Doorkeeper
from .basis import behaves
from .faults import Fault, Faults
from .store import Body, Store, text_of
from .wire import ACTIONS, TOO_FREQUENT, Call, Refusal, parse

WINDOW = 300.0
LONGEST_BODY = 1024 * 1024
NO_SUCH_API = "NoSuchApi"
NOT_TO_PATCH = {"id", "kind", "pullId", "directoryId", "taskId", "pushUrl", "srtPushUrl"}

behaves("quota", "documented", "300 calls in any 5 minutes for one account")
behaves("quota", "observed", f"beyond it HTTP 429 with the code {TOO_FREQUENT}")


@dataclass(frozen=True)
class Outcome:
    """What to answer; `fault` tells the server to spoil it."""

    status: int
    content: Any
    fault: Fault | None = None


class Platform:
    """One account on one platform. `quota` is calls in 5 minutes, 0 for none; `now` is the machine's clock."""

    def __init__(self, *, file: Path | None, seed: int, quota: int, now: Callable[[], float]) -> None:
        self.store = Store(file, seed, now)
        self.faults = Faults()
        self.journal: list[Body] = []
        self._quota = quota
        self._now = now
        self._doorkeeper = Doorkeeper()
        self._recent: deque[float] = deque()
        self._requests = 0

    def next_request_id(self) -> str:
        """An id for the answer's header."""
        self._requests += 1
        return f"emulated-{self._requests:06d}"

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Judge and carry out one vendor call."""
        path = target.partition("?")[0]
        fault = self.faults.strike(path)
        outcome, word = self._outcome(method, target, path, headers, body, fault)
        self.journal.append(
            {
                "vendor": "wangsu",
                "action": path.rsplit("/", 1)[-1],
                "path": path,
                "method": method,
                "outcome": word,
                "fault": fault.kind if fault else None,
                "bodyHash": hashlib.sha256(body).hexdigest()[:16],
                "at": self._now(),
                "time": text_of(int(self._now())),
            }
        )
        return outcome

    def _outcome(
        self, method: str, target: str, path: str, headers: Mapping[str, str], body: bytes, fault: Fault | None
    ) -> tuple[Outcome, str]:
        if fault and fault.kind in ("refuse", "reset", "html"):
            return Outcome(503, {"message": "service unavailable"}, fault), fault.kind
        try:
            self._admit(method, target, headers, body, fault)
            data = self._carry_out(method, path, body, fault)
        except Refusal as refusal:
            content = {"code": refusal.code, "message": refusal.message}
            return Outcome(refusal.status, content, fault), f"code {refusal.code}"
        return Outcome(200, {"code": 200, "message": "success", "data": data}, fault), "ok"

    def _admit(self, method: str, target: str, headers: Mapping[str, str], body: bytes, fault: Fault | None) -> None:
        ahead = fault.seconds if fault and fault.kind == "skew" else 0.0
        self._doorkeeper.admit(method, target, headers, body, self._now() + ahead)
        now = self._now()
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        throttled = fault is not None and fault.kind == "throttle"
        if throttled or (self._quota and len(self._recent) >= self._quota):
            raise Refusal(TOO_FREQUENT, "too many requests", 429)
        self._recent.append(now)

    def _carry_out(self, method: str, path: str, body: bytes, fault: Fault | None) -> Any:
        served = ACTIONS.get(path)
        if served is None or method != "POST":
            raise Refusal(NO_SUCH_API, "no such API", 404)
        if fault and fault.kind == "error-code":
            raise Refusal(fault.code, "scripted by a fault")
        stale = fault is not None and fault.kind == "stale-list"
        return served.handler(Call(parse(served, body), self.store, stale))

    def objects(self, kind: str | None = None) -> list[Body]:
        """What the platform holds, each with its kind, its id and its present status."""
        now = self.store.now()
        found = []
        for name, view in _VIEWS.items():
            if kind in (None, name):
                found += [{**view(body, now), "kind": name, "id": key} for key, body in self.store.all(name).items()]
        return found

    def edit(self, kind: str, key: str, change: Mapping[str, Any]) -> Body | None:
        """A click in the console: change fields of an object; None when there is no such object.

        Raises:
            ValueError: a field is not one that the object can have.
        """
        body = self.store.get(kind, key)
        if body is None:
            return None
        allowed = (_FIELDS[kind] | set(body)) - NOT_TO_PATCH
        unknown = sorted(set(change) - allowed)
        if unknown:
            raise ValueError(f"no field {', '.join(unknown)}; these can be changed: {', '.join(sorted(allowed))}")
        edited = {**body, **change}
        if edited.pop("resetPushId", "0") == "1":
            edited["pushId"] = self.store.new_id()
        self.store.put(kind, key, edited)
        return next(item for item in self.objects(kind) if item["id"] == key)

    def orphans(self, known: set[str]) -> list[Body]:
        """What is not known and not over."""
        return [item for item in self.objects() if item["id"] not in known and not _is_over(item)]

    def reset(self) -> None:
        """Forget objects, faults, journal and used calls. Signatures stay used."""
        self.store.reset()
        self.faults.clear()
        self.journal.clear()
        self._recent.clear()


def _channel(body: Body, now: int) -> Body:
    urls = {
        "pushUrl": wangsu_channels.push_url(body),
        "srtPushUrl": wangsu_channels.srt_push_url(body),
    }
    return {**body, **urls, "status": body["channelStatus"]}


_VIEWS: dict[str, Callable[[Body, int], Body]] = {
    wangsu_channels.CHANNEL: _channel,
    wangsu_channels.PULL_CHANNEL: lambda body, now: {**body, "status": body["channelStatus"]},
    wangsu_recording.DIRECTORY: lambda body, now: {**body, "status": None},
    wangsu_recording.TASK: lambda body, now: {**body, "status": wangsu_recording.status(body, now)},
    wangsu_forwarding.TASK: lambda body, now: {**body, "status": wangsu_forwarding.status(body, now)},
}
_FIELDS = {
    kind: {field for path in paths for field in ACTIONS[path].fields}
    for kind, paths in {
        wangsu_channels.CHANNEL: ("/live/channelManage/createChannel", "/live/channelManage/channelEdit"),
        wangsu_channels.PULL_CHANNEL: ("/live/channelManage/createPullChannel",),
        wangsu_recording.DIRECTORY: ("/live/recordDirectoryManage/directoryCreate",),
        wangsu_recording.TASK: ("/live/channelManage/createRecordTask",),
        wangsu_forwarding.TASK: ("/live/forwardTask/startForwardTask",),
    }.items()
}


def _is_over(item: Body) -> bool:
    if item["kind"] == wangsu_recording.TASK:
        return item["status"] in (wangsu_recording.FINISHED, wangsu_recording.TERMINATED)
    return bool(item["kind"] == wangsu_forwarding.TASK and item["status"] == wangsu_forwarding.ENDED)
