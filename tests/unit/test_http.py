"""One attempt over HTTP: what is known afterwards, and what a session never does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import responses
from urllib3.exceptions import MaxRetryError, NewConnectionError

from kit import PATIENCE, FakeClock
from pulumi_livechannels.ground.clock import SystemClock
from pulumi_livechannels.ground.errors import Changed, NoAnswerError, NotSentError
from pulumi_livechannels.ground.http import Request, Transport

URL = "https://platform.test/live"


def request(url: str = URL, **headers: str) -> Request:
    return Request("POST", url, {"Content-Type": "application/json", **headers}, '{"名":"台"}'.encode())


@pytest.fixture
def transport(clock: FakeClock) -> Transport:
    return Transport(clock, PATIENCE)


@contextmanager
def server(answer: bytes) -> Iterator[str]:
    """A server that reads a little, says what it is told to, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/live"
        thread.join(PATIENCE)


@responses.activate
def test_the_body_is_sent_as_signed_and_redirects_are_not_followed(transport: Transport) -> None:
    responses.post(URL, status=302, headers={"Location": "https://elsewhere.test/"}, body=b"x")
    answer = transport.send(request())
    assert answer.status == 302
    assert len(responses.calls) == 1
    assert responses.calls[0].request.body == '{"名":"台"}'.encode()


@responses.activate
def test_a_netrc_entry_never_replaces_our_signature(
    transport: Transport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine platform.test login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    responses.post(URL, body=b"{}")
    transport.send(request(Authorization="CNC-HMAC-SHA256 ours"))
    assert responses.calls[0].request.headers["Authorization"] == "CNC-HMAC-SHA256 ours"


def test_a_refused_connection_was_not_sent(transport: Transport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(NotSentError) as caught:
        transport.send(request(f"http://127.0.0.1:{port}/live?key=geheim"))
    assert caught.value.changed is Changed.NO
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize(
    "answer",
    [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
    ids=["closed without a word", "broken off"],
)
def test_an_answer_that_breaks_off_leaves_the_outcome_unknown(transport: Transport, answer: bytes) -> None:
    with server(answer) as url, pytest.raises(NoAnswerError) as caught:
        transport.send(request(url))
    assert caught.value.changed is Changed.UNKNOWN


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("HTTPS_PROXY", "http://me:p中@127.0.0.1:1"),
        ("HTTPS_PROXY", "http://[x/"),
        ("REQUESTS_CA_BUNDLE", "/nowhere.pem"),
    ],
)
def test_a_way_out_that_is_none_was_not_taken(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(NotSentError) as caught:
        transport.send(request())
    assert "p中" not in str(caught.value)


def test_a_silent_platform_is_given_up_after_the_limit() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NoAnswerError, match="longer than"):
        Transport(SystemClock(), 1).send(request(f"http://127.0.0.1:{listener.getsockname()[1]}/live"))


@responses.activate
def test_a_certificate_that_does_not_hold_stops_before_anything_is_sent(transport: Transport) -> None:
    import ssl

    cause = ssl.SSLCertVerificationError("self-signed certificate")
    responses.post(URL, body=requests.exceptions.SSLError(cause))
    with pytest.raises(NotSentError, match="SSLCertVerificationError"):
        transport.send(request())


@responses.activate
@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (requests.ConnectionError(MaxRetryError(None, URL, NewConnectionError(None, "refused"))), NotSentError),  # type: ignore[arg-type]
        (requests.ConnectTimeout("slow"), NotSentError),
        (requests.ReadTimeout("slow"), NoAnswerError),
        (requests.ConnectionError("reset"), NoAnswerError),
        (requests.exceptions.InvalidHeader("two lengths"), NoAnswerError),
        (UnicodeError("in a header"), NoAnswerError),
        (AttributeError("of a library"), NoAnswerError),
    ],
)
def test_whatever_is_not_surely_unsent_counts_as_sent(
    transport: Transport, failure: Exception, expected: type[Exception]
) -> None:
    responses.post(URL, body=failure)
    with pytest.raises(expected):
        transport.send(request())


@responses.activate
def test_an_answer_is_bounded_in_size(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pulumi_livechannels.ground.http.LARGEST_ANSWER", 1000)
    responses.post(URL, body=b"x" * 1001)
    with pytest.raises(NoAnswerError, match="larger than"):
        transport.send(request())


def test_each_thread_has_a_session_of_its_own(transport: Transport) -> None:
    sessions = [transport._session(URL)]
    thread = threading.Thread(target=lambda: sessions.append(transport._session(URL)))
    thread.start()
    thread.join()
    assert sessions[0] is transport._session(URL)
    assert sessions[0] is not sessions[1]


def test_tls_is_verified_and_a_proxy_is_not_asked_for_loopback(transport: Transport) -> None:
    assert transport._session("https://platform.test").verify is True
    assert Transport(FakeClock(), 1)._session("http://127.0.0.1:1").trust_env is False
