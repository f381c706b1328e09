"""What ends the plugin's work: a cancel, a time limit, a signal, and the end of the engine."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import provider_pb2 as messages
from pulumi.runtime.proto import provider_pb2_grpc, status_pb2

from faces_kit import COMMANDS, Face, Listener, started
from kit import KINDS, PATIENCE, eventually
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment

pytestmark = pytest.mark.slow

CHANNEL = KINDS["Channel"].example


@pytest.mark.rule("R20", "R23")
def test_cancel_ends_a_long_wait(serving: Any, platform: Platform, engine: tuple[str, Listener]) -> None:
    """The budget is spent (what is there before, and the create), so the next call would wait for 5 minutes; that is said, and cancel ends it."""
    address, listener = engine
    with started("native", environment(serving[0], 2)) as face:
        face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
        face.configure()
        failed: list[grpc.RpcError] = []

        def create() -> None:
            try:
                face.create("Channel", CHANNEL)
            except grpc.RpcError as error:
                failed.append(error)

        thread = threading.Thread(target=create)
        thread.start()
        eventually(lambda: listener.heard)
        assert "budget of 2 calls in 5 minutes" in listener.heard[0][1]
        face.stub.Cancel(empty_pb2.Empty())
        thread.join(PATIENCE)
        assert not thread.is_alive(), "it went on waiting for the budget"
    status = status_pb2.Status.FromString(dict(failed[0].trailing_metadata())["grpc-status-details-bin"])
    half = messages.ErrorResourceInitFailed()
    status.details[0].Unpack(half)
    assert [item["id"] for item in platform.objects("channel")] == [half.id], "the id is not lost"
    assert "cancelled" in half.reasons[0]


def test_a_run_after_a_cancelled_one_waits_again(native: Face, platform: Platform) -> None:
    native.stub.Cancel(empty_pb2.Empty())
    native.configure()
    platform.faults.add({"path": "/live/channelManage/getChannelConfigure", "kind": "refuse"})
    inputs, _ = native.check("Channel", CHANNEL)
    native.create("Channel", inputs)


def test_custom_timeouts_bound_a_wait(serving: Any, platform: Platform) -> None:
    with started("native", environment(serving[0], 2)) as face:
        face.configure()
        inputs, _ = face.check("Channel", CHANNEL)
        request = messages.CreateRequest(properties=face.pack("Channel", inputs), timeout=30, **face.about("Channel"))
        with pytest.raises(grpc.RpcError, match="customTimeouts"):
            face.stub.Create(request)
    assert len(platform.objects("channel")) == 1


def test_custom_timeouts_bound_a_vendor_that_is_slow(native: Face, platform: Platform) -> None:
    slow = {"path": "/live/channelManage/createChannel", "kind": "slow", "seconds": 3}
    platform.faults.add(slow)
    inputs, _ = native.check("Channel", CHANNEL)
    request = messages.CreateRequest(properties=native.pack("Channel", inputs), timeout=2, **native.about("Channel"))
    with pytest.raises(grpc.RpcError) as caught:
        native.stub.Create(request)
    assert caught.value.code() is grpc.StatusCode.UNKNOWN, "the call went out, so the object may be there"
    assert "`livechannels orphans` tells whether Channel 'Main stage' is there" in caught.value.details()


@pytest.mark.parametrize("times", [1, 20])
def test_a_signal_ends_the_process_without_a_word(serving: Any, times: int) -> None:
    import signal

    with started("native", environment(serving[0], 0)) as face:
        face.configure()
        for _ in range(times):
            face.process.send_signal(signal.SIGINT)
        assert face.process.wait(PATIENCE) == 0
        assert face.process.stderr is not None
        assert face.process.stderr.read() == ""


def test_the_plugin_ends_with_an_engine_that_was_killed(tmp_path: Path) -> None:
    note = tmp_path / "port"
    command = [sys.executable, *COMMANDS["native"]]
    script = (
        "import subprocess, os\n"
        f"child = subprocess.Popen({command!r}, stdout=subprocess.PIPE, text=True)\n"
        f"open({str(note)!r}, 'w').write(child.stdout.readline())\n"
        "os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
    with grpc.insecure_channel(f"127.0.0.1:{note.read_text().strip()}") as channel:
        stub = provider_pb2_grpc.ResourceProviderStub(channel)
        eventually(lambda: not answers(stub))


def answers(stub: Any) -> bool:
    """Whether a plugin is there."""
    try:
        stub.GetPluginInfo(empty_pb2.Empty(), timeout=PATIENCE)
    except grpc.RpcError:
        return False
    return True


@pytest.mark.rule("R20")
@pytest.mark.parametrize("kind", ["native", "dynamic"])
def test_a_provider_whose_engine_was_killed_ends_and_begins_no_call(
    serving: Any, platform: Platform, kind: str
) -> None:
    """Three processes, as with Python programs: the engine, a shell between, and the provider, which waits for budget."""
    with started(kind, environment(serving[0], 2)) as face:
        face.configure()
        inputs, _ = face.check("Channel", CHANNEL)
        request = messages.CreateRequest(properties=face.pack("Channel", inputs), **face.about("Channel"))
        waiting = face.stub.Create.future(request)
        eventually(lambda: platform.objects("channel"))
        calls = len(platform.journal)
        assert face.process.stdout is not None
        face.process.stdout.close()  # all that the provider can see of an engine that was killed
        assert face.process.wait(PATIENCE) == 1
        assert waiting.exception() is not None
        assert len(platform.journal) == calls
