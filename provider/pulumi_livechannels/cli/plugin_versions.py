"""What a process of Pulumi's says of itself, apart from `doctor`: gRPC and the SDK take long to load."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from pulumi.runtime.proto import language_pb2_grpc, provider_pb2_grpc


def of_language_host(host: str, patience: float) -> str | None:
    """The version of a language host; None where it does not answer within `patience` seconds."""
    return _said([host, "127.0.0.1:1"], language_pb2_grpc.LanguageRuntimeStub, patience)


def of_provider(plugin: str, patience: float) -> str | None:
    """The version of a provider's plugin; None where it does not answer within `patience` seconds."""
    return _said([plugin], provider_pb2_grpc.ResourceProviderStub, patience)


def _said(command: Sequence[str], stub: Callable[[grpc.Channel], Any], patience: float) -> str | None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8") as process:
        clock = threading.Timer(patience, process.kill)
        clock.start()
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            if not port.isdigit():
                return None
            # Whether it answers is one question, and a proxy in between another.
            with grpc.insecure_channel(f"127.0.0.1:{port}", [("grpc.enable_http_proxy", 0)]) as channel:
                return str(stub(channel).GetPluginInfo(Empty(), timeout=patience).version)
        except grpc.RpcError:
            return None
        finally:
            clock.cancel()
            process.kill()
