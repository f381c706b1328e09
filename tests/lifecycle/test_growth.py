"""A provider that runs for days: nothing of it grows with what it has done."""

from __future__ import annotations

import gc
import os
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import pulumi_livechannels
from kit import Stage, eventually
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.ground.http import Answer, Request

pytestmark = pytest.mark.slow

OPERATIONS = 10_000
# The interpreter keeps some of what was freed for later, by 60 kB more at most and only in the beginning; one object
# kept by each read would be 120 kB.
BEGINNING = 4_000
LEEWAY_BYTES = 60_000
KINDS = ("Channel", "PullChannel", "RecordDirectory", "ForwardTask", "ChannelStateCallback")
OURS = Path(pulumi_livechannels.__file__).parent


class Direct:
    """A transport without a network."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def send(self, request: Request) -> Answer:
        address = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        outcome = self._platform.serve(request.method, address.path, {**headers, "host": address.netloc}, request.body)
        return Answer(outcome.answer.status, {}, outcome.answer.text.encode())


def work(stage: Stage) -> Callable[[int], None]:
    """Objects of a stack, and what an engine does with them again and again: check, plan, read, update."""
    held = {}
    for name in KINDS:
        inputs = (
            {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/0"}
            if name == "ChannelStateCallback"
            else stage.sample(name)
        )
        held[name] = (inputs, stage.up(name, name, **inputs), stage.holder(name, name))

    def operate(operations: int) -> None:
        for number in range(operations):
            name = KINDS[number // 4 % len(KINDS)]
            inputs, made, holder = held[name]
            verbs = stage.of(name)
            if number % 4 == 0:
                assert not verbs.check(inputs, inputs, holder).problems
            elif number % 4 == 1:
                assert not verbs.plan(made.id, made.state, inputs, holder).any
            elif number % 4 == 2:
                assert verbs.read(made.id, made.state, holder)
            else:
                change = {"Channel": "channelName", "PullChannel": "channelName"}.get(name)
                wanted = {**inputs, change: f"Name {number % 7}"} if change else inputs
                assert not verbs.update(made.id, made.state, wanted, holder).unfinished
        stage.platform.journal.clear()

    return operate


def held_bytes() -> int:
    """Memory that was taken in our own files and is still held; the emulator keeps what it is told."""
    gc.collect()
    ours = [tracemalloc.Filter(True, str(OURS / "*")), tracemalloc.Filter(False, str(OURS / "emulator" / "*"))]
    traced = tracemalloc.take_snapshot().filter_traces(ours[:1]).filter_traces(ours[1:])
    return sum(trace.size for trace in traced.traces)


def open_files() -> int:
    return len(os.listdir("/dev/fd"))


@pytest.mark.rule("R42")
def test_ten_thousand_operations_leave_no_thread_no_file_and_no_memory_behind(stage: Stage) -> None:
    stage.account.wangsu._transport = Direct(stage.platform)  # type: ignore[assignment]
    operate = work(stage)
    operate(200)
    tracemalloc.start()
    try:
        operate(BEGINNING)
        threads, files, size = threading.active_count(), open_files(), held_bytes()
        operate(OPERATIONS)
        assert held_bytes() - size < LEEWAY_BYTES
        assert threading.active_count() <= threads
        assert open_files() <= files
    finally:
        tracemalloc.stop()


@pytest.mark.rule("R42")
def test_connections_are_used_again(stage: Stage) -> None:
    operate = work(stage)
    operate(40)
    threads, files = threading.active_count(), open_files()
    operate(400)
    # On a busy machine the emulator's side of a call may still be closing.
    eventually(lambda: threading.active_count() <= threads and open_files() <= files)
