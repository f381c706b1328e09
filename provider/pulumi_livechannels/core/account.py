"""One account of the vendor within one run: its client, and what its resources share.

Everything with the same settings gets the same account, so the call budget, the lists and the custody of its objects
are one, whatever the number of resource types and threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ..config import Settings
from ..ground.batching import Batcher
from ..ground.clock import Clock, SystemClock
from ..ground.company import Company
from ..ground.errors import AccessDeniedError, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from .belonging import Belonging
from .custody import Custody, Notes
from .notices import Notices

if TYPE_CHECKING:
    from ..ground.allowance import Allowance
    from ..ground.limiter import Limiter
    from ..vendors.volcengine.client import VolcengineClient
    from ..vendors.wangsu.client import WangsuClient

NOT_LIVE, BANNED = 2, 3
T = TypeVar("T")


class Account:
    """The client and the shared knowledge. `tell` receives warnings and the reasons of long waits.

    `run` names the engine's run, whose other processes of this account are told who holds what. `allowance` is how many
    calls to Wangsu may be made in all; without one, any number.
    """

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[str], None],
        clock: Clock | None = None,
        run: str | None = None,
        allowance: Allowance | None = None,
    ) -> None:
        self.clock: Clock = clock or SystemClock()
        self.notices = Notices(tell)
        self.settings = settings
        self._allowance = allowance
        self.custody = Custody(self._notes(run))
        self.belonging = Belonging(settings.identity, self.clock, moving=settings.allow_account_change)
        self.company = Company()
        self._statuses: Batcher[int | None] = Batcher(self._ask_live, None, self.company)
        self.deletes: Batcher[None] = Batcher(self._delete_channels, None, self.company)
        # One shared object may need another while it is made.
        self._lock = threading.RLock()
        self._shared: dict[Any, Any] = {}
        self._forget: list[Callable[[], None]] = []

    def _notes(self, run: str | None) -> Notes | None:
        if run is None:
            return None
        from ..ground.run_notes import RunNotes

        return RunNotes(run, self.settings.identity, self.notices.warn)

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
            return Limiter(self.clock, None, self.notices.warn, allowance=self._allowance)
        from ..ground import windows

        window = windows.of_store(
            self.settings.budget_store,
            calls,
            WINDOW_SECONDS,
            self.settings.identity,
            self.clock.monotonic,
            self.notices.once,
        )
        return Limiter(
            self.clock,
            window,
            self.notices.warn,
            words=tr("the account's budget of {calls} calls in 5 minutes", calls=calls),
            calls=calls,
            allowance=self._allowance,
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
            wait_seconds=settings.wait_minutes * 60,
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
        if key not in self._shared:
            with self._lock:
                if key not in self._shared:
                    self._shared[key] = make()
        held: T = self._shared[key]
        return held

    def shows_channel(self, pull_id: str) -> bool:
        """Whether these keys show a channel of either kind (getChannelLiveState)."""
        try:
            self.wangsu.call(wangsu.playback.GetChannelLiveState(pull_id=pull_id))
        except (RefusedError, AccessDeniedError):
            return False
        return True

    def live_status(self, pull_id: str) -> int | None:
        """The live status of a channel, many asked at once (batchChannelLiveState); None where it is not told."""
        try:
            return self._statuses.ask(pull_id)
        except RefusedError:
            # The vendor may refuse ids that it does not know, and another one may have travelled with it.
            try:
                return self._ask_live([pull_id]).get(pull_id)
            except RefusedError:
                return None

    def _ask_live(self, ids: list[str]) -> dict[str, int | None]:
        answer = self.wangsu.call(wangsu.channels.BatchChannelLiveState(pull_ids=",".join(ids)))
        told: dict[str, set[int | None]] = {}
        for item in answer.root:
            told.setdefault(item.pull_id, set()).add(item.channel_status)
        # Of a channel that is told in two ways nothing is known.
        return {key: statuses.pop() if len(statuses) == 1 else None for key, statuses in told.items()}

    def _delete_channels(self, ids: list[str]) -> dict[str, None]:
        self.wangsu.call(wangsu.channels.DeleteChannel(pull_id=",".join(ids)))
        return dict.fromkeys(ids)


AccountOf = Callable[[Mapping[str, str]], Account]
"""The account of settings that a state has; where it has none, those of the environment count."""

_accounts: dict[Settings, Account] = {}
_lock = threading.Lock()


def account_of(settings: Settings, tell: Callable[[str], None], run: str | None = None) -> Account:
    """The one account of these settings in this process; whoever asks first says who is told."""
    with _lock:
        if settings not in _accounts:
            _accounts[settings] = Account(settings, tell, run=run)
        return _accounts[settings]
