"""Volcengine Live's calls: one POST for each action, judged by the error in the answer and by the HTTP status."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from ...ground.clock import Clock
from ...ground.errors import NoAnswerError
from ...ground.http import Answer, Transport
from ...ground.json_text import NotFiniteError, described, read_json
from ...ground.language import tr
from ...ground.limiter import Limiter
from ...ground.retry import ThrottlePatience
from ...ground.windows import in_memory
from ..calling import Caller, Exchange, not_json, not_understood, request_id
from .codes import meaning
from .signing import VolcengineSigner

VERSION = "2023-01-01"
# The gateway counts by the second.
# Its limits are calls a second, so patience is short.
_THROTTLE_SECONDS = 60.0
_ONE_SECOND = 1.0
_WORTH_TELLING_SECONDS = 10.0


class VolcengineClient(Caller):
    """One Volcengine account. Every action has a budget of its own, in calls a second."""

    def __init__(
        self,
        *,
        base: str,
        signer: VolcengineSigner,
        transport: Transport,
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        super().__init__(
            transport=transport,
            clock=clock,
            throttle=lambda jitter: ThrottlePatience(
                clock, _THROTTLE_SECONDS, jitter, base=0.5, longest=16.0, least=0.5
            ),
            secrets=signer.secrets(),
        )
        self._base = base.rstrip("/")
        self._signer = signer
        self._tell = tell
        self._limiters: dict[str, Limiter] = {}
        self._lock = threading.Lock()

    def call(self, action: str, content: Mapping[str, Any], calls_a_second: int) -> dict[str, Any]:
        """The Result of an action.

        Raises:
            TransportError: no answer, after the retries that are allowed.
            VendorError: the platform refused, in the class that its code maps to.
        """
        url = f"{self._base}/?{urlencode({'Action': action, 'Version': VERSION})}"
        body = json.dumps(content, ensure_ascii=False).encode()
        return self.carry_out(
            Exchange(
                operation=action,
                action=action,
                shown=json.dumps(content, ensure_ascii=False),
                sign=lambda dated: self._signer.sign("POST", url, body, dated),
                judge=self._judge,
                limiter=self._limiter(action, calls_a_second),
            )
        )

    def _limiter(self, action: str, calls: int) -> Limiter:
        with self._lock:
            if action not in self._limiters:
                window = in_memory(calls, _ONE_SECOND, self._clock.monotonic)
                words = tr("the platform's {calls} calls a second", calls=calls)
                self._limiters[action] = Limiter(
                    self._clock, window, self._tell, words=words, tell_after=_WORTH_TELLING_SECONDS
                )
            return self._limiters[action]

    def _judge(self, answer: Answer) -> dict[str, Any]:
        wrong: NoAnswerError | None = None
        try:
            content = read_json(answer.body)
        except NotFiniteError as number:
            content, wrong = None, not_understood(str(number))
        except ValueError:
            content = None
        metadata = content.get("ResponseMetadata") if isinstance(content, dict) else None
        if not isinstance(metadata, dict):
            if answer.status >= 400:
                code = str(answer.status)
                raise self.refusal(meaning(code, answer.status), code, tr("no JSON in the answer"), answer, None)
            raise wrong or not_json(answer)
        known_as = str(metadata.get("RequestId") or metadata.get("RequestID") or "") or request_id(answer)
        error = metadata.get("Error") or {}
        if not isinstance(error, dict):
            raise not_understood(tr("ResponseMetadata.Error is no object"))
        said = error.get("Code") or error.get("CodeN")
        if said or not 200 <= answer.status < 300:
            code = str(said or answer.status)
            raise self.refusal(meaning(code, answer.status), code, str(error.get("Message", "")), answer, known_as)
        result = content.get("Result")
        if not isinstance(result, dict):
            raise not_understood(tr("Result is no object: {result}", result=described(result)))
        return result
