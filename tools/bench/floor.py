"""The floor under a measurement: the same resources on a provider that does nothing, and the same calls alone."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from typing import Any

from pulumi_livechannels.core.fields import properties
from pulumi_livechannels.core.listing import PAGE_SIZE
from pulumi_livechannels.emulator.server import HOST
from pulumi_livechannels.resources import RESOURCES
from pulumi_livechannels.vendors.wangsu.channels import GetChannelConfigure, GetChannelList

AT_ONCE = 4
# It declares the same properties, and keeps the same defaults, outputs and secrets in the state.
PROVIDER = """
import json
from pathlib import Path
import pulumi
from pulumi.dynamic import CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider
SHAPES = json.loads(Path(__file__).with_name("shapes.json").read_text())
class Nothing(ResourceProvider):
    serialize_as_secret_always = False
    def check(self, olds, news):
        return CheckResult({**SHAPES[self.kind]["defaults"], **news}, [])
    def diff(self, _id, olds, news):
        return DiffResult(changes=False)
    def create(self, props):
        return CreateResult("0" * 32, {**props, **SHAPES[self.kind]["made"]})
    def read(self, id_, props):
        return ReadResult(id_, props)
def floor(kind):
    shape = SHAPES[kind]
    provider = globals()[f"{kind}Nothing"] = type(f"{kind}Nothing", (Nothing,), {"kind": kind, "__module__": __name__})
    class Floor(Resource, module="bench", name=kind):
        def __init__(self, name, **props):
            props |= {key: pulumi.Output.secret(props[key]) for key in shape["secrets"] if key in props}
            hidden = pulumi.ResourceOptions(additional_secret_outputs=shape["secrets"])
            super().__init__(provider(), name, {**dict.fromkeys(shape["declared"]), **props}, hidden)
    return Floor
for kind in SHAPES:
    globals()[kind] = floor(kind)
"""
# The same reads, signed and sent by as many threads as the dynamic face has, and their answers left unread.
CALLS = """
import json, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
import requests
from pulumi_livechannels.emulator.wangsu.auth import ACCESS_KEY, SECRET_KEY
from pulumi_livechannels.vendors.wangsu.signing import KeyPairSigner
base, threads = sys.argv[1], int(sys.argv[2])
signer, held = KeyPairSigner(ACCESS_KEY, SECRET_KEY), threading.local()
def send(call):
    if not hasattr(held, "session"):
        held.session = requests.Session()
    path, fields = call
    request = signer.sign("POST", base, path, json.dumps(fields).encode(), time.time())
    held.session.post(request.url, data=request.body, headers=request.headers).raise_for_status()
calls = json.load(sys.stdin)
started = time.monotonic()
with ThreadPoolExecutor(threads) as pool:
    list(pool.map(send, calls))
print(time.monotonic() - started)
"""


def shapes() -> dict[str, Any]:
    """What the floor's resources have in common with ours, by kind."""
    url = "rtmp://push.example.com/live/0123456789abcdef0123456789abcdef"
    play = {"protocol": "rtmp", "rate": "source", "domain": "pull.example.com", "url": url}
    values = {"pullUrls": [play, play], "createTime": "2026-11-21T20:00:00+08:00", "playerId": "default-player"}
    found = {}
    for kind in RESOURCES:
        inputs, outputs = properties(kind.inputs), properties(kind.outputs)
        every = {**inputs, **outputs}
        found[kind.__name__] = {
            "declared": [item.name for item in every.values()],
            "secrets": [item.name for item in every.values() if item.flags.secret],
            "defaults": {item.name: item.default for item in inputs.values() if item.default is not None},
            "made": {
                item.name: values.get(key, url if item.flags.secret else "0" * 32)
                for key, item in every.items()
                if key in outputs or item.flags.filled
            },
        }
    return found


def refresh_calls_alone(port: int, channels: list[str]) -> float:
    """Seconds that the calls of a refresh take by themselves: the pages of the list, and a read of each channel."""
    pages = range(1, math.ceil(len(channels) / PAGE_SIZE) + 1)
    calls = [
        *((GetChannelList.path, {"pageIndex": page, "pageSize": PAGE_SIZE}) for page in pages),
        *((GetChannelConfigure.path, {"pullId": key}) for key in channels),
    ]
    command = [sys.executable, "-c", CALLS, f"http://{HOST}:{port}", str(AT_ONCE)]
    done = subprocess.run(command, input=json.dumps(calls), text=True, check=True, capture_output=True)
    return float(done.stdout)
