"""Callbacks, bans, disconnections and signed URLs through both faces, over gRPC, in the engine's order of calls."""

from __future__ import annotations

from itertools import count
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, Live
from kit import ALL, KINDS
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.plugin.codec import decode

SWITCHES = sorted(set(ALL) - set(KINDS))
NUMBERS = count()
EVERY = pytest.mark.parametrize("kind", SWITCHES)
OUTPUT = {
    "ChannelBan": "lapsesAt",
    "StreamDisconnect": "disconnectedAt",
    "SignedPushUrl": "url",
    "SignedPullUrls": "urls",
}


def inputs(face: Face, kind: str) -> dict[str, Any]:
    """The example's inputs, with a channel where they need one."""
    example = dict(ALL[kind].example)
    if "pushDomain" in example:
        # A dynamic process lives on, and what it holds it may not make again.
        example["pushDomain"] = f"d{next(NUMBERS)}.example.com"
    if "pullId" in example:
        example["pullId"] = face.create("Channel", {**KINDS["Channel"].example, "channelName": "host"}).id
    return example


@EVERY
@pytest.mark.rule("R4", "R5")
def test_create_read_and_an_unchanged_diff(face: Face, platform: Platform, kind: str) -> None:
    wanted = inputs(face, kind)
    made = face.create(kind, wanted)
    assert made.id == (wanted.get("pullId") or wanted["pushDomain"])
    assert {key: made.state[key] for key in wanted} == wanted
    assert kind not in OUTPUT or made.state[OUTPUT[kind]]
    assert face.read(kind, made, wanted) == made.state
    assert face.diff(kind, made, wanted).changes == messages.DiffResponse.DIFF_NONE


@EVERY
@pytest.mark.rule("R7", "R10")
def test_update_and_delete(face: Face, platform: Platform, kind: str) -> None:
    wanted = inputs(face, kind)
    made = face.create(kind, wanted)
    if kind in ("SignedPushUrl", "SignedPullUrls"):
        wanted["effectiveHours"] = 48
        changed = face.update(kind, made, wanted)
        assert changed.state[OUTPUT[kind]] != made.state[OUTPUT[kind]]
    elif kind == "ChannelStateCallback":
        wanted["notifyUrl"] = "https://hooks.example.com/other"
        assert face.update(kind, made, wanted).state["notifyUrl"] == wanted["notifyUrl"]
    face.delete(kind, Live(made.id, {**made.state, **wanted}))
    face.delete(kind, Live(made.id, {**made.state, **wanted}))
    assert not platform.objects("channelBan")
    assert not platform.objects("channelStateCallback")


@pytest.mark.rule("R8")
def test_a_ban_that_ended_is_gone(face: Face, platform: Platform) -> None:
    wanted = inputs(face, "ChannelBan")
    made = face.create("ChannelBan", wanted)
    platform.store.remove("channelBan", made.id)
    assert face.read("ChannelBan", made, wanted) is None


@pytest.mark.rule("R28")
@pytest.mark.parametrize("kind", ["SignedPushUrl", "SignedPullUrls"])
def test_the_plugin_hands_signed_urls_over_as_secrets(native: Face, kind: str) -> None:
    wanted, _ = native.check(kind, inputs(native, kind))
    made = native.stub.Create(messages.CreateRequest(properties=native.pack(kind, wanted), **native.about(kind)))
    assert decode(made.properties)[1] == {OUTPUT[kind]: True}


@pytest.mark.rule("R3")
@EVERY
def test_a_preview_through_the_plugin_sends_nothing(native: Face, platform: Platform, kind: str) -> None:
    wanted, _ = native.check(kind, inputs(native, kind))
    before = len(platform.journal)
    request = messages.CreateRequest(properties=native.pack(kind, wanted), preview=True, **native.about(kind))
    assert native.stub.Create(request).id == ""
    assert len(platform.journal) == before


@pytest.mark.rule("R11")
@pytest.mark.parametrize("kind", ["StreamDisconnect", "SignedPushUrl", "SignedPullUrls"])
def test_an_action_cannot_be_imported_and_says_so(native: Face, kind: str) -> None:
    with pytest.raises(grpc.RpcError, match="cannot be imported"):
        native.stub.Read(messages.ReadRequest(id="p1", **native.about(kind)))


@pytest.mark.rule("R12")
def test_bans_can_be_listed(native: Face) -> None:
    made = native.create("ChannelBan", inputs(native, "ChannelBan"))
    answers = native.stub.List(messages.ListRequest(token="livechannels:index:ChannelBan"))
    assert [answer.result.id for answer in answers] == [made.id]


@pytest.mark.rule("R9")
def test_settings_say_how_deep_a_refresh_looks(native: Face, platform: Platform) -> None:
    native.configure(driftDepth="listed")
    wanted, _ = native.check("Channel", KINDS["Channel"].example)
    made = native.create("Channel", wanted)
    platform.edit("channel", made.id, {"channelName": "clicked", "pullRate": "0"})
    platform.journal.clear()
    native.configure(driftDepth="listed")
    found = native.read("Channel", made, wanted)
    assert found == {**made.state, "channelName": "clicked"}, "the rates are not in the list"
    assert [call["action"] for call in platform.journal] == ["getChannelList"]
