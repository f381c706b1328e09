"""Wangsu's calls: how an action or a report is sent, and how its answer is judged by the vendor's code."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel, ValidationError

from ...ground.clock import Clock
from ...ground.errors import NoAnswerError, RefusedError, VendorError
from ...ground.http import Answer, Request, Transport
from ...ground.json_text import NotFiniteError, read_json
from ...ground.language import tr
from ...ground.limiter import Limiter
from ...ground.redact import HIDDEN
from ...ground.retry import ThrottlePatience
from ...ground.single_flight import SingleFlight
from ..calling import Caller, Effect, Exchange, not_json, not_understood, request_id, where
from .codes import SUCCESS, meaning
from .reports import ReportCall
from .signing import Signer
from .wire import Action

A = TypeVar("A", bound=BaseModel)

_SHOWN_IN_LOGS = ("pullId", "pullIds", "taskId", "transNo", "directoryId", "pageIndex", "pageSize", "status")
_BLANKS = 16


class WangsuClient(Caller):
    """One Wangsu or CDNetworks account at one address. A call goes on for `wait_seconds` while calls come too fast."""

    def __init__(
        self,
        *,
        base: str,
        signer: Signer,
        transport: Transport,
        limiter: Limiter,
        clock: Clock,
        wait_seconds: float,
    ) -> None:
        super().__init__(
            transport=transport,
            clock=clock,
            throttle=lambda jitter: ThrottlePatience(clock, wait_seconds, jitter),
            secrets=signer.secrets(),
        )
        self._base = base.rstrip("/")
        self._signer = signer
        self._limiter = limiter
        self._flight = SingleFlight()
        self._writes = 0

    def call(self, action: Action[A]) -> A:
        """Carry out one action and read its answer; equal reads that are under way at the same time are one call.

        Raises:
            TransportError: no answer, after the retries that are allowed.
            VendorError: the platform refused, in the class that its code maps to.
        """
        if action.effect is Effect.READ:
            # What was asked before a write may not be told to who asks after it.
            return self._flight.ask((self._writes, action.path, action), lambda: self._send_action(action))
        try:
            return self._send_action(action)
        finally:
            self._writes += 1

    def _send_action(self, action: Action[A]) -> A:
        content = action.model_dump(by_alias=True, exclude_none=True)
        body = _unlike_any_other(content)
        return self.carry_out(
            Exchange(
                operation=type(action).__name__,
                action=action.path,
                shown=_loggable(content),
                sign=lambda dated: self._signer.sign("POST", self._base, action.path, body, dated),
                judge=lambda answer: self._judge(action, answer),
                limiter=self._limiter,
                effect=action.effect,
                repeatable=action.repeatable,
                secrets=action.secret_values,
            )
        )

    def report(self, call: ReportCall) -> Any:
        """The data of one report call, without its envelope.

        Raises:
            TransportError: no answer, after the retries that are allowed.
            VendorError: the platform refused, in the class that its code maps to.
        """
        target = f"{call.path}?{urlencode(call.query)}" if call.query else call.path
        body = b"" if call.method == "GET" else _unlike_any_other(dict(call.body))

        def sign(dated: float) -> Request:
            signed = self._signer.sign(call.method, self._base, target, body, dated)
            # The language is not part of the signature.
            return replace(signed, headers={**signed.headers, **call.headers})

        return self.carry_out(
            Exchange(
                operation=call.operation,
                action=call.path,
                shown=json.dumps({**call.query, **call.body}, ensure_ascii=False),
                sign=sign,
                judge=lambda answer: self._judge_report(call, answer),
                limiter=self._limiter,
            )
        )

    def _judge(self, action: Action[A], answer: Answer) -> A:
        content = self._json(answer)
        if "code" not in content:
            raise not_json(answer)
        code = _text_of(content["code"])
        if not 200 <= answer.status < 300 or code != SUCCESS:
            raise self._refused(code, str(content.get("message", "")), answer, action.secret_values)
        data = content.get("data")
        try:
            return action.answer.model_validate({} if data in ("", None) else data)  # type: ignore[return-value]
        except ValidationError as invalid:
            raise not_understood(
                tr("fields: {fields}", fields=where(item["loc"] for item in invalid.errors()))
            ) from None

    def _judge_report(self, call: ReportCall, answer: Answer) -> Any:
        content = self._json(answer)
        code = content.get("code")
        if not 200 <= answer.status < 300 or str(code or "0") != "0":
            raise self._refused(str(code or answer.status), str(content.get("message", "")), answer)
        try:
            return call.envelope.open(content)
        except KeyError as missing:
            raise not_understood(tr("no {args} in it", args=missing.args[0])) from None

    def _json(self, answer: Answer) -> dict[str, Any]:
        wrong: NoAnswerError | None = None
        try:
            content = read_json(answer.body)
        except NotFiniteError as number:
            content, wrong = None, not_understood(str(number))
        except ValueError:
            content = None
        if isinstance(content, dict) and (answer.status < 400 or "code" in content):
            return content
        # What refuses without the vendor's JSON may not be the vendor.
        if answer.status >= 400 and meaning(str(answer.status), answer.status).error is not RefusedError:
            raise self._refused(str(answer.status), tr("no JSON in the answer"), answer)
        raise wrong or not_json(answer)

    def _refused(self, code: str, message: str, answer: Answer, secrets: Sequence[str] = ()) -> VendorError:
        return self.refusal(meaning(code, answer.status), code, message, answer, request_id(answer), secrets)


def _unlike_any_other(content: dict[str, Any]) -> bytes:
    """The JSON of a request, with white space at its end that no other request has.

    Two equal calls in the same second, be it from two threads or two runs, would carry the same signature, and the
    platform would refuse the second one as a repetition. White space means nothing in JSON and is signed like the rest.
    """
    blanks = "".join(random.choices(" \t\r\n", k=_BLANKS))  # noqa: S311 - not for secrecy
    return (json.dumps(content, separators=(",", ":"), ensure_ascii=False) + blanks).encode()


def _text_of(code: Any) -> str:
    return str(int(code)) if isinstance(code, float) and code.is_integer() else str(code)


def _loggable(content: dict[str, Any]) -> str:
    shown = {name: value if name in _SHOWN_IN_LOGS else HIDDEN for name, value in content.items()}
    return json.dumps(shown, ensure_ascii=False)
