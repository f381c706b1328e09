"""Random steps: what people write, what goes wrong, and what others do. Each is plain data.

A maker asks `pick` to choose one of several things, so that a seeded generator and hypothesis can both drive it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from .play import ENGINE_STEPS, Play, Step
from .state import OBJECT_OF

Pick = Callable[[Sequence[Any]], Any]
NAMES = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu", "hen")
KINDS = (
    *("Channel",) * 4,
    *("PullChannel",) * 2,
    "RecordDirectory",
    *("RecordTask",) * 2,
    *("ForwardTask",) * 2,
    "ChannelStateCallback",
    "ChannelBan",
    "StreamDisconnect",
    "SignedPushUrl",
    "SignedPullUrls",
)
CHECK_TEXT = 'streamcheck/canary é"%7'
RELAYS = tuple(f"rtmp://relay.example.net/app/relaykey-canary-{number}" for number in range(3))
SOURCES = tuple(f"rtmp://origin.example.net/app/sourcekey-canary-{number}" for number in range(3))
MAYBE = (False, False, False, True)
LATER = ({"in": 7_200}, {"in": 86_400}, {"in": 172_800})
MOST_RESOURCES = 7

VALUES: dict[str, dict[str, Sequence[Any]]] = {
    "Channel": {
        "channelName": ("Main stage", "Side stage", 'Bühne "3" / 舞台'),
        "channelType": ("live", "show"),
        "pushDomain": ("push.example.com", "Push.Example.com", "push.two.example.com"),
        "pullRates": (["source"], ["hd", "source"], ["source", "super"]),
        "pullProtocols": (["rtmp"], ["flv", "rtmp"], ["hls"]),
        "streamCheck": (CHECK_TEXT, f"{CHECK_TEXT} 2"),
        "liveToVod": (True, False),
        "videoEncryption": ("none", "hls", "drm"),
        "pushKeyRotation": ("one", "two", "three"),
        "forceDestroy": (True, False),
    },
    "PullChannel": {
        "channelName": ("Guest feed", "Second feed"),
        "sourceUrl": SOURCES,
        "sourceProtocol": ("rtmp", "flv"),
        "pullDomain": ("pull.example.com", "Pull.Example.com"),
        "pullRates": (["source"], ["hd", "source"]),
        "forceDestroy": (True, False),
    },
    "RecordDirectory": {"directoryType": ("matches", "news", "spare"), "path": ("a/2026", "b")},
    "RecordTask": {
        "endTime": LATER,
        "fileType": ("mp4", "flv"),
        "notifyUrl": ("https://hooks.example.com/a", "https://hooks.example.com/b"),
    },
    "ForwardTask": {"forwardUrl": RELAYS, "endTime": LATER},
    "ChannelStateCallback": {
        "pushDomain": ("push.example.com", "PUSH.example.com", "push.two.example.com"),
        "notifyUrl": ("https://hooks.example.com/a", "https://hooks.example.com/b"),
    },
    "ChannelBan": {},
    "StreamDisconnect": {"triggers": ("one", "two")},
    "SignedPushUrl": {"effectiveHours": (1, 2.5), "triggers": ("one", "two")},
    "SignedPullUrls": {"effectiveHours": (1, 2.5), "triggers": ("one", "two")},
}
REQUIRED = {
    "Channel": ("channelName", "channelType", "pushDomain", "pullRates"),
    "PullChannel": ("channelName", "sourceUrl", "sourceProtocol", "pullDomain", "pullRates"),
    "RecordDirectory": ("directoryType", "path"),
    "RecordTask": ("endTime",),
    "ForwardTask": ("forwardUrl",),
    "ChannelStateCallback": ("pushDomain", "notifyUrl"),
    "SignedPushUrl": ("effectiveHours",),
    "SignedPullUrls": ("effectiveHours",),
}
NEEDS_CHANNEL = ("RecordTask", "ForwardTask", "ChannelBan", "StreamDisconnect", "SignedPushUrl", "SignedPullUrls")
PUSHED_ONLY = ("StreamDisconnect", "SignedPushUrl")
CLICKS: dict[str, Sequence[dict[str, Any]]] = {
    "channel": (
        {"channelName": "Clicked"},
        {"pullRate": "1"},
        {"channelStatus": 1},
        {"channelStatus": 1},
        {"live2vod": "1"},
        {"resetPushId": "1"},
        {},
    ),
    "pullChannel": ({"channelName": "Clicked"}, {"pullRate": "1"}, {"channelStatus": 1}, {}),
    "recordTask": ({},),
    "forwardTask": ({"forwardUrl": "rtmp://relay.example.net/app/clickedkey"}, {}),
    "recordDirectory": ({},),
    "channelBan": ({},),
    # Not of callbacks: nobody can see what became of one.
}


def declare(play: Play, pick: Pick) -> Step | None:
    """A resource more."""
    names = [name for name in NAMES if play.declared(name) is None]
    if not names or len(play.program) >= MOST_RESOURCES:
        return None
    kind = pick(KINDS)
    inputs = {key: pick(values) for key, values in VALUES[kind].items() if key in REQUIRED.get(kind, ()) or pick(MAYBE)}
    if kind in NEEDS_CHANNEL:
        kinds = ("Channel",) if kind in PUSHED_ONLY else ("Channel", "Channel", "PullChannel")
        hosts = [item.name for item in play.program if item.kind in kinds]
        if not hosts:
            return None
        inputs["pullId"] = {"ref": pick(hosts)}
    if kind == "RecordDirectory" and inputs["directoryType"] != "spare":
        inputs["path"] = "a/2026"
    if kind == "Channel" and pick(MAYBE):
        directories = [item.name for item in play.program if item.kind == "RecordDirectory"]
        if directories:
            inputs["directoryId"] = {"ref": pick(directories)}
    step: Step = {"do": "declare", "name": pick(names), "kind": kind, "inputs": inputs}
    there = any(key[0] == OBJECT_OF.get(kind) for key in play.world.foreign)
    if kind in OBJECT_OF and pick((True, False) if there else (*MAYBE, *MAYBE, False, False)):
        step["adopt"] = {"whose": pick(("foreign", "foreign", "held")), "pick": pick(range(3))}
    return step


def change(play: Play, pick: Pick) -> Step | None:
    """Another value for an input, updatable or not, or none at all."""
    if not play.program:
        return None
    item = pick(play.program)
    if item.adopt is not None and pick(MAYBE):
        return {"do": "change", "name": item.name, "key": "adopt"}
    keys = [key for key in VALUES[item.kind] if key != "path"]
    if not keys:
        return None
    key = pick(keys)
    values = VALUES[item.kind][key]
    required = key in REQUIRED.get(item.kind, ())
    return {"do": "change", "name": item.name, "key": key, "value": pick(values if required else (*values, None))}


def rotate(play: Play, pick: Pick) -> list[Step]:
    """Another push URL for a channel, and a run that brings it."""
    names = [item.name for item in play.program if item.kind == "Channel" and play.held(item.name)]
    if not names:
        return []
    name, values = pick(names), VALUES["Channel"]["pushKeyRotation"]
    edits = [{"do": "change", "name": name, "key": "pushKeyRotation", "value": pick(values)} for _ in range(2)]
    return [edits[0], {"do": "up"}, edits[1], operate(play, pick)]


def go_on_air(play: Play, pick: Pick) -> list[Step]:
    """An encoder begins to push, and somebody replaces or takes out the channel."""
    kinds = [item for item in play.program if item.kind == "Channel" and play.held(item.name)]
    if not kinds:
        return []
    item = pick(kinds)
    calm = {"do": "change", "name": item.name, "key": "channelType", "value": pick(("live", "show"))}
    edit = pick((calm, calm, {"do": "remove", "name": item.name}, {"do": "calm"}))
    last: Step = {"do": "destroy"} if edit["do"] == "calm" else operate(play, pick)
    return [{"do": "air", "name": item.name}, edit, last]


def remove(play: Play, pick: Pick) -> Step | None:
    """A resource less, and those that hang on it."""
    return {"do": "remove", "name": pick(play.program).name} if play.program else None


def rename(play: Play, pick: Pick) -> Step | None:
    """The same resource under another name, with the old one as an alias or without."""
    names = [name for name in NAMES if play.declared(name) is None]
    if not play.program or not names:
        return None
    return {"do": "rename", "name": pick(play.program).name, "to": pick(names), "alias": pick((False, False, True))}


def click(play: Play, pick: Pick) -> Step:
    """Somebody works in the console."""
    kind = pick(("channel", "channel", *CLICKS))
    return {"do": "click", "kind": kind, "pick": pick(range(4)), "change": pick(CLICKS[kind])}


def twin(play: Play, pick: Pick) -> Step | None:
    """Somebody else makes an equal object."""
    return {"do": "twin", "name": pick(play.program).name} if play.program else None


def wait(play: Play, pick: Pick) -> Step:
    """Time passes: minutes, hours, or more than the week that a ban lasts."""
    return {"do": "wait", "seconds": pick((30, 400, 400, 9_000, 8 * 86_400))}


def abroad(play: Play, pick: Pick) -> Step:
    """Somebody has the keys of another account in the environment."""
    verb = pick(("up", "up", "refresh", "destroy", "preview"))
    return {"do": "abroad", "verb": verb, "refresh": pick((True, False))}


def recover(play: Play, pick: Pick) -> Step:
    """A person runs `livechannels recover`."""
    return {"do": "recover"}


def calm(play: Play, pick: Pick) -> Step:
    """The faults end."""
    return {"do": "calm"}


def operate(play: Play, pick: Pick) -> Step:
    """An operation of the engine, which may be killed at some call."""
    verb = pick(("up",) * 12 + ("refresh",) * 2 + ENGINE_STEPS)
    step: Step = {"do": verb}
    names = [item.name for item in play.program]
    if verb == "up":
        if pick((True, False)):
            step["refresh"] = True
        if pick(MAYBE):
            step["continue_on_error"] = True
        if names and pick((*MAYBE, False, False, False, False)):
            step["replace"] = [pick(names)]
    if verb in ("up", "destroy") and names and pick((*MAYBE, False, False, False, False)):
        step["targets"] = [pick(names)]
    if verb == "import":
        kinds = sorted({kind[0].upper() + kind[1:] for kind, _ in play.world.foreign})
        step |= {"kind": pick(kinds or ["Channel"]), "name": pick(NAMES)}
        step["pick"] = pick(range(3))
    if pick((*MAYBE, *MAYBE, *(False,) * 6)):
        step["keys"] = "rotated"
    if verb != "preview" and pick(MAYBE):
        step["kill"] = [pick(range(1, 13)), pick(("before", "after"))]
    return step


Maker = Callable[[Play, Pick], Step | list[Step] | None]
MAKERS: tuple[Maker, ...] = (
    *(declare,) * 4,
    *(operate,) * 10,
    *(change,) * 3,
    remove,
    *(rename,) * 2,
    *(click,) * 2,
    twin,
    wait,
    recover,
    calm,
    abroad,
    rotate,
    go_on_air,
)


def chooser(seed: int) -> Pick:
    """A `pick` that follows a seed."""
    return random.Random(seed).choice
