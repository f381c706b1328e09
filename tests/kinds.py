"""What tests that hold for every kind have to know of each that the platform lists. A new kind is one entry here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind as the vendor has it: the paths of its calls, and how its objects look.

    `rows` is where a page of its list has them, and `row` one of them with no more than what a row cannot lack, for an
    id and a state; `over` is the status of one that has ended and stays listed. `sample` are inputs of one on a stage,
    and `another` what sets the n-th apart.
    """

    make: str
    read: str
    list: str
    rows: str
    end: str = ""
    over: int | None = None
    row: Callable[[str, Mapping[str, Any]], dict[str, Any]]
    sample: Callable[[Any], dict[str, Any]]
    another: Callable[[int], dict[str, Any]]


KNOWN = {
    "Channel": Kind(
        make="/live/channelManage/createChannel",
        read="/live/channelManage/getChannelConfigure",
        list="/live/channelManage/getChannelList",
        rows="channelList",
        end="/live/channelManage/deleteChannel",
        row=lambda key, state: {"pullId": key},
        sample=lambda stage: {
            "channelName": "Main stage",
            "channelType": "live",
            "pushDomain": "push.example.com",
            "pullRates": ["source", "hd"],
            "pullProtocols": ["rtmp", "flv"],
        },
        another=lambda number: {"channelName": f"c{number}"},
    ),
    "PullChannel": Kind(
        make="/live/channelManage/createPullChannel",
        read="/live/channelManage/getPullChannelConfigure",
        list="/live/channelManage/getPullChannelList",
        rows="channelList",
        end="/live/channelManage/deleteChannel",
        row=lambda key, state: {"pullId": key},
        sample=lambda stage: {
            "channelName": "Guest feed",
            "sourceUrl": "rtmp://origin.example.net/app/guestkey",
            "sourceProtocol": "rtmp",
            "pullDomain": "pull.example.com",
            "pullRates": ["source"],
        },
        another=lambda number: {"channelName": f"c{number}"},
    ),
    "RecordDirectory": Kind(
        make="/live/recordDirectoryManage/directoryCreate",
        read="/live/recordDirectoryManage/getDirectory",
        list="/live/recordDirectoryManage/getDirectoryList",
        rows="directoryList",
        row=lambda key, state: {
            "directoryId": key,
            "directoryType": state.get("directoryType", key),
            "firstLevelDirectory": "matches",
            "secondLevelDirectory": "2026",
        },
        sample=lambda stage: {"directoryType": "matches", "path": "matches/2026"},
        another=lambda number: {"directoryType": f"d{number}"},
    ),
    "RecordTask": Kind(
        make="/live/channelManage/createRecordTask",
        read="/live/channelManage/recordTaskQuery",
        list="/live/channelManage/recordTaskListQuery",
        rows="recordTaskQueryResponseList",
        end="/live/channelManage/endRecordTask",
        over=3,
        row=lambda key, state: {"taskId": key, "pullId": state.get("pullId", key), "status": 1},
        sample=lambda stage: {"pullId": stage.a_channel(), "endTime": stage.later(hours=2)},
        another=lambda number: {"objectKey": f"k{number}"},
    ),
    "ForwardTask": Kind(
        make="/live/forwardTask/startForwardTask",
        read="/live/forwardTask/getForwardTaskList",
        list="/live/forwardTask/getForwardTaskList",
        rows="forwardTastList",
        end="/live/forwardTask/endForwardTask",
        over=2,
        row=lambda key, state: {
            "taskId": key,
            "pullId": state.get("pullId", key),
            "status": 1,
            "forwardUrl": state.get("forwardUrl", "rtmp://a/b/c"),
        },
        sample=lambda stage: {
            "pullId": stage.a_channel(),
            "forwardUrl": "rtmp://relay.example.net/app/relaykey",
            "endTime": stage.later(hours=2),
        },
        another=lambda number: {"forwardUrl": f"rtmp://relay.example.net/app/key{number}"},
    ),
}
MAKES = {name: kind.make for name, kind in KNOWN.items()}
READS = {name: kind.read for name, kind in KNOWN.items()}
LISTS = {name: kind.list for name, kind in KNOWN.items()}
ENDS = {name: kind.end for name, kind in KNOWN.items() if kind.end}
OVER = {name: kind.over for name, kind in KNOWN.items() if kind.over is not None}
