"""Where the faces differ because Pulumi does: what docs/faces.md says of them, as far as nothing else proves it.

A test that fails after an upgrade of the SDK is good news: a difference can go.
"""

from __future__ import annotations

import inspect
from importlib.util import find_spec
from pathlib import Path

import grpc
import pytest
from pulumi.dynamic import CreateResult, DiffResult, ResourceProvider
from pulumi.runtime.proto import provider_pb2 as messages

import pulumi_livechannels as live
from faces_kit import Face
from kit import KINDS
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.plugin.codec import decode, encode
from pulumi_livechannels.plugin.main import THREADS

CHANNEL = KINDS["Channel"].example
READ_BACK = "/live/channelManage/getChannelConfigure"


def test_only_the_plugin_is_asked_in_the_preview_of_an_update(face: Face) -> None:
    answer = face.stub.Configure(messages.ConfigureRequest(acceptSecrets=True))
    assert answer.supportsPreview is (face.name == "native")


def test_only_the_plugin_says_which_path_differs_and_how(face: Face) -> None:
    made = face.create("Channel", CHANNEL)
    found = face.diff("Channel", made, {**CHANNEL, "channelName": "New"})
    assert found.changes == messages.DiffResponse.DIFF_SOME
    assert list(found.detailedDiff) == (["channelName"] if face.name == "native" else [])
    assert "detailed_diff" not in inspect.signature(DiffResult).parameters


@pytest.mark.slow
def test_a_half_made_object_is_an_error_of_the_plugin_and_a_success_of_a_class(face: Face, platform: Platform) -> None:
    """Both keep it, and the next update finishes it."""
    platform.faults.add({"path": READ_BACK, "kind": "refuse", "times": 4})
    if face.name == "native":
        with pytest.raises(grpc.RpcError, match="could not be read back"):
            face.create("Channel", CHANNEL)
    else:
        made = face.create("Channel", CHANNEL)
        finished = face.update("Channel", made, CHANNEL)
        assert face.diff("Channel", finished, CHANNEL).changes == messages.DiffResponse.DIFF_NONE
    assert len(platform.objects("channel")) == 1
    assert list(inspect.signature(CreateResult).parameters) == ["id_", "outs"]


def test_only_the_plugin_chooses_what_kind_of_error_it_is(face: Face, platform: Platform) -> None:
    platform.faults.add({"path": "/live/channelManage/createChannel", "kind": "error-code", "code": 1008})
    with pytest.raises(grpc.RpcError, match="create Channel Main stage") as caught:
        face.create("Channel", CHANNEL)
    chosen = grpc.StatusCode.PERMISSION_DENIED if face.name == "native" else grpc.StatusCode.UNKNOWN
    assert caught.value.code() is chosen
    assert "Traceback" not in caught.value.details()


def test_only_the_plugin_lists(face: Face) -> None:
    asked = face.stub.List(messages.ListRequest(token="livechannels:index:Channel"))
    if face.name == "native":
        assert list(asked) == []
    else:
        with pytest.raises(grpc.RpcError) as caught:
            list(asked)
        assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_only_the_plugin_refuses_a_setting_that_means_nothing(face: Face) -> None:
    if face.name == "native":
        answer = face.stub.CheckConfig(messages.CheckRequest(news=face.pack("Channel", {"acessKey": "x"})))
        assert "acessKey is not known" in answer.failures[0].reason
    else:
        with pytest.raises(grpc.RpcError):
            face.stub.CheckConfig(messages.CheckRequest())


def test_the_sdk_passes_neither_a_cancel_nor_a_time_limit_on_to_a_class() -> None:
    verbs = [inspect.signature(getattr(ResourceProvider, name)) for name in ("create", "update", "delete", "read")]
    assert not any("timeout" in str(verb).lower() for verb in verbs)
    assert not hasattr(ResourceProvider, "cancel")


def test_the_sdk_serves_four_calls_at_once_and_the_plugin_sixty_four() -> None:
    found = find_spec("pulumi.dynamic.__main__")
    assert found is not None
    assert found.origin is not None
    assert "ThreadPoolExecutor(max_workers=4)" in Path(found.origin).read_text(encoding="utf-8")
    assert THREADS == 64


def test_a_plain_function_of_a_program_leaves_secrets_out_and_the_plugin_marks_them(
    native: Face, program: Platform
) -> None:
    made = native.create("Channel", CHANNEL)
    asked = messages.InvokeRequest(tok="livechannels:index:getChannel", args=encode({"pullId": made.id}, {}))
    told, marks = decode(getattr(native.stub.Invoke(asked), "return"))
    assert marks["pushUrl"] is True
    plain = live.get_channel(pull_id=made.id)
    assert plain.channel_name == told["channelName"]
    with pytest.raises(AttributeError, match=r"push_url is a secret, .*: call get_channel_output"):
        plain.push_url  # noqa: B018
