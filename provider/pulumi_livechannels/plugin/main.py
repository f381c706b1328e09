"""`pulumi-resource-livechannels`: serves the provider on a loopback port and prints that, as the engine expects."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from concurrent import futures
from importlib import import_module
from typing import TYPE_CHECKING, Any

import grpc

from ..ground.orphaned import end_with_the_engine
from .protocol import CHANNEL_OPTIONS, provider_pb2_grpc

if TYPE_CHECKING:
    from .servicer import Servicer

# The engine asks for as many things at once as its user allows; the vendor's latency is waited out in parallel.
THREADS = 64
GRACE_SECONDS = 4.0
PARENT_LOOK_SECONDS = 2.0


def version() -> str:
    """The package's version, as Pulumi writes versions."""
    from importlib.metadata import version as installed

    return installed("pulumi-livechannels")


class Later:
    """The servicer, which is loaded while the engine connects: it waits for the port, and asks for nothing before."""

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._servicer: Servicer | None = None

    def __getattr__(self, name: str) -> Callable[[Any, Any], Any]:
        def handle(request: Any, context: Any) -> Any:
            return getattr(self.loaded(), name)(request, context)

        return handle

    def loaded(self) -> Servicer:
        """The servicer, and with it what the engine asks for first."""
        with self._loading:
            if self._servicer is None:
                from .servicer import Servicer

                import_module("pulumi_livechannels.resources")
                self._servicer = Servicer(version())
            return self._servicer


def main() -> None:
    """Serve until the engine, or a person, says stop."""
    parent = os.getppid()
    end_with_the_engine()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=THREADS), options=CHANNEL_OPTIONS)
    servicer: Any = Later()
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()

    def stop() -> None:
        # What is under way may finish and be answered, so that no id is lost.
        servicer.Cancel(None, None)
        server.stop(GRACE_SECONDS)

    for each in (signal.SIGINT, signal.SIGTERM):
        # In a thread of its own: the locks that this takes could be held by what the signal interrupts.
        signal.signal(each, lambda *_: threading.Thread(target=stop).start())
    print(port, flush=True)
    threading.Thread(target=servicer.loaded, daemon=True).start()
    # An engine that was killed can say nothing, and nobody else would end this process.
    while server.wait_for_termination(PARENT_LOOK_SECONDS):
        if os.getppid() != parent:
            os._exit(1)
