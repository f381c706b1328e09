"""Both faces behind one set of verbs: the calls that the engine makes, in its order, over real gRPC."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc
from pulumi.runtime.proto import provider_pb2 as messages

from kit import PATIENCE, inherited
from pulumi_livechannels import dynamic
from pulumi_livechannels.dynamic.resource import stored
from pulumi_livechannels.plugin.codec import decode, encode

COMMANDS = {
    "dynamic": ["-u", "-m", "pulumi.dynamic"],
    "native": ["-c", "from pulumi_livechannels.plugin.main import main; main()"],
}


@dataclass
class Live:
    """An object as a face handed it over."""

    id: str
    state: dict[str, Any]


class Face:
    """One face's process, and the engine's calls with plain dictionaries. `self.stub` takes anything else."""

    def __init__(self, name: str, stub: Any, process: subprocess.Popen[str]) -> None:
        self.name = name
        self.stub = stub
        self.process = process

    def configure(self, **config: Any) -> None:
        prefix = "livechannels:" if self.name == "dynamic" else ""
        args = encode({f"{prefix}{key}": value for key, value in config.items()}, {})
        self.stub.Configure(messages.ConfigureRequest(args=args, acceptSecrets=True), timeout=PATIENCE)

    def about(self, kind: str) -> dict[str, str]:
        urn = f"urn:pulumi:dev::test::my:component:Around$livechannels:index:{kind}::name"
        return {"urn": urn, "name": "name", "type": f"livechannels:index:{kind}"}

    def pack(self, kind: str, values: dict[str, Any], secrets: Any = None) -> Any:
        held = {"__provider": stored(dynamic.PROVIDERS[kind])} if self.name == "dynamic" else {}
        return encode({**held, **values}, secrets or {})

    def unpack(self, struct: Any) -> dict[str, Any]:
        values = decode(struct)[0]
        values.pop("__provider", None)
        return {key: value for key, value in values.items() if value is not None}

    def check(self, kind: str, news: dict[str, Any], olds: dict[str, Any] | None = None) -> tuple[Any, list[Any]]:
        request = messages.CheckRequest(news=self.pack(kind, news), **self.about(kind))
        if olds:
            request.olds.CopyFrom(self.pack(kind, olds))
        answer = self.stub.Check(request)
        return self.unpack(answer.inputs), [(failure.property, failure.reason) for failure in answer.failures]

    def create(self, kind: str, news: dict[str, Any]) -> Live:
        inputs, failures = self.check(kind, news)
        assert not failures, failures
        made = self.stub.Create(messages.CreateRequest(properties=self.pack(kind, inputs), **self.about(kind)))
        return Live(made.id, self.unpack(made.properties))

    def read(self, kind: str, live: Live, inputs: dict[str, Any]) -> dict[str, Any] | None:
        answer = self.stub.Read(
            messages.ReadRequest(
                id=live.id,
                properties=self.pack(kind, live.state),
                inputs=self.pack(kind, inputs),
                **self.about(kind),
            )
        )
        return self.unpack(answer.properties) if answer.id else None

    def diff(self, kind: str, live: Live, news: dict[str, Any], **more: Any) -> Any:
        request = messages.DiffRequest(
            id=live.id, olds=self.pack(kind, live.state), news=self.pack(kind, news), **self.about(kind), **more
        )
        return self.stub.Diff(request)

    def update(self, kind: str, live: Live, news: dict[str, Any]) -> Live:
        request = messages.UpdateRequest(
            id=live.id, olds=self.pack(kind, live.state), news=self.pack(kind, news), **self.about(kind)
        )
        return Live(live.id, self.unpack(self.stub.Update(request).properties))

    def delete(self, kind: str, live: Live) -> None:
        self.stub.Delete(messages.DeleteRequest(id=live.id, properties=self.pack(kind, live.state), **self.about(kind)))


@contextmanager
def started(name: str, surroundings: dict[str, str]) -> Iterator[Face]:
    """A face's process, as the engine starts it."""
    with subprocess.Popen(
        [sys.executable, *COMMANDS[name]],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Each process counts for itself: the next test may get the same port within 5 minutes.
        env={**inherited(), "LIVECHANNELS_BUDGET_STORE": "memory", **surroundings},
    ) as process:
        try:
            assert process.stdout is not None
            with grpc.insecure_channel(f"127.0.0.1:{process.stdout.readline().strip()}") as channel:
                yield Face(name, provider_pb2_grpc.ResourceProviderStub(channel), process)
        finally:
            process.kill()


class Listener(engine_pb2_grpc.EngineServicer):
    """The engine's ear: keeps what a provider says."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        self.severities: list[Any] = []

    def Log(self, request: Any, context: Any) -> Any:
        self.severities.append(request.severity)
        self.heard.append((request.urn, request.message))
        return empty_pb2.Empty()
