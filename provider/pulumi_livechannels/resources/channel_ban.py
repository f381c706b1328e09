"""Bans: a banned channel takes no stream until the ban is ended or lapses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..core.account import BANNED
from ..core.custody import Holder
from ..core.diff import Diff
from ..core.evidence import Created
from ..core.fields import Inputs, State, prop
from ..core.resource import Countable, Listed
from ..core.switch import Switch
from ..core.values.rules import Id
from ..core.values.times import Time, from_unix, moment
from ..ground.errors import NotFoundError, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ..vendors.calling import not_understood
from .channel import Channel
from .pull_channel import PullChannel

BAN_SECONDS = 7 * 24 * 3600


class ChannelBanInputs(Inputs):
    """What a program sets on a ban."""

    pull_id: Id = prop("The channel to ban, by its pullId.", min_length=1, replaces=True)


class ChannelBanOutputs(State):
    """What a program reads from a ban."""

    lapses_at: Time | None = prop(
        "When the platform ends it by itself, RFC 3339; not known of a ban that was imported.", default=None
    )


class ChannelBan(Switch[ChannelBanInputs], Countable):
    """A ban of a channel. The platform ends it after 7 days: then it is drift, and `pulumi up` bans anew.

    Its id is the pullId. Destroy ends the ban. Where the channel leaves the stack too, an encoder may come on air
    before that ends: it was kept off until then, so the channel is not spared for it.

    Source: channelForbidden, channelReBrodcast, batchChannelLiveState, getChannelLiveState.
    """

    inputs = ChannelBanInputs
    outputs = ChannelBanOutputs
    id_key = "pullId"
    bars_channel = True
    example = {"pullId": "${main.pullId}"}

    def identity(self, want: ChannelBanInputs) -> tuple[str, ...]:
        """The channel."""
        return (want.pull_id,)

    def create(self, want: ChannelBanInputs, holder: Holder) -> Created:
        """channelForbidden; of a channel that is banned already the 7 days begin anew, which is said."""
        if self.account.live_status(want.pull_id) == BANNED:
            self.notices.warn(
                tr("channel {pull_id} was banned already; the ban is taken over, and begins anew", pull_id=want.pull_id)
            )
        return Created(want.pull_id, self._ban(want.pull_id))

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """batchChannelLiveState, for many bans at once; a channel that is not banned, or gone, has none."""
        status = self.account.live_status(key)
        if status != BANNED:
            # One answer is not enough: a ban that is dropped is lifted by nobody.
            status = self._status(key)
        return {"pullId": key, "lapsesAt": prior.get("lapsesAt")} if status == BANNED else None

    def every(self) -> Iterator[Listed]:
        """getChannelList; of pull channels the platform tells it one by one only, so their bans are not named."""
        return _banned(Channel(self.account).listing.whole().values())

    def shown(self) -> Iterator[Listed]:
        """The same from pages that are read once."""
        return _banned(Channel(self.account).listing.shown().values())

    def lapsed(self, state: Mapping[str, Any]) -> list[str]:
        """A ban whose 7 days are over is due again, even where nobody has looked at the platform."""
        until = state.get("lapsesAt")
        is_over = isinstance(until, str) and moment(until).timestamp() <= self.account.clock.now()
        return ["lapsesAt"] if is_over else []

    def update(self, key: str, want: ChannelBanInputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """channelForbidden once more, for a ban that lapsed."""
        return self._ban(key)

    def outdated(self, key: str | None) -> None:
        """The channels' list shows who is banned."""
        Channel(self.account).listing.outdated(key)

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """channelReBrodcast; a ban that has lapsed, or whose channel is gone, needs no end.

        Where the program does not declare the channel, batchChannelLiveState before.
        """
        try:
            self.wangsu.call(wangsu.switches.ChannelReBrodcast(pull_id=key))
        except RefusedError:
            if self._status(key) == BANNED:
                raise

    def _ban(self, key: str) -> dict[str, Any]:
        try:
            self.wangsu.call(wangsu.switches.ChannelForbidden(pull_id=key))
        except RefusedError as refusal:
            if self._status(key) is None:
                raise NotFoundError(
                    tr("there is no channel {key} to ban", key=key),
                    next_step=tr("correct pullId, or run `pulumi refresh`."),
                ) from refusal
            raise
        now = self.account.clock.now() + (self.wangsu.skew or 0.0)
        return {"lapsesAt": from_unix(int(now) + BAN_SECONDS)}

    def _status(self, key: str) -> int | None:
        """The live status; None for a channel that the platform does not know.

        Raises:
            RefusedError: a list still has the channel, so the refusal meant something else.
            NoAnswerError: the answer does not tell.
        """
        try:
            state = self.wangsu.call(wangsu.playback.GetChannelLiveState(pull_id=key)).channel_state
        except RefusedError as refusal:
            for kind in (Channel, PullChannel):
                kind(self.account).require_unlisted(key, refusal)
            return None
        if not state.isdigit():
            raise not_understood(tr("the answer holds no channelState"))
        return int(state)


def _banned(channels: Iterable[wangsu.channels.ChannelListItem]) -> Iterator[Listed]:
    return (
        Listed(id=item.pull_id, name=item.channel_name or "", of=item.pull_id)
        for item in channels
        if item.channel_status == BANNED
    )
