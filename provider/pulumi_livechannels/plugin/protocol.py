"""The engine's protocol, without the rest of Pulumi's SDK, which would take longer to load than this whole provider."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import (
        engine_pb2,
        engine_pb2_grpc,
        plugin_pb2,
        provider_pb2,
        provider_pb2_grpc,
        status_pb2,
    )
else:
    _HOME = "pulumi.runtime.proto"
    if _HOME not in sys.modules:
        # Finding the SDK runs nothing of it; its protocol modules know each other by their place alone.
        _HOME = f"{__package__}.sdk_protocol"
        _folder = ModuleType(_HOME)
        _folder.__path__ = [
            str(Path(place, "runtime", "proto")) for place in find_spec("pulumi").submodule_search_locations
        ]
        sys.modules[_HOME] = _folder
    engine_pb2, engine_pb2_grpc, plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2 = (
        import_module(f"{_HOME}.{name}")
        for name in ("engine_pb2", "engine_pb2_grpc", "plugin_pb2", "provider_pb2", "provider_pb2_grpc", "status_pb2")
    )

# A state may be large.
CHANNEL_OPTIONS = [("grpc.max_receive_message_length", 400 * 1024 * 1024)]

__all__ = [
    "CHANNEL_OPTIONS",
    "engine_pb2",
    "engine_pb2_grpc",
    "plugin_pb2",
    "provider_pb2",
    "provider_pb2_grpc",
    "status_pb2",
]
