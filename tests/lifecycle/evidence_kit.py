"""What the tests of evidence share: where each kind is read, listed and ended, and answers that say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from kit import KINDS, Stage

LISTS = {
    "Channel": "/live/channelManage/getChannelList",
    "PullChannel": "/live/channelManage/getPullChannelList",
    "RecordDirectory": "/live/recordDirectoryManage/getDirectoryList",
    "RecordTask": "/live/channelManage/recordTaskListQuery",
    "ForwardTask": "/live/forwardTask/getForwardTaskList",
}
OWN = {
    "Channel": "/live/channelManage/getChannelConfigure",
    "PullChannel": "/live/channelManage/getPullChannelConfigure",
    "RecordDirectory": "/live/recordDirectoryManage/getDirectory",
    "RecordTask": "/live/channelManage/recordTaskQuery",
    "ForwardTask": "/live/forwardTask/getForwardTaskList",
}
ENDS = {
    "Channel": "/live/channelManage/deleteChannel",
    "PullChannel": "/live/channelManage/deleteChannel",
    "RecordTask": "/live/channelManage/endRecordTask",
    "ForwardTask": "/live/forwardTask/endForwardTask",
}
STATES = "/live/channelManage/batchChannelLiveState"
LISTED = {
    "Channel": "channelList",
    "PullChannel": "channelList",
    "RecordDirectory": "directoryList",
    "RecordTask": "recordTaskQueryResponseList",
    "ForwardTask": "forwardTastList",
}
EVERY = pytest.mark.parametrize("name", sorted(KINDS))


def ok(data: Any = None, **more: Any) -> dict[str, Any]:
    """A success that says so little."""
    return {"code": 200, "message": "success", **({} if data is None else {"data": data}), **more}


EMPTY = [ok(), {"code": 200, "data": None}, ok(""), ok({}), ok({"total": 0, "totalCount": 0}), ok([])]


def is_there(stage: Stage, name: str, key: str) -> bool:
    over = {"RecordTask": 3, "ForwardTask": 2}.get(name, "none")
    return any(item["id"] == key and item["status"] != over for item in stage.objects(name))
