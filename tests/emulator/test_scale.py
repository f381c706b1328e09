"""An account of any size costs the same a call: what is counted is the work of the emulator, and never the time.

Work is the lines of the emulator that run; what a call leaves behind is counted in bytes.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from emulator_kit import PATHS
from kit import FakeClock
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.vendors.wangsu.signing import KeyPairSigner

FEW, MANY = 100, 3_000
CHANNEL = {"channelName": "c", "channelType": "live", "pushDomain": "push.example.com", "pullRate": "0"}


class Account:
    """A platform with some objects of each kind, called without a server in between."""

    def __init__(self, number: int, file: Path | None = None) -> None:
        self.clock = FakeClock()
        self.platform = Platform(file=file, quota=0, now=self.clock.now)
        self.signer = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY)
        self.channels = [self.ask("createChannel", **CHANNEL)["pullId"] for _ in range(number)]
        self.tasks = [self.record(key, transNo=key) for key in self.channels]
        for key in self.channels:
            self.relay(key)
        # What is forgotten after an hour goes with the next write of its kind, and not with a call that is counted.
        self.clock.let_pass(7200)
        extra = self.ask("createChannel", **CHANNEL)["pullId"]
        self.record(extra)
        self.relay(extra)

    def relay(self, key: str) -> None:
        self.ask("startForwardTask", pullId=key, forwardUrl="rtmp://relay.example.net/a/b")

    def record(self, key: str, **number: str) -> str:
        end = int(self.clock.now()) + 24 * 3600
        return self.ask("createRecordTask", pullId=key, quickStart=True, endTime=end, **number)["taskId"]

    def call(self, action: str, **fields: Any) -> Callable[[], Any]:
        """A signed call that waits to be made."""
        self.clock.let_pass(1)
        signed = self.signer.sign(
            "POST", "http://127.0.0.1:1", PATHS[action], json.dumps(fields).encode(), self.clock.now()
        )
        headers = {"host": "127.0.0.1:1", **{name.lower(): value for name, value in signed.headers.items()}}
        return lambda: self.platform.serve("POST", PATHS[action], headers, signed.body).answer.content

    def ask(self, action: str, **fields: Any) -> Any:
        answer = self.call(action, **fields)()
        assert answer["code"] == 200, answer
        return answer["data"]


@pytest.fixture(scope="module")
def accounts() -> tuple[Account, Account]:
    return Account(FEW), Account(MANY)


def work(call: Callable[[], Any]) -> int:
    """How many lines of the emulator run."""
    lines = 0

    def count(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return count if "emulator" in frame.f_code.co_filename else None

    before = sys.gettrace()
    sys.settrace(count)
    try:
        call()
    finally:
        sys.settrace(before)
    assert lines
    return lines


def calls(account: Account) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The calls of a day, about the oldest object of an account."""
    oldest, late = account.channels[0], FEW // 50
    for action in ("getChannelList", "recordTaskListQuery", "getForwardTaskList"):
        yield f"{action}, the newest", account.call(action, pageIndex=1, pageSize=50)
        yield f"{action}, later", account.call(action, pageIndex=late, pageSize=50)
    yield "createChannel", account.call("createChannel", **CHANNEL)
    yield "getChannelConfigure", account.call("getChannelConfigure", pullId=oldest)
    yield "channelEdit", account.call("channelEdit", pullId=oldest, channelName="new")
    yield "batchChannelLiveState", account.call("batchChannelLiveState", pullIds=oldest)
    yield "recordTaskQuery", account.call("recordTaskQuery", taskId=account.tasks[0])
    yield "recordTaskQuery by number", account.call("recordTaskQuery", transNo=oldest)
    yield "recordings of one", account.call("recordTaskListQuery", pullId=oldest, pageIndex=1, pageSize=50)
    yield "relays of one", account.call("getForwardTaskList", pullId=oldest, pageIndex=1, pageSize=50)
    yield "files of one", account.call("getRecordFileInfo", pullIds=oldest)
    yield "endRecordTask", account.call("endRecordTask", taskId=account.tasks[1])
    yield "a recording", lambda: account.record(account.channels[1])
    yield "a click", lambda: account.platform.edit("channel", oldest, {"channelName": "clicked"})
    yield "deleteChannel", account.call("deleteChannel", pullId=account.channels[2])


def test_a_call_costs_the_same_in_an_account_of_any_size(accounts: tuple[Account, Account]) -> None:
    few, many = ({name: work(call) for name, call in calls(account)} for account in accounts)
    assert {name: lines for name, lines in many.items() if lines > 1.1 * few[name]} == {}


def test_a_page_copies_nothing_of_the_list(accounts: tuple[Account, Account]) -> None:
    peaks = []
    for account in accounts:
        call = account.call("getChannelList", pageIndex=1, pageSize=50)
        tracemalloc.start()
        call()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_a_call_leaves_little_behind(accounts: tuple[Account, Account]) -> None:
    account = accounts[0]
    reads = [account.call("getChannelConfigure", pullId=account.channels[0]) for _ in range(1000)]
    tracemalloc.start()
    for read in reads:
        read()
    left = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    line = sys.getsizeof(dict(account.platform.journal[-1]))
    assert left / len(reads) < 2.5 * line, "its line in the journal, and its signature for five minutes"


def test_a_platform_is_brought_back_in_one_transaction(tmp_path: Path) -> None:
    saved = Account(4).platform.store.snapshot()
    account = Account(1, tmp_path / "platform.sqlite")
    done: list[str] = []
    assert account.platform.store._database is not None
    account.platform.store._database.set_trace_callback(done.append)
    account.platform.store.restore(saved)
    account.platform.store.close()
    assert [statement for statement in done if statement.startswith(("BEGIN", "COMMIT"))] == ["BEGIN", "COMMIT"]
    with sqlite3.connect(tmp_path / "platform.sqlite") as database:
        assert database.execute("SELECT COUNT(*) FROM objects").fetchone() == (15,)
    database.close()
