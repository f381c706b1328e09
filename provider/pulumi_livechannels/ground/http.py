"""One HTTP attempt, which answers the one question that matters after it: whether the platform saw the call.

Redirects are not followed, because a signed call must not wander; answers are bounded in size and in time; the body is
sent byte for byte as it was signed.
"""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .address import is_loopback
from .clock import Clock
from .errors import NoAnswerError, NotSentError

LARGEST_ANSWER = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_BEFORE_SENDING = (
    NewConnectionError,
    ConnectTimeoutError,
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    ssl.SSLCertVerificationError,
)


@dataclass(frozen=True)
class Request:
    """What to send: `url` with its query already encoded, `body` as signed."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """What came back; header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes


class _KeepAuthorization(AuthBase):
    """Stops `requests` from replacing our signature with a netrc entry for the same host."""

    def __call__(self, prepared: requests.PreparedRequest) -> requests.PreparedRequest:
        return prepared


class Transport:
    """Sends requests, with one session for each thread.

    `timeout` bounds the connection and the answer, each, in seconds.
    """

    def __init__(self, clock: Clock, timeout: float) -> None:
        self._clock = clock
        self._timeout = timeout
        self._local = threading.local()

    def send(self, request: Request) -> Answer:
        """The answer to one attempt.

        Raises:
            NotSentError: no connection could be made.
            NoAnswerError: the call may have arrived, and no whole answer came back in time.
        """
        host = urlsplit(request.url).netloc
        timeout = self._clock.bound(self._timeout)
        deadline = self._clock.monotonic() + timeout
        try:
            with self._session(request.url).request(
                request.method,
                request.url,
                data=request.body,
                headers=request.headers,
                timeout=(timeout, timeout),
                allow_redirects=False,
                auth=_KeepAuthorization(),
                stream=True,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, headers, self._read(response, deadline, host))
        except requests.RequestException as error:
            if _never_connected(error):
                raise NotSentError(
                    f"no connection to {host} ({_reason(error)})",
                    next_step="check the network, the endpoint and any proxy, then run again.",
                ) from error
            raise _lost(host, _reason(error)) from error

    def _session(self, url: str) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = requests.Session()
            session.trust_env = not is_loopback(url)
            self._local.session = session
        held: requests.Session = self._local.session
        return held

    def _read(self, response: requests.Response, deadline: float, host: str) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_content(_CHUNK):
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise _lost(host, f"it is larger than {LARGEST_ANSWER // 1024 // 1024} MiB")
            if self._clock.monotonic() > deadline:
                raise _lost(host, f"it took longer than {self._timeout:g} s")
        return b"".join(parts)


def _lost(host: str, reason: str) -> NoAnswerError:
    return NoAnswerError(
        f"the answer of {host} was lost ({reason})",
        next_step="run again; if it keeps happening, raise timeoutSeconds or look at the network.",
    )


def _never_connected(error: BaseException) -> bool:
    """Whether the failure happened before a single byte of the request could leave."""
    cause: BaseException | None = error
    for _ in range(8):
        if cause is None:
            return False
        if isinstance(cause, _BEFORE_SENDING):
            return True
        cause = _inner(cause)
    return False


def _inner(error: BaseException) -> BaseException | None:
    reason = getattr(error, "reason", None)
    if isinstance(reason, BaseException):
        return reason
    nested = next((part for part in error.args if isinstance(part, BaseException)), None)
    return nested or error.__cause__ or error.__context__


def _reason(error: BaseException) -> str:
    """The innermost cause's name: its text would repeat the whole URL."""
    name = type(error).__name__
    cause: BaseException | None = error
    for _ in range(8):
        if cause is None:
            break
        name = type(cause).__name__
        cause = _inner(cause)
    return name
