"""What a declared resource has to look like on the platform, in the platform's own words.

Written from the contract and not from the provider, so that the two can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

PATHS = {
    "Channel": "/live/channelManage/createChannel",
    "PullChannel": "/live/channelManage/createPullChannel",
    "RecordDirectory": "/live/recordDirectoryManage/directoryCreate",
    "RecordTask": "/live/channelManage/createRecordTask",
    "ForwardTask": "/live/forwardTask/startForwardTask",
    "ChannelStateCallback": "/live/channelManage/setChannelStateRealtimeBack",
    "ChannelBan": "/live/channelManage/channelForbidden",
}
RATES = ("source", "smooth", "sd", "hd", "super")
PROTOCOLS = ("rtmp", "flv", "hls", "hds")
ENCRYPTIONS = ("none", "hls", "drm")
LEVELS = ("firstLevelDirectory", "secondLevelDirectory", "thirdLevelDirectory")


def _codes(words: list[str], known: tuple[str, ...]) -> str:
    return ",".join(str(number) for number in sorted(known.index(word) for word in words))


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())


def words(kind: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of the vendor's create call that these inputs decide; what the platform may choose is left out."""
    found = {name: value for name, value in _WORDS[kind](inputs).items() if value is not None}
    return found


def _channel(inputs: Mapping[str, Any]) -> dict[str, Any]:
    encryption = inputs.get("videoEncryption", "none")
    return {
        "channelName": inputs["channelName"],
        "channelType": inputs["channelType"],
        "pushDomain": inputs["pushDomain"].lower(),
        "pullProtocol": _codes(inputs.get("pullProtocols", ["rtmp"]), PROTOCOLS),
        "pullRate": _codes(inputs["pullRates"], RATES),
        "directoryId": inputs.get("directoryId"),
        "live2vod": str(int(inputs.get("liveToVod", False))),
        "videoEncrypted": ENCRYPTIONS.index(encryption),
        "hlsEncryptDuration": inputs.get("hlsEncryptionSeconds", 604_800) if encryption == "hls" else None,
        "check": inputs.get("streamCheck"),
    }


def _pull_channel(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "channelName": inputs["channelName"],
        "sourcePullUrl": inputs["sourceUrl"],
        "sourcePullProtocol": str(PROTOCOLS.index(inputs["sourceProtocol"])),
        "pullDomain": inputs["pullDomain"].lower(),
        "pullProtocol": _codes(inputs.get("pullProtocols", ["rtmp"]), PROTOCOLS),
        "pullRate": _codes(inputs["pullRates"], RATES),
    }


def _directory(inputs: Mapping[str, Any]) -> dict[str, Any]:
    levels = dict(zip(LEVELS, inputs["path"].split("/"), strict=False))
    return {"directoryType": inputs["directoryType"], **levels}


def _record_task(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pullId": inputs["pullId"],
        "endTime": unix(inputs["endTime"]) // 60 * 60,
        "fileType": inputs.get("fileType", "mp4"),
        "notifyUrl": inputs.get("notifyUrl"),
        "quickStart": "startTime" not in inputs,
    }


def _forward_task(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "pullId": inputs["pullId"],
        "forwardUrl": inputs["forwardUrl"],
        "endTime": unix(inputs["endTime"]) if "endTime" in inputs else None,
    }


def _callback(inputs: Mapping[str, Any]) -> dict[str, Any]:
    return {"domainName": inputs["pushDomain"].lower(), "notifyUrl": inputs["notifyUrl"], "open": 1}


_WORDS = {
    "Channel": _channel,
    "PullChannel": _pull_channel,
    "RecordDirectory": _directory,
    "RecordTask": _record_task,
    "ForwardTask": _forward_task,
    "ChannelStateCallback": _callback,
    "ChannelBan": lambda inputs: {"pullId": inputs["pullId"]},
}
# What an object does not keep of its create call.
_FLEETING = {"open", "quickStart"}


def differences(kind: str, inputs: Mapping[str, Any], body: Mapping[str, Any]) -> list[str]:
    """In which words an object is not as it is wanted."""
    found = []
    for name, value in words(kind, inputs).items():
        if name in _FLEETING:
            continue
        actual = body.get(name)
        if name == "pushDomain" or name == "pullDomain":
            actual = str(actual).lower()
        if name in ("pullProtocol", "pullRate"):
            actual = ",".join(sorted(str(actual).split(",")))
        if name == "endTime":
            # Times count by the whole minute.
            actual = value if int(actual or 0) // 60 == value // 60 else actual
        if actual != value:
            found.append(f"{name} is {actual!r} and not {value!r}")
    return found


def name_of(kind: str, inputs: Mapping[str, Any]) -> str:
    """What a person would call it."""
    for key in ("channelName", "directoryType", "pushDomain", "pullId"):
        if key in inputs:
            return str(inputs[key])
    raise KeyError(kind)
