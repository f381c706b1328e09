"""The switches around a channel: ban and re-broadcast, a cut of the stream, and the callback of a push domain."""

from __future__ import annotations

from ..basis import behaves
from ..domains import CHANNEL, PULL_CHANNEL
from ..store import Body, Store
from .channels import any_channel, find, named_channels, own
from .status import BAN, BANNED, LIVE, NOT_LIVE, is_banned, live_status
from .wire import PARAMETER_ERROR, Call, Refusal, action, require_web_address, text, whole

CALLBACK = "channelStateCallback"
BAN_SECONDS = 7 * 24 * 3600

behaves("ban", "assumed", "one unknown id refuses the whole call; pull channels can be banned too")
behaves("ban", "assumed", "banning a banned channel lets 7 days begin anew")
behaves("ban", "assumed", "a ban cuts the stream: after it the channel is not live until somebody pushes again")
behaves("ban", "assumed", "a push that is tried during a ban gets in once it ends")
behaves("ban", "assumed", "a channel whose channelStatus was set to 3 by hand is banned until re-broadcast")
behaves("ban", "assumed", "re-broadcast of a channel that is not banned is refused with 1000, and nothing is done")
behaves("ban", "assumed", "a ban goes with its channel when deleteChannel deletes it")
behaves("disconnectStream", "assumed", "a channel that is not live is left as it is, with success")
behaves("disconnectStream", "assumed", "no encoder comes back by itself: the channel stays not live")
behaves("state callback", "assumed", "every domain of the account has the feature; a domain is the same in any case")
behaves("state callback", "assumed", "switching off what is not on succeeds; the address is checked even then")
behaves("state callback", "assumed", "the address is never called")


@action("/live/channelManage/channelForbidden", pullId=text(required=True))
def channel_forbidden(call: Call) -> str:
    """Bans one or more channels for 7 days."""
    for body in named_channels(call, "pullId"):
        key = body["pullId"]
        call.store.put(BAN, key, {"pullId": key, "until": call.store.now() + BAN_SECONDS})
        _cut(call, body)
    return ""


@action("/live/channelManage/channelReBrodcast", pullId=text(required=True))
def channel_re_brodcast(call: Call) -> str:
    """Ends the ban of one or more channels."""
    bodies = named_channels(call, "pullId")
    if any(live_status(body, call.store) != BANNED for body in bodies):
        raise Refusal(PARAMETER_ERROR, "the channel is not banned")
    for body in bodies:
        if call.store.get(BAN, body["pullId"]):
            call.store.remove(BAN, body["pullId"])
        if body["channelStatus"] == BANNED:
            _cut(call, body)
    return ""


def ban_status(ban: Body, store: Store) -> int | None:
    """How a ban stands: 3 while it holds, None once it has lapsed or its channel was deleted in the console."""
    key = ban["pullId"]
    channel = store.get(CHANNEL, key) or store.get(PULL_CHANNEL, key)
    return BANNED if channel and is_banned(key, store) else None


def _cut(call: Call, body: Body) -> None:
    kind = CHANNEL if call.store.get(CHANNEL, body["pullId"]) else PULL_CHANNEL
    call.store.put(kind, body["pullId"], {**body, "channelStatus": NOT_LIVE})


@action("/live/channelManage/disconnectStream", pullId=text(required=True))
def disconnect_stream(call: Call) -> str:
    """Cuts the stream that is pushed to a channel, which may be pushed again at once; not for pull channels."""
    body = find(call, CHANNEL)
    if live_status(body, call.store) == LIVE:
        _cut(call, body)
    return ""


@action("/live/channelManage/getChannelLiveState", pullId=text(required=True))
def get_channel_live_state(call: Call) -> Body:
    """Tells as text whether one channel is live (1), not live (2) or banned (3)."""
    return {"channelState": str(live_status(any_channel(call, call.get("pullId")), call.store))}


@action(
    "/live/channelManage/setChannelStateRealtimeBack",
    domainName=text(required=True),
    notifyUrl=text(required=True),
    open=whole(required=True, least=0, most=1),
)
def set_channel_state_realtime_back(call: Call) -> Body:
    """Sets (open 1) or removes (open 0) the state callback of a push domain; it is never read back."""
    own(call.get("domainName"), "domainName")
    require_web_address(call, "notifyUrl")
    key = call.get("domainName").lower()
    if call.get("open"):
        call.store.put(CALLBACK, key, {"domainName": key, "notifyUrl": call.get("notifyUrl")})
    elif call.store.get(CALLBACK, key):
        call.store.remove(CALLBACK, key)
    return {}
