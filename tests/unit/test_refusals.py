"""What an error says of an answer: the vendor's words and no secret, the clock's error, and what nobody understands."""

from __future__ import annotations

from email.utils import formatdate
from typing import Any

import pytest

from calling_kit import OK, Line
from kit import FakeClock
from pulumi_livechannels.ground.errors import (
    ClockError,
    PlatformError,
    RefusedError,
    ThrottledError,
    VendorError,
)
from pulumi_livechannels.ground.http import Answer
from pulumi_livechannels.vendors.calling import (
    Caller,
    Meaning,
    not_json,
    not_understood,
    request_id,
    where,
)


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
def test_only_a_number_of_seconds_is_waited_for(clock: FakeClock, header: str | None, seconds: float | None) -> None:
    headers = {} if header is None else {"retry-after": header}
    error = refusal(Line(clock, OK).caller, ThrottledError, headers=headers)
    assert isinstance(error, ThrottledError)
    assert error.retry_after == seconds


@pytest.mark.parametrize("seconds", [90, -90])
def test_a_date_is_waited_for_by_the_platforms_clock(clock: FakeClock, seconds: int) -> None:
    caller = Line(clock, OK).caller
    caller.skew = 30.0
    date = formatdate(clock.now() + caller.skew + seconds, usegmt=True)
    error = refusal(caller, ThrottledError, headers={"retry-after": date})
    assert isinstance(error, ThrottledError)
    assert error.retry_after == pytest.approx(max(0, seconds), abs=1)


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
