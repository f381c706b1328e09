"""Joins calls that several threads make at the same moment into one, where the vendor takes many ids at once.

The first caller goes at once; those who come while its call is under way travel together in the next one. Nobody waits
for a timer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, TypeVar

V = TypeVar("V")


class Batcher(Generic[V]):
    """`send` takes the ids of one call and answers a value for each; ids it leaves out get `missing`."""

    def __init__(self, send: Callable[[list[str]], Mapping[str, V]], missing: V, most: int = 50) -> None:
        self._send = send
        self._missing = missing
        self._most = most
        self._lock = threading.Lock()
        self._waiting: dict[str, Future[V]] = {}
        self._sending = False

    def ask(self, key: str) -> V:
        """The value for one id.

        Raises:
            LiveChannelsError: whatever `send` raised for the call that carried this id.
        """
        with self._lock:
            future = self._waiting.setdefault(key, Future())
            leader = not self._sending
            self._sending = True
        if leader:
            self._drain()
        return future.result()

    def _drain(self) -> None:
        while True:
            with self._lock:
                batch = dict(list(self._waiting.items())[: self._most])
                for key in batch:
                    del self._waiting[key]
                if not batch:
                    self._sending = False
                    return
            try:
                values = self._send(list(batch))
            except Exception as error:  # handed to each caller, who raises it in its own thread
                for future in batch.values():
                    future.set_exception(error)
                continue
            for key, future in batch.items():
                future.set_result(values.get(key, self._missing))
