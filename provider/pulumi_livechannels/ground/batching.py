"""Joins calls that several threads make at the same moment into one, where the vendor takes many ids at once.

Whoever comes while a call is under way travels in the next one, which one of them leads; so do those who are expected
at the same moment (`ground.company`). Nobody sends for others once it has its own answer.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, TypeVar

from .company import Company, gather
from .errors import CancelledError, LiveChannelsError

V = TypeVar("V")


class _Ticket(Generic[V]):
    """One caller's question."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.answer: Future[V] = Future()


class Batcher(Generic[V]):
    """`send` takes the ids of one call and answers a value for each; ids it leaves out get `missing`.

    `company` tells how many may come at once.
    """

    def __init__(
        self, send: Callable[[list[str]], Mapping[str, V]], missing: V, company: Company, most: int = 50
    ) -> None:
        self._send = send
        self._missing = missing
        self._company = company
        self._most = most
        self._turn = threading.Condition()
        self._waiting: list[_Ticket[V]] = []
        self._sending = False

    def ask(self, key: str) -> V:
        """The value for one id.

        Raises:
            CancelledError: this caller's own time was over, or its run was cancelled, while it led the call.
            LiveChannelsError: what `send` raised for the call that carried this id; each caller has a copy of its own.
        """
        mine: _Ticket[V] = _Ticket(key)
        with self._turn:
            self._waiting.append(mine)
            self._turn.notify_all()
            self._turn.wait_for(lambda: mine.answer.done() or not self._sending)
            if mine.answer.done():
                return mine.answer.result()
            self._sending = True
            gather(self._turn, lambda: len(self._waiting), self._most, self._company)
            batch = self._take(mine)
        try:
            self._lead(batch)
        finally:
            with self._turn:
                self._sending = False
                # Whoever is without an answer still asks, and one of them leads.
                self._waiting[:0] = [ticket for ticket in batch if ticket is not mine and not ticket.answer.done()]
                self._turn.notify_all()
        return mine.answer.result()

    def _take(self, mine: _Ticket[V]) -> list[_Ticket[V]]:
        """The tickets of one call, the leader's among them; ids that are asked for twice travel once."""
        batch, left, keys = [mine], [], {mine.key}
        for ticket in self._waiting:
            if ticket.key in keys or len(keys) < self._most:
                keys.add(ticket.key)
                if ticket is not mine:
                    batch.append(ticket)
            else:
                left.append(ticket)
        self._waiting = left
        return batch

    def _lead(self, batch: list[_Ticket[V]]) -> None:
        try:
            values = self._send(list(dict.fromkeys(ticket.key for ticket in batch)))
        except CancelledError:
            # Its time was the leader's, not that of the others.
            raise
        except Exception as error:
            for ticket in batch:
                # Each caller fills in what it was doing.
                ticket.answer.set_exception(copy.copy(error) if isinstance(error, LiveChannelsError) else error)
        else:
            for ticket in batch:
                ticket.answer.set_result(values.get(ticket.key, self._missing))
