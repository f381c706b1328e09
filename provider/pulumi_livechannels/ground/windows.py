"""Where calls are counted: in this process, in a file for all runs on a machine, in Redis or Postgres for several.

Counting is the work of pyrate-limiter; its buckets are told the time, and never wait by themselves. What several
processes share is dated by a clock that can be set, so no date in the future is believed.
"""

from __future__ import annotations

import hashlib
import weakref
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from platformdirs import user_cache_path
from pyrate_limiter import AbstractBucket, InMemoryBucket, Rate, RateItem, SQLiteBucket

from . import private_files
from .language import tr
from .limiter import Window, margin

if TYPE_CHECKING:
    from redis import Redis

T = TypeVar("T")
MEMORY, REDIS, POSTGRES = "memory", ("redis://", "rediss://"), ("postgres://", "postgresql://")
# Whoever stops with a server's lock loses it before those who wait for it give up.
HOLD_SECONDS, LOCK_SECONDS = 2.0, 4.0
_SUFFIX = ".sqlite"
# Others may have counted a moment later than we asked for the time.
_AHEAD_MILLISECONDS = 10_000
_TIDY_EVERY = 100
_CALL = "call"


class Bucket:
    """A window kept by one of the library's buckets.

    `clock` overrides the caller's time, where another counts; `together` makes several steps one among processes.
    """

    def __init__(
        self,
        bucket: AbstractBucket,
        limit: int,
        length: float,
        clock: Callable[[], float] | None = None,
        together: AbstractContextManager[None] | None = None,
    ) -> None:
        self._bucket = bucket
        self._limit = limit
        self._length = length
        self._clock = clock
        self._together = together or nullcontext()
        self._puts = 0

    def reserve(self, now: float) -> float:
        """Count a call, or answer after how many seconds one may fit: never more than the window's length."""
        self._puts += 1
        with self._together:
            # Dated under the lock: whoever waits for it is not counted as of before.
            item = RateItem(_CALL, self._milliseconds(now))
            if self._puts % _TIDY_EVERY == 0:
                self._bucket.leak(item.timestamp)
            if self._bucket.put(item):
                return 0.0
            waiting: Any = self._bucket.waiting(item)
            if waiting > self._length * 1000 + _AHEAD_MILLISECONDS:
                self._date_anew(item.timestamp)
                waiting = self._length * 1000
        return max(0.001, float(waiting) / 1000)

    def used(self, now: float) -> int:
        """How many calls are counted."""
        with self._together:
            return self._counted(now)

    def fill(self, now: float, seconds: float) -> None:
        """Count as many calls as still fit, as if they had been made when they leave the window in `seconds`."""
        # Only others need to be told so; whoever heard it from the vendor waits anyway.
        if isinstance(self._bucket, InMemoryBucket):
            return
        with self._together:
            left = self._limit - self._counted(now)
            if left > 0:
                later = min(seconds, self._length) - self._length
                self._bucket.put(RateItem(_CALL, self._milliseconds(now, later), weight=left))

    def _counted(self, now: float) -> int:
        self._bucket.leak(self._milliseconds(now))
        count: Any = self._bucket.count()
        return min(self._limit, int(count))

    def _date_anew(self, now: int) -> None:
        """The clock was set back, so calls are dated in the future: count all as made now, for one window more."""
        count: Any = self._bucket.count()
        self._bucket.flush()
        self._bucket.put(RateItem(_CALL, now, weight=min(self._limit, int(count))))

    def _milliseconds(self, now: float, later: float = 0.0) -> int:
        return int(((self._clock() if self._clock else now) + later) * 1000)


CANNOT_SHARE = "the call budget cannot be shared"


class FallbackWindow:
    """A shared window, or one of this process alone from when the shared one fails; `tell` hears of it."""

    def __init__(self, shared: Callable[[], Window], alone: Window, where: str, tell: Callable[[str], None]) -> None:
        self._where = where
        self._tell = tell
        self._alone = alone
        self._window = self._try(shared) or alone

    def reserve(self, now: float) -> float:
        """Count a call, or answer after how many seconds one may fit."""
        wait = self._try(lambda: self._window.reserve(now))
        return self._window.reserve(now) if wait is None else wait

    def used(self, now: float) -> int:
        """How many calls are counted."""
        used = self._try(lambda: self._window.used(now))
        return self._window.used(now) if used is None else used

    def fill(self, now: float, seconds: float) -> None:
        """Let no call fit for so many seconds."""
        self._try(lambda: self._window.fill(now, seconds))

    def _try(self, action: Callable[[], T]) -> T | None:
        try:
            return action()
        except Exception as error:
            # Whatever is wrong with a file or a server, counting for this run alone beats not counting, or not running.
            extra = tr(": pip install 'pulumi-livechannels[{extra}]'", extra=self._where.lower())
            way_out = extra if isinstance(error, ImportError) else ""
            reason = str(error) if isinstance(error, private_files.UnusableError) else type(error).__name__
            self._tell(
                tr(
                    "{cannot} through {where} ({reason}), so this run counts its own calls only{way_out}",
                    cannot=tr(CANNOT_SHARE),
                    where=tr(self._where),
                    reason=reason,
                    way_out=way_out,
                )
            )
            self._window = self._alone
            return None


def of_store(
    store: str,
    limit: int,
    length: float,
    account: str,
    monotonic: Callable[[], float],
    tell: Callable[[str], None],
) -> Window:
    """The window that a `budgetStore` means; `tell` hears of it where it cannot be shared, which stops nobody."""
    alone = in_memory(limit, length, monotonic)
    if store == MEMORY:
        return alone
    if store.startswith(REDIS):
        return FallbackWindow(lambda: in_redis(limit, length, account, store), alone, "Redis", tell)
    if store.startswith(POSTGRES):
        return FallbackWindow(lambda: in_postgres(limit, length, account, store), alone, "Postgres", tell)
    return FallbackWindow(lambda: in_file(limit, length, account), alone, "a file", tell)


def in_memory(limit: int, length: float, monotonic: Callable[[], float]) -> Bucket:
    """A window of this process alone, on a clock that nobody can set."""
    return Bucket(InMemoryBucket([_rate(limit, length)]), limit, _kept(length), monotonic)


def in_file(limit: int, length: float, account: str, folder: Path | None = None) -> Bucket:
    """A window of all runs on this machine that use the account.

    Raises:
        UnusableError: something else stands at the file's place, or somebody else holds it for too long.
        OSError: the file cannot be written.
    """
    place = folder or user_cache_path("livechannels") / "budget"
    private_files.private_folder(place)
    private_files.tidy(place, _SUFFIX)
    # Nothing may be read from the name of the file but that it is another account's.
    file = place / f"{_named(account)}{_SUFFIX}"
    private_files.private_file(file)
    lock: Any = private_files.HeldLock(file, private_files.LOCK_SECONDS)
    with lock:
        # The library would leave its connection open.
        with file.open("rb") as there:
            if there.read(16) not in (b"", b"SQLite format 3\0"):
                raise private_files.UnusableError(tr("something else stands at its place"))
        bucket = SQLiteBucket.init_from_file([_rate(limit, length)], db_path=str(file))
        bucket.conn.execute("PRAGMA journal_mode=WAL").close()
        bucket.conn.execute("PRAGMA synchronous=NORMAL").close()
    bucket.lock = lock
    window = Bucket(bucket, limit, _kept(length), together=lock)
    # Accounts are dropped, not closed, and Python warns of databases that are left open.
    weakref.finalize(window, bucket.conn.close)
    return window


def in_redis(limit: int, length: float, account: str, address: str) -> Bucket:
    """A window of all machines that use the account and this Redis, whose clock counts.

    Raises:
        ModuleNotFoundError: the library for Redis is not installed.
        redis.RedisError: it cannot be reached.
    """
    from pyrate_limiter import RedisBucket
    from redis import Redis

    server: Redis[Any] = Redis.from_url(address, socket_timeout=5, socket_connect_timeout=5)  # type: ignore[type-arg]
    key = f"livechannels:budget:{_named(account)}"
    bucket: Any = RedisBucket.init([_rate(limit, length)], server, key)
    # The library's script overlooks what is dated later than the call that it counts, so nobody counts between.
    lock: Any = server.lock(f"{key}:lock", timeout=HOLD_SECONDS, blocking_timeout=LOCK_SECONDS, sleep=0.01)

    def clock() -> float:
        seconds, microseconds = server.time()
        return float(seconds) + float(microseconds) / 1_000_000

    return Bucket(bucket, limit, _kept(length), clock, lock)


def in_postgres(limit: int, length: float, account: str, address: str) -> Bucket:
    """A window of all machines that use the account and this Postgres, whose clock counts; a table of its own.

    Raises:
        ImportError: the driver is not installed.
        psycopg.Error: it cannot be reached, or its user may make no table.
    """
    from pyrate_limiter import PostgresBucket

    from .postgres import Session

    table = f"livechannels_{_named(account)}"
    # The library puts its own word before the name.
    session: Any = Session(address, f"ratelimit___{table}", HOLD_SECONDS, LOCK_SECONDS)
    bucket = PostgresBucket(session, table, [_rate(limit, length)])
    return Bucket(bucket, limit, _kept(length), session.now, session)


def _kept(length: float) -> float:
    return length + margin(length)


def _rate(limit: int, length: float) -> Rate:
    return Rate(limit, int(_kept(length) * 1000))


def _named(account: str) -> str:
    return hashlib.sha256(account.encode()).hexdigest()[:16]
