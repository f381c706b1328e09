"""One call is bounded from begin to end, whatever platform and network make of it, and leaves nothing behind."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import PATIENCE, eventually
from pulumi_livechannels.ground.clock import SystemClock, parse_http_date
from pulumi_livechannels.ground.errors import Changed, NoAnswerError, NotSentError
from pulumi_livechannels.ground.http import Request, Transport

pytestmark = pytest.mark.slow

# Long enough for a busy machine to connect in.
LIMIT = 1
HEAD = b"HTTP/1.1 200 OK\r\n"
Serve = Callable[[socket.socket, threading.Event], None]


def dripping(first: bytes, drop: bytes, pause: float = 0.05) -> Serve:
    """Says the first bytes at once, and then a little again and again: never long enough silent for a step's limit."""

    def serve(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(first)
        while not over.wait(pause):
            connection.sendall(drop)

    return serve


def saying(answer: bytes) -> Serve:
    def serve(connection: socket.socket, over: threading.Event) -> None:
        connection.recv(65536)
        connection.sendall(answer)

    return serve


def silent(connection: socket.socket, over: threading.Event) -> None:
    """Takes no byte from the socket, so that what is sent piles up."""
    over.wait()


def drip_in_a_handshake(connection: socket.socket, over: threading.Event) -> None:
    """Begins a TLS record of the largest size, and never ends it."""
    dripping(b"\x16\x03\x03\x3f\xff\x02", b"\x00")(connection, over)


@contextmanager
def server(serve: Serve) -> Iterator[int]:
    over = threading.Event()
    threads: list[threading.Thread] = []

    def one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            serve(connection, over)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threads.append(threading.Thread(target=one, args=(connection,), daemon=True))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listening = threading.Thread(target=accept, daemon=True)
        listening.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
    listening.join(PATIENCE)
    for thread in threads:
        thread.join(PATIENCE)


def request(url: str, body: bytes = b"{}", **headers: str) -> Request:
    return Request("POST", url, {"Content-Type": "application/json", **headers}, body)


@pytest.mark.parametrize(
    ("serve", "scheme", "expected"),
    [
        (dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b"x"), "http", NoAnswerError),
        (dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"), "http", NoAnswerError),
        (dripping(HEAD + b"\r\n", b"x"), "http", NoAnswerError),
        (dripping(HEAD + b"X-Slow: ", b"x"), "http", NoAnswerError),
        (dripping(b"H", b"T"), "http", NoAnswerError),
        (dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "http", NoAnswerError),
        (silent, "http", NoAnswerError),
        (drip_in_a_handshake, "https", NotSentError),
    ],
    ids=["body", "chunks", "body of no length", "header", "status", "continue", "nothing read", "handshake"],
)
def test_a_call_ends_within_its_limit_however_slowly_the_platform_speaks(
    serve: Serve, scheme: str, expected: type[Exception]
) -> None:
    body = b"x" * 50_000_000 if serve is silent else b"{}"
    with server(serve) as port, pytest.raises(expected, match=f"longer than {LIMIT} s") as caught:
        Transport(SystemClock(), LIMIT).send(request(f"{scheme}://127.0.0.1:{port}/live", body))
    assert caught.value.changed is (Changed.UNKNOWN if expected is NoAnswerError else Changed.NO)  # type: ignore[attr-defined]


def test_a_proxy_that_never_lets_a_call_through_is_bounded_and_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with server(dripping(HEAD + b"X-Slow: ", b"x")) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        with pytest.raises(NotSentError, match="longer"):
            Transport(SystemClock(), LIMIT).send(request("https://platform.test/live"))


def test_a_name_that_is_not_resolved_in_time_was_not_sent_and_holds_one_thread_at_most(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolve, over = socket.getaddrinfo, threading.Event()

    def hang(host: str, *args: object) -> object:
        if host == "hangs.test":
            over.wait()
        return resolve("127.0.0.1" if host == "hangs.test" else host, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    transport = Transport(SystemClock(), 0.05)
    before = threading.active_count()
    for _ in range(10):
        with pytest.raises(NotSentError, match="longer than"):
            transport.send(request("https://hangs.test/live"))
    eventually(lambda: threading.active_count() <= before + 1)
    over.set()
    eventually(lambda: threading.active_count() <= before)


def test_many_calls_that_ran_out_of_time_leave_no_thread_and_no_descriptor() -> None:
    with server(dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b"x", 0.01)) as port:
        transport = Transport(SystemClock(), 0.3)

        def calls(count: int) -> None:
            for _ in range(count):
                with pytest.raises((NoAnswerError, NotSentError)):
                    transport.send(request(f"http://127.0.0.1:{port}/live"))

        calls(3)
        eventually(lambda: served() == 0)
        threads, descriptors = threading.active_count(), open_descriptors()
        calls(8)
        eventually(lambda: threading.active_count() <= threads and open_descriptors() <= descriptors)


def test_a_short_call_ends_in_its_time_beside_a_long_one_and_one_thread_watches_both() -> None:
    def call(limit: float) -> None:
        with pytest.raises(NoAnswerError):
            Transport(SystemClock(), limit).send(request(f"http://127.0.0.1:{port}/live"))

    with server(dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b"x")) as port:
        # It begins, so the watchdog has to be woken for the other one.
        long = threading.Thread(target=call, args=(PATIENCE,))
        long.start()
        eventually(lambda: served() == 1)
        call(0.3)
        assert long.is_alive()
        assert sum("watchdog" in thread.name for thread in threading.enumerate()) == 1
    long.join(PATIENCE)


def served() -> int:
    return sum("(one)" in thread.name for thread in threading.enumerate())


def open_descriptors() -> int:
    return len(os.listdir("/dev/fd"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no forks")
def test_a_process_that_is_forked_does_not_end_what_the_other_one_has_under_way() -> None:
    program = """
import os
from pulumi_livechannels.ground import connections
with connections.Attempt(60):
    child = os.fork()
    if not child:
        os._exit(len(connections._watchdog._under_way))
    print(os.waitpid(child, 0)[1], len(connections._watchdog._under_way))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1"]


def test_a_connection_is_used_again_and_watched_again() -> None:
    accepted = []

    def serve(connection: socket.socket, over: threading.Event) -> None:
        accepted.append(connection)
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 2\r\n\r\n{}")
        connection.recv(65536)
        dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b"x")(connection, over)

    with server(serve) as port:
        transport = Transport(SystemClock(), LIMIT)
        url = f"http://127.0.0.1:{port}/live"
        assert transport.send(request(url)).body == b"{}"
        with pytest.raises(NoAnswerError, match="longer"):
            transport.send(request(url))
    assert len(accepted) == 1


@pytest.mark.needs("openssl")  # to make its certificate
def test_a_dripping_answer_over_tls_is_bounded_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    def serve(connection: socket.socket, over: threading.Event) -> None:
        with context.wrap_socket(connection, server_side=True) as wrapped:
            dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b"x")(wrapped, over)

    transport = Transport(SystemClock(), LIMIT)
    with server(serve) as port:
        url = f"https://localhost:{port}/live"
        transport._session(url).verify = str(certificate)
        with pytest.raises(NoAnswerError, match="longer"):
            transport.send(request(url))


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: x\r\n" % number for number in range(500)) + b"\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
        HEAD + b"Content-Length: -5\r\n\r\n",
        HEAD + b"Content-Length: 7, 9\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /\xb5\xc7\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://[x/\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=[
        "long header",
        "many headers",
        "status",
        "chunk",
        "not gzip",
        "negative length",
        "two lengths",
        "redirect in GBK",
        "redirect to no address",
    ],
)
def test_an_answer_that_is_not_http_never_ends_in_an_error_of_a_library_and_the_call_may_have_arrived(
    answer: bytes,
) -> None:
    with server(saying(answer)) as port, suppress(NoAnswerError):
        Transport(SystemClock(), PATIENCE).send(request(f"http://127.0.0.1:{port}/live"))


@pytest.mark.parametrize("value", ["geheim\nX-Other: 1", " geheim", "ключ", "钥匙"])
def test_a_header_that_cannot_be_written_was_not_sent(value: str) -> None:
    with server(saying(HEAD + b"\r\n")) as port, pytest.raises(NotSentError, match="ASCII") as caught:
        Transport(SystemClock(), PATIENCE).send(request(f"http://127.0.0.1:{port}/live", Authorization=value))
    assert value.split(maxsplit=1)[0] not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("Thu, 01 Jan 1970 00:00:10 GMT", 10.0), ("Thu, 01 Jan 1970 00:00:10 -0000", 10.0)]
    + [(text, None) for text in ("", "soon", "Thu, 01 Jan 9999999 00:00:00 GMT", "Thu, 99 Jan 1970 99:99:99 GMT")],
)
def test_a_date_of_the_platform_is_read_or_ignored(text: str, seconds: float | None) -> None:
    assert parse_http_date(text) == seconds


@given(st.text() | st.from_regex(r"\A[A-Z][a-z]{2}, \d+ [A-Z][a-z]{2} \d+ \d+:\d+:\d+ ([A-Z]{3}|[+-]\d+)\Z"))
def test_no_date_of_the_platform_raises(text: str) -> None:
    parse_http_date(text)
