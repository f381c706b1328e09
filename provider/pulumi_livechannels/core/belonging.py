"""The account is part of custody: keys of another account must not take its silence for the end of everything.

A state says which account it is from. Other keys are believed to be of the same account once they show an object that
the state has from it; until then nothing is dropped, made, changed or deleted with them. So rotated keys need no word
from anybody, and the secret of a wrong environment does no harm.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..ground.clock import Clock
from ..ground.errors import ConflictError
from ..ground.language import tr

# In a state, which account it is from. No key can be learnt from it.
ACCOUNT = "__account"
# In a state, another channel of the stack: it can speak for the account where the object itself cannot, or is gone.
WITNESS = "__witness"
# Other objects are looked at at the same time, and one of them may be there.
_LOOKS = 6
_LOOK_SECONDS = 1.0
# So many objects that are not there tell enough of an account.
_ENOUGH = 5

Proof = Callable[[], bool | None]
"""Whether the keys show an object: None where nothing can tell."""


class Belonging:
    """What the keys of this run have shown. `identity` is the account's; `moving` that the stack really changes it."""

    def __init__(self, identity: str, clock: Clock, *, moving: bool) -> None:
        self.own = hashlib.sha256(f"account {identity}".encode()).hexdigest()[:12]
        self._clock = clock
        self._moving = moving
        self._lock = threading.Lock()
        self._believed = {self.own}
        # A stack goes on under the name that its account had first, so that its states agree whatever keys come.
        self._named = self.own
        self._denied: dict[str, int] = {}
        self._told = False

    def is_ours(self, state: Mapping[str, Any]) -> bool:
        """Whether the state is from this account, as far as is known."""
        account = state.get(ACCOUNT)
        return account is None or self._moving or account in self._believed

    def is_from_here(self, state: Mapping[str, Any]) -> bool:
        """Whether the state is known to be from this account; False for one that a moving stack leaves behind."""
        account = state.get(ACCOUNT)
        return account is None or account in self._believed

    def stamp(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state as this account's; one that says which account it is from goes on saying so, unless it moves."""
        is_said = state.get(ACCOUNT) is not None and not self._moving
        return dict(state) if is_said else {**state, ACCOUNT: self._named}

    def believe(self, state: Mapping[str, Any]) -> None:
        """The keys have shown the object of this state."""
        account = state.get(ACCOUNT)
        if isinstance(account, str):
            with self._lock:
                self._believed.add(account)
                self._denied.pop(account, None)
                # One that moves is told so for this run only, so its states must all be of the keys that go on.
                if self._named == self.own and not self._moving:
                    self._named = account

    def require(self, state: Mapping[str, Any], what: str, prove: Proof) -> None:
        """Return for a state that is from this account.

        Raises:
            ConflictError: the keys show nothing of what the stack holds.
        """
        account = state.get(ACCOUNT)
        if self.is_ours(state) or not isinstance(account, str):
            return
        shown: bool | None = False
        if self._denied.get(account, 0) < _ENOUGH:
            shown = prove()
            if shown:
                self.believe(state)
                return
            for _ in range(_LOOKS):
                if self.is_ours(state):
                    return
                self._clock.sleep(_LOOK_SECONDS)
        with self._lock:
            if account in self._believed:
                return
            if shown is None and account not in self._denied:
                return
            self._denied[account] = self._denied.get(account, 0) + 1
        self._refuse(what)

    def require_any(self) -> None:
        """Return unless the keys were found to be another account's than that of the stack.

        Raises:
            ConflictError: they were.
        """
        if self._denied and not self._moving:
            self._refuse(tr("what the stack holds"))

    def _refuse(self, what: str) -> None:
        with self._lock:
            first, self._told = not self._told, True
        if not first:
            raise ConflictError(tr("the keys are of another account"), next_step=tr("see the first error of this run."))
        raise ConflictError(
            tr("the state is from another account than the keys are of, for these show nothing of {what}", what=what),
            next_step=tr(
                "use the keys (and the endpoint) of that account. If this stack is really to move to the "
                "other one, where all of it is made anew while the old objects run on, say so for one "
                "run with LIVECHANNELS_ALLOW_ACCOUNT_CHANGE=true before the command, or with `pulumi "
                "config set livechannels:allowAccountChange true` (refresh and destroy need "
                "`--run-program` to see it) and `pulumi config rm` afterwards. If only a part was made "
                "in another account, `pulumi state delete URN` forgets it."
            ),
        )
