"""`make bench calls`: how many calls each operation takes, beside the fewest that could do.

Stacks of several sizes in accounts of several sizes, on an emulated platform, with as many things at once as the two
faces take. An engine's own work between two steps is a pause under a lock, which is what its state file is.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import partial
from typing import Any

from pulumi_livechannels import config
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.custody import Holder
from pulumi_livechannels.core.lifecycle import Lifecycle
from pulumi_livechannels.core.values.times import VENDOR_TIME, VENDOR_ZONE
from pulumi_livechannels.emulator.platform import Platform
from pulumi_livechannels.emulator.server import environment, running
from pulumi_livechannels.emulator.wangsu import channels, recording
from pulumi_livechannels.emulator.wangsu.wire import Call
from pulumi_livechannels.resources import RESOURCES

STOP = (datetime.now(timezone.utc) + timedelta(hours=5)).isoformat(timespec="seconds")
KINDS = {kind.__name__: kind for kind in RESOURCES}
PAGE = 50
# What the engine takes to write its state down after a step; the shortest that a test machine shows.
PACE_SECONDS = 0.004
STACKS, ACCOUNTS = (10, 200, 1000), (1_000, 20_000)
AT_ONCE = {"Python classes": 4, "plugin": 64}


@dataclass
class Held:
    """What a stack holds of one object."""

    id: str
    inputs: dict[str, Any]
    state: dict[str, Any]


@dataclass
class Bench:
    """One emulated account, and runs of a stack in it."""

    port: int
    platform: Platform
    at_once: int

    def run(self, **settings: str) -> dict[str, Lifecycle]:
        """A provider process, whose journal begins empty."""
        account = Account(config.load({"budgetStore": "memory", **settings}, environment(self.port, 0)), lambda _: None)
        self.platform.journal.clear()
        return {name: Lifecycle(kind, account) for name, kind in KINDS.items()}

    def each(self, act: Callable[[Any], Any], things: Sequence[Any]) -> list[Any]:
        """As an engine does: so many at once, and its own work after each."""
        writing = threading.Lock()

        def step(thing: Any) -> Any:
            done = act(thing)
            with writing:
                time.sleep(PACE_SECONDS)
            return done

        with ThreadPoolExecutor(self.at_once) as pool:
            return list(pool.map(step, things))

    @property
    def calls(self) -> int:
        """What the journal of the run holds."""
        return len(self.platform.journal)

    def fill(self, name: str, number: int) -> None:
        """Put others' objects of a kind into the account."""
        for index in range(number if name in FILLERS else 0):
            made = FILLERS[name](index, self.platform.store)
            kind, key = name[0].lower() + name[1:], made.get("pullId") or made["directoryId"]
            # An hour after one another, as people make them.
            at = datetime.now(VENDOR_ZONE) + timedelta(hours=index)
            row = {**(self.platform.store.get(kind, key) or {}), "createTime": at.strftime(VENDOR_TIME)}
            self.platform.store.put(kind, key, row)

    def hosts(self, number: int) -> list[str]:
        """Channels to record and to relay, by their ids."""
        return [FILLERS["Channel"](index, self.platform.store)["pullId"] for index in range(number)]


def _call(make: Callable[[Call], Any], **words: str) -> Callable[[int, Any], Any]:
    return lambda number, store: make(Call({key: value.format(number) for key, value in words.items()}, store))


FILLERS: dict[str, Callable[[int, Any], Any]] = {
    "Channel": _call(
        channels.create_channel,
        channelName="other {}",
        channelType="live",
        pushDomain="push.example.com",
        pullRate="0",
    ),
    "PullChannel": _call(
        channels.create_pull_channel,
        channelName="other {}",
        sourcePullUrl="rtmp://other.example.net/app/{}",
        sourcePullProtocol="0",
        pullDomain="pull.example.com",
        pullRate="0",
    ),
    "RecordDirectory": _call(recording.directory_create, directoryType="other{}", firstLevelDirectory="other{}"),
}
WANTED: dict[str, Callable[[int, list[str]], dict[str, Any]]] = {
    "Channel": lambda number, hosts: {
        "channelName": f"own {number}",
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source"],
    },
    "PullChannel": lambda number, hosts: {
        "channelName": f"own {number}",
        "sourceUrl": f"rtmp://origin.example.net/app/{number}",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    },
    "RecordDirectory": lambda number, hosts: {"directoryType": f"own{number}", "path": f"own/{number}"},
    "RecordTask": lambda number, hosts: {"pullId": hosts[number], "endTime": STOP},
    "ForwardTask": lambda number, hosts: {
        "pullId": hosts[number],
        "forwardUrl": f"rtmp://relay.example.net/app/{number}",
        "endTime": STOP,
    },
}


def _read(kind: Lifecycle, held: Held) -> None:
    kind.read(held.id, held.state)


TASKS = ("RecordTask", "ForwardTask")


def measure(name: str, number: int, others: int, at_once: int) -> dict[str, tuple[int, int]]:
    """By operation, the calls that it took and the fewest that could do, for the oldest objects of an account."""
    with running(quota=0) as (port, platform):
        bench = Bench(port, platform, at_once)
        together = min(at_once, PAGE)
        pages = math.ceil((number + (others if name in FILLERS else 0)) / PAGE)
        found: dict[str, tuple[int, int]] = {}

        def holder(index: int) -> Holder:
            return Holder(urn=f"urn:pulumi:dev::bench::livechannels:index:{name}::r{index}")

        def create(index: int) -> Held:
            inputs = kind.check(WANTED[name](index, hosts), None, holder(index)).inputs
            made = kind.create(inputs, holder(index))
            return Held(made.id, inputs, made.state)

        def change(held: Held) -> None:
            kind.update(held.id, held.state, {**held.inputs, "channelName": f"new {held.id}"})

        hosts = bench.hosts(number) if name in TASKS else []
        kind = bench.run()[name]
        stack = bench.each(create, range(number))
        found["up, new"] = bench.calls, FEWEST_NEW[name](number, together)
        bench.fill(name, others)
        for depth in ("full", "listed"):
            refreshing = bench.run(driftDepth=depth)[name]
            bench.each(partial(_read, refreshing), stack)
            if name in ("Channel", "PullChannel"):
                # A stack's channels are as old as one another, so pages of a list by age have them together.
                by_pages = math.inf if depth == "full" else math.ceil(number / PAGE)
            else:
                by_pages = pages
            found[f"refresh, {depth}"] = bench.calls, int(min(number, by_pages))
        if "channelName" in stack[0].inputs:
            kind = bench.run()[name]
            bench.each(change, stack)
            found["up, all renamed"] = bench.calls, 2 * number
        if name not in ("Channel", "PullChannel"):
            return found
        gone, there = stack[: number // 2], stack[number // 2 :]
        kind = bench.run()[name]
        bench.each(lambda held: kind.delete(held.id, held.state), there)
        found[f"destroy of {len(there)}"] = bench.calls, 2 * math.ceil(len(there) / together)
        for held in gone:
            platform.store.remove(name[0].lower() + name[1:], held.id)
        pages = math.ceil((others + 1) / PAGE)
        kind = bench.run()[name]
        bench.each(partial(_read, kind), gone)
        found[f"refresh of {len(gone)} that are gone"] = bench.calls, len(gone) + pages
        kind = bench.run()[name]
        bench.each(lambda held: kind.delete(held.id, held.state), gone)
        asked = math.ceil(len(gone) / together)
        found[f"destroy of {len(gone)} that are gone"] = bench.calls, asked + len(gone) + pages
        return found


FEWEST_NEW: dict[str, Callable[[int, int], int]] = {
    # Made, read, and a page for those at once, for the SRT address.
    "Channel": lambda number, together: 2 * number + math.ceil(number / together),
    "PullChannel": lambda number, together: 2 * number,
    "RecordDirectory": lambda number, together: number,
    # A look before, so that none is started twice; made; and a page for those at once.
    "RecordTask": lambda number, together: 2 * number + math.ceil(number / together),
    # A look before and one after, as the platform would start an equal one.
    "ForwardTask": lambda number, together: 3 * number,
}


# Up to here nobody needs a reason.
AS_GOOD_AS_LEAST = 1.05
WHY = {
    "up, new": "the first go before the others are there, and what is made while a page is read needs another one",
    "refresh, full": "a list may be short, so 4 pages are looked at; and nobody says how many will be asked for, "
    "so 10 are read singly before the list is read on",
    "refresh, listed": "nobody says how many will be asked for, so 10 are read singly before pages are; and where in "
    "the list an age stands, and how long the list is, only pages show",
    "destroy of gone": "the pages of a scan overlap by a row, so that nothing moves between two of them unseen",
    "destroy of": "a call takes 50, and those under way at once are no multiple of it",
}
WHY["refresh of gone"] = WHY["destroy of gone"]


def told(what: str, used: int, least: int) -> str:
    """Both numbers, their ratio, and where that is not as good as the least the reason."""
    ratio = f"{used}/{least} = {used / least:.2f}"
    if used <= AS_GOOD_AS_LEAST * least:
        return ratio
    verb = re.sub(r" \d+( that are)?", "", what)
    return f"{ratio} ({WHY.get(verb, 'and no reason is known')})"


def table() -> dict[str, dict[str, Any]]:
    """Every kind, stack, account and face."""
    found: dict[str, dict[str, Any]] = {}
    for name in WANTED:
        for number in STACKS:
            for account in ACCOUNTS:
                for face, at_once in AT_ONCE.items():
                    measured = measure(name, number, account - number, at_once)
                    found[f"{number} {name} of {account}, {face}"] = {
                        what: told(what, used, least) for what, (used, least) in measured.items()
                    }
    return found
