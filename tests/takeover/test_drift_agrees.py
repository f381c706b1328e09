"""`livechannels drift` held against the engine's own refresh: Read and Diff of the plugin, on random stacks."""

from __future__ import annotations

import random
from contextlib import nullcontext
from typing import Any

import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from drift_kit import NATIVE, FakeStack, Held, drift
from kit import FakeClock, Stage
from pulumi_livechannels.plugin import servicer
from pulumi_livechannels.plugin.codec import encode

RELAYS = ("rtmp://relay.example.net/app/one", "rtmp://relay.example.net/app/two")
CLICKS: dict[str, tuple[dict[str, Any], ...]] = {
    "Channel": (
        {"channelName": "clicked"},
        {"pullRate": "1"},
        {"pullRate": "3,0"},
        {"live2vod": "1"},
        {"videoEncrypted": "2"},
        {"playerId": "other"},
        {"appScenario": "other"},
        {"resetPushId": "1"},
        {"channelStatus": 1},
        {"channelName": "clicked", "pullRate": "2"},
    ),
    "PullChannel": (
        {"channelName": "clicked"},
        {"pullRate": "1"},
        {"sourcePullUrl": "rtmp://origin.example.net/app/other"},
    ),
    "ForwardTask": ({"forwardUrl": "rtmp://relay.example.net/app/clicked"}, {"notifyUrl": "https://x.example.com/"}),
    "RecordTask": ({"fileType": "flv"},),
    "RecordDirectory": ({"firstLevelDirectory": "clicked"},),
}


class _Deadline(FakeClock):
    """The plugin's clock, which is the stage's."""

    def within(self, seconds: float) -> Any:
        return nullcontext()


def a_random_stack(stage: Stage, pick: random.Random) -> FakeStack:
    stack = FakeStack(stage, face=NATIVE)
    for number in range(pick.randint(1, 5)):
        more: dict[str, Any] = {"ignoreChanges": ["channelName"]} if pick.random() < 0.2 else {}
        given = {
            "pullRates": pick.choice((["source"], ["source", "hd"], ["hd", "source"])),
            "pullProtocols": pick.choice((["rtmp"], ["flv", "rtmp"], ["hls"])),
            "videoEncryption": pick.choice(("none", "hls", "drm")),
            "liveToVod": pick.choice((True, False)),
        }
        if pick.random() < 0.3:
            given["streamCheck"] = "a text"
        channel = stack.channel(f"c{number}", more, **given)
        if "hls" in given["pullProtocols"]:
            continue
        if pick.random() < 0.4:
            stack.up("RecordTask", f"task{number}", pullId=channel.id, endTime=stage.later(hours=pick.randint(1, 40)))
        if pick.random() < 0.4:
            stack.up("ForwardTask", f"relay{number}", pullId=channel.id, forwardUrl=pick.choice(RELAYS))
        if pick.random() < 0.3:
            stack.up("ChannelBan", f"ban{number}", pullId=channel.id)
        if pick.random() < 0.3:
            stack.up("SignedPushUrl", f"signed{number}", pullId=channel.id, effectiveHours=2)
    if pick.random() < 0.6:
        stack.up("PullChannel", "guest", **stage.sample("PullChannel"))
    if pick.random() < 0.6:
        stack.up("RecordDirectory", "matches", directoryType="matches", path="matches/2026")
    return stack


def clicked(stage: Stage, stack: FakeStack, pick: random.Random) -> None:
    """Somebody in the console, and time that passes."""
    for held in stack.resources:
        if held.kind == "ChannelBan" and pick.random() < 0.3:
            stage.platform.store.remove("channelBan", held.id)
        elif held.kind in CLICKS and pick.random() < 0.15:
            stage.remove(held.kind, held.id)
        elif held.kind in CLICKS and pick.random() < 0.5:
            stage.click(held.kind, held.id, **pick.choice(CLICKS[held.kind]))
    stage.clock.let_pass(pick.choice((0, 3600, 3 * 3600, 8 * 24 * 3600)))


class Engine:
    """The engine's part in a refresh: it has the plugin read, and compare with what the state's inputs are."""

    def __init__(self, depth: str) -> None:
        self.plugin = servicer.Servicer("0.1.0")
        self._call("Configure", messages.ConfigureRequest(args=encode({"driftDepth": depth}, {})))

    def refresh(self, held: Held) -> set[str] | None:
        """What differs, by path; None for what is gone."""
        about = {"urn": held.urn, "type": f"{NATIVE}{held.kind}"}
        inputs, state = encode(held.inputs, {}), encode(held.state, {})
        read = self._call("Read", messages.ReadRequest(id=held.id, properties=state, inputs=inputs, **about))
        if not read.id:
            return None
        found = self._call(
            "Diff",
            messages.DiffRequest(
                id=held.id,
                olds=read.properties,
                news=inputs,
                ignoreChanges=held.more.get("ignoreChanges", ()),
                **about,
            ),
        )
        return set(found.detailedDiff)

    def _call(self, verb: str, request: Any) -> Any:
        return getattr(self.plugin, verb)(request, None)


@pytest.mark.slow
@pytest.mark.rule("R8", "R9", "R32")
@pytest.mark.parametrize("depth", ["listed", "full"])
@pytest.mark.parametrize("seed", range(12))
def test_it_says_what_a_refresh_would_say(shell: Stage, monkeypatch: pytest.MonkeyPatch, depth: str, seed: int) -> None:
    pick = random.Random(seed)
    stack = a_random_stack(shell, pick)
    clicked(shell, stack, pick)
    clock = _Deadline(shell.clock.now() + 1)
    monkeypatch.setattr(servicer, "Deadline", lambda: clock)
    engine = Engine(depth)
    said = {held.urn: engine.refresh(held) for held in stack.resources}
    drifted = any(paths is None or paths for paths in said.values())
    told = drift(stack, code=3 if drifted else 0, arguments=("--depth", depth))
    assert {item["urn"] for item in told["gone"]} == {urn for urn, paths in said.items() if paths is None}
    assert {item["urn"]: {one["property"] for one in item["differences"]} for item in told["differs"]} == {
        urn: paths for urn, paths in said.items() if paths
    }
    assert told["lookedAt"] == len(stack.resources)
