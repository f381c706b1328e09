"""Both faces behind the engine's own verbs, each in a process that can die: its memory goes, what it sent stays sent.

Values of a state stay the protobuf structs that a face answered, because that is what an engine hands back to it.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator, Mapping
from concurrent import futures
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime.proto import engine_pb2_grpc, provider_pb2_grpc, status_pb2
from pulumi.runtime.proto import provider_pb2 as messages

import pulumi_livechannels
from kit import PATIENCE
from pulumi_livechannels.plugin.servicer import Servicer

from .clockwork import MOST_NAPS, Killed, forget_everything
from .world import World

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
PROVIDER = "__provider"
ADOPT = "adopt"
FACES = ("native", "dynamic")
SECRET_INPUTS = {"streamCheck", "sourceUrl", "forwardUrl"}
Struct = struct_pb2.Struct


class Failed(Exception):
    """A verb that a face refused; `half` is what is kept of an object that was half made."""

    def __init__(self, code: str, text: str, half: Any = None) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.half = half


def pack(values: Mapping[str, Any], secrets: frozenset[str] | set[str] = frozenset()) -> Struct:
    """Plain values as the engine sends them."""
    struct = Struct()
    for key, value in values.items():
        if value is not None:
            struct[key] = {SIGNATURE: SECRET, "value": value} if key in secrets else value
    return struct


def unpack(struct: Struct) -> dict[str, Any]:
    """The plain values in what the engine holds."""
    return {key: _plain(value) for key, value in struct.fields.items() if key != PROVIDER}


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _plain(fields["value"]) if "value" in fields else UNKNOWN
        return {key: _plain(item) for key, item in fields.items()}
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    return getattr(value, kind) if kind not in (None, "null_value") else None


def type_of(face: str, kind: str) -> str:
    return f"livechannels:index:{kind}" if face == "native" else f"pulumi-python:dynamic/livechannels:{kind}"


def urn_of(face: str, kind: str, name: str) -> str:
    return f"urn:pulumi:dev::machine::{type_of(face, kind)}::{name}"


def program_inputs(face: str, kind: str, name: str, inputs: Mapping[str, Any], adopt: str | None) -> Struct:
    """What a program sends for a resource: for the Python classes, whatever their constructor adds."""
    if face == "native":
        return pack(inputs, SECRET_INPUTS)
    given = {re.sub(r"(?<!^)(?=[A-Z])", "_", key).lower(): value for key, value in inputs.items()}
    if adopt is not None:
        given[ADOPT] = adopt
    return pack(_props_of_class(kind, name, given))


def _props_of_class(kind: str, name: str, given: dict[str, Any]) -> dict[str, Any]:
    """The properties that a Python program's class hands to the SDK, under the names that the SDK stores."""
    caught: dict[str, Any] = {}

    def catch(self: Any, token: str, resource_name: str, props: Any, opts: Any = None) -> None:
        caught.update({self.translate_input_property(key): value for key, value in props.items()})

    real_init, real_secret = pulumi.CustomResource.__init__, pulumi.Output.secret
    try:
        pulumi.CustomResource.__init__ = catch  # type: ignore[method-assign,assignment]
        pulumi.Output.secret = staticmethod(lambda value: value)  # type: ignore[assignment,method-assign]
        getattr(pulumi_livechannels, kind)(name, **given)
    finally:
        pulumi.CustomResource.__init__ = real_init  # type: ignore[method-assign]
        pulumi.Output.secret = real_secret  # type: ignore[method-assign]
    return caught


@cache
def sdk_host() -> ModuleType:
    """The SDK's host of dynamic providers. The module serves as soon as it is imported, so not with its last line."""
    spec = find_spec("pulumi.dynamic.__main__")
    assert spec is not None
    assert spec.origin is not None
    tree = ast.parse(Path(spec.origin).read_text())
    tree.body = [part for part in tree.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Call))]
    host = ModuleType("pulumi.dynamic.__main__")
    exec(compile(tree, spec.origin, "exec"), vars(host))
    return host


class _Ear(engine_pb2_grpc.EngineServicer):
    """The engine's ear for what a native provider says."""

    def __init__(self) -> None:
        self.world: World | None = None

    def Log(self, request: Any, context: Any) -> Any:
        if self.world is not None:
            self.world.say(f"log {request.urn}", request.message)
        return empty_pb2.Empty()


class _Door(provider_pb2_grpc.ResourceProviderServicer):
    """Where the engine knocks. Behind it the process of the moment answers, or dies."""

    def __init__(self) -> None:
        self.servicer: Any = None


def _through(verb: str) -> Any:
    def call(self: _Door, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return getattr(self.servicer, verb)(request, context)
        except Killed:
            context.abort(grpc.StatusCode.UNAVAILABLE, "the provider was killed")

    return call


for _verb in ("Handshake", "CheckConfig", "Configure", "Check", "Diff", "Create", "Read", "Update", "Delete", "Cancel"):
    setattr(_Door, _verb, _through(_verb))


class _Aborted(Exception):
    """A call that was answered with a status, in a process that is called without a wire."""

    def __init__(self, code: grpc.StatusCode, text: str, metadata: Any) -> None:
        super().__init__(text)
        self._code, self._text, self._metadata = code, text, metadata

    def code(self) -> grpc.StatusCode:
        return self._code

    def details(self) -> str:
        return self._text

    def trailing_metadata(self) -> Any:
        return self._metadata


class _Context:
    """What a servicer may ask of a call's context."""

    def __init__(self) -> None:
        self._metadata: Any = ()
        self._code: Any = None

    def set_trailing_metadata(self, metadata: Any) -> None:
        self._metadata = metadata

    def code(self) -> Any:
        return self._code

    def is_active(self) -> bool:
        return True

    def time_remaining(self) -> None:
        return None

    def add_callback(self, callback: Any) -> bool:
        return True

    def abort(self, code: grpc.StatusCode, text: str) -> None:
        self._code = code
        raise _Aborted(code, text, self._metadata)


def _called(method: Any, request: Any) -> Any:
    """What gRPC makes of a method: whatever it raises is a status."""
    try:
        return method(request, _Context())
    except _Aborted:
        raise
    except Exception as error:
        raise _Aborted(grpc.StatusCode.UNKNOWN, f"Exception calling application: {error}", ()) from error


class Exchange:
    """One gRPC server for providers and one for the engine's ear, kept for as long as this process lives."""

    def __init__(self) -> None:
        self.door, self.ear = _Door(), _Ear()
        self._pool = futures.ThreadPoolExecutor(4)
        self._servers = [grpc.server(self._pool) for _ in range(2)]
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self.door, self._servers[0])
        engine_pb2_grpc.add_EngineServicer_to_server(self.ear, self._servers[1])
        ports = [server.add_insecure_port("127.0.0.1:0") for server in self._servers]
        for server in self._servers:
            server.start()
        self.engine_address = f"127.0.0.1:{ports[1]}"
        self.stub = provider_pb2_grpc.ResourceProviderStub(grpc.insecure_channel(f"127.0.0.1:{ports[0]}"))


@cache
def exchange() -> Exchange:
    """The one of this process."""
    return Exchange()


class Face:
    """A provider process, and the engine's calls to it."""

    def __init__(self, name: str, world: World, wired: bool) -> None:
        self.name = name
        self.world = world
        self._wired = wired

    def configure(self) -> None:
        if self.name == "dynamic":
            args = pack({f"livechannels:{key}": value for key, value in self.world.settings.items()})
            self._call("Configure", messages.ConfigureRequest(args=args))
            return
        self._call("Handshake", messages.ProviderHandshakeRequest(engine_address=exchange().engine_address))
        # All runs of this engine have one address, and none of them knows of another.
        exchange().door.servicer._run = None
        news = pack(self.world.settings, {"accessKey", "secretKey", "apiKey"})
        checked = self._call("CheckConfig", messages.CheckRequest(news=news))
        assert not checked.failures, checked.failures
        self._call("Configure", messages.ConfigureRequest(args=checked.inputs, acceptSecrets=True))

    def check(self, urn: str, news: Struct, olds: Struct | None) -> Struct:
        """The checked inputs.

        Raises:
            Failed: a rule is broken.
        """
        request = messages.CheckRequest(news=news, **about(urn))
        if olds is not None:
            request.olds.CopyFrom(olds)
        answer = self._call("Check", request)
        if answer.failures:
            text = "; ".join(f"{item.property} {item.reason}" for item in answer.failures)
            self.world.say(f"Check {urn}", text)
            raise Failed("CHECK", text)
        return answer.inputs

    def diff(self, urn: str, key: str, old_inputs: Struct, olds: Struct, news: Struct) -> Any:
        request = messages.DiffRequest(id=key, olds=olds, news=news, old_inputs=old_inputs, **about(urn))
        return self._call("Diff", request)

    def create(self, urn: str, inputs: Struct, preview: bool = False) -> tuple[str, Struct]:
        answer = self._call("Create", messages.CreateRequest(properties=inputs, preview=preview, **about(urn)))
        return answer.id, answer.properties

    def read(
        self, urn: str, key: str, inputs: Struct | None, olds: Struct | None
    ) -> tuple[Struct, Struct | None] | None:
        """Outputs and, where the face tells them, inputs; None for what is not there."""
        request = messages.ReadRequest(id=key, **about(urn))
        if olds is not None:
            request.properties.CopyFrom(olds)
        if inputs is not None:
            request.inputs.CopyFrom(inputs)
        answer = self._call("Read", request)
        if not answer.id:
            return None
        return answer.properties, (answer.inputs if answer.HasField("inputs") else None)

    def update(
        self, urn: str, key: str, old_inputs: Struct, olds: Struct, news: Struct, preview: bool = False
    ) -> Struct:
        request = messages.UpdateRequest(
            id=key, olds=olds, news=news, old_inputs=old_inputs, preview=preview, **about(urn)
        )
        return self._call("Update", request).properties

    def delete(self, urn: str, key: str, old_inputs: Struct, olds: Struct) -> None:
        self._call("Delete", messages.DeleteRequest(id=key, properties=olds, old_inputs=old_inputs, **about(urn)))

    def cancel(self) -> None:
        self._call("Cancel", empty_pb2.Empty())

    def _call(self, verb: str, request: Any) -> Any:
        self.world.serving = getattr(request, "urn", "")
        here = exchange()
        try:
            if self._wired:
                return getattr(here.stub, verb)(request, timeout=PATIENCE)
            return _called(getattr(here.door.servicer, verb), request)
        except (grpc.RpcError, _Aborted) as error:
            if self.world.dead or self.world.clock.naps > MOST_NAPS:
                raise Killed from None
            text = error.details() or ""
            self.world.say(f"{verb} {self.world.serving}", text)
            raise Failed(error.code().name, text, _half_of(error)) from None


def about(urn: str) -> dict[str, str]:
    return {"urn": urn, "name": urn.rpartition("::")[2], "type": urn.split("::")[2]}


def _half_of(error: Any) -> Any:
    """What is known of an object that exists and is not finished."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                half = messages.ErrorResourceInitFailed()
                if detail.Unpack(half):
                    return half
    return None


class _Stderr(io.TextIOBase):
    """What the provider process of the Python classes writes is shown to the user."""

    def __init__(self, world: World) -> None:
        self._world = world

    def write(self, text: str) -> int:
        self._world.say("stderr", text)
        return len(text)


SERVICERS: dict[str, Any] = {
    "native": lambda: Servicer("0.1.0"),
    "dynamic": lambda: sdk_host().DynamicResourceProviderServicer(),
}


@contextmanager
def process(name: str, world: World, wired: bool = True) -> Iterator[Face]:
    """A provider process for one operation of the engine; over gRPC, or its servicer called as gRPC would."""
    forget_everything()
    here = exchange()
    here.ear.world = world
    main, stderr = sys.modules["__main__"], sys.stderr
    here.door.servicer = SERVICERS[name]()
    if name == "dynamic":
        host = sdk_host()
        host._PROVIDER_CACHE.clear()
        sys.modules["__main__"] = host
        sys.stderr = _Stderr(world)
    try:
        face = Face(name, world, wired)
        face.configure()
        yield face
        face.cancel()
    finally:
        sys.modules["__main__"], sys.stderr = main, stderr
        here.door.servicer = here.ear.world = None
