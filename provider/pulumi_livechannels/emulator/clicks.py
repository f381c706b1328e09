"""What a click in the console may write: the fields that an object has, each of the JSON type that calls write it in.

Anything else would be answered as it is, and a client under test would be blamed for what no platform says.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .nearest import hint
from .store import END_OF_TIME, Body
from .wangsu.wire import JSON_TYPES, Field

RECKONED_WITH = {"channelStatus", "status", "startTime", "endTime", "endedAt", "until"}
NUMERALS = {"live2vod", "resetPushId", "sourcePullProtocol"}
"""Texts that are a number, which may be written as one."""
CODING = "codingParams"
NOT_TO_PATCH = {"id", "kind", "pullId", "directoryId", "taskId", "pushUrl", "srtPushUrl", "domainName", "open"}


def changes(body: Body, fields: Mapping[str, Field], change: Mapping[str, Any]) -> Body:
    """A change of an object as it is kept; `fields` are those of the calls that write such objects.

    Raises:
        ValueError: a field is not one that the object can have, or of another type.
    """
    allowed = sorted((set(fields) | set(body)) - NOT_TO_PATCH)
    unknown = sorted(set(change) - set(allowed))
    if unknown:
        known = ", ".join(allowed)
        raise ValueError(f"no field {', '.join(unknown)}; these can be changed: {known}{hint(unknown[0], allowed)}")
    return {name: _kept(name, _type(name, fields), value) for name, value in change.items()}


def _type(name: str, fields: Mapping[str, Field]) -> type:
    """How a field is kept. What the platform alone writes, as `createTime`, it may tell in any form, or not at all."""
    if name in RECKONED_WITH:
        return int
    return fields[name].kind if name in fields else object


def _kept(name: str, kind: type, value: Any) -> Any:
    if name == CODING:
        return _coding(value)
    if value is None and name == "status":
        # By the clock again.
        return None
    if kind is int:
        return _number(name, value)
    if name in NUMERALS and type(value) is int:
        return str(value)
    if kind in JSON_TYPES and type(value) is not kind:
        raise ValueError(f"{name} must be {JSON_TYPES[kind]}")
    return value


def _number(name: str, value: Any) -> int:
    """A number, or one as a text, for the vendor writes some of them so."""
    try:
        number = int(value)
        if isinstance(value, bool) or (isinstance(value, float) and value != number):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a whole number") from None
    if name in RECKONED_WITH and not 0 <= number < END_OF_TIME:
        raise ValueError(f"{name} must be a whole number from 0, and no time after the year 9999")
    return number


def _coding(value: Any) -> Body | None:
    """An object as lists answer it, or the text of one as the call takes it; none where nothing is coded anew."""
    try:
        coding = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        coding = value
    if coding is not None and not isinstance(coding, dict):
        raise ValueError(f"{CODING} must be an object, or the text of one")
    return coding
