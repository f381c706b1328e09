"""What the plugin alone can do: handshake, schema, import, previews, half-made objects, error codes, lists."""

from __future__ import annotations

import time
from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2, plugin_pb2, status_pb2
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, Listener, Live, started
from kit import KINDS
from pulumi_livechannels.core.fields import UNKNOWN, properties
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.plugin.codec import decode

CHANNEL = KINDS["Channel"].example
EVERY = pytest.mark.parametrize("kind", sorted(KINDS))
Kind = messages.PropertyDiff


def made(native: Face, kind: str = "Channel", **more: Any) -> tuple[Live, dict[str, Any]]:
    inputs, _ = native.check(kind, {**KINDS[kind].example, **more})
    return native.create(kind, inputs), inputs


def test_the_handshake_and_the_version(native: Face) -> None:
    answer = native.stub.Handshake(messages.ProviderHandshakeRequest())
    assert (answer.accept_secrets, answer.accept_resources, answer.accept_outputs) == (True, True, False)
    configured = native.stub.Configure(messages.ConfigureRequest())
    assert (configured.acceptSecrets, configured.supportsPreview) == (True, True)
    assert native.stub.GetPluginInfo(empty_pb2.Empty()).version == version("pulumi-livechannels")
    native.stub.Attach(plugin_pb2.PluginAttach(address=""))


@pytest.mark.rule("R11")
@EVERY
def test_an_import_fills_in_what_a_program_would_have_written(native: Face, kind: str) -> None:
    host = native.create("Channel", {**CHANNEL, "channelName": "host"})
    more = {"pullId": host.id} if "Task" in kind else {}
    if kind == "RecordTask":
        more["endTime"] = "2026-12-24T22:00:00+08:00"
        later = int(time.time()) // 60 * 60 + 7200
        from pulumi_livechannels.core.values.times import from_unix

        more["endTime"] = from_unix(later)
    live, _ = made(native, kind, **more)
    answer = native.stub.Read(messages.ReadRequest(id=live.id, **native.about(kind)))
    inputs, secrets = decode(answer.inputs)
    assert inputs == {**KINDS[kind].example, **more}
    assert set(secrets) == {
        key for key, item in properties(KINDS[kind].inputs).items() if item.flags.secret and key in inputs
    }
    checked, failures = native.check(kind, inputs, inputs)
    assert not failures
    again = Live(live.id, decode(answer.properties)[0])
    assert native.diff(kind, again, checked).changes == messages.DiffResponse.DIFF_NONE


@pytest.mark.rule("R10", "R11")
@EVERY
@pytest.mark.parametrize("_in_a_hurry", ["native"], indirect=True)
@pytest.mark.parametrize("key", ["nothing-here", "a,b", "直播 ' \""])
def test_a_read_of_nothing_is_empty(hurried: Face, kind: str, key: str) -> None:
    answer = hurried.stub.Read(messages.ReadRequest(id=key, **hurried.about(kind)))
    assert answer == messages.ReadResponse()
    assert not answer.HasField("properties")
    assert not answer.HasField("inputs")


def test_a_refresh_brings_live_values_into_the_inputs_that_were_there(native: Face, platform: Platform) -> None:
    live, inputs = made(native)
    platform.edit("channel", live.id, {"channelName": "clicked", "live2vod": "1"})
    native.configure()
    answer = native.stub.Read(
        messages.ReadRequest(
            id=live.id,
            properties=native.pack("Channel", live.state),
            inputs=native.pack("Channel", inputs),
            **native.about("Channel"),
        )
    )
    assert decode(answer.inputs)[0] == {**inputs, "channelName": "clicked", "liveToVod": True}


@pytest.mark.rule("R3")
@EVERY
def test_a_preview_writes_nothing_and_invents_nothing(native: Face, platform: Platform, kind: str) -> None:
    inputs, _ = native.check(kind, {**KINDS[kind].example, **({"endTime": UNKNOWN} if kind == "RecordTask" else {})})
    request = messages.CreateRequest(properties=native.pack(kind, inputs), preview=True, **native.about(kind))
    answer = native.stub.Create(request)
    state = decode(answer.properties)[0]
    assert answer.id == ""
    assert {key: state[key] for key in inputs} == inputs
    assert all(state[key] is UNKNOWN for key in properties(KINDS[kind].outputs))
    assert platform.journal == []


@pytest.mark.rule("R3")
def test_a_previewed_update_is_what_comes(native: Face, platform: Platform) -> None:
    live, inputs = made(native, pushKeyRotation="1")
    calls = len(platform.journal)
    for change, unknown in (
        ({"channelName": "New"}, set()),
        ({"pullRates": ["sd"]}, {"pullUrls"}),
        ({"pushKeyRotation": "2"}, {"pushUrl", "srtPushUrl"}),
    ):
        news = {**inputs, **change}
        request = messages.UpdateRequest(
            id=live.id,
            olds=native.pack("Channel", live.state),
            news=native.pack("Channel", news),
            preview=True,
            **native.about("Channel"),
        )
        expected = decode(native.stub.Update(request).properties)[0]
        assert {key for key, value in expected.items() if value is UNKNOWN} == unknown
        assert len(platform.journal) == calls
        live = native.update("Channel", live, news)
        real, inputs = live.state, news
        assert {key: real[key] for key in expected if key not in unknown} == {
            key: value for key, value in expected.items() if key not in unknown
        }
        calls = len(platform.journal)


@pytest.mark.rule("R32")
def test_a_difference_names_exact_paths(native: Face) -> None:
    live, inputs = made(native, whiteboard={"enabled": True, "whiteboardId": "w"}, shareButton=True)
    news = {
        **inputs,
        "channelName": "N",
        "channelType": "o",
        "whiteboard": {"enabled": True, "whiteboardId": "x"},
        "streamCheck": "s",
    }
    del news["shareButton"]
    found = native.diff("Channel", live, news)
    assert {path: entry.kind for path, entry in found.detailedDiff.items()} == {
        "channelName": Kind.UPDATE,
        "channelType": Kind.UPDATE_REPLACE,
        "whiteboard.whiteboardId": Kind.UPDATE_REPLACE,
        "streamCheck": Kind.ADD,
        "shareButton": Kind.DELETE,
    }
    assert set(found.diffs) == {"channelName", "channelType", "whiteboard", "streamCheck", "shareButton"}
    assert set(found.replaces) == {"channelType", "whiteboard"}
    assert found.hasDetailedDiff


def test_changes_that_a_program_ignores_are_ignored(native: Face) -> None:
    live, inputs = made(native, whiteboard={"enabled": True, "whiteboardId": "w"})
    news = {**inputs, "channelName": "N", "whiteboard": {"enabled": False, "whiteboardId": "x"}}
    found = native.diff("Channel", live, news, ignoreChanges=["channelName", "whiteboard"])
    assert found.changes == messages.DiffResponse.DIFF_NONE
    found = native.diff("Channel", live, news, ignoreChanges=["channelName", "whiteboard.whiteboardId"])
    assert (list(found.detailedDiff), list(found.replaces)) == (["whiteboard.enabled"], [])


def test_a_state_of_the_dynamic_face_is_no_difference(native: Face) -> None:
    live, inputs = made(native)
    old = Live(live.id, {**live.state, "__provider": "gASV"})
    assert native.diff("Channel", old, inputs).changes == messages.DiffResponse.DIFF_NONE


@pytest.mark.rule("R28", "R33")
def test_secrets_stay_wrapped_and_outputs_that_are_secret_are(native: Face) -> None:
    inputs = native.pack(
        "Channel",
        {**CHANNEL, "whiteboard": {"enabled": True, "whiteboardId": "w"}},
        {"channelName": True, "whiteboard": {"whiteboardId": True}},
    )
    checked = native.stub.Check(messages.CheckRequest(news=inputs, **native.about("Channel")))
    marks = decode(checked.inputs)[1]
    assert marks == {"channelName": True, "whiteboard": {"whiteboardId": True}}
    answer = native.stub.Create(messages.CreateRequest(properties=checked.inputs, **native.about("Channel")))
    assert decode(answer.properties)[1] == {**marks, "pushUrl": True, "srtPushUrl": True, "pullUrls": True}
    read = native.stub.Read(
        messages.ReadRequest(
            id=answer.id, properties=answer.properties, inputs=checked.inputs, **native.about("Channel")
        )
    )
    assert decode(read.properties)[1] == decode(answer.properties)[1]
    assert decode(read.inputs)[1] == marks


@pytest.mark.rule("R16", "R21")
def test_a_half_made_object_keeps_its_id_and_is_finished_by_an_update(native: Face, platform: Platform) -> None:
    platform.faults.add({"path": "/live/channelManage/getChannelConfigure", "kind": "refuse", "times": 4})
    inputs, _ = native.check("Channel", CHANNEL)
    with pytest.raises(grpc.RpcError) as caught:
        native.stub.Create(messages.CreateRequest(properties=native.pack("Channel", inputs), **native.about("Channel")))
    status = status_pb2.Status.FromString(dict(caught.value.trailing_metadata())["grpc-status-details-bin"])
    half = messages.ErrorResourceInitFailed()
    assert status.details[0].Unpack(half)
    assert [item["id"] for item in platform.objects("channel")] == [half.id]
    assert "could not be read back" in half.reasons[0]
    assert decode(half.inputs)[0] == inputs
    finished = native.update("Channel", Live(half.id, decode(half.properties)[0]), inputs)
    assert native.diff("Channel", finished, inputs).changes == messages.DiffResponse.DIFF_NONE
    assert len(platform.objects("channel")) == 1


@pytest.mark.rule("R29")
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "error-code", "code": 1000}, grpc.StatusCode.FAILED_PRECONDITION),
        ({"kind": "error-code", "code": 1008}, grpc.StatusCode.PERMISSION_DENIED),
        ({"kind": "error-code", "code": 4002}, grpc.StatusCode.UNAUTHENTICATED),
    ],
)
def test_error_codes_are_chosen(native: Face, platform: Platform, fault: dict[str, Any], code: grpc.StatusCode) -> None:
    platform.faults.add({"path": "/live/channelManage/createChannel", **fault})
    with pytest.raises(grpc.RpcError) as caught:
        native.create("Channel", CHANNEL)
    assert caught.value.code() is code
    assert "create Channel Main stage" in caught.value.details()
    assert "Traceback" not in caught.value.details()


@pytest.mark.rule("R9")
def test_an_outage_is_an_error_and_not_an_empty_answer(native: Face, platform: Platform) -> None:
    live, inputs = made(native)
    native.configure()
    platform.faults.add({"path": "/live/channelManage/getChannelConfigure", "kind": "refuse", "times": 4})
    with pytest.raises(grpc.RpcError) as caught:
        native.read("Channel", live, inputs)
    assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
    platform.edit("channel", live.id, {"channelStatus": 1})
    with pytest.raises(grpc.RpcError, match="on air"):
        native.delete("Channel", live)


@pytest.mark.rule("R29")
def test_mistakes_of_ours_are_not_the_users_traceback(native: Face) -> None:
    with pytest.raises(grpc.RpcError) as caught:
        native.stub.Create(messages.CreateRequest(**native.about("Nothing")))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND
    with pytest.raises(grpc.RpcError) as caught:
        native.stub.Create(messages.CreateRequest(urn="nonsense"))
    assert caught.value.code() is grpc.StatusCode.INTERNAL
    assert "please report" in caught.value.details()
    assert "Traceback" not in caught.value.details()
    with pytest.raises(grpc.RpcError) as caught:
        native.stub.Invoke(messages.InvokeRequest(tok="livechannels:index:getNothing"))
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.rule("R12")
def test_a_list_gives_ids_that_can_be_imported(native: Face) -> None:
    ids = {made(native, channelName=f"c{number}")[0].id for number in range(53)}
    token = "livechannels:index:Channel"
    answers = list(native.stub.List(messages.ListRequest(token=token)))
    assert {answer.result.id for answer in answers} == ids
    assert {answer.result.name for answer in answers} == {f"c{number}" for number in range(53)}
    assert len(list(native.stub.List(messages.ListRequest(token=token, limit=7)))) == 7


def test_a_misspelt_property_among_those_to_ignore_is_told(serving: Any, engine: tuple[str, Listener]) -> None:
    address, listener = engine
    with started("native", environment(serving[0], 0)) as face:
        face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
        face.configure()
        live, inputs = made(face)
        face.diff("Channel", live, inputs, ignoreChanges=["chanelName", "channelName", "pullUrls[0].url", "*"])
    assert [text for _, text in listener.heard] == [
        "ignoreChanges: Channel has no chanelName: did you mean channelName?"
    ]


def test_warnings_reach_the_engine_beside_their_resource(serving: Any, engine: tuple[str, Listener]) -> None:
    address, listener = engine
    with started("native", environment(serving[0], 0)) as face:
        face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
        face.configure()
        live = face.create("RecordDirectory", {"directoryType": "warned", "path": "a"})
        face.delete("RecordDirectory", live)
    assert listener.severities[0] == engine_pb2.WARNING
    assert listener.heard[0][0] == face.about("RecordDirectory")["urn"]
    assert "keeps the record directory warned" in listener.heard[0][1]
