"""One account of the vendor within one run: its client, and what its resources share.

Everything with the same settings gets the same account, so the call budget, the lists and the knowledge of which
objects are spoken for are one, whatever the number of resource types and threads.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from ..config import Settings
from ..ground.batching import Batcher
from ..ground.clock import Clock, SystemClock
from ..vendors.wangsu.channels import BatchChannelLiveState, DeleteChannel
from .notices import Notices

if TYPE_CHECKING:
    from ..ground.limiter import Limiter, Window
    from ..vendors.volcengine.client import VolcengineClient
    from ..vendors.wangsu.client import WangsuClient

LIVE, NOT_LIVE, BANNED = 1, 2, 3
T = TypeVar("T")


class Account:
    """The client and the shared knowledge. `tell` receives warnings and the reasons of long waits."""

    def __init__(self, settings: Settings, tell: Callable[[str], None], clock: Clock | None = None) -> None:
        self.clock: Clock = clock or SystemClock()
        self.notices = Notices(tell)
        self.settings = settings
        self.live: Batcher[int | None] = Batcher(self._ask_live, missing=None)
        self.deletes: Batcher[None] = Batcher(self._delete_channels, missing=None)
        # One shared object may need another while it is made.
        self._lock = threading.RLock()
        self._shared: dict[Any, Any] = {}
        self._forget: list[Callable[[], None]] = []
        self._known: dict[str, set[str]] = {}
        self._marks: dict[tuple[str, str], str] = {}
        self._identities: dict[tuple[str, ...], threading.Lock] = {}

    @property
    def wangsu(self) -> WangsuClient:
        """Wangsu's or CDNetworks' calls."""
        return self.shared("wangsu", self._connect_wangsu)

    @property
    def volcengine(self) -> VolcengineClient:
        """Volcengine's calls."""
        return self.shared("volcengine", self._connect_volcengine)

    @property
    def budget(self) -> Limiter:
        """What keeps the account's calls to Wangsu within its budget."""
        return self.shared("budget", self._make_budget)

    def _make_budget(self) -> Limiter:
        from ..ground.limiter import WINDOW_SECONDS, Limiter

        calls = self.settings.calls_per_five_minutes
        if not calls:
            return Limiter(self.clock, None, self.notices.warn)
        from ..ground import windows

        alone = windows.in_memory(calls, WINDOW_SECONDS, self.clock.monotonic)
        window: Window = alone
        store, account = self.settings.budget_store, self.settings.identity
        if store.startswith(windows.REDIS):
            window = windows.FallbackWindow(
                lambda: windows.in_redis(calls, WINDOW_SECONDS, account, store), alone, "Redis", self.notices.once
            )
        elif store == windows.FILE:
            window = windows.FallbackWindow(
                lambda: windows.in_file(calls, WINDOW_SECONDS, account), alone, "a file", self.notices.once
            )
        return Limiter(
            self.clock, window, self.notices.warn, words=f"the account's budget of {calls} calls in 5 minutes"
        )

    def _connect_wangsu(self) -> WangsuClient:
        # A preview makes no call, so it need not load what speaks HTTP.
        from ..ground.http import Transport
        from ..vendors.wangsu.client import WangsuClient
        from ..vendors.wangsu.signing import ApiKeySigner, KeyPairSigner, Signer

        settings = self.settings
        settings.require_wangsu()
        signer: Signer = ApiKeySigner(settings.username, settings.api_key)
        if settings.access_key:
            signer = KeyPairSigner(settings.access_key, settings.secret_key)
        return WangsuClient(
            base=settings.base,
            signer=signer,
            transport=Transport(self.clock, settings.timeout_seconds),
            limiter=self.budget,
            clock=self.clock,
        )

    def _connect_volcengine(self) -> VolcengineClient:
        from ..ground.http import Transport
        from ..vendors.volcengine.client import VolcengineClient
        from ..vendors.volcengine.signing import VolcengineSigner

        settings = self.settings
        settings.require_volcengine()
        return VolcengineClient(
            base=settings.volcengine_base,
            signer=VolcengineSigner(
                settings.volcengine_access_key, settings.volcengine_secret_key, settings.volcengine_session_token
            ),
            transport=Transport(self.clock, settings.timeout_seconds),
            clock=self.clock,
            tell=self.notices.warn,
        )

    def when_written(self, forget: Callable[[], None]) -> None:
        """Have this called whenever something was written on the platform."""
        self._forget.append(forget)

    def outdated(self) -> None:
        """Something was written on the platform, so what was told of it may be wrong now."""
        for forget in self._forget:
            forget()

    def shared(self, key: Any, make: Callable[[], T]) -> T:
        """The one object of this key in the account, made on first use."""
        with self._lock:
            if key not in self._shared:
                self._shared[key] = make()
            held: T = self._shared[key]
            return held

    def claim(self, kind: str, key: str) -> None:
        """Note that this run holds the object: nobody else may adopt it."""
        with self._lock:
            self._known.setdefault(kind, set()).add(key)

    def release(self, kind: str, key: str) -> None:
        """The object was deleted or forgotten."""
        with self._lock:
            self._known.get(kind, set()).discard(key)
            self._marks.pop((kind, key), None)

    def claimed(self, kind: str, key: str) -> bool:
        """Whether this run holds the object."""
        with self._lock:
            return key in self._known.get(kind, set())

    def mark(self, kind: str, key: str) -> str:
        """A mark for an object that this run makes, which no other object of this id has."""
        with self._lock:
            return self._marks.setdefault((kind, key), uuid.uuid4().hex)

    def marked(self, kind: str, key: str) -> str | None:
        """The mark of the object that this run has made."""
        with self._lock:
            return self._marks.get((kind, key))

    @contextmanager
    def alone(self, *identity: str) -> Iterator[None]:
        """Creates of the same identity go one after the other, so a lost answer is never taken for a neighbour's."""
        with self._lock:
            lock = self._identities.setdefault(identity, threading.Lock())
        with lock:
            yield

    def _ask_live(self, ids: list[str]) -> dict[str, int | None]:
        answer = self.wangsu.call(BatchChannelLiveState(pull_ids=",".join(ids)))
        return {item.pull_id: item.channel_status for item in answer.root}

    def _delete_channels(self, ids: list[str]) -> dict[str, None]:
        self.wangsu.call(DeleteChannel(pull_id=",".join(ids)))
        return dict.fromkeys(ids)
