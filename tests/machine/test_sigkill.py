"""The same death for real: a provider process gets SIGKILL while its call is under way, and another one takes over.

Few runs, because each starts processes; what they show is that the machine's own deaths are like real ones.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2 as messages

from faces_kit import Face, started
from kinds import MAKES
from kit import KINDS, OBJECTS
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running
from pulumi_livechannels.emulator.wangsu.channels import create_channel
from pulumi_livechannels.emulator.wangsu.wire import Call

from .faces import FACES

pytestmark = pytest.mark.slow

NATURAL = ("RecordDirectory", "RecordTask", "ForwardTask")


@pytest.fixture(scope="module")
def serving() -> Iterator[tuple[int, Platform]]:
    with running(quota=0) as held:
        yield held


def _wanted(platform: Platform, kind: str) -> dict[str, Any]:
    if kind == "RecordDirectory":
        return dict(KINDS[kind].example)
    words = {"channelName": "host", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}
    create_channel(Call(words, platform.store))
    stop = datetime.now(timezone.utc) + timedelta(hours=2)
    key = next(iter(platform.store.all("channel")))
    return {**KINDS[kind].example, "pullId": key, "endTime": stop.isoformat(timespec="seconds")}


def _killed_at_its_create(platform: Platform, face: Face, kind: str, inputs: dict[str, Any]) -> None:
    """SIGKILL once the platform has carried the create out, and before the provider hears of it."""
    serve = platform.serve

    def watched(method: str, target: str, headers: Any, body: bytes) -> Any:
        outcome = serve(method, target, headers, body)
        if target == MAKES[kind]:
            face.process.kill()
            face.process.wait()
        return outcome

    platform.serve = watched  # type: ignore[method-assign]
    checked, failures = face.check(kind, inputs)
    assert not failures
    call = face.stub.Create.future(messages.CreateRequest(properties=face.pack(kind, checked), **face.about(kind)))
    with pytest.raises(grpc.RpcError):
        call.result()
    platform.serve = serve  # type: ignore[method-assign]


@pytest.mark.rule("R19")
@pytest.mark.parametrize("kind", NATURAL)
@pytest.mark.parametrize("name", FACES)
def test_what_a_killed_process_was_making_is_there_once_after_the_next_run(
    serving: tuple[int, Platform], name: str, kind: str
) -> None:
    port, platform = serving
    platform.reset()
    inputs = _wanted(platform, kind)
    with started(name, environment(port, 0)) as face:
        face.configure()
        _killed_at_its_create(platform, face, kind, inputs)
    with started(name, environment(port, 0)) as face:
        face.configure()
        live = face.create(kind, inputs)
    assert [item["id"] for item in platform.objects(OBJECTS[kind])] == [live.id]
