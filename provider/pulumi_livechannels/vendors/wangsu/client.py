"""Calls an action: sign, send, judge the answer by its code, and try again where that can do no harm.

| what happened | a read, or a write that may be repeated | a write that may not |
|---|---|---|
| not sent, timestamp refused | again | again: the platform did nothing |
| throttled | again, for 5 minutes | again, for 5 minutes: the platform did nothing |
| no answer, platform failure | again | raised, for the caller to look the object up |
| any other refusal | raised | raised |
"""

from __future__ import annotations

import json
import logging
import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ...ground.clock import Clock
from ...ground.errors import (
    CancelledError,
    Changed,
    ClockError,
    LiveChannelsError,
    NoAnswerError,
    NotSentError,
    PlatformError,
    ThrottledError,
    VendorError,
)
from ...ground.http import Answer, Transport
from ...ground.limiter import Limiter
from ...ground.redact import HIDDEN, scrub, shorten
from ...ground.retry import ATTEMPTS, RetryPurse, backoff
from .codes import SUCCESS, meaning
from .signing import Signer
from .wire import Action, Effect

A = TypeVar("A", bound=BaseModel)

log = logging.getLogger("pulumi_livechannels")
_SHOWN_IN_LOGS = ("pullId", "pullIds", "taskId", "transNo", "directoryId", "pageIndex", "pageSize", "status")
_SKEW_WORTH_TELLING = 60
_BLANKS = 16
# The vendor counts calls over 5 minutes, so a throttled call is tried again until that much time has passed.
THROTTLE_SECONDS = (5.0, 10.0, 20.0, 40.0, 60.0, 60.0, 60.0, 60.0)
_LONGEST_THROTTLE_SECONDS = 300.0


class WangsuClient:
    """One account at one address. `skew` is how far the platform's clock is ahead of ours, in seconds, once known."""

    def __init__(
        self,
        *,
        base: str,
        signer: Signer,
        transport: Transport,
        limiter: Limiter,
        clock: Clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._base = base.rstrip("/")
        self._signer = signer
        self._transport = transport
        self._limiter = limiter
        self._clock = clock
        self._jitter = jitter
        self._purse = RetryPurse(clock)
        self.skew: float | None = None

    def call(self, action: Action[A]) -> A:
        """Carry out one action and read its answer.

        Raises:
            TransportError: no answer, after the retries that are allowed.
            VendorError: the platform refused, in the class that its code maps to.
        """
        body = _unlike_any_other(action.model_dump(by_alias=True, exclude_none=True))
        attempt = throttled = 0
        dated = 0.0
        earlier: LiveChannelsError | None = None
        while True:
            try:
                if earlier is not None:
                    self._wait(earlier, attempt)
                # The platform refuses a signature that it has seen, so each attempt is dated later than the one before.
                dated = max(self._clock.now(), dated + 1)
                answer = self._attempt(action, body, dated)
            except CancelledError as ended:
                ended.changed = earlier.changed if earlier is not None else Changed.NO
                raise
            except LiveChannelsError as error:
                error.operation = error.operation or type(action).__name__
                if action.effect is Effect.READ:
                    error.changed = Changed.NO
                error.made_something = not action.repeatable and error.changed is not Changed.NO
                if isinstance(error, ThrottledError) and throttled < len(THROTTLE_SECONDS):
                    seconds = error.retry_after or THROTTLE_SECONDS[throttled]
                    self._limiter.close_for(min(seconds, _LONGEST_THROTTLE_SECONDS))
                    throttled += 1
                else:
                    attempt += 1
                    if attempt >= ATTEMPTS or not _harmless_to_repeat(error, action.repeatable, attempt):
                        raise
                    if not self._purse.pay():
                        raise
                earlier = error
            else:
                self._purse.refund()
                return answer

    def _attempt(self, action: Action[A], body: bytes, dated: float) -> A:
        if not self._purse.may_send():
            raise NotSentError(
                "the platform has not been answering, so this call was not tried",
                next_step="wait until the platform can be reached, then run again.",
            )
        self._limiter.acquire()
        request = self._signer.sign("POST", self._base, action.path, body, dated)
        try:
            answer = self._transport.send(request)
            result = self._judge(action, answer)
        except LiveChannelsError as error:
            log.debug("%s %s -> %s", action.path, _loggable(body), type(error).__name__)
            raise
        log.debug("%s %s -> ok, request id %s", action.path, _loggable(body), _request_id(answer))
        return result

    def _wait(self, error: LiveChannelsError, attempt: int) -> None:
        # A refused timestamp is cured by a later one, and the limiter keeps a throttled call waiting.
        if not isinstance(error, (ClockError, ThrottledError)):
            self._clock.sleep(backoff(attempt - 1, self._jitter))

    def _judge(self, action: Action[A], answer: Answer) -> A:
        self._note_skew(answer)
        try:
            content = json.loads(answer.body)
            code = str(content["code"])
        except (ValueError, TypeError, KeyError, RecursionError):
            if answer.status >= 400:
                raise self._error(str(answer.status), "no JSON in the answer", answer) from None
            raise NoAnswerError(
                f"the answer (HTTP {answer.status}) is not the vendor's JSON",
                next_step="check the endpoint and any proxy between, then run again.",
            ) from None
        if not 200 <= answer.status < 300 or code != SUCCESS:
            raise self._error(code, str(content.get("message", "")), answer)
        data = content.get("data")
        try:
            return action.answer.model_validate({} if data in ("", None) else data)  # type: ignore[return-value]
        except ValidationError as invalid:
            fields = ", ".join(sorted({".".join(map(str, item["loc"])) for item in invalid.errors()}))
            raise NoAnswerError(
                f"the answer cannot be understood (fields: {fields})",
                next_step="send the request id to the vendor and open an issue for this provider.",
            ) from None

    def _error(self, code: str, message: str, answer: Answer) -> VendorError:
        known = meaning(code, answer.status)
        text = shorten(scrub(message, self._signer.secrets())) or "no message"
        what = f"the platform refused: {text}"
        if issubclass(known.error, PlatformError):
            what = f"the platform failed: {text}"
        if issubclass(known.error, ClockError) and self.skew is not None and abs(self.skew) > _SKEW_WORTH_TELLING:
            direction = "behind" if self.skew > 0 else "ahead of"
            what += f" (this machine's clock is {abs(self.skew) / 60:.0f} minutes {direction} the platform's)"
        error = known.error(
            what, code=code, status=answer.status, request_id=_request_id(answer), next_step=known.next_step
        )
        if isinstance(error, ThrottledError):
            error.retry_after = _seconds(answer.headers.get("retry-after"))
        return error

    def _note_skew(self, answer: Answer) -> None:
        try:
            date = parsedate_to_datetime(answer.headers["date"])
        except (KeyError, ValueError, TypeError):
            return
        self.skew = date.timestamp() - self._clock.now()


def _harmless_to_repeat(error: LiveChannelsError, repeatable: bool, attempt: int) -> bool:
    if isinstance(error, NotSentError):
        return True
    if isinstance(error, ClockError):
        # A repeated signature is refused like a wrong clock; a later timestamp cures only the former.
        return attempt == 1
    return isinstance(error, (NoAnswerError, PlatformError)) and repeatable


def _unlike_any_other(content: dict[str, Any]) -> bytes:
    """The JSON of a request, with white space at its end that no other request has.

    Two equal calls in the same second, be it from two threads or two runs, would carry the same signature, and the
    platform would refuse the second one as a repetition. White space means nothing in JSON and is signed like the rest.
    """
    blanks = "".join(random.choices(" \t\r\n", k=_BLANKS))  # noqa: S311 - not for secrecy
    return (json.dumps(content, separators=(",", ":"), ensure_ascii=False) + blanks).encode()


def _request_id(answer: Answer) -> str | None:
    return answer.headers.get("x-cnc-request-id") or answer.headers.get("x-ws-requestid")


def _seconds(text: str | None) -> float | None:
    try:
        return None if text is None else max(0.0, float(text))
    except ValueError:
        return None


def _loggable(body: bytes) -> str:
    content: dict[str, Any] = json.loads(body)
    shown = {name: value if name in _SHOWN_IN_LOGS else HIDDEN for name, value in content.items()}
    return json.dumps(shown, ensure_ascii=False)
