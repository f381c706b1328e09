"""The addresses that the platform makes when asked: share page, playback code, signed push and pull URLs.

Nothing here is kept: all of it follows from the channel, the request and the platform's clock.
"""

from __future__ import annotations

import hashlib
import re
from html import escape
from urllib.parse import urlencode

from ..basis import behaves
from ..domains import CHANNEL, pull_domain
from ..store import Body
from .channels import PROTOCOL_NAMES, RATE_FIELDS, any_channel, find, play_urls, push_url
from .wire import BAD_FORMAT, OUT_OF_RANGE, Call, Refusal, action, text, whole

SMALLEST, LARGEST = (480, 360), (1920, 1080)
CODES = {"swf": "2", "videoUrl": "4", "adaptive": "5"}

behaves("share page", "assumed", "each channel of either kind has one; a call without an id is refused as not found")
behaves("playback code", "assumed", "any playerId is taken; codes that were not asked for are empty")
behaves("playback code", "documented", "the embed codes of an encrypted channel are empty")
behaves("playback code", "assumed", "a custom playerSize has each side between those of 480*360 and 1920*1080")
behaves("signed URLs", "assumed", "every domain has timestamp anti-leech")
behaves("signed URLs", "assumed", "effectiveHourLong is a positive decimal number of hours, cut to the second")
behaves("signed URLs", "assumed", "the query holds wsSecret, the token, and wsABSTime, the expiry in unix seconds")
behaves("signed URLs", "documented", "each call signs anew, and nothing is kept of it")
behaves(
    "signed URLs", "assumed", "setPullTsatc serves pull channels too and names protocols as getChannelConfigure does"
)
behaves("signed URLs", "assumed", "a pull channel has no push URL to sign and is refused with 1000")
behaves("pull URLs", "assumed", "no channel has a smart-HD, audio or SRT pull URL: empty text and empty lists")


@action("/live/channelManage/getChannelShareUrl", pullId=text())
def get_channel_share_url(call: Call) -> str:
    """Gives the address of a channel's share page."""
    body = any_channel(call, call.get("pullId", ""))
    return f"http://{pull_domain(body)}/share/{body['pullId']}.html"


@action(
    "/live/channelManage/getSinglePullCode",
    pullId=text(required=True),
    playerId=text(),
    playerSize=text(),
    autoPlay=whole(least=0, most=1),
    codeType=text(),
)
def get_single_pull_code(call: Call) -> Body:
    """Gives embed codes and pull URLs of a channel, with protocols as numbers in text."""
    body = any_channel(call, call.get("pullId"))
    size = _size(call.get("playerSize") or "480*360")
    wanted = call.get("codeType") or "0"
    if wanted not in ("0", *CODES.values()):
        raise Refusal(OUT_OF_RANGE, f"codeType must be 0, {', '.join(CODES.values())}")
    adaptive = wanted in ("0", CODES["adaptive"]) and not body.get("videoEncrypted")
    return {
        "pullId": body["pullId"],
        "videoUrl": _video_urls(body) if wanted in ("0", CODES["videoUrl"]) else [],
        "autoCode": _embed("iframe", "html", call, body, size) if adaptive else "",
        "swfCode": _embed("embed", "swf", call, body, size) if wanted in ("0", CODES["swf"]) else "",
        "srtVideoUrl": [],
        "audioAutoCode": _embed("iframe", "html", call, body, size, audio=1) if adaptive else "",
    }


def _size(wanted: str) -> tuple[int, int]:
    sides = re.fullmatch(r"([0-9]{1,5})\*([0-9]{1,5})", wanted)
    if sides is None:
        raise Refusal(BAD_FORMAT, "playerSize must be width*height")
    width, height = int(sides[1]), int(sides[2])
    if not (SMALLEST[0] <= width <= LARGEST[0] and SMALLEST[1] <= height <= LARGEST[1]):
        raise Refusal(OUT_OF_RANGE, "playerSize must be between 480*360 and 1920*1080")
    return width, height


def _embed(tag: str, suffix: str, call: Call, body: Body, size: tuple[int, int], audio: int = 0) -> str:
    query = {
        "player": call.get("playerId") or body["playerId"],
        "channel": body["pullId"],
        "autoPlay": call.get("autoPlay", 0),
        **({"audio": audio} if audio else {}),
    }
    # As answers are: JSON can name what no UTF-8 can hold.
    packed = urlencode(query, errors="replace")
    url = escape(f"http://{pull_domain(body)}/player.{suffix}?{packed}")
    return f'<{tag} src="{url}" width="{size[0]}" height="{size[1]}"></{tag}>'


def _every_url(body: Body, protocol: str) -> dict[str, str]:
    smart = {field.replace("PullUrl", "ZkgqPullUrl"): "" for field in RATE_FIELDS}
    return {**play_urls(body, protocol), **smart}


def _video_urls(body: Body) -> list[Body]:
    return [
        {"pullProtocol": protocol, "urlInfo": _every_url(body, protocol)}
        for protocol in body["pullProtocol"].split(",")
    ]


def _seconds(call: Call) -> int:
    hours = call.get("effectiveHourLong")
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", hours):
        raise Refusal(BAD_FORMAT, "effectiveHourLong must be a number of hours")
    seconds = int(float(hours) * 3600)
    if not seconds:
        raise Refusal(OUT_OF_RANGE, "effectiveHourLong must be at least a second")
    return seconds


def _signed(url: str, now: int, seconds: int) -> str:
    if not url:
        return ""
    token = hashlib.sha256(f"{url}/{now}/{seconds}".encode(errors="replace")).hexdigest()[:32]
    return f"{url}?wsSecret={token}&wsABSTime={now + seconds}"


@action("/live/channelManage/setPushTsatc", pullId=text(required=True), effectiveHourLong=text(required=True))
def set_push_tsatc(call: Call) -> Body:
    """Gives a push URL that is good for a time."""
    body = find(call, CHANNEL)
    return {"pushUrl": _signed(push_url(body), call.store.now(), _seconds(call))}


@action("/live/channelManage/setPullTsatc", pullId=text(required=True), effectiveHourLong=text(required=True))
def set_pull_tsatc(call: Call) -> list[Body]:
    """Gives pull URLs that are good for a time, in flat items."""
    body = any_channel(call, call.get("pullId"))
    now, seconds = call.store.now(), _seconds(call)
    return [
        {
            "pullDomain": pull_domain(body),
            "pullProtocol": PROTOCOL_NAMES[int(protocol)],
            "audioUrl": "",
            **{name: _signed(url, now, seconds) for name, url in _every_url(body, protocol).items()},
        }
        for protocol in body["pullProtocol"].split(",")
    ]
