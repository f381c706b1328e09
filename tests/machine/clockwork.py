"""Time that nobody waits for, and a process memory that can be lost: both inside this one process.

The provider asks the modules `time` and `threading` for time; it is given others that read one fake clock. What a
provider process would hold in modules is put back to how it was after the import, as if the process were a new one.
"""

from __future__ import annotations

import copy
import importlib
import pkgutil
import random
import sys
import threading
import time
import types
import uuid
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pulumi_livechannels
from pulumi_livechannels.ground.company import Company

# A Monday at midnight, UTC: every run begins then, so that a replay is the same run.
BEGIN = 1_767_571_200.0
PACKAGE = "pulumi_livechannels"
NOT_OF_THE_PROVIDER = (f"{PACKAGE}.emulator", f"{PACKAGE}.cli", f"{PACKAGE}.snippets", f"{PACKAGE}.stubs")
WAITING = ("clock", "deadline")
# What ends the process of a provider whose engine is gone would end this one.
ENDS = "end_with_the_engine"
MOST_NAPS = 20_000
MUTABLE = (dict, list, set, deque)


class Killed(BaseException):
    """The provider process is gone, with a call under way. No handler of an ordinary error may see it."""


class Clock:
    """Seconds that pass when somebody sleeps, or when they are let pass.

    A process that sleeps for ever is put to death, for nobody else would end it.
    """

    def __init__(self) -> None:
        self.passed = 0.0
        self.naps = 0

    def now(self) -> float:
        return BEGIN + self.passed

    def let_pass(self, seconds: float) -> None:
        self.passed += max(0.0, seconds)
        self.naps += 1
        if self.naps > MOST_NAPS:
            raise Killed


clock = Clock()


class _Event(threading.Event):
    """Waiting for a bounded time takes none, unless another thread may have something to say."""

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is None:
            return super().wait()
        if not self.is_set():
            clock.let_pass(timeout)
        return self.is_set()


class _Time(types.ModuleType):
    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def time() -> float:
        return clock.now()

    @staticmethod
    def monotonic() -> float:
        return clock.passed

    @staticmethod
    def sleep(seconds: float) -> None:
        clock.let_pass(seconds)


class _Threading(types.ModuleType):
    Event = _Event

    def __getattr__(self, name: str) -> Any:
        return getattr(threading, name)


@cache
def _modules() -> list[types.ModuleType]:
    for found in pkgutil.walk_packages(pulumi_livechannels.__path__, f"{PACKAGE}."):
        if not found.name.startswith(NOT_OF_THE_PROVIDER) and not found.name.endswith("__main__"):
            importlib.import_module(found.name)
    return [
        module
        for name, module in sorted(sys.modules.items())
        if name.split(".")[0] == PACKAGE and not name.startswith(NOT_OF_THE_PROVIDER)
    ]


class Memory:
    """What modules held after their import."""

    def __init__(self) -> None:
        self._held: list[tuple[dict[str, Any], str, Any, Any]] = []
        for module in _modules():
            for name, value in vars(module).items():
                if name.startswith("__") or isinstance(value, (type, types.ModuleType, types.FunctionType)):
                    continue
                kept = copy.copy(value) if isinstance(value, MUTABLE) else None
                self._held.append((vars(module), name, value, kept))

    def lose(self) -> None:
        """The process is gone, and a new one begins."""
        for holder, name, value, kept in self._held:
            if holder.get(name) is not value:
                holder[name] = value
            if kept is not None and value != kept:
                value.clear()
                value.update(kept) if isinstance(value, (dict, set)) else value.extend(kept)


@cache
def _memory() -> Memory:
    return Memory()


def forget_everything() -> None:
    """Begin with the memory of a new process."""
    _memory().lose()


@contextmanager
def fake_time(seed: int) -> Iterator[Clock]:
    """The provider's time and chance are ours: the clock begins anew, and jitter follows the seed."""
    fakes = {"time": (time, _Time("time")), "threading": (threading, _Threading("threading"))}
    forget_everything()
    # It does one thing after the other, so that the first of them has nobody to wait for.
    changed: list[tuple[Any, str, Any]] = [(Company, "beginning", Company.beginning)]
    Company.beginning = lambda _: 0.0  # type: ignore[method-assign]
    for module in _modules_with_time():
        for name, (real, fake) in fakes.items():
            if vars(module).get(name) is real and (name == "time" or _waits(module)):
                changed.append((module, name, real))
                setattr(module, name, fake)
    for module in _modules():
        if ENDS in vars(module):
            changed.append((module, ENDS, vars(module)[ENDS]))
            setattr(module, ENDS, lambda: None)
    chance, unique = random.getstate(), uuid.uuid4
    random.seed(seed)
    uuid.uuid4 = lambda: uuid.UUID(int=random.getrandbits(128), version=4)
    clock.passed, clock.naps = 0.0, 0
    try:
        yield clock
    finally:
        random.setstate(chance)
        uuid.uuid4 = unique
        for module, name, real in changed:
            setattr(module, name, real)


def _waits(module: types.ModuleType) -> bool:
    """Whether a module's events are for waiting; elsewhere threads tell each other something with them."""
    return module.__name__.rpartition(".")[2] in WAITING


@cache
def _modules_with_time() -> list[types.ModuleType]:
    return [module for module in _modules() if vars(module).get("time") is time or _waits(module)]
