"""`make bench emulator`: what one emulator bears, as a service of a whole test run.

50 stacks at once make 20,000 channels, some with a recording and a relay, read them twice as a refresh does while a day
passes on the platform, and take them away. The emulator is a process of its own, in memory and then with a state file.
Its processor time says how many calls a second it answers where its clients leave it a core.
"""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Any

from pulumi_livechannels.emulator.wangsu import auth

STACKS, CHANNELS, PAGE, PROCESSES = 50, 400, 50, 2
HOURS, HOUR, CLOCK_SECONDS = 24, 3600, 1.0
EVERY = 10
MANAGE, RELAY = "/live/channelManage/", "/live/forwardTask/startForwardTask"


class Caller:
    """The connection of one stack, and how many calls went over it."""

    def __init__(self, port: int, stack: int) -> None:
        self.connection = HTTPConnection("127.0.0.1", port)
        self.host = f"127.0.0.1:{port}"
        self.calls = 0
        # No signature may be repeated, and each type of content has one of its own.
        self.types = (f"application/json;call={stack}-{number}" for number in count())

    def ask(self, path: str, **fields: Any) -> Any:
        """The data of a call that has to succeed."""
        body, signed = json.dumps(fields).encode(), "content-type;host"
        headers = {
            "content-type": next(self.types),
            "host": self.host,
            "x-cnc-timestamp": str(int(time.time())),
            "x-cnc-accesskey": auth.ACCESS_KEY,
            "x-cnc-auth-method": "AKSK",
        }
        signature = auth.cnc_signature(auth.SECRET_KEY, "POST", path, headers, signed, body)
        scheme = f"CNC-HMAC-SHA256 Credential={auth.ACCESS_KEY}, SignedHeaders={signed}, Signature={signature}"
        self.connection.request("POST", path, body, {**headers, "authorization": scheme})
        answer = json.loads(self.connection.getresponse().read())
        self.calls += 1
        assert answer["code"] == 200, (path, answer)
        return answer["data"]


def play(port: int, stack: int) -> int:
    """One stack from its first `up` to its end; answers how many calls it took."""
    caller = Caller(port, stack)
    wanted = {"channelType": "live", "pushDomain": f"push{stack}.example.com", "pullRate": "0,3"}
    keys = [
        caller.ask(f"{MANAGE}createChannel", channelName=f"{stack}-{number}", **wanted)["pullId"]
        for number in range(CHANNELS)
    ]
    for key in keys[::EVERY]:
        # Longer than the day that passes meanwhile, so that no start finds its end in the past.
        end = int(time.time()) + 2 * HOURS * HOUR
        caller.ask(f"{MANAGE}createRecordTask", pullId=key, quickStart=False, startTime=end - HOUR, endTime=end)
        caller.ask(RELAY, pullId=key, forwardUrl="rtmp://relay.example.net/app/key", endTime=end)
    for _ in range(2):
        for key in keys:
            caller.ask(f"{MANAGE}getChannelConfigure", pullId=key)
        for page in range(math.ceil(CHANNELS / PAGE)):
            caller.ask(f"{MANAGE}getChannelList", pageIndex=1 + page * STACKS, pageSize=PAGE)
            caller.ask(f"{MANAGE}recordTaskListQuery", pullId=keys[page * EVERY], pageIndex=1, pageSize=PAGE)
    for first in range(0, CHANNELS, PAGE):
        caller.ask(f"{MANAGE}deleteChannel", pullId=",".join(keys[first : first + PAGE]))
    return caller.calls


def play_some(port: int, stacks: range) -> int:
    """Several stacks at once in a process of their own."""
    with ThreadPoolExecutor(len(stacks)) as pool:
        return sum(pool.map(lambda stack: play(port, stack), stacks))


def _a_day(port: int, over: Event) -> Iterator[None]:
    for _ in range(HOURS):
        if over.wait(CLOCK_SECONDS):
            return
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("POST", "/_emulator/clock", json.dumps({"seconds": HOUR}))
        connection.getresponse().read()
        yield


def measure(*options: str) -> dict[str, Any]:
    """One run against an emulator with these options."""
    command = [sys.executable, "-m", "pulumi_livechannels.cli", "emulator", "--quota", "0", "--format", "json"]
    served = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
    assert served.stdout is not None
    port = int(json.loads(served.stdout.readline())["LIVECHANNELS_ENDPOINT"].rpartition(":")[2])
    over, hours = Event(), []
    clock = Thread(target=lambda: hours.extend(_a_day(port, over)))
    clock.start()
    started = time.monotonic()
    with ProcessPoolExecutor(PROCESSES) as pool:
        parts = [pool.submit(play_some, port, range(first, STACKS, PROCESSES)) for first in range(PROCESSES)]
        calls = sum(part.result() for part in parts)
    seconds = time.monotonic() - started
    over.set()
    clock.join()
    served.send_signal(signal.SIGTERM)
    _, status, used = os.wait4(served.pid, 0)
    served.returncode = os.waitstatus_to_exitcode(status)
    served.stdout.close()
    busy = used.ru_utime + used.ru_stime
    # Linux counts in kilobytes, macOS in bytes.
    peak = used.ru_maxrss / (1 if sys.platform == "darwin" else 1 / 1024)
    return {
        "stacks at once": STACKS,
        "channels": STACKS * CHANNELS,
        "hours passed": len(hours),
        "calls": calls,
        "seconds": round(seconds, 1),
        "calls a second, clients on the same cores": round(calls / seconds),
        "calls a second of processor time": round(calls / busy),
        "most memory, MB": round(peak / 1e6),
    }


def borne() -> dict[str, Any]:
    """In memory, and with a state file."""
    with tempfile.TemporaryDirectory() as scratch:
        return {"in memory": measure(), "with --state": measure("--state", str(Path(scratch) / "platform.sqlite"))}
