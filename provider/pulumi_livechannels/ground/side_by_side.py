"""The same work for many things, several at once, for whoever may be interrupted while all of them wait for the budget.

An executor of the standard library is waited for at the end of the process, whatever its threads are waiting for.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


def side_by_side(work: Callable[[T], R], items: Sequence[T], at_once: int) -> Iterator[R]:
    """What `work` answers for each, in their order. Whoever stops asking stops the rest, and waits for none of it."""
    answers: list[Future[R]] = [Future() for _ in items]
    left = deque(zip(answers, items, strict=True))
    for _ in range(min(at_once, len(items))):
        threading.Thread(target=_work_off, args=(work, left), daemon=True).start()
    try:
        for answer in answers:
            yield answer.result()
    finally:
        left.clear()


def _work_off(work: Callable[[T], R], left: deque[tuple[Future[R], T]]) -> None:
    while True:
        try:
            answer, item = left.popleft()
        except IndexError:
            return
        try:
            answer.set_result(work(item))
        except BaseException as error:
            answer.set_exception(error)
