"""One HTTP attempt, which answers the one question that matters after it: whether the platform saw the call.

Redirects are not followed, because a signed call must not wander; a call is bounded in time from begin to end, and its
answer in size; the body is sent byte for byte as it was signed.
"""

from __future__ import annotations

import os
import ssl
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from requests.utils import prepend_scheme_if_needed, select_proxy
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from .address import is_loopback
from .clock import Clock
from .connections import Attempt, WatchedAdapter
from .errors import LiveChannelsError, NoAnswerError, NotSentError, TooLargeError
from .language import tr

LARGEST_ANSWER = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_BEFORE_SENDING = (
    NewConnectionError,
    ConnectTimeoutError,
    requests.ConnectTimeout,
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
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


class _Session(requests.Session):
    """Looks at no redirect: `requests` reads where one leads to even if it is not to follow, and may fail at it."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class Transport:
    """Sends requests, with one session for each thread.

    `timeout` bounds one call in seconds: resolving the name, connecting, sending and the whole answer.
    """

    def __init__(self, clock: Clock, timeout: float) -> None:
        self._clock = clock
        self._timeout = timeout
        self._local = threading.local()

    def send(self, request: Request) -> Answer:
        """The answer to one attempt.

        Raises:
            NotSentError: no connection could be made, or the request cannot be written as HTTP.
            NoAnswerError: the call may have arrived, and no whole answer came back in time.
        """
        host = urlsplit(request.url).netloc
        seconds = self._clock.bound(self._timeout)
        session = self._session(request.url)
        prepared, ways = _prepared(session, request, host)
        with Attempt(seconds) as attempt:
            try:
                answer = _ask(session, prepared, ways, seconds, host)
            except LiveChannelsError:
                raise
            # An answer can spoil every part of a library that reads it, and the call has arrived all the same.
            except Exception as error:
                cause = _cause(error)
                reason = (
                    tr("it took longer than {seconds:g} s", seconds=seconds)
                    if attempt.expired or "Timeout" in cause
                    else cause
                )
                if attempt.opening or _never_connected(error):
                    raise _not_sent(host, reason) from error
                raise _lost(host, reason) from error
            # What is shut looks like the end of an answer that does not say how long it is.
            if attempt.expired:
                raise _lost(host, tr("it took longer than {seconds:g} s", seconds=seconds))
        return answer

    def _session(self, url: str) -> requests.Session:
        if not hasattr(self._local, "session"):
            session = _Session()
            session.trust_env = not is_loopback(url)
            for scheme in ("http://", "https://"):
                session.mount(scheme, WatchedAdapter())
            self._local.session = session
        held: requests.Session = self._local.session
        return held


def _prepared(session: requests.Session, request: Request, host: str) -> tuple[requests.PreparedRequest, Any]:
    """The request as it is written, and the ways that lead out: whatever fails afterwards is no fault of ours.

    Raises:
        NotSentError: it cannot be written as HTTP, or the environment names a proxy or certificates that are none.
    """
    try:
        prepared = session.prepare_request(
            requests.Request(request.method, request.url, request.headers, data=request.body, auth=_KeepAuthorization())
        )
        for value in prepared.headers.values():
            # Bytes are written as they are.
            if isinstance(value, str):
                value.encode("latin-1")
    except (UnicodeError, requests.exceptions.InvalidHeader) as error:
        raise _unwritable() from error
    except requests.RequestException as error:
        raise _not_sent(host, _cause(error)) from error
    ways = session.merge_environment_settings(prepared.url, {}, True, None, None)
    certificates = ways["verify"]
    if isinstance(certificates, str) and not os.path.exists(certificates):
        raise _not_sent(host, tr("there are no certificates at {path}", path=certificates))
    proxy = select_proxy(request.url, ways["proxies"])
    try:
        if proxy:
            adapter: Any = session.get_adapter(request.url)
            adapter.proxy_manager_for(prepend_scheme_if_needed(proxy, "http"))  # type: ignore[no-untyped-call]
    except Exception as error:
        # Its user and password are in it.
        raise _not_sent(host, tr("the proxy of the environment is none")) from error
    return prepared, ways


def _ask(session: requests.Session, prepared: requests.PreparedRequest, ways: Any, seconds: float, host: str) -> Answer:
    with session.send(prepared, timeout=(seconds, seconds), allow_redirects=False, **ways) as response:
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status_code, headers, _read(response, host))


def _read(response: requests.Response, host: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    for part in response.iter_content(_CHUNK):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise TooLargeError(
                tr(
                    "the answer of {host} was lost (it is larger than {most} MiB)",
                    host=host,
                    most=LARGEST_ANSWER // 1024 // 1024,
                ),
                next_step=tr("ask for less at once: a shorter window, longer slots, or fewer names."),
            )
    return b"".join(parts)


def _unwritable() -> NotSentError:
    return NotSentError(
        tr("the call cannot be written as HTTP, because a header holds characters that none may hold"),
        next_step=tr("look for line breaks and for letters other than ASCII in the keys and the user of the settings."),
    )


def _not_sent(host: str, reason: str) -> NotSentError:
    return NotSentError(
        tr("no connection to {host} ({reason})", host=host, reason=reason),
        next_step=tr("check the network, the endpoint and any proxy, then run again."),
    )


def _lost(host: str, reason: str) -> NoAnswerError:
    return NoAnswerError(
        tr("the answer of {host} was lost ({reason})", host=host, reason=reason),
        next_step=tr("run again; if it keeps happening, raise timeoutSeconds or look at the network."),
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


def _cause(error: BaseException) -> str:
    """The innermost cause's name: its text would repeat the whole URL."""
    name = type(error).__name__
    cause: BaseException | None = error
    for _ in range(8):
        if cause is None:
            break
        name = type(cause).__name__
        cause = _inner(cause)
    return name
