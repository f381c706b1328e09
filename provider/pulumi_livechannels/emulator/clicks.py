"""What a click in the console may write: the fields that an object has, each of the JSON type that calls write it in.

Anything else would be answered as it is, and a client under test would be blamed for what no platform says; or it could
not be answered at all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .domains import is_domain
from .nearest import hint
from .store import END_OF_TIME, Body
from .wangsu.settings import PROTOCOLS, SWITCH, require_protocols
from .wangsu.wire import INT32, JSON_TYPES, Field, Refusal

RECKONED_WITH = {"channelStatus", "status", "startTime", "endTime", "createdAt", "endedAt", "until"}
STATES = {"channelStatus": (1, 2, 3), "status": (0, 1, 2, 3)}
TOLD_ALONE = {"createTime", "updateTime"}
"""What the platform alone writes: it may tell these in any form that a time has, or not at all."""
NUMERALS = {"live2vod": SWITCH, "resetPushId": SWITCH, "sourcePullProtocol": PROTOCOLS}
"""Texts that are a number of these, which may be written as one."""
DOMAINS = {"pushDomain", "pullDomain"}
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
    # What no call writes, as `pushId`, is a text.
    usual = Field(str)
    return {name: _kept(name, fields.get(name, usual), value) for name, value in change.items()}


def _kept(name: str, field: Field, value: Any) -> Any:
    if name == CODING:
        return _coding(value)
    if name in TOLD_ALONE:
        return _time(name, value)
    if value is None and name == "status":
        # By the clock again.
        return None
    if field.kind is int or name in RECKONED_WITH:
        return _number(name, value, field.span or INT32)
    if name in NUMERALS and type(value) is int:
        value = str(value)
    if type(value) is not field.kind:
        raise ValueError(f"{name} must be {JSON_TYPES[field.kind]}")
    if isinstance(value, str):
        _require_text(name, value)
    return value


def _require_text(name: str, value: str) -> None:
    if name in NUMERALS and value not in tuple(NUMERALS[name]):
        raise ValueError(f"{name} must be one of {', '.join(NUMERALS[name])}")
    if name in DOMAINS and not is_domain(value):
        raise ValueError(f"{name} must be a domain")
    if name == "pullProtocol":
        try:
            require_protocols(value)
        except Refusal as refusal:
            raise ValueError(refusal.message) from None


def _number(name: str, value: Any, span: tuple[int, int]) -> int:
    """A number, or one as a text, for the vendor writes some of them so."""
    try:
        number = int(value)
        if isinstance(value, bool) or (isinstance(value, float) and value != number):
            raise ValueError
        if isinstance(value, str) and not re.fullmatch("-?[0-9]+", value):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name} must be a whole number") from None
    if name in STATES:
        if number not in STATES[name]:
            raise ValueError(f"{name} must be a whole number of {', '.join(map(str, STATES[name]))}")
    elif name in RECKONED_WITH:
        if not 0 <= number < END_OF_TIME:
            raise ValueError(f"{name} must be a whole number from 0, and no time after the year 9999")
    elif not span[0] <= number <= span[1]:
        raise ValueError(f"{name} must be a whole number from {span[0]} to {span[1]}")
    return number


def _time(name: str, value: Any) -> Any:
    if value is None or type(value) is int:
        return value
    try:
        # As every Python reads it that the emulator runs on.
        datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        raise ValueError(f"{name} must be a time, in seconds or as a text, or null") from None
    return value


def _coding(value: Any) -> Body | None:
    """An object as lists answer it, or the text of one as the call takes it; none where nothing is coded anew."""
    try:
        coding = json.loads(value) if isinstance(value, str) else value
    except (ValueError, RecursionError):
        coding = value
    if coding is not None and not isinstance(coding, dict):
        raise ValueError(f"{CODING} must be an object, or the text of one")
    return coding
