"""The emulated platform behind its door: judges one call after the other and keeps the journal.

One call is carried out at a time, so nobody ever sees a half-written object.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .basis import behaves
from .clicks import changes
from .domains import CHANNEL, PULL_CHANNEL
from .exchange import Answer, Request
from .faults import Fault, Faults
from .journal import Line
from .nearest import hint
from .series import Figures
from .store import Body, Store, text_of
from .volcengine import dispatch as volcengine
from .volcengine import wire as volcengine_wire
from .wangsu import channels as wangsu_channels
from .wangsu import forwarding as wangsu_forwarding
from .wangsu import recording as wangsu_recording
from .wangsu import report_wire as wangsu_report_wire
from .wangsu import reports as wangsu_reports
from .wangsu import status as wangsu_status
from .wangsu import switches as wangsu_switches
from .wangsu import urls as wangsu_urls  # noqa: F401 - serves actions that keep nothing
from .wangsu.auth import Doorkeeper
from .wangsu.times import rewritten
from .wangsu.wire import ACTIONS, TOO_FREQUENT, Call, Refusal, parse

WINDOW = 300.0
LONGEST_BODY = 1024 * 1024
REPORT_PATHS = ("/api/report/", "/myview/")
BEFORE_ANYTHING = ("refuse", "reset", "html")

behaves("quota", "documented", "300 calls in any 5 minutes for one Wangsu account, live and report actions together")
behaves("faults", "assumed", "nobody documents how the platform fails: each kind of fault is what a client has to bear")
behaves(
    "faults", "assumed", "what a gateway says by itself, before or after a call is carried out, is the fault `answer`"
)
behaves("quota", "observed", f"beyond it HTTP 429 with the code {TOO_FREQUENT}")


@dataclass(frozen=True)
class Outcome:
    """What to answer; `fault` tells the server to spoil it."""

    answer: Answer
    headers: Mapping[str, str]
    fault: Fault | None = None


class Platform:
    """One account on one platform.

    `seed` fixes the ids and the figures of reports; without one the ids are random and the figures those of 0. `quota`
    is calls in 5 minutes, 0 for none; `now` is the machine's clock. With `limits` False a report may ask any window and
    any number of domains in one call, at any rate.
    """

    def __init__(
        self, *, file: Path | None, seed: int | None = None, quota: int, now: Callable[[], float], limits: bool = True
    ) -> None:
        self.store = Store(file, seed, now)
        self.faults = Faults(paths())
        self.journal: list[Body] = []
        self._quota = quota
        self._now = now
        self._doorkeeper = Doorkeeper()
        self._recent: deque[float] = deque()
        self._requests = 0
        self.figures = Figures(seed or 0)
        self._reports = wangsu_reports.Reports(self.store, self.figures, limits)
        self._volcengine = volcengine.Volcengine(self.store, self.figures, limits)

    def serve(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Outcome:
        """Judge and carry out one vendor call."""
        request = Request(method, target, headers, body)
        action = volcengine.action_of(request)
        path = action or request.path
        fault = self.faults.strike(path)
        self._requests += 1
        request_id = f"emulated-{self._requests:06d}"
        try:
            answer, word = self._answer(request, action, request_id, fault), "ok"
        except Refusal as refusal:
            answer, word = _refused(request, action, request_id, refusal), f"code {refusal.code}"
        if fault and fault.kind in BEFORE_ANYTHING:
            word = fault.kind
        if fault and fault.kind == "answer":
            # Escaped, so that what no UTF-8 can hold is sent too.
            said = fault.body if isinstance(fault.body, str) else json.dumps(fault.body)
            answer = Answer(fault.status, said)
        now = self._now()
        line = Line(
            vendor="volcengine" if action else "wangsu",
            action=path.rsplit("/", 1)[-1],
            path=path,
            method=method,
            outcome=word,
            fault=fault.kind if fault else None,
            bodyHash=hashlib.sha256(body).hexdigest()[:16],
            at=now,
            time=text_of(int(now)),
        )
        self.journal.append(line.told())
        return Outcome(answer, {} if action else {"x-cnc-request-id": request_id}, fault)

    def _answer(self, request: Request, action: str, request_id: str, fault: Fault | None) -> Answer:
        kind = fault.kind if fault else ""
        if kind in BEFORE_ANYTHING:
            if action:
                raise volcengine_wire.refuse(volcengine.UNAVAILABLE, "service unavailable")
            return Answer(503, {"message": "service unavailable"})
        ahead = fault.seconds if fault and kind == "skew" else 0.0
        scripted = str(fault.code) if fault and kind == "error-code" else ""
        if action:
            self._volcengine.admit(request, action, self._now(), ahead, kind == "throttle")
            if scripted:
                raise volcengine_wire.refuse(scripted, "scripted by a fault")
            return self._volcengine.answer(request, action, request_id)
        self._admit(request, ahead, kind == "throttle")
        if request.path.startswith(REPORT_PATHS):
            if scripted:
                raise wangsu_report_wire.refuse(scripted, "scripted by a fault")
            return self._reports.answer(request, _particulars(fault))
        data = self._carry_out(request.method, request.path, request.body, fault)
        return Answer(200, {"code": 200, "message": "success", "data": data})

    def _admit(self, request: Request, ahead: float, throttled: bool) -> None:
        now = self._now()
        self._doorkeeper.admit(request.method, request.target, request.headers, request.body, now + ahead)
        while self._recent and self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        if throttled or (self._quota and len(self._recent) >= self._quota):
            raise Refusal(TOO_FREQUENT, "too many requests", 429)
        self._recent.append(now)

    def _carry_out(self, method: str, path: str, body: bytes, fault: Fault | None) -> Any:
        served = ACTIONS.get(path)
        if served is None or method != "POST":
            raise Refusal(wangsu_reports.NO_SUCH_API, "no such API", 404)
        if fault and fault.kind == "error-code":
            raise Refusal(fault.code, "scripted by a fault")
        kind = fault.kind if fault else ""
        past = self.store.past(fault.seconds) if fault and kind == "stale-list" else None
        data = served.handler(Call(parse(served, body), self.store, past, kind == "shift-pages"))
        return rewritten(data, fault.form) if fault and kind == "times" else data

    def objects(self, kind: str | None = None) -> list[Body]:
        """What the platform holds, each with its kind, its id and its present status.

        Raises:
            ValueError: there is no such kind.
        """
        if kind is not None and kind not in _VIEWS:
            raise _no_kind(kind)
        kinds = _VIEWS if kind is None else (kind,)
        return [self._shown(name, key, body) for name in kinds for key, body in self.store.all(name).items()]

    def _shown(self, kind: str, key: str, body: Body) -> Body:
        return {**_VIEWS[kind](body, self.store), "kind": kind, "id": key}

    def edit(self, kind: str, key: str, change: Mapping[str, Any]) -> Body | None:
        """A click in the console: change fields of an object; None when there is no such object.

        Raises:
            ValueError: a field is not one that the object can have, or of another type.
        """
        body = self.store.get(kind, key)
        if body is None:
            return None
        edited = {**body, **changes(body, _FIELDS[kind], change)}
        if edited.pop("resetPushId", "0") == "1":
            edited["pushId"] = self.store.new_id()
        self.store.put(kind, key, edited)
        return self._shown(kind, key, edited)

    def make(self, kind: str, fields: Mapping[str, Any]) -> Body:
        """An object that somebody makes in the console, by the rules of the vendor's own call; the journal has no call.

        Raises:
            ValueError: the vendor would refuse it.
        """
        if kind not in _CALLS:
            raise _no_kind(kind)
        name, (path, *_) = _CALLS[kind]
        wanted = {**fields, "open": 1} if kind == wangsu_switches.CALLBACK else fields
        try:
            served = ACTIONS[path]
            made = served.handler(Call(parse(served, json.dumps(wanted).encode()), self.store))
        except Refusal as refusal:
            raise ValueError(f"{refusal.message} (code {refusal.code})") from None
        key = str({**fields, **(made or {})}[name]).lower()
        first = next(part for part in key.split(",") if part)  # one ban may name several channels
        return self._shown(kind, first, self.store.get(kind, first) or {})

    def delete(self, kind: str, key: str) -> bool:
        """A click in the console: delete an object; False when there is none."""
        there = self.store.get(kind, key) is not None
        if there:
            self.store.remove(kind, key)
        return there

    def missing(self, kind: str, key: str) -> str:
        """The sentence that says that there is no such object."""
        return f"no {kind} {key}" if kind in _VIEWS else str(_no_kind(kind))

    def orphans(self, known: set[str]) -> list[Body]:
        """What is not known and not over."""
        return [item for item in self.objects() if item["id"] not in known and not _is_over(item)]

    def restore(self, document: Body) -> None:
        """Bring back what the store's `snapshot` gave; objects only, as nothing else is in it.

        Raises:
            ValueError: it holds what no platform can show; then all is as it was.
        """
        trial = Store(now=self._now)
        trial.restore(document)
        for kind in document["objects"]:
            if kind not in _VIEWS:
                raise _no_kind(kind)
            for key, body in trial.held(kind).items():
                try:
                    json.dumps(_VIEWS[kind](body, trial))
                    key.encode()
                except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
                    raise ValueError(
                        f"{kind} {key!a} of the snapshot is no such object: {type(error).__name__} {error}"
                    ) from None
        self.store.restore(document)

    def reset(self) -> None:
        """Forget objects, faults, journal and used calls. Signatures stay used."""
        self.store.reset()
        self.faults.clear()
        self.journal.clear()
        self._recent.clear()
        self._volcengine.reset()


def _no_kind(kind: str) -> ValueError:
    return ValueError(f"kind must be one of {', '.join(_VIEWS)}{hint(kind, _VIEWS)}")


def paths() -> dict[str, set[str]]:
    """Every path that can be called, with the particular faults that it knows."""
    of_lists = {"stale-list", "shift-pages"}
    return {
        **{path: {"times"} | (of_lists if action.is_list else set()) for path, action in ACTIONS.items()},
        **{path: _of_report(path) for path in wangsu_report_wire.REPORTS},
        **{name: set() for name in volcengine_wire.VOLCENGINE_ACTIONS},
    }


def _particulars(fault: Fault | None) -> wangsu_report_wire.Particulars:
    if fault is None:
        return wangsu_report_wire.Particulars()
    return wangsu_report_wire.Particulars(
        longest_window=int(fault.seconds) if fault.kind == "longest-window" else None,
        most_domains=fault.most if fault.kind == "most-domains" else None,
        finer_slots=int(fault.seconds) if fault.kind == "finer-slots" else None,
    )


def _of_report(path: str) -> set[str]:
    finer = {"finer-slots"} if path in wangsu_reports.FINER else set()
    return {"longest-window", "most-domains", *finer}


def _refused(request: Request, action: str, request_id: str, refusal: Refusal) -> Answer:
    """A refusal as the vendor of the call tells it."""
    if action:
        return volcengine.refused(request, action, request_id, refusal)
    if request.path.startswith(REPORT_PATHS):
        return wangsu_reports.refused(refusal)
    return Answer(refusal.status, {"code": refusal.code, "message": refusal.message})


def _channel(body: Body, store: Store) -> Body:
    urls = {
        "pushUrl": wangsu_channels.push_url(body),
        "srtPushUrl": wangsu_channels.srt_push_url(body),
    }
    return {**_pull_channel(body, store), **urls}


def _pull_channel(body: Body, store: Store) -> Body:
    status = wangsu_status.live_status(body, store)
    return {**body, "channelStatus": status, "status": status}


_VIEWS: dict[str, Callable[[Body, Store], Body]] = {
    CHANNEL: _channel,
    PULL_CHANNEL: _pull_channel,
    wangsu_recording.DIRECTORY: lambda body, store: {**body, "status": None},
    wangsu_recording.TASK: lambda body, store: {**body, "status": wangsu_recording.status(body, store.now())},
    wangsu_forwarding.TASK: lambda body, store: {**body, "status": wangsu_forwarding.status(body, store.now())},
    wangsu_switches.CALLBACK: lambda body, store: {**body, "open": 1, "status": None},
    wangsu_status.BAN: lambda body, store: {**body, "status": wangsu_switches.ban_status(body, store)},
}
# Of each kind: what its objects are called by, and the calls that make and change it, the one that makes it first.
_CALLS: dict[str, tuple[str, tuple[str, ...]]] = {
    CHANNEL: ("pullId", ("/live/channelManage/createChannel", "/live/channelManage/channelEdit")),
    PULL_CHANNEL: ("pullId", ("/live/channelManage/createPullChannel",)),
    wangsu_recording.DIRECTORY: ("directoryId", ("/live/recordDirectoryManage/directoryCreate",)),
    wangsu_recording.TASK: ("taskId", ("/live/channelManage/createRecordTask",)),
    wangsu_forwarding.TASK: ("taskId", ("/live/forwardTask/startForwardTask",)),
    wangsu_switches.CALLBACK: ("domainName", ("/live/channelManage/setChannelStateRealtimeBack",)),
    wangsu_status.BAN: ("pullId", ("/live/channelManage/channelForbidden",)),
}
_FIELDS = {
    kind: {name: field for path in calls for name, field in ACTIONS[path].fields.items()}
    for kind, (_, calls) in _CALLS.items()
}


_OVER = {
    wangsu_recording.TASK: (wangsu_recording.FINISHED, wangsu_recording.TERMINATED),
    wangsu_forwarding.TASK: (wangsu_forwarding.ENDED,),
    wangsu_status.BAN: (None,),
}


def _is_over(item: Body) -> bool:
    return item["status"] in _OVER.get(item["kind"], ())
