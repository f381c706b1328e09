"""One connection to a Postgres, as the library's bucket wants it: what is counted is counted under one lock.

Psycopg's pool would keep threads and several connections for each process, and wait for half a minute where the
server is gone. Nothing here waits longer than a few seconds, be it for an answer or for whoever stopped with the lock.
"""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any

from psycopg import Connection, Error, sql

ANSWER_SECONDS = 5.0
# The bucket's times have no zone, so all machines have to mean the same one.
_BEGIN = sql.SQL(
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL idle_in_transaction_session_timeout = {hold}; "
    "SET LOCAL lock_timeout = {lock}; LOCK TABLE {table} IN EXCLUSIVE MODE"
)


class Session:
    """A connection. `with session:` is one transaction that nobody else writes beside; it is not entered twice.

    Whoever does nothing for `hold_seconds` within it loses the lock. Who waits for it gives up after `lock_seconds`.
    """

    def __init__(self, address: str, table: str, hold_seconds: float, lock_seconds: float) -> None:
        self._address = address
        hold, lock = (sql.Literal(int(seconds * 1000)) for seconds in (hold_seconds, lock_seconds))
        self._begin = _BEGIN.format(hold=hold, lock=lock, table=sql.Identifier(table))
        self._connection = self._connect()
        self._held: ExitStack | None = None

    def __enter__(self) -> None:
        try:
            self._lock()
        except Error:
            # The server may have been started anew since, or whatever is between has dropped what was idle.
            if not self._connection.closed:
                raise
            self._connection = self._connect()
            self._lock()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        held, self._held = self._held, None
        if held is not None:
            held.__exit__(kind, error, at)

    @contextmanager
    def connection(self) -> Iterator[Connection[Any]]:
        """What the bucket takes of a pool: a transaction, which under the lock is the one that there is."""
        if self._held is not None:
            yield self._connection
            return
        with self._bounded(), self._connection.transaction():
            yield self._connection

    def now(self) -> float:
        """The server's clock, in unix seconds."""
        with self.connection() as connection:
            ((seconds,),) = connection.execute("SELECT extract(epoch FROM clock_timestamp())").fetchall()
        return float(seconds)

    def _connect(self) -> Connection[Any]:
        # Behind a pooler the next transaction may be on another connection, which knows no prepared statement.
        connection: Connection[Any] = Connection.connect(
            self._address,
            autocommit=True,
            prepare_threshold=None,
            connect_timeout=int(ANSWER_SECONDS),
            fallback_application_name="livechannels",
        )
        # Accounts are dropped, not closed, and the driver warns of connections that are left open.
        weakref.finalize(self, connection.close)
        return connection

    def _lock(self) -> None:
        with ExitStack() as held:
            held.enter_context(self._bounded())
            held.enter_context(self._connection.transaction())
            self._connection.execute(self._begin)
            self._held = held.pop_all()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """Cut the connection where this takes too long, for a server that hangs ends no wait by itself."""
        with socket.fromfd(self._connection.fileno(), socket.AF_INET, socket.SOCK_STREAM) as line:
            watch = threading.Timer(ANSWER_SECONDS, _cut, [line])
            watch.daemon = True
            watch.start()
            try:
                yield
            finally:
                watch.cancel()


def _cut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
