"""Channels and pull channels, as the platform keeps them: one record each, from which every answer is made."""

from __future__ import annotations

import re
from itertools import chain

from ..basis import behaves
from ..domains import CHANNEL, PULL_CHANNEL, is_domain, is_owned, pull_domain
from ..store import Body
from .settings import (
    HLS_SECONDS,
    PROTOCOLS,
    SETTINGS,
    board_of,
    require_protocols,
    require_settings,
    require_source,
)
from .status import BAN, NOT_LIVE, live_status
from .wire import (
    BAD_FORMAT,
    MISSING_FIELD,
    NO_PERMISSION,
    ORDERED,
    OUT_OF_RANGE,
    PARAMETER_ERROR,
    Call,
    Refusal,
    action,
    paged,
    text,
)

RATE_FIELDS = ("originPullUrl", "fluentPullUrl", "sdPullUrl", "highPullUrl", "hdPullUrl")
PROTOCOL_NAMES = ("RTMP", "HDL", "HLS", "HDS")

behaves("domains", "assumed", "the account owns every domain under example.com, with every type, rate and protocol")
behaves("pull URLs", "assumed", "a push domain plays from pull.<parent domain>; unused rates are empty text")
behaves("pull URLs", "observed", "getChannelConfigure names protocols RTMP, HDL, HLS, HDS")
behaves("push URL", "documented", "rtmp://<pushDomain>/<channelType>/<pushId>")
behaves("deleteChannel", "assumed", "deletes pull channels too; one unknown id refuses the whole call")
behaves("deleteChannel", "assumed", "open record and forward tasks of a deleted channel end with it")
behaves("comma ids", "assumed", "an id that is named twice counts once; empty parts are passed over")
behaves("not found", "documented", "a missing object is refused with 1000, like a wrong parameter")


def own(domain: str, name: str) -> None:
    """Refuse a domain that is not the account's."""
    if not is_domain(domain):
        raise Refusal(BAD_FORMAT, f"{name} is not a domain")
    if not is_owned(domain):
        raise Refusal(NO_PERMISSION, f"{name} does not belong to the account")


def find(call: Call, kind: str, name: str = "pullId") -> Body:
    """The object that the request names, or the vendor's refusal."""
    body = call.store.get(kind, call.get(name))
    if body is None:
        raise Refusal(PARAMETER_ERROR, "the object does not exist or there is no permission")
    return body


def any_channel(call: Call, key: str) -> Body:
    """A channel of either kind."""
    body = call.store.get(CHANNEL, key) or call.store.get(PULL_CHANNEL, key)
    if body is None:
        raise Refusal(PARAMETER_ERROR, "the channel does not exist or there is no permission")
    return body


def named_channels(call: Call, name: str) -> list[Body]:
    """The channels of either kind that a comma list names, each once."""
    keys = dict.fromkeys(key for key in call.get(name).split(",") if key)
    if not keys:
        raise Refusal(MISSING_FIELD, f"{name} is required")
    return [any_channel(call, key) for key in keys]


@action(
    "/live/channelManage/createChannel",
    channelName=text(required=True, most=255),
    channelType=text(required=True),
    pushDomain=text(required=True),
    pullProtocol=text(),
    pullRate=text(required=True),
    playerId=text(),
    **SETTINGS,
)
def create_channel(call: Call) -> Body:
    """Makes a channel; names need not be unique."""
    own(call.get("pushDomain"), "pushDomain")
    if not re.fullmatch(r"[A-Za-z0-9_]+", call.get("channelType")):
        raise Refusal(BAD_FORMAT, "channelType may hold letters, digits and underscores")
    require_protocols(call.get("pullProtocol", "0"))
    require_settings(call)
    key = call.store.new_id()
    body = {"pullProtocol": "0", "live2vod": "0", "videoEncrypted": 0, "playerId": "default-player", **call.fields}
    if body["videoEncrypted"] == 1:
        body.setdefault("hlsEncryptDuration", HLS_SECONDS)
    body |= {
        "pullId": key,
        "pushId": call.store.new_id(),
        "createTime": call.store.today(),
        "channelStatus": NOT_LIVE,
    }
    call.store.put(CHANNEL, key, body)
    return {"pullId": key, "createTime": body["createTime"]}


def push_url(body: Body) -> str:
    """Where to push."""
    return f"rtmp://{body['pushDomain']}/{body['channelType']}/{body['pushId']}"


def srt_push_url(body: Body) -> str:
    """Where to push over SRT."""
    return f"srt://{body['pushDomain']}:10080?streamid=#!::r={body['channelType']}/{body['pushId']},m=publish"


def play_urls(body: Body, protocol: str) -> dict[str, str]:
    """The URL of each rate over one protocol, by wire name."""
    domain = pull_domain(body)
    application = body.get("channelType", "live")
    urls = {}
    for rate, field in enumerate(RATE_FIELDS):
        stream = body["pullId"] if rate == 0 else f"{body['pullId']}_{rate}"
        url = {
            "0": f"rtmp://{domain}/{application}/{stream}",
            "1": f"http://{domain}/{application}/{stream}.flv",
            "2": f"http://{domain}/{application}/{stream}/playlist.m3u8",
            "3": f"http://{domain}/{application}/{stream}/manifest.f4m",
        }[protocol]
        urls[field] = url if str(rate) in body["pullRate"].split(",") else ""
    return urls


@action("/live/channelManage/getChannelConfigure", pullId=text(required=True))
def get_channel_configure(call: Call) -> Body:
    """Reads one channel, without its domain, type and rates."""
    body = find(call, CHANNEL)
    answer = {
        "appScenario": body.get("appScenario", ""),
        "channelName": body["channelName"],
        "channelStatus": live_status(body, call.store),
        "createTime": body["createTime"],
        "createUser": "emulator",
        "live2vod": body["live2vod"],
        "playerId": body["playerId"],
        "videoEncrypted": body["videoEncrypted"],
        "pushConfigureInfo": [{"pushProtocol": "RTMP", "pushUrl": push_url(body)}],
        "pullConfigureList": [
            {
                "pullDomain": pull_domain(body),
                "pullProtocol": PROTOCOL_NAMES[int(protocol)],
                "pullUrlList": [play_urls(body, protocol)],
            }
            for protocol in body["pullProtocol"].split(",")
        ],
        "srtPullConfigureList": [],
    }
    if body.get("directoryId"):
        answer["directoryId"] = body["directoryId"]
    if body["videoEncrypted"] == 1:
        answer["hlsEncryptDuration"] = body.get("hlsEncryptDuration", HLS_SECONDS)
    return answer


@action("/live/channelManage/getChannelList", appScenario=text(), **ORDERED)
def get_channel_list(call: Call) -> Body:
    """Lists channels, newest first; the count is that of the page."""
    wanted = call.get("appScenario")
    fits = (lambda body: body.get("appScenario") == wanted) if wanted else None
    page = [
        {
            "appScenario": body.get("appScenario", ""),
            "channelName": body["channelName"],
            "channelStatus": live_status(body, call.lists),
            "channelType": body["channelType"],
            "createTime": body["createTime"],
            "live2vod": body["live2vod"],
            "pullId": body["pullId"],
            "pushUrl": push_url(body),
            "srtPushUrl": srt_push_url(body),
            "userId": "emulator",
            **({"directoryId": body["directoryId"]} if body.get("directoryId") else {}),
        }
        for body in paged(call, call.lists.held(CHANNEL).values(), fits)
    ]
    return {"channelToal": len(page), "channelList": page}


@action(
    "/live/channelManage/channelEdit",
    pullId=text(required=True),
    channelName=text(most=255),
    resetPushId=text(),
    pullRate=text(),
    **SETTINGS,
)
def channel_edit(call: Call) -> Body:
    """Changes a channel; an absent field stays as it is, resetPushId 1 gives a new push URL."""
    before = find(call, CHANNEL)
    require_settings(call)
    if call.get("resetPushId", "0") not in ("0", "1"):
        raise Refusal(OUT_OF_RANGE, "resetPushId must be 0 or 1")
    body = {**before, **call.fields, **board_of(call, before)}
    if body.pop("resetPushId", "0") == "1":
        body["pushId"] = call.store.new_id()
    if body["videoEncrypted"] == 1 and (before["videoEncrypted"] != 1 or "hlsEncryptDuration" not in body):
        # What an earlier encryption lasted is over with it.
        body["hlsEncryptDuration"] = call.get("hlsEncryptDuration", HLS_SECONDS)
    call.store.put(CHANNEL, body["pullId"], body)
    return {"channelName": body["channelName"], "pushUrl": push_url(body), "srtPushUrl": srt_push_url(body)}


@action("/live/channelManage/deleteChannel", pullId=text(required=True))
def delete_channel(call: Call) -> str:
    """Deletes one or more channels of either kind, live or not."""
    for channel in named_channels(call, "pullId"):
        key = channel["pullId"]
        call.store.remove(CHANNEL if call.store.get(CHANNEL, key) else PULL_CHANNEL, key)
        if call.store.get(BAN, key):
            call.store.remove(BAN, key)
        for kind, final in (("recordTask", 3), ("forwardTask", 2)):
            for task in call.store.where(kind, "pullId", [key]):
                if task["status"] is None:
                    call.store.put(kind, task["taskId"], {**task, "status": final, "endedAt": call.store.now()})
    return ""


@action("/live/channelManage/batchChannelLiveState", pullIds=text())
def batch_channel_live_state(call: Call) -> list[Body]:
    """Tells which channels are live (1), not live (2) or banned (3), as text; no ids ask for all."""
    kinds = call.store.held(CHANNEL), call.store.held(PULL_CHANNEL)
    wanted = [key for key in call.get("pullIds", "").split(",") if key] or chain(*kinds)
    found = (kinds[0].get(key) or kinds[1].get(key) for key in wanted)
    return [{"pullId": body["pullId"], "channelStatus": str(live_status(body, call.store))} for body in found if body]


@action(
    "/live/channelManage/createPullChannel",
    channelName=text(required=True, most=255),
    sourcePullUrl=text(required=True),
    sourcePullProtocol=text(required=True),
    pullDomain=text(required=True),
    pullProtocol=text(),
    pullRate=text(required=True),
    playerId=text(),
)
def create_pull_channel(call: Call) -> Body:
    """Makes a channel that pulls its source."""
    own(call.get("pullDomain"), "pullDomain")
    require_protocols(call.get("pullProtocol", "0"))
    require_settings(call)
    require_source(call, "01")
    key = call.store.new_id()
    body = {"pullProtocol": "0", "playerId": "default-player", "channelType": "live", **call.fields}
    body |= {"pullId": key, "createTime": call.store.today(), "channelStatus": NOT_LIVE}
    call.store.put(PULL_CHANNEL, key, body)
    return {"pullId": key}


@action("/live/channelManage/getPullChannelConfigure", pullId=text(required=True))
def get_pull_channel_configure(call: Call) -> Body:
    """Reads one pull channel; the source protocol is a number here and a name in the list."""
    body = find(call, PULL_CHANNEL)
    return {
        "channelName": body["channelName"],
        "channelStatus": str(live_status(body, call.store)),
        "createTime": body["createTime"],
        "createUser": "emulator",
        "playerId": body["playerId"],
        "sourcePullConfigureInfoList": [
            {
                "sourcePullUrl": body["sourcePullUrl"],
                "sourcePullProtocol": body["sourcePullProtocol"],
                "pullConfigureList": [
                    {
                        "pullProtocol": PROTOCOL_NAMES[int(protocol)],
                        "pullUrlList": [play_urls(body, protocol)],
                    }
                    for protocol in body["pullProtocol"].split(",")
                ],
            }
        ],
    }


@action("/live/channelManage/getPullChannelList", **ORDERED)
def get_pull_channel_list(call: Call) -> Body:
    """Lists pull channels, newest first; the count is text."""
    names = ("RTMP", "Http flv", "HLS", "HDS")
    page = [
        {
            "channelName": body["channelName"],
            "channelType": body["channelType"],
            "sourcePullProtocol": names[int(body["sourcePullProtocol"])],
            "sourcePullUrl": body["sourcePullUrl"],
            "createTime": body["createTime"],
            "userId": "emulator",
            "pullId": body["pullId"],
        }
        for body in paged(call, call.lists.held(PULL_CHANNEL).values())
    ]
    return {"channelToal": str(len(page)), "channelList": page}


@action(
    "/live/channelManage/editPullChannel",
    pullId=text(required=True),
    channelName=text(most=255),
    sourcePullUrl=text(),
    sourcePullProtocol=text(),
    pullRate=text(),
)
def edit_pull_channel(call: Call) -> Body:
    """Changes a pull channel; the source may then be HLS or HDS too."""
    body = {**find(call, PULL_CHANNEL), **call.fields}
    require_settings(call)
    require_source(call, PROTOCOLS)
    call.store.put(PULL_CHANNEL, body["pullId"], body)
    return {}
