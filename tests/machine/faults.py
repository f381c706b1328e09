"""Random faults: what the emulator can do wrong, and answers that say something else than what happened."""

from __future__ import annotations

import json
from typing import Any

from .play import Play, Step
from .programs import CHECK_TEXT, RELAYS, SOURCES, Pick

LIVE = "/live/channelManage"
LISTS = (
    f"{LIVE}/getChannelList",
    f"{LIVE}/getPullChannelList",
    f"{LIVE}/recordTaskListQuery",
    "/live/forwardTask/getForwardTaskList",
    "/live/recordDirectoryManage/getDirectoryList",
)
READS = (
    *LISTS,
    f"{LIVE}/getChannelConfigure",
    f"{LIVE}/getPullChannelConfigure",
    f"{LIVE}/recordTaskQuery",
    f"{LIVE}/batchChannelLiveState",
    f"{LIVE}/getChannelLiveState",
    "/live/recordDirectoryManage/getDirectory",
)
CREATES = (
    f"{LIVE}/createChannel",
    f"{LIVE}/createPullChannel",
    f"{LIVE}/createRecordTask",
    "/live/forwardTask/startForwardTask",
    "/live/recordDirectoryManage/directoryCreate",
)
WRITES = (
    f"{LIVE}/channelEdit",
    f"{LIVE}/editPullChannel",
    f"{LIVE}/deleteChannel",
    f"{LIVE}/endRecordTask",
    "/live/forwardTask/endForwardTask",
    f"{LIVE}/setChannelStateRealtimeBack",
    f"{LIVE}/channelForbidden",
    f"{LIVE}/channelReBrodcast",
    f"{LIVE}/disconnectStream",
    f"{LIVE}/setPushTsatc",
    f"{LIVE}/setPullTsatc",
)
# The calls that each kind of resource is made of: a fault elsewhere would wait for ever.
OF_KIND = {
    "Channel": (*(CREATES[0],) * 3, WRITES[0], WRITES[2], LISTS[0], READS[5], READS[8]),
    "PullChannel": (*(CREATES[1],) * 3, WRITES[1], WRITES[2], LISTS[1], READS[6], READS[8]),
    "RecordDirectory": (*(CREATES[4],) * 2, LISTS[4], READS[10]),
    "RecordTask": (*(CREATES[2],) * 3, WRITES[3], LISTS[2], READS[7]),
    "ForwardTask": (*(CREATES[3],) * 3, WRITES[4], *(LISTS[3],) * 2),
    "ChannelStateCallback": (WRITES[5],),
    "ChannelBan": (WRITES[6], WRITES[7], READS[8], READS[9]),
    "StreamDisconnect": (WRITES[8],),
    "SignedPushUrl": (WRITES[9],),
    "SignedPullUrls": (WRITES[10],),
}
CUT = ("reset", "lost-answer", "truncate", "html", "refuse")
OK: dict[str, Any] = {"code": 200, "message": "success"}
NO_DATA = (OK, {**OK, "data": None}, {**OK, "data": ""}, {**OK, "data": {}}, {**OK, "data": []})
ECHO = f"bad value {CHECK_TEXT} {RELAYS[0]} {SOURCES[0]}"
ECHOES = (ECHO, ECHO.replace("/", "\\/"), json.dumps(ECHO))


def fault(play: Play, pick: Pick) -> Step:
    """Something goes wrong with some call to come."""
    kinds_there = {item.kind for item in play.program} or {"Channel"}
    path = pick(OF_KIND[pick(sorted(kinds_there))])
    step: Step = {"do": "fault", "path": path, "nth": pick((1, 1, 1, 2)), "times": pick((1, 1, 2, 5))}
    kinds = [*CUT, *CUT, "slow", "error-code", "error-code", "throttle", "skew", "answer", "answer"]
    kind = step["kind"] = pick([*kinds, "stale-list", "stale-list"] if path in LISTS else kinds)
    if kind == "slow":
        step["seconds"] = pick((5, 45))
    if kind == "skew":
        step["seconds"] = pick((-900, 900))
    if kind == "error-code":
        step["code"] = pick((300, 900, 1000, 1008, 4002))
    if kind == "answer":
        step |= {"times": 1, **_lie(path, pick)}
    return step


def _lie(path: str, pick: Pick) -> dict[str, Any]:
    if path == f"{LIVE}/getChannelConfigure" and pick((True, False)):
        patches = ({"pullConfigureList": []}, {"pushConfigureInfo": None}, {"pullConfigureList": None})
        return {"patch": pick(patches)}
    if path == f"{LIVE}/batchChannelLiveState":
        return {"body": {**OK, "data": pick(([], None))}}
    if path == "/live/forwardTask/getForwardTaskList" and pick((True, False)):
        return {"body": {**OK, "data": {"total": 0}}}
    if path in READS:
        return {"body": pick(NO_DATA)}
    # The call was carried out, and the answer does not say so.
    unclear: tuple[dict[str, Any], ...] = (
        {"status": 408, "body": ""},
        {"status": 499, "body": ""},
        {"body": {"code": 7777, "message": "system busy"}},
        {"status": 502, "body": {"code": 300, "message": ECHOES[0]}},
        {"status": 500, "body": {"code": 900, "message": pick(ECHOES)}},
        {"body": pick(NO_DATA)},
    )
    return dict(pick(unclear))
