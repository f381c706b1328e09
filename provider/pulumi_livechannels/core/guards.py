"""What stands against an act, asked before anything ends: whose account it is, and whether a channel is on air."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..ground.errors import ChannelLiveError
from ..ground.language import tr
from .account import BANNED, NOT_LIVE
from .belonging import WITNESS
from .resource import Countable, Resource
from .states import SPARED


class Guards:
    """The guards of one kind of object."""

    def __init__(self, resource: Resource[Any]) -> None:
        self.resource = resource
        self.account = resource.account
        self.name = type(resource).__name__

    def require_ours(self, key: str, state: Mapping[str, Any], *, is_gone: bool = False) -> None:
        """Return for a state that is from this account, as far as its objects show; one that `is_gone` cannot.

        Raises:
            ConflictError: it is from another one.
        """
        key = self.resource.canonical(key)
        self.account.belonging.require(
            state, f"{self.name} {key}", lambda: self._shown(None if is_gone else key, state)
        )

    def is_unproven(self, state: Mapping[str, Any]) -> bool:
        """Whether a state is from other keys, and neither the object nor a witness can show whose these are."""
        belonging = self.account.belonging
        return not isinstance(self.resource, Countable) and not belonging.is_ours(state)

    def require_proven(self, key: str, state: Mapping[str, Any]) -> None:
        """Return when what is to be changed is known to be of this account, be it by other objects of the stack.

        Raises:
            ConflictError: nothing shows it.
        """
        if self.is_unproven(state):
            self.account.belonging.require(state, f"{self.name} {key}", lambda: False)

    def tell_unproven(self, key: str, state: Mapping[str, Any]) -> None:
        """Say of what does not change that nothing could be told of it."""
        if self.is_unproven(state):
            self.account.notices.once(
                tr(
                    "{name} {key} is from other keys, and nothing shows whether these are of the same "
                    "account, so it was left as it is. If the stack has moved to another account, run once "
                    "with LIVECHANNELS_ALLOW_ACCOUNT_CHANGE=true and --refresh, which sets it anew there",
                    name=self.name,
                    key=key,
                )
            )

    def is_left_behind(self, key: str, state: Mapping[str, Any]) -> bool:
        """Whether a stack that moves leaves this in the other account: what cannot be seen there is made anew here."""
        belonging = self.account.belonging
        if isinstance(self.resource, Countable) or belonging.is_from_here(state):
            return False
        if self._shown(key, state):
            belonging.believe(state)
            return False
        return True

    def without_lost_witness(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state of what cannot speak for itself, without a witness that is gone: another one may take its place."""
        witness = state.get(WITNESS)
        alone = not isinstance(self.resource, Countable) and self.account.belonging.is_from_here(state)
        if not alone or not isinstance(witness, str) or self._is_there(witness, self.account.live_status(witness)):
            return dict(state)
        return {name: value for name, value in state.items() if name != WITNESS}

    def _is_there(self, pull_id: str, status: int | None) -> bool:
        return status is not None or self.account.shows_channel(pull_id)

    def _shown(self, key: str | None, state: Mapping[str, Any]) -> bool | None:
        """Whether the account shows the object, or else its witness; None where nothing can tell."""
        shown, witness = False if key is None else self.resource.shows(key), state.get(WITNESS)
        return self.account.shows_channel(witness) if not shown and isinstance(witness, str) else shown

    def note_channel(self, key: str, said: Mapping[str, Any]) -> None:
        """The stack holds this channel; a state or a program says whether it is spared while it is on air."""
        if self.resource.is_channel:
            self.account.custody.spare(self.resource.canonical(key), forced=bool(said.get("forceDestroy")))

    def outdated(self, state: Mapping[str, Any]) -> list[str]:
        """Outputs of what hangs on a channel whose sparing has ended since, so that its state has to learn it."""
        is_hanging = self.resource.hangs_on_channel and state.get(SPARED)
        return ["status"] if is_hanging and self.account.custody.spares(state.get("pullId")) is False else []

    def is_barred_by(self, state: Mapping[str, Any]) -> bool:
        """Whether this keeps a stream off the air whose channel may leave the stack too, which then is not spared."""
        if not self.resource.bars_channel or self.account.custody.keeps(state.get("pullId")):
            return False
        return self.account.live_status(str(state.get("pullId"))) == BANNED

    def require_channel_spared(self, key: str, state: Mapping[str, Any]) -> None:
        """Return unless the end of this would be followed by that of its channel, which is on air.

        The engine ends what hangs on a channel first, and hears of the channel's own refusal too late.

        Raises:
            ChannelLiveError: it would.
        """
        pull_id, custody = str(state.get("pullId")), self.account.custody
        if not state.get(SPARED) or custody.spares(pull_id) is False or custody.keeps(pull_id):
            return
        status = self.account.live_status(pull_id)
        if status in (NOT_LIVE, BANNED) or not self._is_there(pull_id, status):
            return
        raise ChannelLiveError(
            tr(
                "channel {pull_id} is on air and leaves the stack too, so {name} {key} goes on with it",
                pull_id=pull_id,
                name=self.name,
                key=key,
            ),
            next_step=tr(
                "end the stream, or set forceDestroy of the channel to true, run `pulumi up`, and try "
                "again. To end this one alone, take it alone out of the program and run `pulumi up`; with --target, "
                "name the channel as a target too."
            ),
        )

    def require_replaceable(self, key: str, state: Mapping[str, Any], preview: bool) -> None:
        """Return when another object may take this one's place; a `preview` only warns.

        Raises:
            ChannelLiveError: it is on air.
        """
        if self.account.custody.spares(key) is False:
            return
        try:
            self.resource.require_replaceable(key, state)
        except ChannelLiveError as error:
            if not preview:
                raise
            self.account.notices.warn(
                tr(
                    "{name}: {what}; `pulumi up` would refuse: {next_step}",
                    name=self.name,
                    what=error.what,
                    next_step=error.next_step,
                )
            )
