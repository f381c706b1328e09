"""One call by itself: how often it is sent, when, and what an error says of it. The matrix stands in test_client.py."""

from __future__ import annotations

import base64
import html
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from email.utils import formatdate
from typing import Any
from urllib.parse import quote

import pytest

from kit import FakeClock
from pulumi_livechannels.ground.errors import (
    CancelledError,
    Changed,
    ClockError,
    LiveChannelsError,
    NoAnswerError,
    NotSentError,
    PlatformError,
    RefusedError,
    ThrottledError,
    VendorError,
)
from pulumi_livechannels.ground.http import Answer, Request
from pulumi_livechannels.ground.retry import ATTEMPTS, BASE_SECONDS, RETRY_COST, TOKENS, ThrottlePatience
from pulumi_livechannels.vendors.calling import (
    Caller,
    Effect,
    Exchange,
    Meaning,
    not_json,
    not_understood,
    request_id,
    where,
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


def lost() -> NoAnswerError:
    return NoAnswerError("no answer", next_step="wait.")


def unsent() -> NotSentError:
    return NotSentError("no connection", next_step="wait.")


def said(error: type[VendorError], *, documented: bool = True, retry_after: float | None = None) -> VendorError:
    refusal = error("no", code="7", status=200, request_id=None, next_step="wait.")
    refusal.documented = documented
    if isinstance(refusal, ThrottledError):
        refusal.retry_after = retry_after
    return refusal


ONCE = {"effect": Effect.ONCE, "repeatable": False}
AGAIN = {"effect": Effect.IDEMPOTENT}


# How often, and when.


def test_an_answer_is_what_the_judge_makes_of_it(clock: FakeClock) -> None:
    line = Line(clock, OK)
    assert line.call(lambda answer: answer.body.upper()) == b"FINE"
    assert (line.sent, line.gate.taken, clock.slept) == (1, 1, [])
    assert line.dated == [clock.now()]


def test_waits_between_attempts_double(clock: FakeClock) -> None:
    line = Line(clock, lost())
    line.fails()
    assert line.sent == ATTEMPTS
    assert clock.slept == [BASE_SECONDS * 2**n for n in range(ATTEMPTS - 1)]


def test_no_two_runs_wait_equally_long(clock: FakeClock) -> None:
    jitter = Caller(transport=None, clock=clock, throttle=None, secrets=[]).jitter  # type: ignore[arg-type]
    chances = {jitter() for _ in range(9)}
    assert len(chances) > 1
    assert all(0 <= chance < 1 for chance in chances)


def test_what_was_not_sent_is_sent_again_whatever_it_is(clock: FakeClock) -> None:
    assert Line(clock, unsent(), OK).call(**ONCE) == b"fine"


@pytest.mark.parametrize("error", [lost(), said(PlatformError)], ids=["lost", "failed"])
def test_what_may_have_been_carried_out_is_sent_again_where_it_may_be_repeated(
    clock: FakeClock, error: LiveChannelsError
) -> None:
    line = Line(clock, error, OK)
    assert line.fails(**ONCE) is error
    assert line.sent == 1
    assert Line(clock, error, OK).call(**AGAIN) == b"fine"


def test_a_refusal_is_final(clock: FakeClock) -> None:
    line = Line(clock, said(RefusedError))
    line.fails()
    assert line.sent == 1


def test_a_refused_timestamp_is_tried_once_more_and_at_once(clock: FakeClock) -> None:
    line = Line(clock, said(ClockError))
    line.fails(**ONCE)
    assert (line.sent, clock.slept) == (2, [])
    assert line.dated == [clock.now(), clock.now() + 1], "for no signature may be repeated"


def test_a_refused_timestamp_after_another_failure_is_final(clock: FakeClock) -> None:
    line = Line(clock, unsent(), said(ClockError))
    line.fails()
    assert line.sent == 2


def test_a_call_is_dated_when_it_leaves(clock: FakeClock) -> None:
    line = Line(clock, lost(), OK)
    began = clock.now()
    line.call()
    assert line.dated == [began, max(began + BASE_SECONDS, began + 1)]


def test_throttled_waits_are_the_gates_and_no_attempts(clock: FakeClock) -> None:
    line = Line(clock, *[said(ThrottledError)] * 3, *[lost()] * (ATTEMPTS - 1), OK)
    assert line.call() == b"fine"
    assert line.gate.closed == [(5, 100), (10, 100), (20, 100)]
    assert len(clock.slept) == ATTEMPTS - 1
    assert line.gate.taken == line.sent == 3 + ATTEMPTS


def test_what_the_platform_asks_for_is_waited(clock: FakeClock) -> None:
    line = Line(clock, said(ThrottledError, retry_after=30), OK)
    line.call()
    assert line.gate.closed == [(35, 100)]


def test_a_cancelled_call_is_not_tried_again(clock: FakeClock) -> None:
    line = Line(clock, lost(), CancelledError("cancelled", next_step="run again."))
    error = line.fails(**AGAIN)
    assert isinstance(error, CancelledError)
    assert (line.sent, error.changed) == (2, Changed.UNKNOWN)


def test_retries_are_paid_and_successes_pay_back(clock: FakeClock) -> None:
    line = Line(clock, lost())
    for _ in range(TOKENS // RETRY_COST // (ATTEMPTS - 1)):
        line.fails()
    sent = line.sent
    line.fails()
    assert line.sent < sent + ATTEMPTS, "nothing is left"
    error = line.fails()
    assert str(error) == (
        "Ask: the platform has not been answering, so this call was not tried. Nothing was changed on the platform. "
        "Next: wait until the platform can be reached, then run again."
    )
    clock.let_pass(60)
    line.outcomes = [OK]
    for _ in range(RETRY_COST):
        line.call()
    line.outcomes = [lost(), OK]
    assert line.call() == b"fine"


# What is known afterwards.


@pytest.mark.parametrize(
    ("outcomes", "how", "changed", "made"),
    [
        ([unsent()], ONCE, Changed.NO, False),
        ([lost()], ONCE, Changed.UNKNOWN, True),
        ([lost()], AGAIN, Changed.UNKNOWN, False),
        ([lost()], {}, Changed.NO, False),
        ([lost(), said(RefusedError)], AGAIN, Changed.UNKNOWN, False),
        ([said(RefusedError)], ONCE, Changed.NO, False),
        ([said(RefusedError, documented=False)], ONCE, Changed.UNKNOWN, True),
        ([said(RefusedError, documented=False)], {}, Changed.NO, False),
        ([unsent(), lost()], ONCE, Changed.UNKNOWN, True),
    ],
)
def test_an_error_knows_the_worst_of_all_attempts(
    clock: FakeClock, outcomes: list[LiveChannelsError], how: dict[str, Any], changed: Changed, made: bool
) -> None:
    error = Line(clock, *outcomes).fails(**how)
    assert (error.changed, error.made_something) == (changed, made)


def test_an_error_names_the_operation_unless_it_does_already(clock: FakeClock) -> None:
    assert str(Line(clock, said(RefusedError)).fails()).startswith("Ask: no.")
    named = said(RefusedError)
    named.operation = "Part"
    assert str(Line(clock, named).fails()).startswith("Part: no.")


def test_each_attempt_stands_in_the_log(clock: FakeClock, caplog: pytest.LogCaptureFixture) -> None:
    line = Line(clock, lost(), Answer(200, {"x-cnc-request-id": "r1"}, b""))
    line.takes = 0.25
    with caplog.at_level(logging.DEBUG, "pulumi_livechannels"):
        line.call()
        line.outcomes = [said(RefusedError)]
        line.fails()
    assert caplog.messages == [
        "/ask {} -> NoAnswerError in 250 ms",
        "/ask {} -> ok in 250 ms, request id r1",
        "/ask {} -> RefusedError 7 in 250 ms",
    ]


SECRET = "rtmp://relay.example.net/app/geheimer-schlüssel?a=1&b=2"


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    "escaped",
    [
        lambda text: text,
        lambda text: text.partition("/app/")[2],
        quote,
        lambda text: quote(quote(text, safe=""), safe=""),
        json.dumps,
        lambda text: json.dumps(json.dumps(text)),
        lambda text: text.replace("/", "\\/"),
        lambda text: html.escape(text.replace("/", "&#47;")),
        lambda text: base64.b64encode(text.encode()).decode(),
        lambda text: text.encode().hex(),
    ],
)
@pytest.mark.parametrize("where_it_stands", ["shown", "request id", "refused id"])
def test_no_secret_of_a_call_stands_in_the_log_in_whatever_escaping(
    clock: FakeClock, caplog: pytest.LogCaptureFixture, escaped: Callable[[str], str], where_it_stands: str
) -> None:
    secret = escaped(SECRET)
    headers = {"x-cnc-request-id": secret if where_it_stands == "request id" else "r1"}
    line = Line(clock, Answer(200, headers, b""))
    if where_it_stands == "refused id":
        line.outcomes = [line.caller.refusal(Meaning(RefusedError, "wait."), secret, secret, OK, secret, [SECRET])]
    with caplog.at_level(logging.DEBUG, "pulumi_livechannels"), suppress(RefusedError):
        line.call(shown=secret if where_it_stands == "shown" else "{}", secrets=[SECRET])
    (told,) = caplog.messages
    assert told.startswith("/ask ")
    assert " in 0 ms" in told
    assert "schl" not in told.casefold()
    assert secret not in told


# Refusals.


def refusal(caller: Caller, error: type[VendorError] = RefusedError, message: str = "bad", **more: Any) -> VendorError:
    answer = Answer(400, more.pop("headers", {}), b"")
    return caller.refusal(Meaning(error, "wait."), more.pop("code", "7"), message, answer, "r1", **more)


def test_a_refusal_holds_what_the_vendor_said(clock: FakeClock) -> None:
    error = refusal(Line(clock, OK).caller)
    assert str(error) == (
        "the platform refused: bad. (Vendor code 7, HTTP 400, request id r1.) Nothing was changed on the platform. "
        "Next: wait."
    )
    assert error.documented
    assert "the platform failed: bad." in str(refusal(Line(clock, OK).caller, PlatformError))
    assert "the platform refused: no message." in str(refusal(Line(clock, OK).caller, message=""))


@pytest.mark.rule("R28")
def test_a_refusal_holds_no_secret_of_the_account_or_of_the_request(clock: FakeClock) -> None:
    caller = Line(clock, OK).caller
    error = refusal(caller, message="bad s3cretkey relaykey", code="x-s3cretkey-relaykey", secrets=["relaykey"])
    assert "s3cretkey" not in str(error)
    assert "relaykey" not in str(error)


def test_a_refusal_is_not_endless(clock: FakeClock) -> None:
    error = refusal(Line(clock, OK).caller, message="long " * 1000, code="c" * 1000)
    assert len(error.what) < 1000
    assert len(error.code) <= 61


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("0.5", 0.5), ("-3", 0.0), ("soon", None), (None, None)])
def test_only_seconds_are_waited_for(clock: FakeClock, header: str | None, seconds: float | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    error = refusal(Line(clock, OK).caller, ThrottledError, headers=headers)
    assert isinstance(error, ThrottledError)
    assert error.retry_after == seconds


# The platform's clock.


def skewed(clock: FakeClock, seconds: float) -> Caller:
    """A caller that has seen the platform's clock."""
    line = Line(clock, Answer(200, {"date": formatdate(clock.now() + seconds, usegmt=True)}, b""))
    line.call()
    return line.caller


@pytest.mark.rule("R26")
@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, ""),
        (60, ""),
        (-60, ""),
        (61, " (this machine's clock is 1 minutes behind the platform's)"),
        (-61, " (this machine's clock is 1 minutes ahead of the platform's)"),
        (7200, " (this machine's clock is 120 minutes behind the platform's)"),
        (11 * 366 * 24 * 3600, ""),
    ],
)
def test_a_refused_timestamp_tells_how_wrong_the_clock_is(clock: FakeClock, seconds: int, words: str) -> None:
    error = refusal(skewed(clock, seconds), ClockError)
    assert error.what == f"the platform refused: bad{words}"
    assert refusal(skewed(clock, seconds)).what == "the platform refused: bad", "and only that"


def test_a_clock_that_nobody_has_seen_is_not_told_of(clock: FakeClock) -> None:
    line = Line(clock, Answer(200, {"date": "yesterday"}, b""))
    line.call()
    assert line.caller.skew is None
    assert refusal(line.caller, ClockError).what == "the platform refused: bad"


# Words for answers.


def test_the_vendor_knows_a_call_by_either_header() -> None:
    assert request_id(Answer(200, {"x-cnc-request-id": "a", "x-ws-requestid": "b"}, b"")) == "a"
    assert request_id(Answer(200, {"x-ws-requestid": "b"}, b"")) == "b"
    assert request_id(Answer(200, {}, b"")) is None


def test_an_answer_that_says_nothing_leaves_the_outcome_open() -> None:
    assert str(not_json(Answer(502, {}, b""))) == (
        "the answer (HTTP 502) is not the vendor's JSON. Whether anything was changed on the platform is unknown. "
        "Next: check the endpoint and any proxy between, then run again."
    )
    assert str(not_understood("no id in it")) == (
        "the answer cannot be understood (no id in it). Whether anything was changed on the platform is unknown. "
        "Next: send the request id to the vendor and open an issue for this provider."
    )


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ([["total"]], "total"),
        ([[]], "all of it"),
        ([["list", 3, "id"]], "list[3].id"),
        ([["list", n, "id"] for n in range(50)] + [["total"]], "list[*].id (50 times), total"),
        ([["a"], ["a"]], "a"),
        ([["list", n, "id"] for n in range(2)], "list[*].id (2 times)"),
        ([[letter] for letter in "abcdef"], "a, b, c, d, e and 1 more"),
        ([[letter] for letter in "abcde"], "a, b, c, d, e"),
        ([[letter] for letter in "abcdefg"], "a, b, c, d, e and 2 more"),
    ],
)
def test_places_that_are_wrong_are_named_once(places: list[list[str | int]], words: str) -> None:
    assert where(places) == words
