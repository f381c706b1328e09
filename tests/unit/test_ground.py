"""The ground floor: waiting, counting, batching, hiding. All on a fake clock."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from kit import PATIENCE, FakeClock, eventually
from pulumi_livechannels.ground.errors import InputError, Problem
from pulumi_livechannels.ground.limiter import WINDOW_SECONDS, Limiter
from pulumi_livechannels.ground.redact import scrub, shorten
from pulumi_livechannels.ground.retry import PAUSE_SECONDS, RETRY_COST, TOKENS, RetryBudget, backoff
from pulumi_livechannels.ground.single_flight import SingleFlight
from pulumi_livechannels.ground.windows import in_memory


@pytest.mark.rule("R24", "R25")
def test_the_budget_is_never_exceeded_in_any_window(clock: FakeClock) -> None:
    told: list[str] = []
    limiter = Limiter(
        clock,
        in_memory(10, WINDOW_SECONDS, clock.monotonic),
        told.append,
        words="the account's budget of 10 calls in 5 minutes",
    )
    moments = []
    for _ in range(35):
        limiter.acquire()
        moments.append(clock.monotonic())
    assert all(later - earlier > WINDOW_SECONDS for earlier, later in zip(moments, moments[10:], strict=False))
    assert "budget of 10 calls in 5 minutes" in told[0]


def test_no_budget_means_no_wait(clock: FakeClock) -> None:
    limiter = Limiter(clock, None, print)
    for _ in range(1000):
        limiter.acquire()
    assert clock.slept == []


def test_a_throttle_answer_closes_the_gate_for_everybody(clock: FakeClock) -> None:
    limiter = Limiter(clock, None, lambda text: None)
    limiter.close_for(5)
    limiter.acquire()
    limiter.acquire()
    limiter.acquire()
    assert clock.slept == [5, 1], "one call goes ahead of the others"


@pytest.mark.rule("R25")
def test_a_wait_before_a_retry_is_anything_up_to_a_doubling_ceiling() -> None:
    assert [backoff(attempt, lambda: 1.0) for attempt in range(7)] == [0.5, 1, 2, 4, 8, 16, 20]
    assert backoff(3, lambda: 0.0) == 0


@pytest.mark.rule("R24")
def test_an_empty_retry_budget_stops_retries_and_then_calls(clock: FakeClock) -> None:
    budget = RetryBudget(clock)
    assert sum(budget.pay() for _ in range(1000)) == TOKENS // RETRY_COST
    assert not budget.may_send()
    clock.sleep(PAUSE_SECONDS)
    assert budget.may_send()
    assert not budget.may_send(), "one call is let through after a pause"
    budget.refund()
    assert budget.may_send()


@pytest.mark.rule("R28")
@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see rtmp://push.example.com/live/key?x=1 now", "see rtmp://push.example.com/[hidden] now"),
        ("https://user:pass@host/path", "https://host/[hidden]"),
        ("endpoint http://127.0.0.1:80 is fine", "endpoint http://127.0.0.1:80 is fine"),
        ("srt://h:1?streamid=key", "srt://h:1/[hidden]"),
        ("Signature=abc, and Basic Zm9v", "Signature=[hidden], and Basic [hidden]"),
        ("the key is sk-12345", "the key is [hidden]"),
    ],
)
def test_secrets_leave_text(text: str, shown: str) -> None:
    assert scrub(text, ["sk-12345", ""]) == shown


def test_long_text_is_cut() -> None:
    assert shorten("x" * 300, 10) == "xxxxxxxxx…"
    assert shorten("short", 10) == "short"


def test_equal_questions_under_way_are_one_and_later_ones_are_asked_anew() -> None:
    flight = SingleFlight()
    asked: list[int] = []
    go = threading.Event()

    def ask() -> int:
        asked.append(1)
        assert go.wait(PATIENCE)
        return len(asked)

    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(flight.ask, "a", ask) for _ in range(8)]
        eventually(lambda: asked)
        go.set()
        assert max(answer.result() for answer in answers) <= len(asked)
    assert len(asked) < 8
    before = len(asked)
    flight.ask("a", ask)
    assert len(asked) == before + 1


def test_a_question_that_fails_fails_for_who_asked_it_and_leaves_nothing() -> None:
    flight = SingleFlight()
    with pytest.raises(OSError, match="x"):
        flight.ask("a", _fail)
    assert flight.ask("a", lambda: 3) == 3


def _fail() -> int:
    raise OSError("x")


def test_what_breaks_rules_is_told_with_one_end_to_each_sentence() -> None:
    asked, told = Problem("one", "is unknown: did you mean other?"), Problem("two", "is unknown: there are a, b.")
    assert str(InputError([told, asked])).startswith(
        "two is unknown: there are a, b; one is unknown: did you mean other? N"
    )
    assert str(InputError([told])).startswith("two is unknown: there are a, b. Nothing was changed")
