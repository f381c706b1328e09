"""Every field that the contract has in the answers of a lookup's calls is told, or it is said here why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit import Stage
from pulumi_livechannels.core.asking import ask
from pulumi_livechannels.functions import of_module
from pulumi_livechannels.ground.http import Answer, Request

ACTIONS = json.loads((Path(__file__).parent / "wangsu.json").read_text())["actions"]
BY_ACTION = {path.rsplit("/", 1)[-1]: each for path, each in ACTIONS.items()}
LOOKUPS = {kind.name(): kind for kind in of_module("index")}
ENVELOPE = {"code", "message"}
COUNTS = "how many there are on a page, which the items tell"
# Fields that no lookup tells, by action, each with why.
NOT_TOLD = {
    "getChannelConfigure": {
        "pushConfigureInfo.pushProtocol": "the scheme of the push URL says it",
    },
    "getPullChannelConfigure": {"channelStatus": "the vendor calls it reserved"},
    "getChannelList": {"channelToal": COUNTS},
    "getPullChannelList": {"channelToal": COUNTS},
    "getDirectoryList": {"totalCount": COUNTS},
    "getForwardTaskList": {"total": COUNTS},
    "recordTaskListQuery": {"recordTaskTotal": COUNTS},
}
# What another call of the same lookup tells, by lookup and action.
TOLD_BY_ANOTHER = {
    ("getChannel", "getChannelList"): {"channelType", "srtPushUrl"},
    ("getRecordTask", "recordTaskQuery"): {"taskId", "fileList"},
}
# What the emulator leaves empty is like what stands beside it.
LIKE = {"srtPullConfigureList": "pullConfigureList", "srtVideoUrl": "videoUrl"}


class Played:
    """A platform whose answers are those that it gave once, with one field made another."""

    def __init__(self, stage: Stage) -> None:
        self.given: dict[str, Any] = {}
        self.spoilt: dict[str, Any] = {}
        transport: Any = stage.account.wangsu._transport
        send = transport.send

        def answer(request: Request) -> Answer:
            action = request.url.rpartition("/")[2]
            if action in self.spoilt:
                return Answer(200, {}, json.dumps(self.spoilt[action]).encode())
            told: Answer = send(request)
            given = self.given[action] = json.loads(told.body)
            for empty, full in LIKE.items():
                if isinstance(given["data"], dict) and full in given["data"]:
                    given["data"][empty] = given["data"][full]
            return Answer(told.status, told.headers, json.dumps(given).encode())

        transport.send = answer


def leaves(fields: dict[str, Any], way: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for name, field in fields.items():
        if field.get("fields"):
            yield from leaves(field["fields"], (*way, name))
        else:
            yield (*way, name), field["type"]


def first(value: Any) -> Any:
    """An object, or the first of a list of them, which is made where there is none."""
    while isinstance(value, list):
        if not value:
            value.append({})
        value = value[0]
    return value


def put(value: Any, way: tuple[str, ...], kind: str) -> bool:
    """Write something unheard-of at the end of a way, the first item of each list on it; False where it was so."""
    inside = value
    for key in way[:-1]:
        inside = first(inside).setdefault(key, [{}])
    inside = first(inside)
    before = inside.get(way[-1])
    inside[way[-1]] = another(way[-1], kind, before)
    return inside[way[-1]] != before


def another(name: str, kind: str, before: Any) -> Any:
    if kind == "bool":
        return not before
    if name == "live2vod":
        return "1" if before != "1" else "0"
    if "Time" in name:
        return "2026-03-04 05:06:07" if kind == "string" and not str(before or "").isdecimal() else 1772571967
    if name in ("videoEncrypted", "channelStatus", "channelState", "status"):
        return type(before or 0)(1 if str(before) != "1" else 2)
    if kind == "int" or name in ("fileSize", "videoDuration"):
        return 77 if kind == "int" else "77"
    if name.lower().endswith("url"):
        return "rtmp://told.example.net/app/told"
    return "told"


def channel_with_everything(stage: Stage) -> dict[str, dict[str, Any]]:
    directory = stage.up("RecordDirectory", **stage.sample("RecordDirectory"))
    channel = stage.up("Channel", **stage.sample("Channel", directoryId=directory.id))
    pulled = stage.up("PullChannel", **stage.sample("PullChannel"))
    encoding = {"bitrateKbps": 800, "frameRate": 25}
    stage.up("ForwardTask", **stage.sample("ForwardTask", pullId=channel.id, transcoding=encoding))
    record = stage.up("RecordTask", **stage.sample("RecordTask", pullId=channel.id))
    stage.clock.let_pass(3 * 3600)
    return {
        "getPullChannel": {"pullId": pulled.id},
        "getRecordDirectory": {"directoryId": directory.id},
        "getRecordTask": {"taskId": record.id},
        "getLiveStates": {"pullIds": [channel.id]},
        "getRecordFiles": {"pullIds": [channel.id]},
        **{name: {} for name in ("getForwardTasks", "getChannels", "getPullChannels", "getRecordDirectories")},
        **{
            name: {"pullId": channel.id}
            for name in ("getChannel", "getLiveState", "getChannelShareUrl", "getPlaybackCode")
        },
    }


@pytest.mark.parametrize("name", sorted(LOOKUPS))
def test_whatever_the_platform_tells_is_told(stage: Stage, name: str) -> None:
    inputs = channel_with_everything(stage)[name]
    stage.new_run()
    platform = Played(stage)
    kind = LOOKUPS[name]
    whole = ask(stage.account, kind, inputs)
    untold = []
    for action, given in platform.given.items():
        data = BY_ACTION[action]["response"]["data"]
        fields = data.get("fields", {})
        for way, sort in leaves(fields) if fields else [((), data["type"])]:
            path = ".".join(way)
            elsewhere = TOLD_BY_ANOTHER.get((name, action))
            if path in NOT_TOLD.get(action, {}) or (elsewhere is not None and way[0] not in elsewhere):
                continue
            if way and way[-1] in ("pullId", "taskId", "directoryId"):
                # The keys by which an item is known: another one is another object.
                continue
            changed = json.loads(json.dumps(given))
            if not way:
                changed["data"] = "https://told.example.net"
            else:
                assert put(changed["data"], way, sort), f"{action}: {path} is as it was"
            platform.spoilt = {action: changed}
            stage.clock.let_pass(3600)
            if ask(stage.account, kind, inputs, anew=True) == whole:
                untold.append(f"{action}: {path}")
    assert not untold
