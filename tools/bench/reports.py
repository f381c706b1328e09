"""What a wide report costs: calls against the fewest possible, seconds, and memory against the answer itself."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from typing import Any

from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.emulator.server import environment, running

DAYS, DOMAINS = 90, 100
# The report, its words, and the fewest calls: windows of one call times groups of 20 domains.
WIDE = {
    "getDomainTraffic": ({}, math.ceil(DAYS / 31) * math.ceil(DOMAINS / 20)),
    "getTrafficByIspProvince": ({"groupBy": ["domain"]}, math.ceil(DAYS / 7) * math.ceil(DOMAINS / 20)),
}
# In a process of its own, whose memory is that of the report alone.
CHILD = """
import gc, json, resource, sys, time
from datetime import datetime, timedelta
from pulumi_livechannels import config
from pulumi_livechannels.core.account import Account
from pulumi_livechannels.core.check import require
from pulumi_livechannels.core.values.times import VENDOR_ZONE
from pulumi_livechannels.reports import REPORTS
name, days, domains, words = json.loads(sys.argv[1])
kind = next(kind for kind in REPORTS if kind.name() == name)
today = datetime.now(VENDOR_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
def ask(days, domains):
    query = {"domains": [f"d{n}.example.com" for n in range(domains)], "interval": "5m", **words,
             "startTime": (today - timedelta(days=days + 1)).isoformat(),
             "endTime": (today - timedelta(days=1)).isoformat()}
    report = kind(Account(config.load({}), print))
    return report.answer(require(kind.inputs(), query, None, time.time()))
def held():
    gc.collect()
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
ask(1, 1)
before = held()
started = time.monotonic()
answer = ask(days, domains)
seconds = time.monotonic() - started
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"seconds": seconds, "answer": held() - before, "peak": peak - before,
                  "slots": sum(len(row["series"]) for row in answer["rows"])}))
"""

# The same for the command, whose answer goes into a file.
WRITER = """
import json, resource, sys
from pulumi_livechannels.cli.main import app
app(["report", *sys.argv[1:]], standalone_mode=False)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_maxrss, used.ru_utime + used.ru_stime]))
"""


def wide() -> dict[str, Any]:
    """90 days of 100 domains in slots of 5 minutes, in one row and in a row for each domain."""
    found = {}
    command = [sys.executable, "-m", "pulumi_livechannels.cli", "emulator", "--quota", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            assert emulator.stdout is not None
            variables: dict[str, str] = {}
            while len(variables) < len(environment(0, 0)):
                name, _, value = emulator.stdout.readline().strip().partition("=")
                variables[name] = value
            for name, (words, fewest) in WIDE.items():
                found[name] = _one(name, words, fewest, variables)
        finally:
            emulator.terminate()
    return found


def to_a_file() -> dict[str, Any]:
    """200 domains in slots of 5 minutes for 26 and for 182 days into CSV: memory must not grow with the answer."""
    found: dict[str, Any] = {}
    with running(quota=0) as (port, platform), tempfile.TemporaryDirectory() as folder:
        today = datetime.now(VENDOR_ZONE).date()
        domains = ",".join(f"d{number}.example.com" for number in range(200))
        for days in (26, 182):
            platform.journal.clear()
            window = ("--from", str(today - timedelta(days=days)), "--to", str(today), "--interval", "5m")
            out = f"{folder}/{days}.csv"
            words = ["getTrafficByIspProvince", "--domain", domains, "--group-by", "domain", *window, "--out", out]
            variables = {**os.environ, **environment(port, 0), "XDG_CACHE_HOME": folder}
            done = subprocess.run(
                [sys.executable, "-c", WRITER, *words], env=variables, check=True, capture_output=True, text=True
            )
            peak, seconds = json.loads(done.stdout)
            slots = days * 288 * 200
            found[f"{days} days"] = {
                "slots": slots,
                "calls": len(platform.journal),
                "fewest calls": math.ceil(days / 7) * 10,
                "CPU, µs a slot": round(1e6 * seconds / slots, 2),
                "peak, MB": round(peak / 1024),
            }
    found["memory, 182 days to 26"] = round(found["182 days"]["peak, MB"] / found["26 days"]["peak, MB"], 2)
    return found


def _one(name: str, words: dict[str, Any], fewest: int, variables: dict[str, str]) -> dict[str, Any]:
    import requests

    door = f"{variables['LIVECHANNELS_ENDPOINT']}/_emulator"
    before = len(requests.get(f"{door}/journal", timeout=60).json())
    arguments = json.dumps([name, DAYS, DOMAINS, words])
    done = subprocess.run(
        [sys.executable, "-c", CHILD, arguments],
        env={**os.environ, **variables},
        check=True,
        capture_output=True,
        text=True,
    )
    told = json.loads(done.stdout)
    calls = len(requests.get(f"{door}/journal", timeout=60).json()) - before - 1
    return {
        "calls": calls,
        "fewest calls": fewest,
        "slots": told["slots"],
        "seconds": round(told["seconds"], 1),
        "answer, MB": round(told["answer"] / 1e6),
        "peak, MB": round(told["peak"] / 1e6),
        "memory, peak to answer": round(told["peak"] / max(1, told["answer"]), 2),
    }
