"""What tests of single actions share: a signed call, the door, and the shape that the contract gives an answer."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import requests

from kit import PATIENCE, Stage
from pulumi_livechannels.emulator.wangsu import auth
from pulumi_livechannels.vendors.wangsu.signing import KeyPairSigner

CONTRACT = json.loads((Path(__file__).parent.parent / "contract" / "wangsu.json").read_text())["actions"]
PATHS = {path.rsplit("/", 1)[-1]: path for path in CONTRACT}
SUCCESS = 200
TYPES = {"string": str, "int": int, "bool": bool}


def call(stage: Stage, action: str, **fields: Any) -> dict[str, Any]:
    """The whole answer to a signed call of an action."""
    stage.clock.let_pass(1)
    request = KeyPairSigner(auth.ACCESS_KEY, auth.SECRET_KEY).sign(
        "POST", f"http://127.0.0.1:{stage.port}", PATHS[action], json.dumps(fields).encode(), stage.clock.now()
    )
    return requests.post(request.url, data=request.body, headers=request.headers, timeout=PATIENCE).json()


def ask(stage: Stage, action: str, **fields: Any) -> Any:
    """The data of a call that has to succeed."""
    answer = call(stage, action, **fields)
    assert answer["code"] == SUCCESS, answer
    return answer["data"]


def code(stage: Stage, action: str, **fields: Any) -> int:
    """The code of a call."""
    return call(stage, action, **fields)["code"]


def knock(stage: Stage, method: str, path: str, content: Any = None, **more: Any) -> requests.Response:
    """A call of the emulator's own door."""
    return requests.request(
        method, f"http://127.0.0.1:{stage.port}/_emulator/{path}", json=content, timeout=PATIENCE, **more
    )


def door(stage: Stage, method: str, path: str, content: Any = None) -> Any:
    """What the emulator's own door answers to a call that has to succeed."""
    answer = knock(stage, method, path, content)
    assert answer.ok, answer.text
    return answer.json()


def objects(stage: Stage, kind: str) -> dict[str, dict[str, Any]]:
    """What the platform holds of a kind, by id."""
    return {item["id"]: item for item in door(stage, "GET", f"objects?kind={kind}")}


def a_channel(stage: Stage, **changes: Any) -> str:
    """A channel with two protocols and two rates."""
    fields = {"channelName": "Main", "channelType": "live", "pushDomain": "push.example.com"}
    return ask(stage, "createChannel", **{**fields, "pullRate": "0,3", "pullProtocol": "0,2", **changes})["pullId"]


def a_pull_channel(stage: Stage) -> str:
    """A channel that pulls its source."""
    source = {"sourcePullUrl": "rtmp://origin.example.net/a/b", "sourcePullProtocol": "0"}
    return ask(stage, "createPullChannel", channelName="Guest", pullDomain="play.example.com", pullRate="0", **source)[
        "pullId"
    ]


def packed(content: Any) -> str:
    """JSON as the two configurations of a channel carry it."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


def assert_shaped(value: Any, contract: dict[str, Any], where: str) -> None:
    """Exactly the contract's fields, of the contract's types, at every depth."""
    if contract["type"].startswith("array"):
        assert isinstance(value, list), where
    elif contract["type"] != "object":
        assert type(value) is TYPES[contract["type"]], where
    if "fields" in contract:
        for item in value if isinstance(value, list) else [value]:
            assert set(item) == set(contract["fields"]), where
            for name, inner in contract["fields"].items():
                assert_shaped(item[name], inner, f"{where}.{name}")
