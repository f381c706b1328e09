"""Random faults: what the emulator can do wrong, and answers that say something else than what happened."""

from __future__ import annotations

import json
from typing import Any

from pulumi_livechannels.emulator.faults import KINDS

from .play import Play, Step
from .programs import CHECK_TEXT, RELAYS, SOURCES, Pick, change, operate, remove

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
# The calls that each kind of resource is made of, by what is done: a fault elsewhere would wait for ever.
OF_KIND: dict[str, dict[str, tuple[str, ...]]] = {
    "Channel": {
        "make": (CREATES[0], CREATES[0], READS[5], LISTS[0]),
        "look": (READS[5], READS[5], LISTS[0]),
        "change": (WRITES[0], WRITES[2], READS[8]),
    },
    "PullChannel": {
        "make": (CREATES[1], CREATES[1], READS[6], LISTS[1]),
        "look": (READS[6], READS[6], LISTS[1]),
        "change": (WRITES[1], WRITES[2], READS[8]),
    },
    "RecordDirectory": {"make": (CREATES[4], LISTS[4]), "look": (LISTS[4], READS[10])},
    "RecordTask": {"make": (CREATES[2], CREATES[2], READS[7], LISTS[2]), "look": (LISTS[2],), "change": (WRITES[3],)},
    "ForwardTask": {"make": (CREATES[3], CREATES[3], LISTS[3]), "look": (LISTS[3],), "change": (WRITES[4],)},
    "ChannelStateCallback": {"make": (WRITES[5],), "change": (WRITES[5],)},
    "ChannelBan": {"make": (WRITES[6],), "look": (READS[8], READS[9]), "change": (WRITES[7],)},
    "StreamDisconnect": {"make": (WRITES[8],)},
    "SignedPushUrl": {"make": (WRITES[9],), "change": (WRITES[9],)},
    "SignedPullUrls": {"make": (WRITES[10],), "change": (WRITES[10],)},
}
CUT = ("reset", "lost-answer", "truncate", "html", "refuse")
OK: dict[str, Any] = {"code": 200, "message": "success"}
NO_DATA = (OK, {**OK, "data": None}, {**OK, "data": ""}, {**OK, "data": {}}, {**OK, "data": []})
ECHO = f"bad value {CHECK_TEXT} {RELAYS[0]} {SOURCES[0]}"
ECHOES = (ECHO, ECHO.replace("/", "\\/"), json.dumps(ECHO))


def fault(play: Play, pick: Pick) -> Step:
    """Something goes wrong with some call to come."""
    there = [item for item in play.program if play.held(item.name) is not None]
    absent = [item for item in play.program if play.held(item.name) is None]
    verb = pick((*("make",) * 2 * bool(absent), *("look", "change") * bool(there))) if play.program else "make"
    kinds_there = sorted({item.kind for item in (absent if verb == "make" else there)}) or ["Channel"]
    path = pick(OF_KIND[pick(kinds_there)].get(verb, (READS[8],)))
    step: Step = {"do": "fault", "path": path, "nth": pick((1, 1, 1, 2)), "times": pick((1, 1, 2, 9))}
    if verb == "look":
        step["times"] = pick((1, 9))
    kinds = [*CUT, *CUT, "slow", "error-code", "error-code", "throttle", "skew", "answer", "answer"]
    kinds += [one for one in ("times", "times") if one in KINDS]
    kinds += ["stale-list"] * 2 * (path in LISTS)
    kind = step["kind"] = pick(kinds)
    if kind == "slow":
        step["seconds"] = pick((5, 45))
    if kind == "skew":
        step["seconds"] = pick((-900, 900))
    if kind == "error-code":
        step["code"] = pick((300, 900, 1000, 1008, 4002))
    if kind == "stale-list":
        # A list that lags for longer than a look after a pause cannot be told from the truth.
        step["times"] = pick((1, 2))
    if kind == "times":
        step |= {"form": pick(("utc", "ms", "iso", "missing", "garbage")), "times": 9}
    if _lacking(step) and any(_lacking(other) for other in _scripted(play)):
        # Two witnesses that lie together cannot be told from the truth either.
        return {"do": "calm"}
    if kind == "answer":
        step |= {"times": 1, **_lie(path, pick)}
    return step


def _scripted(play: Play) -> list[Step]:
    """The faults that may still strike."""
    return [*play.world.platform.faults.account(), *play.world.lies]


def _lacking(step: Step) -> bool:
    """Whether a fault makes an object look as if it were gone."""
    refused = step["kind"] == "error-code" and step.get("code") in (1000, 1008)
    return step["path"] in READS and (refused or step["kind"] in ("stale-list", "answer"))


def provoke(play: Play, pick: Pick, wrong: Step) -> list[Step]:
    """Steps in which a fault is likely to strike."""
    step = operate(play, pick)
    kill = {key: step[key] for key in ("kill",) if key in step}
    path = wrong.get("path")
    if path in READS and pick((True, True, False)):
        return [{"do": pick(("refresh", "up")), "refresh": True, **kill}]
    there = [item for item in play.program if path in OF_KIND[item.kind].get("change", ())]
    if not there or pick((True, False, False)):
        return [step]
    name = pick(there).name
    edit = pick((remove, change, change))(play, lambda options: _named(options, name, pick))
    return [*([edit] if edit else []), {"do": "up", "refresh": pick((True, False)), **kill}]


def _named(options: Any, name: str, pick: Pick) -> Any:
    """The resource of this name, where one is to be chosen."""
    return next((item for item in options if getattr(item, "name", "") == name), None) or pick(options)


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
