"""`LIVECHANNELS_LOG` on both faces and the commands: every call is seen by who asked, and no secret is."""

from __future__ import annotations

import json
import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

import grpc
import pytest
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc, plugin_pb2
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, Listener, started
from kit import KINDS
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment
from pulumi_livechannels.plugin.servicer import Servicer

pytestmark = pytest.mark.slow

SOURCE = "rtmp://origin.example.net/app/guestcanary?token=tokencanary"
GUEST = {**KINDS["PullChannel"].example, "sourceUrl": SOURCE}
CREATE = "/live/channelManage/createPullChannel"
LINE = re.compile(r"(/\S+) (.*) -> (\w+)( \S+)? in \d+ ms(, request id \S+)?")


def no_secret_in(text: str) -> None:
    for secret in ("canary", quote("/app/"), "emulator-secret-key", "Signature="):
        assert secret not in text


def a_whole_life(face: Face, platform: Platform) -> None:
    """With a create that is refused before, in words that repeat its address in several escapings."""
    echoes = [SOURCE, quote(SOURCE, safe=""), json.dumps(SOURCE), SOURCE.encode().hex()]
    for echo in echoes:
        body = json.dumps({"code": 1000, "message": f"bad {echo}"})
        platform.faults.add({"path": CREATE, "kind": "answer", "status": 400, "body": body})
        with pytest.raises(grpc.RpcError):
            face.create("PullChannel", GUEST)
    live = face.create("PullChannel", GUEST)
    face.delete("PullChannel", live)


@pytest.mark.rule("R28")
def test_the_plugins_lines_are_shown_beside_their_resource(
    serving: Any, platform: Platform, engine: tuple[str, Listener]
) -> None:
    """The engine hides what a plugin writes to stderr, so it is told each line."""
    address, listener = engine
    with started("native", {**environment(serving[0], 0), "LIVECHANNELS_LOG": "debug"}) as face:
        face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
        face.configure()
        a_whole_life(face, platform)
        face.process.kill()
        assert face.process.stderr is not None
        assert face.process.stderr.read() == ""
    assert set(listener.severities) == {engine_pb2.INFO}
    assert {urn for urn, _ in listener.heard} == {face.about("PullChannel")["urn"]}
    lines = [LINE.fullmatch(text.removeprefix("livechannels debug: ")) for _, text in listener.heard]
    assert all(lines)
    told = [(line[1], line[3]) for line in lines if line]
    assert told.count((CREATE, "RefusedError")) == 4
    assert told.count((CREATE, "ok")) == 1
    assert len(told) == len(platform.journal)
    no_secret_in(str(listener.heard))


def test_an_engine_that_is_gone_keeps_nothing_waiting(serving: Any, platform: Platform) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{nobody.getsockname()[1]}"
        with started("native", {**environment(serving[0], 0), "LIVECHANNELS_LOG": "debug"}) as face:
            face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
            face.configure()
            face.create("PullChannel", GUEST)
    assert len(platform.objects("pullChannel")) == 1


def test_an_engine_that_did_not_take_a_line_is_not_told_another(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Deaf:
        def __init__(self, channel: Any) -> None:
            pass

        def Log(self, request: Any, timeout: float) -> None:
            asked.append(request.message)
            raise grpc.RpcError

    monkeypatch.setattr(engine_pb2_grpc, "EngineStub", Deaf)
    servicer = Servicer("0.1.0")
    for engine in ("first", "second"):
        servicer.Attach(plugin_pb2.PluginAttach(address=engine), None)
        servicer._debug(f"to the {engine}")
        servicer._debug("lost")
    servicer._warn("a warning is tried all the same")
    assert asked == ["to the first", "to the second", "a warning is tried all the same"]


@pytest.mark.rule("R28")
def test_both_faces_and_the_commands_append_to_one_private_file(
    serving: Any, platform: Platform, tmp_path: Path
) -> None:
    file = tmp_path / "calls.log"
    surroundings = {**environment(serving[0], 0), "LIVECHANNELS_LOG": str(file), "LIVECHANNELS_BUDGET_STORE": "memory"}
    for name in ("native", "dynamic"):
        with started(name, surroundings) as face:
            face.configure()
            a_whole_life(face, platform)
    command = [sys.executable, "-m", "pulumi_livechannels.cli", "import", "--out", str(tmp_path / "import.json")]
    subprocess.run(command, env={**os.environ, **surroundings}, check=True, capture_output=True)
    lines = [line.split(" ", 2) for line in file.read_text().splitlines()]
    assert all(LINE.fullmatch(call) for _, _, call in lines)
    assert len(lines) == len(platform.journal)
    assert len({process for _, process, _ in lines}) == 3
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    no_secret_in(file.read_text())


@pytest.mark.parametrize("name", ["native", "dynamic"])
def test_a_file_that_cannot_be_written_is_told_once_and_stops_nothing(
    serving: Any, platform: Platform, engine: tuple[str, Listener], tmp_path: Path, name: str
) -> None:
    address, listener = engine
    surroundings = {**environment(serving[0], 0), "LIVECHANNELS_LOG": str(tmp_path)}
    with started(name, surroundings) as face:
        if name == "native":
            face.stub.Handshake(messages.ProviderHandshakeRequest(engine_address=address))
        face.configure()
        face.configure()
        face.create("PullChannel", GUEST)
        face.process.kill()
        assert face.process.stderr is not None
        told = str(listener.heard) + face.process.stderr.read()
    assert told.count("the file of LIVECHANNELS_LOG cannot be written (Is a directory)") == 1
