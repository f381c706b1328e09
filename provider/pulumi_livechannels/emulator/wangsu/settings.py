"""What a channel is made and edited with, and what is wrong with it: each call that writes channels asks here."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any
from urllib.parse import urlsplit

from ..basis import behaves
from ..store import Body
from .wire import BAD_FORMAT, MISSING_FIELD, OUT_OF_RANGE, PARAMETER_ERROR, Call, Refusal, choices, text, whole

RATES, PROTOCOLS, SWITCH = "01234", "0123", "01"
HLS_SECONDS = 604_800
INT64 = 2**63 - 1
BOARD, BOARD_ID = "whiteBoardConfig", "whiteBoardId"

behaves("whiteboard", "assumed", "a channel keeps the id of its whiteboard when an edit has none")
behaves("source", "assumed", "one domain may serve several protocols, though the contract has one for each")

SETTINGS = {
    "directoryId": text(),
    "check": text(),
    BOARD: text(),
    "funcConfig": text(),
    "live2vod": text(),
    "appScenario": text(),
    "videoEncrypted": whole(least=0, most=2),
    "hlsEncryptDuration": whole(least=1, most=INT64),
}


def require_protocols(value: str) -> None:
    """Refuse a list of protocols that no channel can play over."""
    chosen = choices(value, PROTOCOLS, "pullProtocol")
    if {"2", "3"} <= set(chosen):
        raise Refusal(PARAMETER_ERROR, "HLS and HDS exclude each other")


def require_settings(call: Call) -> None:
    """What create and edit check alike, of channels of either kind."""
    if call.get("channelName") == "":
        raise Refusal(MISSING_FIELD, "channelName is required")
    if "pullRate" in call.fields:
        choices(call.get("pullRate"), RATES, "pullRate")
    if call.get("live2vod", "0") not in tuple(SWITCH):
        raise Refusal(OUT_OF_RANGE, "live2vod must be 0 or 1")
    if call.get("directoryId") and call.store.get("recordDirectory", call.get("directoryId")) is None:
        raise Refusal(PARAMETER_ERROR, "the record directory does not exist")
    if BOARD in call.fields:
        board = _switch(call, BOARD, "open", {BOARD_ID})
        if type(board.get(BOARD_ID, "")) is not str:
            raise Refusal(BAD_FORMAT, f"{BOARD}.{BOARD_ID} must be a string")
        if board["open"] and not board.get(BOARD_ID):
            raise Refusal(PARAMETER_ERROR, f"{BOARD_ID} is needed with open 1")
    if "funcConfig" in call.fields:
        _switch(call, "funcConfig", "share", set())


def _switch(call: Call, field: str, name: str, more: set[str]) -> Body:
    """The content of a packed field: a switch of this name, and what more there may be."""
    content = unpacked(call.get(field), field)
    unknown = sorted(set(content) - {name, *more})
    if unknown:
        raise Refusal(OUT_OF_RANGE, f"{field}.{unknown[0]} is not allowed")
    if type(content.get(name)) is not int or content[name] not in (0, 1):
        raise Refusal(OUT_OF_RANGE, f"{field}.{name} must be 0 or 1")
    return content


def unpacked(packed: str, name: str) -> Body:
    """The object in a field that is URL-safe base64 of JSON."""
    try:
        content = json.loads(base64.urlsafe_b64decode(packed))
    except (binascii.Error, ValueError, RecursionError):
        raise Refusal(BAD_FORMAT, f"{name} is not URL-safe base64 of JSON") from None
    if not isinstance(content, dict):
        raise Refusal(BAD_FORMAT, f"{name} is not an object")
    return content


def board_of(call: Call, before: Body) -> dict[str, str]:
    """The whiteboard that an edit leaves. Its id stays what it once was, and is kept beside an edit that has none."""
    if BOARD not in call.fields:
        return {}
    board, known = unpacked(call.get(BOARD), BOARD), before.get(BOARD_ID) or _board_id(before)
    if known and (board.get(BOARD_ID) or known) != known:
        raise Refusal(PARAMETER_ERROR, f"{BOARD_ID} cannot be changed")
    return {BOARD: call.get(BOARD), **({BOARD_ID: known} if known and not board.get(BOARD_ID) else {})}


def _board_id(body: Body) -> Any:
    try:
        return unpacked(body[BOARD], BOARD).get(BOARD_ID)
    except (KeyError, Refusal):
        # There is none, or a click in the console wrote what no call would.
        return None


def require_source(call: Call, protocols: str) -> None:
    """Refuse a source that cannot be pulled."""
    if call.get("sourcePullProtocol", "0") not in tuple(protocols):
        raise Refusal(OUT_OF_RANGE, f"sourcePullProtocol must be one of {', '.join(protocols)}")
    if "sourcePullUrl" in call.fields and not _host(call.get("sourcePullUrl")):
        raise Refusal(BAD_FORMAT, "sourcePullUrl is not a URL")


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None
