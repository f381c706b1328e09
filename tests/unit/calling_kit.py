"""A caller on a transport that follows a script, for the tests of calls and refusals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kit import FakeClock
from pulumi_livechannels.ground.errors import (
    LiveChannelsError,
)
from pulumi_livechannels.ground.http import Answer, Request
from pulumi_livechannels.ground.retry import ThrottlePatience
from pulumi_livechannels.vendors.calling import (
    Caller,
    Exchange,
)

OK = Answer(200, {}, b"fine")


class Gate:
    """A limiter that counts; `closed` are the times for which it was told to close."""

    def __init__(self) -> None:
        self.taken = 0
        self.closed: list[tuple[float, float | None]] = []

    def acquire(self) -> None:
        self.taken += 1

    def close_for(self, seconds: float, patience: float | None = None) -> None:
        self.closed.append((seconds, patience))


class Line:
    """A transport that follows a script, whose last line goes on for ever, and a caller on it."""

    def __init__(self, clock: FakeClock, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.gate = Gate()
        self.dated: list[float] = []
        self.sent = 0
        self.clock = clock
        self.takes = 0.0
        self.caller = Caller(
            transport=self,  # type: ignore[arg-type]
            clock=clock,
            throttle=lambda jitter: ThrottlePatience(clock, 100, jitter),
            secrets=["s3cretkey"],
        )
        self.caller.jitter = lambda: 1.0

    def send(self, request: Request) -> Answer:
        self.sent += 1
        self.clock.let_pass(self.takes)
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, Exception):
            raise outcome
        assert isinstance(outcome, Answer)
        return outcome

    def sign(self, dated: float) -> Request:
        self.dated.append(dated)
        return Request("POST", "https://api.example.com/x", {}, b"")

    def call(self, judge: Callable[[Answer], Any] = lambda answer: answer.body, shown: str = "{}", **more: Any) -> Any:
        return self.caller.carry_out(
            Exchange("Ask", "/ask", shown, self.sign, judge, self.gate, **more)  # type: ignore[arg-type]
        )

    def fails(self, **more: Any) -> LiveChannelsError:
        with pytest.raises(LiveChannelsError) as caught:
            self.call(**more)
        return caught.value
