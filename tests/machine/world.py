"""The world around a provider: the platform, the wire to it with its faults, other people, and the end of a process.

The wire carries the real signed request to the emulated platform without a socket, and raises what the real transport
raises. It also keeps account of who made what, because that is what every invariant is about.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import quote, urlsplit

from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.wangsu.auth import ACCESS_KEY, API_KEY, SECRET_KEY, USERNAME
from pulumi_livechannels.emulator.wangsu.wire import ACTIONS, Call, Refusal
from pulumi_livechannels.ground.errors import NoAnswerError, NotSentError
from pulumi_livechannels.ground.http import Answer, Request, Transport

from .clockwork import MOST_NAPS, Clock, Killed, fake_time

HOME, ABROAD = "http://127.0.0.1:9", "http://127.0.0.1:8"
_COMMON = {"endpoint": HOME, "budgetStore": "memory", "callsPerFiveMinutes": "0"}
SETTINGS = {**_COMMON, "accessKey": ACCESS_KEY, "secretKey": SECRET_KEY}
# Other keys of the same account, and the same keys at another account's address.
KEYS = {
    "rotated": {**_COMMON, "username": USERNAME, "apiKey": API_KEY},
    "abroad": {**SETTINGS, "endpoint": ABROAD},
}
TIMEOUT = 30.0
OPEN_TASK = (0, 1)
KINDS = ("channel", "pullChannel", "recordDirectory", "recordTask", "forwardTask", "channelBan", "channelStateCallback")
READING = re.compile(r"/(get|batch|recordTask\w*Query)")
WORD_LIKE = 8
MOST_CALLS = 3_000


Key = tuple[str, str]


@dataclass
class Said:
    """A text that somebody could read, and during which operation it was said."""

    operation: int
    where: str
    text: str


@dataclass
class Origin:
    """Where an object comes from: the operation of the engine, and the resource that it was serving."""

    operation: int
    urn: str


@dataclass
class World:
    """One account on an emulated platform, and everything that happens to it."""

    clock: Clock
    seed: int = 0
    operation: int = 0
    serving: str = ""
    texts: list[Said] = field(default_factory=list)
    made: dict[Key, Origin] = field(default_factory=dict)
    foreign: dict[Key, dict[str, Any]] = field(default_factory=dict)
    kill: tuple[int, str] | None = None
    killed_at: str = ""
    dead: bool = False
    sent: int = 0
    lies: list[dict[str, Any]] = field(default_factory=list)
    fired: Counter[str] = field(default_factory=Counter)
    canaries: set[str] = field(default_factory=set)
    signatures: list[str] = field(default_factory=list)
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    cut_on_air: set[str] = field(default_factory=set)
    let_on_air: dict[str, int] = field(default_factory=dict)
    rotations: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.platform = Platform(file=None, seed=self.seed + 1, quota=0, now=self.clock.now)
        self.abroad = Platform(file=None, seed=self.seed + 2, quota=0, now=self.clock.now)
        self.canaries |= {ACCESS_KEY, SECRET_KEY, API_KEY}

    # What is there

    def alive(self) -> dict[Key, dict[str, Any]]:
        """Every object that is there and not over."""
        found = {}
        for item in self.platform.objects():
            kind = item["kind"]
            if kind in ("recordTask", "forwardTask") and item["status"] not in OPEN_TASK:
                continue
            if kind == "channelBan" and item["status"] is None:
                continue
            found[kind, item["id"]] = item
        return found

    def body(self, key: Key) -> dict[str, Any] | None:
        return self.platform.store.get(*key)

    def _keys(self) -> set[Key]:
        return {(kind, key) for kind in KINDS for key in self.platform.store.all(kind)}

    # Other people

    def somebody(self, path: str, words: Mapping[str, Any]) -> bool:
        """Another person's call, which makes or changes what is theirs; False when the platform refuses it."""
        before = self._keys()
        try:
            ACTIONS[path].handler(Call(words, self.platform.store))
        except Refusal:
            return False
        for key in self._keys() - before:
            self.foreign[key] = self.body(key) or {}
            self.made.pop(key, None)
        return True

    def click(self, key: Key, change: Mapping[str, Any]) -> None:
        """Somebody edits an object in the console."""
        if self.body(key) is not None:
            self.platform.edit(*key, change)
            if key in self.foreign:
                self.foreign[key] = self.body(key) or {}

    def remove(self, key: Key) -> None:
        """Somebody deletes an object in the console."""
        if self.body(key) is not None:
            self.platform.store.remove(*key)
            self.foreign.pop(key, None)

    # The wire

    def fault(self, wanted: Mapping[str, Any]) -> None:
        """Script a fault; kind `answer` is carried out here, whatever the emulator can do."""
        if wanted["kind"] == "answer":
            self.lies.append({"nth": 1, "times": 1, "status": 200, "seen": 0, **wanted})
        else:
            self.platform.faults.add(wanted)

    def furnish(self, path: str, words: Mapping[str, Any]) -> None:
        """The other account holds something too."""
        with suppress(Refusal):
            ACTIONS[path].handler(Call(words, self.abroad.store))

    def clear_faults(self) -> None:
        self.platform.faults.clear()
        self.lies.clear()

    def writes(self) -> int:
        """How many calls so far were none of reading."""
        return sum(1 for call in self.platform.journal if not READING.search(call["path"]))

    def send(self, request: Request) -> Answer:
        """One attempt, with what is scripted for it."""
        self._die_if_due("before", request)
        parts = urlsplit(request.url)
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.signatures += re.findall(r"Signature=([0-9a-f]{32,})", headers.get("authorization", ""))
        if request.url.startswith(ABROAD):
            outcome = self.abroad.serve(request.method, target, headers, request.body)
        elif READING.search(parts.path):
            outcome = self.platform.serve(request.method, target, headers, request.body)
        else:
            outcome = self._written(parts.path, request.method, target, headers, request.body)
        self._die_if_due("after", request)
        self.clock.let_pass(0.05)
        return self._spoilt(parts.path, outcome)

    def _written(self, path: str, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Any:
        """Have a write carried out, and take note of what it made and of what it did to viewers and encoders."""
        before, channels = self._keys(), self.platform.store.all("channel")
        ids = str(json.loads(body or b"{}").get("pullId", "")).split(",")
        on_air = {key for key in ids if self.is_on_air(key)}
        outcome = self.platform.serve(method, target, headers, body)
        if path.endswith("/channelReBrodcast"):
            self.let_on_air |= {key: self.operation for key in ids if key not in on_air and self.is_on_air(key)}
        for key in self._keys() - before:
            self.made[key] = Origin(self.operation, self.serving)
        if path.endswith("/deleteChannel"):
            # Whom the same operation has let on air was kept off it until then.
            watched = {key for key in on_air if self.let_on_air.get(key) != self.operation}
            self.cut_on_air |= {key for key in watched if self.body(("channel", key)) is None}
        for key, channel in self.platform.store.all("channel").items():
            self.canaries.add(channel["pushId"])
            self.rotations[key] += key in channels and channels[key]["pushId"] != channel["pushId"]
        return outcome

    def is_on_air(self, key: str) -> bool:
        """Whether somebody pushes to a channel and may."""
        body = self.body(("channel", key))
        return body is not None and body["channelStatus"] == 1 and ("channelBan", key) not in self.alive()

    def _die_if_due(self, when: str, request: Request) -> None:
        if self.dead:
            raise Killed
        if when == "before":
            self.sent += 1
        if self.sent > MOST_CALLS:
            self.clock.naps = MOST_NAPS
            self.dead = True
            raise Killed
        if self.kill == (self.sent, when):
            self.dead = True
            self.killed_at = urlsplit(request.url).path
            raise Killed

    def _spoilt(self, path: str, outcome: Any) -> Answer:
        fault = outcome.fault
        kind = fault.kind if fault else ""
        said = outcome.answer.content
        status, media = outcome.answer.status, outcome.answer.media
        if kind:
            self.fired[kind] += 1
        # A call that something else befell was not carried out, perhaps, so that no lie about it would be one.
        if (lie := self._lie(path)) is not None and not kind:
            self.fired["answer"] += 1
            status = lie["status"]
            said = lie["body"] if "body" in lie else _patched(said, lie["patch"])
        if kind in ("reset", "lost-answer", "truncate"):
            raise _lost("ConnectionResetError" if kind != "truncate" else "IncompleteRead")
        if kind == "slow":
            self.clock.let_pass(min(fault.seconds, TIMEOUT))
            if fault.seconds >= TIMEOUT:
                raise _lost("ReadTimeoutError")
        if kind == "html":
            said, status, media = "<html><body>Please sign in</body></html>", 200, "text/html"
        content = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        ahead = fault.seconds if kind == "skew" else 0
        date = formatdate(self.platform.store.now() + ahead, usegmt=True)
        headers = {**outcome.headers, "content-type": media, "date": date}
        return Answer(
            status, {name.lower(): value for name, value in headers.items()}, content.encode(errors="replace")
        )

    def _lie(self, path: str) -> dict[str, Any] | None:
        struck = None
        for lie in self.lies:
            if lie["path"] == path:
                lie["seen"] += 1
                if struck is None and lie["nth"] <= lie["seen"] < lie["nth"] + lie["times"]:
                    struck = lie
        return struck

    # What is said

    def say(self, where: str, text: str) -> None:
        if text.strip():
            self.texts.append(Said(self.operation, where, text.strip()))

    def told(self, *words: str, since: int = 0) -> bool:
        """Whether one text names all of these."""
        return any(all(word in said.text for word in words) for said in self.texts if said.operation >= since)

    def secrets_in(self, text: str) -> list[str]:
        """Which secrets stand in a text, in any spelling."""
        found = [f"a signature ({where})" for where in ("Signature=", "wsSecret=") if where in text]
        for secret in sorted(self.canaries):
            spellings = {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")}
            if len(secret) >= WORD_LIKE and any(spelling in text for spelling in spellings):
                found.append(secret)
        return found + [signature for signature in self.signatures if signature in text]


def _patched(content: Any, patch: Mapping[str, Any]) -> Any:
    """The real answer with some of its data changed."""
    data = content.get("data") if isinstance(content, dict) else None
    return {**content, "data": {**data, **patch}} if isinstance(data, dict) else content


def _lost(reason: str) -> NoAnswerError:
    return NoAnswerError(
        f"the answer of 127.0.0.1:9 was lost ({reason})",
        next_step="run again; if it keeps happening, raise timeoutSeconds or look at the network.",
    )


def no_connection() -> NotSentError:
    """What the transport raises where nobody listens."""
    return NotSentError("no connection to 127.0.0.1:9 (ConnectionRefusedError)", next_step="check the network.")


@contextmanager
def world(seed: int = 0) -> Iterator[World]:
    """A world for the time of a block; every transport of the provider leads into it."""
    real = Transport.send
    with fake_time(seed) as clock:
        here = World(clock, seed)
        try:
            Transport.send = lambda self, request: here.send(request)  # type: ignore[method-assign]
            yield here
        finally:
            Transport.send = real  # type: ignore[method-assign]
            here.platform.store.close()
            here.abroad.store.close()
