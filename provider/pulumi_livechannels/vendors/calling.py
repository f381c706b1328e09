"""Carries out one call of any vendor: wait for the budget, sign, send, judge, and try again where that can do no harm.

| what happened | a read, or a write that may be repeated | a write that may not |
|---|---|---|
| not sent, timestamp refused | again | again: the platform did nothing |
| throttled | again, as long as the vendor's window lasts | the same: the platform did nothing |
| no answer, platform failure | again | raised, for the caller to look the object up |
| a refusal in a documented code | raised | raised |
| any other code | raised | raised as an unknown outcome, for the caller to look the object up |

What an error says of changes is the worst over all attempts.
"""

from __future__ import annotations

import logging
import random
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Generic, TypeVar

from ..ground.clock import Clock, parse_http_date
from ..ground.errors import (
    CancelledError,
    Changed,
    ClockError,
    LiveChannelsError,
    NoAnswerError,
    NotSentError,
    PlatformError,
    ThrottledError,
    TooLargeError,
    VendorError,
)
from ..ground.json_text import place
from ..ground.language import tr
from ..ground.redact import scrub, shorten
from ..ground.retry import ATTEMPTS, RetryBudget, ThrottlePatience, backoff

if TYPE_CHECKING:
    # A program that only declares resources never calls anything, so it need not load what speaks HTTP.
    from ..ground.http import Answer, Request, Transport
    from ..ground.limiter import Limiter

R = TypeVar("R")

log = logging.getLogger("pulumi_livechannels")
_SKEW_WORTH_TELLING = 60
_LARGEST_SKEW = 10 * 366 * 24 * 3600
_PLACES_WORTH_TELLING = 5
_INDEX = re.compile(r"\[\d+\]")


class Effect(Enum):
    """What sending an action twice would do, which decides whether it may be sent again after a lost answer."""

    READ = "read"
    IDEMPOTENT = "idempotent"
    ONCE = "once"


@dataclass(frozen=True)
class Meaning:
    """What a vendor's code means to us."""

    error: type[VendorError]
    next_step: str
    documented: bool = True


@dataclass(frozen=True)
class Exchange(Generic[R]):
    """One call: `sign` makes the request for a moment, `judge` reads the answer or raises.

    The log has `action`, the vendor's name of the call, and of `shown` what repeats none of the `secrets`.
    """

    operation: str
    action: str
    shown: str
    sign: Callable[[float], Request]
    judge: Callable[[Answer], R]
    limiter: Limiter
    effect: Effect = Effect.READ
    repeatable: bool = True
    secrets: Sequence[str] = ()


class Caller:
    """One account at one vendor. `skew` is how far the platform's clock is ahead of ours, in seconds, once known.

    `throttle` makes a call's patience with answers that calls come too fast, from a source of randomness; `secrets` are
    what must never be shown.
    """

    def __init__(
        self,
        *,
        transport: Transport,
        clock: Clock,
        throttle: Callable[[Callable[[], float]], ThrottlePatience],
        secrets: Sequence[str],
    ) -> None:
        self._secrets = tuple(secrets)
        self._transport = transport
        self._clock = clock
        self._throttle = throttle
        self._retries = RetryBudget(clock)
        self.jitter: Callable[[], float] = random.random  # noqa: S311 - it spreads calls, and hides nothing
        self.skew: float | None = None

    def carry_out(self, exchange: Exchange[R]) -> R:
        """Send, and answer what the judge made of it.

        Raises:
            TransportError: no answer, after the retries that are allowed.
            VendorError: the platform refused, in the class that its code maps to.
        """
        attempt = 0
        patience = self._throttle(self.jitter)
        dated = 0.0
        earlier: LiveChannelsError | None = None
        changed = Changed.NO
        while True:
            try:
                if earlier is not None:
                    self._wait(earlier, attempt)
                self._admit(exchange)
                # The platform refuses a signature that it has seen, so each attempt is dated later than the one before;
                # and one that is minutes old, so it is dated after all waiting.
                dated = max(self._clock.now(), dated + 1)
                answer = self._send(exchange, dated)
            except LiveChannelsError as error:
                error.operation = error.operation or exchange.operation
                changed = error.changed = changed.or_worse(_known_after(error, exchange.effect))
                error.made_something = not exchange.repeatable and changed is Changed.UNKNOWN
                if isinstance(error, CancelledError):
                    raise
                wait = None
                if isinstance(error, ThrottledError) and (error.documented or exchange.repeatable):
                    wait = patience.next_wait(error.retry_after)
                if wait is not None:
                    exchange.limiter.close_for(wait, patience.left)
                else:
                    attempt += 1
                    if attempt >= ATTEMPTS or not _harmless_to_repeat(error, exchange.repeatable, attempt):
                        raise
                    if not self._retries.pay():
                        raise
                earlier = error
            else:
                self._retries.refund()
                return answer

    def refusal(
        self,
        known: Meaning,
        code: str,
        message: str,
        answer: Answer,
        request: str | None,
        secrets: Sequence[str] = (),
    ) -> VendorError:
        """The error for an answer that is not a success; `message` and `code` are the vendor's.

        `secrets` are those of the request, which a vendor may repeat in what it says of it.
        """
        hidden = (*self._secrets, *secrets)
        text = shorten(scrub(message, hidden)) or tr("no message")
        words = self._clock_words() if issubclass(known.error, ClockError) else ""
        if issubclass(known.error, PlatformError):
            told = tr("the platform failed: {said}{words}", said=text, words=words)
        else:
            told = tr("the platform refused: {said}{words}", said=text, words=words)
        error = known.error(
            told,
            code=shorten(scrub(code, hidden), 60),
            status=answer.status,
            request_id=request and shorten(scrub(request, hidden), 60),
            next_step=tr(known.next_step),
        )
        error.documented = known.documented
        if isinstance(error, ThrottledError):
            error.retry_after = _retry_after(answer, self._clock.now() + (self.skew or 0.0))
        return error

    def _clock_words(self) -> str:
        if self.skew is None or abs(self.skew) <= _SKEW_WORTH_TELLING:
            return ""
        minutes = abs(self.skew) / 60
        if self.skew > 0:
            return tr(" (this machine's clock is {minutes:.0f} minutes behind the platform's)", minutes=minutes)
        return tr(" (this machine's clock is {minutes:.0f} minutes ahead of the platform's)", minutes=minutes)

    def _admit(self, exchange: Exchange[R]) -> None:
        """Wait until a call may leave."""
        if not self._retries.may_send():
            raise NotSentError(
                tr("the platform has not been answering, so this call was not tried"),
                next_step=tr("wait until the platform can be reached, then run again."),
            )
        exchange.limiter.acquire()

    def _send(self, exchange: Exchange[R], dated: float) -> R:
        request = exchange.sign(dated)
        began = self._clock.monotonic()
        try:
            answer = self._transport.send(request)
            self._note_skew(answer)
            result = exchange.judge(answer)
        except LiveChannelsError as error:
            vendor = error if isinstance(error, VendorError) else None
            outcome = f"{type(error).__name__} {vendor.code}" if vendor else type(error).__name__
            self._log(exchange, outcome, began, vendor.request_id if vendor else None)
            raise
        self._log(exchange, "ok", began, request_id(answer))
        return result

    def _log(self, exchange: Exchange[R], outcome: str, began: float, known_as: str | None) -> None:
        if not log.isEnabledFor(logging.DEBUG):
            return
        secrets = (*self._secrets, *exchange.secrets)
        spent = (self._clock.monotonic() - began) * 1000
        named = f", request id {shorten(scrub(known_as, secrets), 60)}" if known_as else ""
        shown = scrub(exchange.shown, secrets)
        log.debug("%s %s -> %s in %.0f ms%s", exchange.action, shown, outcome, spent, named)

    def _wait(self, error: LiveChannelsError, attempt: int) -> None:
        # A refused timestamp is cured by a later one, and the limiter keeps a throttled call waiting.
        if not isinstance(error, (ClockError, ThrottledError)):
            self._clock.sleep(backoff(attempt - 1, self.jitter))

    def _note_skew(self, answer: Answer) -> None:
        date = parse_http_date(answer.headers.get("date", ""))
        # A clock that no calendar has is a broken header, and no evidence of time.
        if date is not None and abs(date - self._clock.now()) < _LARGEST_SKEW:
            self.skew = date - self._clock.now()


def request_id(answer: Answer) -> str | None:
    """The id under which the vendor knows the call, from the headers."""
    return answer.headers.get("x-cnc-request-id") or answer.headers.get("x-ws-requestid")


def _retry_after(answer: Answer, now: float) -> float | None:
    """Seconds to wait, which a header names as such or as a date."""
    asked = answer.headers.get("retry-after", "")
    try:
        return max(0.0, float(asked))
    except ValueError:
        date = parse_http_date(asked)
        return None if date is None else max(0.0, date - now)


def not_json(answer: Answer) -> NoAnswerError:
    """The error for an answer that came from something else than the vendor, or broke on its way."""
    return NoAnswerError(
        tr("the answer (HTTP {status}) is not the vendor's JSON", status=answer.status),
        next_step=tr("check the endpoint and any proxy between, then run again."),
    )


def not_understood(what: str) -> NoAnswerError:
    """The error for an answer whose content is not what the vendor documents."""
    return NoAnswerError(
        tr("the answer cannot be understood ({what})", what=what),
        next_step=tr("send the request id to the vendor and open an issue for this provider."),
    )


def where(locations: Iterable[Sequence[str | int]]) -> str:
    """The places of an answer that are wrong, the same field of many items told once: `list[*].id (50 times), total`.

    A location is the keys and indexes that lead to a place, as pydantic's errors have it in `loc`.
    """
    alike: dict[str, set[str]] = {}
    for keys in locations:
        exact = place(keys) or tr("all of it")
        alike.setdefault(_INDEX.sub("[*]", exact), set()).add(exact)
    told = [
        tr("{field} ({count} times)", field=field, count=len(exact)) if len(exact) > 1 else next(iter(exact))
        for field, exact in alike.items()
    ]
    more = len(told) - _PLACES_WORTH_TELLING
    return ", ".join(told[:_PLACES_WORTH_TELLING]) + (tr(" and {more} more", more=more) if more > 0 else "")


def _known_after(error: LiveChannelsError, effect: Effect) -> Changed:
    """What one attempt may have changed."""
    if effect is Effect.READ:
        return Changed.NO
    # Nobody has said what the platform does when it answers so: a gateway may speak after the deed is done.
    undocumented = isinstance(error, VendorError) and not error.documented
    return Changed.UNKNOWN if undocumented else error.changed


def _harmless_to_repeat(error: LiveChannelsError, repeatable: bool, attempt: int) -> bool:
    if isinstance(error, NotSentError):
        return True
    if isinstance(error, ClockError):
        # A repeated signature is refused like a wrong clock; a later timestamp cures only the former.
        return attempt == 1
    # What is too large stays so.
    return isinstance(error, (NoAnswerError, PlatformError)) and not isinstance(error, TooLargeError) and repeatable
