"""The classes that programs use and the providers behind them, over real gRPC where the process matters."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pulumi
import pytest
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2 as messages

import pulumi_livechannels as live
from faces_kit import started
from kit import ALL, PATIENCE, FakeClock, Stage
from pulumi_livechannels import dynamic, stubs
from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.dynamic.resource import stored
from pulumi_livechannels.emulator.server import environment, running

# What old states hold. These strings must load for ever: a change here breaks every stack that exists.
GOLDEN = {
    "Channel": "gASVNgAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMD0NoYW5uZWxQcm92aWRlcpSTlCmBlC4=",
    "PullChannel": "gASVOgAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SME1B1bGxDaGFubmVsUHJvdmlkZXKUk5QpgZQu",
    "RecordDirectory": "gASVPgAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMF1JlY29yZERpcmVjdG9yeVByb3ZpZGVylJOUKYGULg==",
    "RecordTask": "gASVOQAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMElJlY29yZFRhc2tQcm92aWRlcpSTlCmBlC4=",
    "ForwardTask": "gASVOgAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SME0ZvcndhcmRUYXNrUHJvdmlkZXKUk5QpgZQu",
    "ChannelStateCallback": "gASVQwAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMHENoYW5uZWxTdGF0ZUNhbGxiYWNrUHJvdmlkZXKUk5QpgZQu",
    "ChannelBan": "gASVOQAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMEkNoYW5uZWxCYW5Qcm92aWRlcpSTlCmBlC4=",
    "StreamDisconnect": "gASVPwAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMGFN0cmVhbURpc2Nvbm5lY3RQcm92aWRlcpSTlCmBlC4=",
    "SignedPushUrl": "gASVPAAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMFVNpZ25lZFB1c2hVcmxQcm92aWRlcpSTlCmBlC4=",
    "SignedPullUrls": "gASVPQAAAAAAAACMG3B1bHVtaV9saXZlY2hhbm5lbHMuZHluYW1pY5SMFlNpZ25lZFB1bGxVcmxzUHJvdmlkZXKUk5QpgZQu",
}


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_state_holds_a_class_name_that_never_changes(name: str) -> None:
    provider = dynamic.PROVIDERS[name]
    assert stored(provider) == GOLDEN[name]
    assert len(GOLDEN[name]) <= 110
    assert not vars(provider())
    assert getattr(dynamic, f"{name}Provider") is provider


class Recorder(pulumi.runtime.Mocks):
    def __init__(self) -> None:
        self.inputs: dict[str, dict[str, Any]] = {}
        self.types: dict[str, str] = {}

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.inputs[args.name] = dict(args.inputs)
        self.types[args.name] = args.typ
        return f"id-of-{args.name}", {**args.inputs, "pushUrl": "rtmp://x/y/z", "pullUrls": [{"url": "rtmp://p"}]}

    def call(self, args: pulumi.runtime.MockCallArgs) -> dict[str, Any]:
        return {}


@pulumi.runtime.test
def test_a_program_speaks_python_and_the_state_camel_case() -> Any:
    recorder = Recorder()
    pulumi.runtime.set_mocks(recorder)
    channel = live.Channel(
        "main",
        channel_name=pulumi.Output.from_input("Main"),
        channel_type="live",
        push_domain="push.example.com",
        pull_rates=["hd"],
        whiteboard={"enabled": True, "whiteboard_id": "w"},
        adopt="abc",
    )

    def look(values: list[Any]) -> None:
        assert recorder.types["main"] == "pulumi-python:dynamic/livechannels:Channel", "what a native stack aliases"
        sent = {key: value for key, value in recorder.inputs["main"].items() if key != "__provider"}
        assert sent.pop("__hidden") == []
        assert sent.pop("__urn") == "urn:pulumi:stack::project::Channel::main"
        assert sent == {
            "channelName": "Main",
            "channelType": "live",
            "pushDomain": "push.example.com",
            "pullRates": ["hd"],
            "whiteboard": {"enabled": True, "whiteboardId": "w"},
            "adopt": "abc",
        }
        assert values == ["id-of-main", "rtmp://x/y/z", "Main", {"enabled": True, "whiteboard_id": "w"}]

    return pulumi.Output.all(channel.pull_id, channel.push_url, channel.channel_name, channel.whiteboard).apply(look)


@pulumi.runtime.test
def test_secret_inputs_are_secret_before_they_leave_the_program() -> Any:
    pulumi.runtime.set_mocks(Recorder())
    task = live.ForwardTask("relay", pull_id="p", forward_url="rtmp://a/b/c")
    return pulumi.Output.from_input(task.forward_url.is_secret()).apply(lambda secret: _assert(secret is True))


def _assert(condition: bool) -> None:
    assert condition


@pytest.mark.parametrize("name", sorted(ALL))
def test_an_editor_shows_every_input_and_output(name: str) -> None:
    made = getattr(live, name)
    inputs, outputs = properties(ALL[name].inputs), properties(ALL[name].outputs)
    shown = list(inspect.signature(made).parameters)
    adopt = ["adopt"] if ALL[name].adoptable else []
    assert set(shown) == {"resource_name", "opts", *adopt, *(item.name for item in inputs.values())}
    for item in [*inputs.values(), *outputs.values()]:
        assert item.name in made.__doc__
        assert item.doc in stubs.text()


@pytest.mark.slow
def test_the_stub_is_what_type_checkers_hold_programs_to(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    good = (
        "import pulumi\nimport pulumi_livechannels as live\n"
        "c = live.Channel('a', pulumi.ResourceOptions(protect=True), channel_name='n', channel_type='t',\n"
        "    push_domain='d', pull_rates=['hd', 'source'], whiteboard={'enabled': True})\n"
        "u: pulumi.Output[str] = c.push_url\n"
        "live.ForwardTask('f', pull_id=c.pull_id, forward_url=pulumi.Output.secret('rtmp://a/b'))\n"
        "e: type[Exception] = live.RefusedError\n"
        "import datetime\nnow = datetime.datetime.now(datetime.timezone.utc)\n"
        "t = live.RecordTask('t', pull_id=c.pull_id, end_time=now, start_time=pulumi.Output.from_input(now))\n"
        "live.ForwardTask('g', pull_id='p', forward_url='rtmp://a/b', end_time=t.end_time)\n"
        "r = live.wangsu.get_domain_traffic(domains=['d'], start_time=now, end_time=datetime.date(2026, 11, 1))\n"
        "d: dict[str, object] = r.rows[0].to_dict()\n"
        "len(r.to_dataframe().columns)\n"
    )
    program.write_text(good)
    assert _mypy(program) == []
    program.write_text(
        good + "live.Channel('b', channel_nmae='n')\nc.push_ulr\nlive.RecordTask('r', pull_id=3)\n"
        "live.RecordTask('s', pull_id='p', end_time=datetime.date(2026, 11, 1))\n"
    )
    found = "\n".join(_mypy(program))
    assert 'Unexpected keyword argument "channel_nmae"' in found
    assert '"push_ulr"' in found
    assert 'Missing named argument "end_time"' in found
    assert 'has incompatible type "int"' in found
    assert 'has incompatible type "date"' in found


def _mypy(program: Path) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--config-file", os.devnull, "--cache-dir", str(program.parent)]
    done = subprocess.run([*command, str(program)], capture_output=True, text=True, check=False)
    return [line for line in done.stdout.splitlines() if "error:" in line]


def test_a_program_that_only_declares_loads_neither_http_nor_reports() -> None:
    program = (
        "import sys, pulumi_livechannels as live; live.Channel\n"
        "print([name for name in sys.modules if name == 'requests' or name.startswith('pulumi_livechannels.reports')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError):
        live.Chanel  # noqa: B018
    assert {"Channel", "ForwardTask", "RefusedError", "WhiteboardArgs"} <= set(dir(live))


def struct(**fields: Any) -> Struct:
    made = Struct()
    made.update(fields)
    return made


@contextmanager
def provider_process(config: dict[str, Any], surroundings: dict[str, str]) -> Iterator[Any]:
    """Pulumi's own dynamic provider process, configured as the engine does it."""
    with started("dynamic", surroundings) as face:
        face.stub.Configure(messages.ConfigureRequest(args=struct(**config)), timeout=PATIENCE)
        face.stub.process = face.process
        yield face.stub


CHANNEL = {
    "__provider": GOLDEN["Channel"],
    "channelName": "Main",
    "channelType": "live",
    "pushDomain": "push.example.com",
    "pullRates": ["source"],
}


@pytest.fixture
def emulated() -> Iterator[tuple[int, Any]]:
    with running(quota=0) as (port, platform):
        yield port, platform


def check(stub: Any, **inputs: Any) -> Any:
    return stub.Check(messages.CheckRequest(news=struct(**{**CHANNEL, **inputs})))


def test_a_life_over_grpc(emulated: tuple[int, Any]) -> None:
    port, platform = emulated
    with provider_process({}, environment(port, 0)) as stub:
        checked = check(stub)
        assert not checked.failures
        made = stub.Create(messages.CreateRequest(properties=checked.inputs))
        state = rpc.deserialize_properties(made.properties)
        assert state["pullProtocols"] == ["rtmp"]
        assert state["__provider"] == GOLDEN["Channel"]

        changed = struct(**{**CHANNEL, "channelName": "New", "__provider": GOLDEN["Channel"] + "  "})
        same = stub.Diff(messages.DiffRequest(id=made.id, olds=made.properties, news=checked.inputs))
        assert same.changes == messages.DiffResponse.DIFF_NONE
        found = stub.Diff(messages.DiffRequest(id=made.id, olds=made.properties, news=changed))
        assert (found.changes, list(found.replaces)) == (messages.DiffResponse.DIFF_SOME, [])

        platform.store.remove("channel", made.id)
        read = stub.Read(messages.ReadRequest(id=made.id, properties=made.properties))
        assert read.id == ""
        with pytest.raises(grpc.RpcError, match="there is no Channel"):
            stub.Read(messages.ReadRequest(id=made.id, inputs=struct(**CHANNEL)))
        stub.Delete(messages.DeleteRequest(id=made.id, properties=made.properties))


def test_unknown_values_pass_the_check_and_come_back_unknown(emulated: tuple[int, Any]) -> None:
    with provider_process({}, environment(emulated[0], 0)) as stub:
        checked = check(stub, pushDomain=rpc.UNKNOWN, pullRates=[rpc.UNKNOWN])
        assert not checked.failures
        assert checked.inputs["pushDomain"] == rpc.UNKNOWN
        assert list(checked.inputs["pullRates"]) == [rpc.UNKNOWN]


@pytest.mark.rule("R29", "R30")
def test_a_missing_credential_is_told_once_without_a_traceback() -> None:
    with provider_process({}, {"LIVECHANNELS_ENDPOINT": "http://127.0.0.1:1"}) as stub:
        errors = []
        for _ in range(2):
            with pytest.raises(grpc.RpcError) as caught:
                check(stub)
            errors.append(caught.value.details())
    assert "livechannels:accessKey" in errors[0]
    assert "LIVECHANNELS_ACCESS_KEY" in errors[0]
    assert errors[1].startswith("the provider is not configured")
    assert "Traceback" not in "".join(errors)


@pytest.mark.rule("R29", "R30")
def test_a_wrong_key_fails_at_the_first_call_and_is_not_shown(emulated: tuple[int, Any]) -> None:
    config = {
        "livechannels:accessKey": "emulator-access-key",
        "livechannels:secretKey": {rpc._special_sig_key: rpc._special_secret_sig, "value": "wrongsecret"},
        "livechannels:endpoint": f"http://127.0.0.1:{emulated[0]}",
        "other:key": "x",
    }
    with provider_process(config, {}) as stub:
        checked = check(stub)
        with pytest.raises(grpc.RpcError) as caught:
            stub.Create(messages.CreateRequest(properties=checked.inputs))
    text = caught.value.details()
    assert "create Channel Main" in text
    assert "Vendor code 1001" in text
    assert "Nothing was changed on the platform" in text
    assert "accessKey and secretKey" in text
    assert "Traceback" not in text
    assert "wrongsecret" not in text


def test_an_unknown_setting_is_pointed_out_on_the_users_screen(emulated: tuple[int, Any]) -> None:
    with provider_process({"livechannels:acessKey": "x"}, environment(emulated[0], 0)) as stub:
        check(stub)
        stub.process.kill()
        assert "did you mean accessKey?" in stub.process.stderr.read()


@pytest.mark.rule("R28")
def test_a_debug_log_of_a_whole_life_holds_no_secret(emulated: tuple[int, Any]) -> None:
    surroundings = {**environment(emulated[0], 0), "LIVECHANNELS_LOG": "debug"}
    inputs = {
        "__provider": GOLDEN["PullChannel"],
        "channelName": "Guest",
        "sourceUrl": "rtmp://origin.example.net/app/guestcanary",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }
    with provider_process({}, surroundings) as stub:
        checked = stub.Check(messages.CheckRequest(news=struct(**inputs)))
        made = stub.Create(messages.CreateRequest(properties=checked.inputs))
        stub.Delete(messages.DeleteRequest(id=made.id, properties=made.properties))
        stub.process.kill()
        log = stub.process.stderr.read()
    assert "livechannels debug: /live/channelManage/createPullChannel" in log
    for secret in ("guestcanary", "emulator-secret-key", "Signature="):
        assert secret not in log


def test_an_adopted_object_and_a_secret_mistake_over_grpc(emulated: tuple[int, Any]) -> None:
    port, platform = emulated
    stage = Stage(port, platform, FakeClock(time.time()))
    there = stage.up("Channel", **stage.sample("Channel"))
    with provider_process({}, environment(port, 0)) as stub:
        inputs = {**CHANNEL, "channelName": "Ours", "pullProtocols": ["rtmp", "flv"], "pullRates": ["source", "hd"]}
        checked = stub.Check(messages.CheckRequest(news=struct(**inputs, adopt=there.id)))
        made = stub.Create(messages.CreateRequest(properties=checked.inputs))
        assert made.id == there.id
        assert [item["channelName"] for item in platform.objects("channel")] == ["Ours"]
        without = stub.Check(messages.CheckRequest(news=struct(**inputs))).inputs
        same = stub.Diff(messages.DiffRequest(id=made.id, olds=made.properties, news=without))
        assert same.changes == messages.DiffResponse.DIFF_NONE

        task = {"__provider": GOLDEN["ForwardTask"], "pullId": "p", "forwardUrl": "http://geheim"}
        failures = stub.Check(messages.CheckRequest(news=struct(**task))).failures
        assert [failure.property for failure in failures] == [""], "the engine prints the value of a named property"
        assert failures[0].reason.startswith("forwardUrl must be")
        assert "geheim" not in failures[0].reason
