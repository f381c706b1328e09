"""The actions around a channel: its ban, a cut of its stream, signed URLs, and the callback of its push domain."""

from __future__ import annotations

from pydantic import RootModel

from ..calling import Effect
from .channels import AllRateUrls
from .wire import Action, Many, Nothing, Text, Wire


class SetChannelStateRealtimeBack(
    Action[Nothing], path="/live/channelManage/setChannelStateRealtimeBack", effect=Effect.IDEMPOTENT
):
    """Set or remove the address that hears of a push domain's streams; it is asked for even to remove it."""

    secrets = ("notify_url",)

    domain_name: str
    notify_url: str
    open: int


class ChannelForbidden(Action[Nothing], path="/live/channelManage/channelForbidden", effect=Effect.IDEMPOTENT):
    """Ban channels for 7 days, ids joined by commas."""

    pull_id: str


class ChannelReBrodcast(Action[Nothing], path="/live/channelManage/channelReBrodcast", effect=Effect.IDEMPOTENT):
    """End the ban of channels, ids joined by commas."""

    pull_id: str


class DisconnectStream(Action[Nothing], path="/live/channelManage/disconnectStream", effect=Effect.IDEMPOTENT):
    """Cut the stream that is pushed to a channel; it may be pushed again at once."""

    pull_id: str


class SignedPush(Wire):
    """A push URL with a token that expires."""

    push_url: Text = None


class SetPushTsatc(Action[SignedPush], path="/live/channelManage/setPushTsatc", effect=Effect.IDEMPOTENT):
    """Sign a push URL anew; earlier ones stay valid until they expire."""

    pull_id: str
    effective_hour_long: str


class SignedPull(AllRateUrls):
    """The signed pull URLs of one domain and protocol."""

    pull_domain: Text = None
    pull_protocol: Text = None


class SignedPulls(RootModel[Many[SignedPull]]):
    """The answer is a bare list."""


class SetPullTsatc(Action[SignedPulls], path="/live/channelManage/setPullTsatc", effect=Effect.IDEMPOTENT):
    """Sign pull URLs anew; earlier ones stay valid until they expire."""

    pull_id: str
    effective_hour_long: str
