"""One call by itself: how often it is sent, when, and what is known afterwards. The matrix stands in test_client.py."""

from __future__ import annotations

import base64
import html
import json
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from calling_kit import OK, Line
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
from pulumi_livechannels.ground.http import Answer
from pulumi_livechannels.ground.retry import ATTEMPTS, BASE_SECONDS, RETRY_COST, TOKENS
from pulumi_livechannels.vendors.calling import (
    Caller,
    Effect,
    Meaning,
)


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
