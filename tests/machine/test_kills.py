"""The provider dies at every call of every verb, before the platform carried the call out and after it: enumerated."""

from __future__ import annotations

from typing import Any

import pytest

from .faces import FACES
from .invariants import Violation
from .play import Step, playing

pytestmark = pytest.mark.slow

CHANNEL: Step = {
    "do": "declare",
    "name": "host",
    "kind": "Channel",
    "inputs": {"channelName": "Host", "channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source"]},
}
HOST = {"ref": "host"}
RELAY = "rtmp://relay.example.net/app/relaykey-canary-1"
INPUTS: dict[str, dict[str, Any]] = {
    "Channel": {**CHANNEL["inputs"], "channelName": "Main stage", "pushKeyRotation": "one"},
    "PullChannel": {
        "channelName": "Guest feed",
        "sourceUrl": "rtmp://origin.example.net/app/sourcekey-canary-1",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    },
    "RecordDirectory": {"directoryType": "matches", "path": "a/2026"},
    "RecordTask": {"pullId": HOST, "endTime": {"in": 86_400}},
    "ForwardTask": {"pullId": HOST, "forwardUrl": RELAY},
    "ChannelStateCallback": {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/a"},
    "ChannelBan": {"pullId": HOST},
    "StreamDisconnect": {"pullId": HOST, "triggers": "one"},
    "SignedPushUrl": {"pullId": HOST, "effectiveHours": 1},
    "SignedPullUrls": {"pullId": HOST, "effectiveHours": 1},
}
# A change that each kind takes in place, and one that makes it anew.
UPDATES = {
    "Channel": [("channelName", "Other"), ("pushKeyRotation", "two"), ("pullRates", ["source", "hd"])],
    "PullChannel": [("channelName", "Other")],
    "ChannelStateCallback": [("notifyUrl", "https://hooks.example.com/b")],
    "SignedPushUrl": [("effectiveHours", 2)],
    "SignedPullUrls": [("effectiveHours", 2)],
}
REPLACEMENTS = {
    "Channel": [("channelType", "show")],
    "PullChannel": [("pullDomain", "pull.two.example.com")],
    "RecordDirectory": [("directoryType", "news")],
    "RecordTask": [("fileType", "flv")],
    "ForwardTask": [("forwardUrl", RELAY + "2")],
    "ChannelStateCallback": [("pushDomain", "push.two.example.com")],
    "StreamDisconnect": [("triggers", "two")],
}
RENAME: Step = {"do": "rename", "name": "it", "to": "new", "alias": False}


def _scenarios(kind: str) -> dict[str, tuple[list[Step], Step]]:
    """By verb, what comes before, and the operation in which the provider dies."""
    declare: Step = {"do": "declare", "name": "it", "kind": kind, "inputs": INPUTS[kind]}
    there = [CHANNEL, declare, {"do": "up"}]
    up: Step = {"do": "up"}
    found: dict[str, tuple[list[Step], Step]] = {
        "create": ([CHANNEL, {"do": "up"}, declare], up),
        "create with its channel": ([CHANNEL, declare], up),
        "read": (there, {"do": "refresh"}),
        "delete": ([*there, {"do": "remove", "name": "it"}], up),
        "destroy": (there, {"do": "destroy"}),
        "rename": ([*there, RENAME], up),
        "rename after a refresh": ([*there, RENAME], {"do": "up", "refresh": True}),
        "forced replacement": (there, {"do": "up", "replace": ["it"]}),
        "replacement of its channel": (
            [*there, {"do": "change", "name": "host", "key": "channelType", "value": "show"}],
            up,
        ),
    }
    for key, value in UPDATES.get(kind, []):
        found[f"update of {key}"] = ([*there, {"do": "change", "name": "it", "key": key, "value": value}], up)
    for key, value in REPLACEMENTS.get(kind, []):
        found[f"replacement by {key}"] = ([*there, {"do": "change", "name": "it", "key": key, "value": value}], up)
    return found


def _calls(face: str, steps: list[Step], last: Step) -> int:
    """How many calls the last operation makes when nobody disturbs it."""
    with playing(face) as play:
        for step in [*steps, last]:
            play.do(step)
        return play.world.sent


def _died(face: str, steps: list[Step], last: Step, kill: list[Any]) -> str:
    """What is wrong after a death, and where it left a create behind, after the same death of the next run too."""
    again = False
    try:
        for again in (False, True):
            with playing(face) as play:
                for step in [*steps, *[{**last, "kill": kill}] * (2 if again else 1)]:
                    play.do(step)
                creating = any(pending.verb == "creating" for pending in play.engine.state.pending)
                play.settle(patiently=False)
            if not creating:
                break
    except Violation as violation:
        return f"{kill}{' twice' if again else ''}: {str(violation)[:400]}"
    return ""


@pytest.mark.rule("R19")
@pytest.mark.parametrize("kind", sorted(INPUTS))
@pytest.mark.parametrize("face", FACES)
def test_a_death_at_any_call_loses_and_doubles_nothing(face: str, kind: str) -> None:
    wrong = []
    for verb, (steps, last) in _scenarios(kind).items():
        for number in range(1, _calls(face, steps, last) + 1):
            for when in ("before", "after"):
                if found := _died(face, steps, last, [number, when]):
                    wrong.append(f"{verb}, {found}")
    assert not wrong, "\n".join(wrong)
