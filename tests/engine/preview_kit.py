"""A stack before and after a pull request that does all that a preview can tell of, for both faces."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta, timezone
from typing import Any

from engine_kit import Stack

KEPT = ("op", "urn", "type", "id", "inputs", "outputs", "detailedDiff")


def resources(*, after: bool) -> dict[str, tuple[str, dict[str, Any]]]:
    """Each resource's kind and inputs, by its name."""
    in_a_day = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat(timespec="seconds")
    common = {"channelType": "live", "pushDomain": "push.example.com", "pullRates": ["source", "hd"]}

    def then(before: Any, afterwards: Any) -> Any:
        return afterwards if after else before

    def relay(of: str, key: str) -> tuple[str, dict[str, Any]]:
        return "ForwardTask", {"pullId": f"${{{of}.pullId}}", "forwardUrl": f"rtmp://relay.example.net/app/{key}"}

    guest = {
        "channelName": "Guest",
        "sourceUrl": then("rtmp://origin.example.net/app/geheim-1", "rtmp://origin.example.net/app/geheim-2"),
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }
    rates = {"pullRates": then(["source", "hd"], ["source"]), "videoEncryption": then("none", "hls")}
    name = then("Old name", "New | `name` of @team <b>")
    stack: dict[str, tuple[str, dict[str, Any]]] = {
        "recordings": ("RecordDirectory", {"directoryType": "matches", "path": "matches/2026"}),
        "main": ("Channel", common | {"channelName": "Main stage", "channelType": then("live", "event")}),
        "keyed": ("Channel", common | {"channelName": "Keyed", "pushKeyRotation": then("1", "2")}),
        "renamed": (
            "Channel",
            common | {"channelName": name, "streamCheck": then("geheim-check-1", "geheim-check-2")},
        ),
        "same": ("Channel", common | {"channelName": "Same"}),
        "rates": ("Channel", common | {"channelName": "Rates"} | rates),
        "guest": ("PullChannel", guest),
        "relay": relay("main", "geheim-3"),
        "moved": relay("same", then("geheim-4", "geheim-5")),
        "callback": (
            "ChannelStateCallback",
            {"pushDomain": "push.example.com", "notifyUrl": then("https://hook.example.com/1", "https://hook.example.com/2")},
        ),
        "signed": (
            "SignedPushUrl",
            {"pullId": "${same.pullId}", "effectiveHours": 2, "triggers": [then("1", "2")]},
        ),
    }  # fmt: skip
    if after:
        return stack | {
            "fresh": ("Channel", common | {"channelName": "Fresh"}),
            "ban": ("ChannelBan", {"pullId": "${same.pullId}"}),
            "cut": ("StreamDisconnect", {"pullId": "${same.pullId}"}),
        }
    return stack | {
        "gone": ("Channel", common | {"channelName": "Gone"}),
        "goneRelay": relay("gone", "geheim-6"),
        "recording": ("RecordTask", {"pullId": "${same.pullId}", "endTime": in_a_day}),
        "banned": ("ChannelBan", {"pullId": "${rates.pullId}"}),
    }


def in_yaml(stack: Stack, *, after: bool) -> None:
    """The project on the native plugin."""
    declared = {
        name: {"type": f"livechannels:{kind}", "properties": inputs}
        for name, (kind, inputs) in resources(after=after).items()
    }
    project = {"name": "test", "runtime": "yaml", "resources": declared}
    (stack.folder / "Pulumi.yaml").write_text(json.dumps(project))


def uncompiled(stack: Stack) -> None:
    """A project with what the host of YAML finds before it runs; its line is quoted there, secret and all."""
    common = {"channelType": "live", "pushDomain": "push.example.com", "streamCheck": "geheim-7"}
    declared = {
        "misspelt": {"type": "livechannels:Channel", "properties": common | {"channelNam": "Main"}},
        "ban": {"type": "livechannels:ChannelBan", "properties": {"pullId": "${misspelt.pullid}"}},
        "unknown": {"type": "livechannels:Chanel", "properties": common},
    }
    (stack.folder / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": "yaml", "resources": declared}))


def in_python(stack: Stack, *, after: bool) -> None:
    """The same in Python classes."""
    lines = []
    for name, (kind, inputs) in resources(after=after).items():
        words = ", ".join(f"{_snake(key)}={_value(value)}" for key, value in inputs.items())
        lines.append(f'{_snake(name)} = live.{kind}("{name}", {words})')
    stack.program("\n".join(lines))


def begin(stack: Stack, face: str) -> None:
    """The stack before the pull request, deployed; afterwards the program is the one of the pull request."""
    write = in_yaml if face == "native" else in_python
    stack.project("yaml" if face == "native" else stack.python)
    write(stack, after=False)
    stack.up()
    write(stack, after=True)


def slim(text: str) -> str:
    """A preview with what the tests need of it, and no path of a machine in it."""
    try:
        return json.dumps(_slim(json.loads(text)), indent=1) + "\n"
    except ValueError:
        events = [json.loads(line) for line in text.splitlines()]
        kept = [event for event in events if {"resourcePreEvent", "summaryEvent"} & event.keys() or _is_said(event)]
        return "".join(json.dumps(_slim(event)) + "\n" for event in kept)


def nameless(comment: str) -> str:
    """A comment without the ids that the platform gave."""
    return re.sub(r"\b[0-9a-f]{32}\b", "ID", comment)


def _is_said(event: dict[str, Any]) -> bool:
    return event.get("diagnosticEvent", {}).get("severity") not in (None, "debug")


def _slim(value: Any) -> Any:
    if isinstance(value, list):
        return [_slim(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "inputs" in value or "outputs" in value:
        return {key: value[key] for key in KEPT if value.get(key) is not None}
    gone = ("duration", "timestamp", "sourcePosition", "stackTrace", "created", "modified", "provider")
    return {key: _slim(item) for key, item in value.items() if key not in gone and item is not None}


def _snake(key: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", key)


def _value(value: Any) -> str:
    if isinstance(value, str) and value.startswith("${"):
        return ".".join(map(_snake, value[2:-1].split(".")))
    return repr(value)
