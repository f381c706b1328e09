"""How the vendor's live actions talk: the envelope, the codes, and a strict look at what a request holds."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Reversible
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..basis import behaves
from ..store import Body, Reading, Store

PARAMETER_ERROR = 1000
TOKEN_ERROR = 1001
MISSING_FIELD = 1004
WRONG_REQUEST = 1006
NO_PERMISSION = 1008
OUT_OF_RANGE = 1012
BAD_FORMAT = 1013
MISSING_AUTHENTICATION = 4001
BAD_ACCESS_KEY = 4002
BAD_TIMESTAMP = 4003
EXPIRED_TIMESTAMP = 4004
TOO_FREQUENT = "WPLUS_AccountApiTooFrequence"

behaves("envelope", "documented", "live actions answer HTTP 200 with an int code, a message and data")
behaves("envelope", "assumed", "errors of live actions come with HTTP 200, as the sibling VoD pages show")
behaves("envelope", "documented", "each answer carries x-cnc-request-id")
behaves("lists", "assumed", "show every write at once, unless the fault `stale-list` lets them lag")
behaves("lists", "assumed", "are cut into pages at each call, so what leaves between two pages moves the rest forward")
behaves("strictness", "assumed", "an unknown field is refused with 1006, a mistyped one with 1013")
behaves("strictness", "documented", "a missing required field is refused with 1004, a value out of range with 1012")


class Refusal(Exception):
    """The vendor's answer to a request that it does not carry out."""

    def __init__(self, code: int | str, message: str, status: int = 200) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


@dataclass(frozen=True)
class Call:
    """What a handler gets: the request's fields and the platform.

    A list that lags shows the `past`; one that `shifts` is without its first object.
    """

    fields: Mapping[str, Any]
    store: Store
    past: Reading | None = None
    shifts: bool = False

    @property
    def lists(self) -> Reading:
        """The platform as lists show it."""
        return self.past or self.store

    def get(self, name: str, default: Any = None) -> Any:
        """A field of the request."""
        return self.fields.get(name, default)


Handler = Callable[[Call], Any]


@dataclass(frozen=True)
class Field:
    """One field that a request may hold; `most` bounds a text's length, `span` a number."""

    kind: type
    required: bool = False
    most: int | None = None
    span: tuple[int, int] | None = None


INT32 = (-(2**31), 2**31 - 1)
JSON_TYPES = {str: "a string", int: "a whole number", bool: "true or false"}


def text(required: bool = False, most: int | None = None) -> Field:
    """A string."""
    return Field(str, required, most)


def whole(required: bool = False, least: int = INT32[0], most: int = INT32[1]) -> Field:
    """An integer."""
    return Field(int, required, span=(least, most))


def flag(required: bool = False) -> Field:
    """A boolean."""
    return Field(bool, required)


@dataclass(frozen=True)
class Action:
    """An action that the emulator serves."""

    path: str
    fields: Mapping[str, Field]
    handler: Handler

    @property
    def is_list(self) -> bool:
        """Whether it lists by pages."""
        return "pageIndex" in self.fields


ACTIONS: dict[str, Action] = {}


def action(path: str, /, **fields: Field) -> Callable[[Handler], Handler]:
    """Serve a vendor path with the decorated handler, which gets a request whose fields are right in form."""

    def register(handler: Handler) -> Handler:
        ACTIONS[path] = Action(path, fields, handler)
        behaves(path, "documented", (handler.__doc__ or "").strip())
        return handler

    return register


def parse(served: Action, body: bytes) -> dict[str, Any]:
    """The request's fields, each known, present where required, and of the right type."""
    try:
        content = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refusal(BAD_FORMAT, "the body is not JSON") from None
    if not isinstance(content, dict):
        raise Refusal(BAD_FORMAT, "the body is not a JSON object")
    for name, value in content.items():
        if name not in served.fields:
            raise Refusal(WRONG_REQUEST, f"unknown field {name}")
        _require_form(name, served.fields[name], value)
    for name, field in served.fields.items():
        if field.required and content.get(name) in (None, ""):
            raise Refusal(MISSING_FIELD, f"{name} is required")
    return content


def _require_form(name: str, field: Field, value: Any) -> None:
    if type(value) is not field.kind:
        raise Refusal(BAD_FORMAT, f"{name} must be {JSON_TYPES[field.kind]}")
    if field.most is not None and isinstance(value, str) and len(value) > field.most:
        raise Refusal(OUT_OF_RANGE, f"{name} must be at most {field.most} characters")
    if field.span is not None and isinstance(value, int) and not field.span[0] <= value <= field.span[1]:
        raise Refusal(OUT_OF_RANGE, f"{name} must be from {field.span[0]} to {field.span[1]}")


def require_web_address(call: Call, name: str) -> None:
    """Refuse an address of ours that the platform could not call."""
    if call.get(name) and not re.match(r"https?://.", call.get(name)):
        raise Refusal(BAD_FORMAT, f"{name} must begin with http:// or https://")


def paged(call: Call, items: Reversible[Body], fits: Callable[[Body], bool] | None = None) -> list[Body]:
    """One page of what fits; items come oldest first and leave newest first unless listOrder is 1."""
    shown = iter(items) if call.get("listOrder") == 1 else reversed(items)
    size = call.get("pageSize", 10)
    start = (call.get("pageIndex", 1) - 1) * size + call.shifts
    return list(islice(filter(fits, shown) if fits else shown, start, start + size))


PAGING = {"pageIndex": whole(least=1), "pageSize": whole(least=1, most=50)}
ORDERED = {"listOrder": whole(least=0, most=1), **PAGING}


def choices(value: str, allowed: str, name: str) -> list[str]:
    """A comma list whose parts are single characters of `allowed`."""
    parts = value.split(",")
    if not set(parts) <= set(allowed) or len(set(parts)) < len(parts):
        raise Refusal(OUT_OF_RANGE, f"{name} must be a comma list of {', '.join(allowed)}")
    return parts
