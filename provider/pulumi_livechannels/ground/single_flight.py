"""Identical questions that are on their way at the same time share one answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class SingleFlight:
    """Who asks what somebody is asking already waits for that answer; nothing is kept once it is there."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[Hashable, Future[Any]] = {}

    def ask(self, key: Hashable, ask: Callable[[], T]) -> T:
        """The answer to a question. Who waits for one that fails asks anew, for an error is about one call."""
        with self._lock:
            theirs = self._under_way.get(key)
            if theirs is None:
                mine: Future[T] = Future()
                self._under_way[key] = mine
        if theirs is not None:
            return ask() if theirs.exception() else theirs.result()
        try:
            mine.set_result(ask())
        except BaseException as error:
            mine.set_exception(error)
        finally:
            with self._lock:
                del self._under_way[key]
        return mine.result()
