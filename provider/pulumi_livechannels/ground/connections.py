"""Connections that end when their call's time is over, whatever they are doing then.

The limits of sockets hold for one step each, so a platform that sends a byte now and then, or a name with many
addresses, can keep a call for ever. Here one watchdog ends the whole: it shuts the socket, which wakes whoever reads or
writes. Only the resolution of a name cannot be woken, so it runs in a thread of its own, one for each name at most.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError
from urllib3.util.connection import allowed_gai_family, create_connection

_under_way: ContextVar[Attempt] = ContextVar("livechannels attempt")


class Attempt:
    """One call from begin to end, `seconds` at most: a context manager, within which sessions keep the limit.

    `end` is on the machine's clock that only goes on; `expired` says that the time is over; `opening`, that a
    connection is being opened, so nothing of the call has left.
    """

    def __init__(self, seconds: float) -> None:
        # Sockets know the machine's time and no other.
        self.end = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None
        self.expired = False
        self.opening = False

    def __enter__(self) -> Attempt:
        _watchdog.watch(self)
        self._token = _under_way.set(self)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        _watchdog.forget(self)
        _under_way.reset(self._token)
        self._let_go()

    def left(self) -> float:
        """How many seconds are left.

        Raises:
            TimeoutError: none.
        """
        left = self.end - time.monotonic()
        if self.expired or left <= 0:
            self.expired = True
            raise TimeoutError
        return left

    def watch(self, connected: Any) -> None:
        """Shut this socket when the time is over.

        Raises:
            TimeoutError: it is over.
        """
        self._let_go()
        # TLS takes a socket's descriptor over from it, so only a second one surely stays.
        handle = socket.fromfd(connected.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        with self._lock:
            self._handle = handle
        self.left()

    def _let_go(self) -> None:
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            handle.close()

    def expire(self) -> None:
        """End it, whatever it is doing."""
        with self._lock:
            self.expired = True
            if self._handle is not None:
                with suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)


class _Watchdog:
    """Ends attempts whose time is over: one thread for all, as one for each takes a third of what a call takes.

    The thread ends when it wakes and nothing is under way.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Know of nothing. In a process that was forked, what is under way is the other one's to end."""
        self._turn = threading.Condition()
        self._under_way: set[Attempt] = set()
        self._thread: threading.Thread | None = None
        self._wakes_at = 0.0

    def watch(self, attempt: Attempt) -> None:
        """Have it ended at its end."""
        with self._turn:
            self._under_way.add(attempt)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="livechannels watchdog", daemon=True)
                self._thread.start()
            elif attempt.end < self._wakes_at:
                self._turn.notify()

    def forget(self, attempt: Attempt) -> None:
        """It has come to its own end."""
        with self._turn:
            self._under_way.discard(attempt)

    def _run(self) -> None:
        with self._turn:
            while self._under_way:
                for attempt in [each for each in self._under_way if each.end <= time.monotonic()]:
                    self._under_way.remove(attempt)
                    attempt.expire()
                self._wakes_at = min((each.end for each in self._under_way), default=0.0)
                if self._under_way:
                    self._turn.wait(self._wakes_at - time.monotonic())
            self._thread = None


_watchdog = _Watchdog()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_watchdog.begin)


class Resolver:
    """Addresses of names, waited for so long and no longer. Who asks while a name is being resolved joins in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked: dict[tuple[str, int], Future[list[str]]] = {}

    def addresses(self, host: str, port: int, seconds: float) -> list[str]:
        """The numeric addresses of a name.

        Raises:
            TimeoutError: they are not known in time.
            socket.gaierror: there are none.
        """
        with self._lock:
            answer = self._asked.get((host, port))
            if answer is None:
                answer = self._asked[host, port] = Future()
                threading.Thread(target=self._resolve, args=(host, port, answer), daemon=True).start()
        try:
            return answer.result(seconds)
        except FutureTimeout:
            raise TimeoutError from None

    def _resolve(self, host: str, port: int, answer: Future[list[str]]) -> None:
        try:
            found = socket.getaddrinfo(host, port, allowed_gai_family(), socket.SOCK_STREAM)
            answer.set_result(list(dict.fromkeys(str(address[0]) for *_, address in found)))
        except Exception as error:  # raised in the thread of whoever asked
            answer.set_exception(error)
        finally:
            with self._lock:
                del self._asked[host, port]


_resolver = Resolver()


class _Watched(HTTPConnection):
    """What both kinds of connection do differently: they open, and send, within their attempt's time."""

    def connect(self) -> None:
        attempt = _under_way.get()
        attempt.opening = True
        super().connect()
        attempt.opening = False

    def request(self, *args: Any, **named: Any) -> None:
        if self.sock is not None:
            _under_way.get().watch(self.sock)
        super().request(*args, **named)

    def _tunnel(self) -> None:
        super()._tunnel()
        # A proxy's answer that was cut short looks like one that has ended, and TLS would be begun on a shut socket.
        _under_way.get().left()

    def _new_conn(self) -> socket.socket:
        attempt = _under_way.get()
        try:
            made = self._reach(attempt, _resolver.addresses(self._dns_host.strip("[]"), self.port, attempt.left()))
        except socket.gaierror as error:
            raise NameResolutionError(self.host, self, error) from error
        except TimeoutError as error:
            raise ConnectTimeoutError(self, f"no connection to {self.host} in time") from error
        except OSError as error:
            raise NewConnectionError(self, f"no connection to {self.host}: {error}") from error
        try:
            attempt.watch(made)
        except TimeoutError as error:
            made.close()
            raise ConnectTimeoutError(self, f"no connection to {self.host} in time") from error
        return made

    def _reach(self, attempt: Attempt, addresses: list[str]) -> socket.socket:
        """A socket to the first address that takes one; each gets its share of the time that is left."""
        for place, address in enumerate(addresses):
            others = len(addresses) - place - 1
            try:
                share = attempt.left() / (others + 1)
                return create_connection((address, self.port), share, self.source_address, self.socket_options)
            except OSError:
                if not others:
                    raise
        raise OSError("the name has no address")


class _WatchedTLS(_Watched, HTTPSConnection):
    """The same with TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _PoolTLS(HTTPSConnectionPool):
    ConnectionCls = _WatchedTLS


_POOLS = {"http": _Pool, "https": _PoolTLS}


class WatchedAdapter(HTTPAdapter):
    """What a session sends through, so that all its connections belong to the attempt that is under way."""

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        """Make the connections watched ones."""
        super().init_poolmanager(*args, **named)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **named: Any) -> ProxyManager:
        """Make those through a proxy watched ones too."""
        manager: ProxyManager = super().proxy_manager_for(proxy, **named)
        # A SOCKS proxy has connections of its own kind, which keep the limits of each step only.
        if isinstance(manager, ProxyManager):
            manager.pool_classes_by_scheme = _POOLS
        return manager
