"""Asks functions: inputs are checked, equal questions share one answer, and an answer is kept for a while."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, TypeVar

from ..ground.errors import Changed, InputError, LiveChannelsError
from ..ground.language import tr
from ..vendors.calling import not_understood
from .check import require
from .function import Function, Progress

if TYPE_CHECKING:
    from .account import Account

T = TypeVar("T")
F = TypeVar("F", bound=Function[Any])


class _Kept(Future[dict[str, Any]]):
    """An answer, there or on its way. `until` is when it is too old for a new question."""

    def __init__(self, until: float) -> None:
        super().__init__()
        self.until = until


def ask(
    account: Account,
    kind: type[Function[Any]],
    inputs: Mapping[str, Any],
    progress: Progress | None = None,
    *,
    anew: bool = False,
) -> dict[str, Any]:
    """The answer of a function; `anew` takes no earlier one, but joins a question that is on its way.

    Raises:
        InputError: a rule is broken; nothing was sent.
        LiveChannelsError: there is no answer.
    """
    return account.shared("asker", lambda: _Asker(account)).ask(kind, inputs, progress, anew=anew)


def question(account: Account, kind: type[F], inputs: Mapping[str, Any]) -> tuple[F, Any]:
    """A function and what it is asked, checked.

    Raises:
        InputError: a rule is broken.
    """
    function = kind(account)
    want = require(kind.inputs(), inputs, None, account.clock.now())
    problems = function.problems(want)
    if problems:
        raise InputError(problems)
    return function, want


def understood(function: Function[Any], find: Callable[[], T]) -> T:
    """What `find` answers for a function.

    Raises:
        LiveChannelsError: there is no answer, with the function's name; or a value of it has a form that nobody knows.
    """
    try:
        return find()
    except LiveChannelsError as told:
        told.operation = told.operation or function.name()
        # A function only reads.
        told.changed = Changed.NO
        raise
    except (ValueError, OverflowError):
        # The text of such an error may quote what it was about, and that may be a stream's address.
        error = not_understood(tr("a value in it has none of the forms that are known"))
        error.operation, error.changed = function.name(), Changed.NO
        raise error from None


class _Asker:
    """All questions of one account within one run."""

    def __init__(self, account: Account) -> None:
        # Only functions about channels tell of what resources write.
        account.when_written(lambda: self._forget("index"))
        self._account = account
        self._lock = threading.Lock()
        self._answers: dict[str, _Kept] = {}

    def ask(
        self,
        kind: type[Function[Any]],
        inputs: Mapping[str, Any],
        progress: Progress | None = None,
        *,
        anew: bool = False,
    ) -> dict[str, Any]:
        """Take the answer that is there, wait for the one on its way, or find it."""
        function, want = question(self._account, kind, inputs)
        key = json.dumps([kind.module, kind.name(), want.plain()], sort_keys=True)
        with self._lock:
            now = self._account.clock.monotonic()
            self._answers = {held: kept for held, kept in self._answers.items() if kept.until > now or not kept.done()}
            theirs = self._answers.get(key)
            if theirs is not None and anew and theirs.done():
                theirs = None
            if theirs is None:
                mine = self._answers[key] = _Kept(now + kind.seconds_kept)
        if theirs is not None:
            return theirs.result()
        try:
            mine.set_result(understood(function, lambda: function.answer(want, progress)))
        except BaseException as error:
            # An error is for those who waited for this very call; whoever asks later tries anew.
            with self._lock:
                self._answers.pop(key, None)
            mine.set_exception(error)
        return mine.result()

    def _forget(self, module: str) -> None:
        with self._lock:
            self._answers = {key: kept for key, kept in self._answers.items() if json.loads(key)[0] != module}
