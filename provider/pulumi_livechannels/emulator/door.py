"""The emulator's own door under /_emulator/: what the platform holds, console clicks, faults, time and memory.

The page for people is one of its callers: whatever can be done there can be done with curl.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
import secrets
from email.utils import formatdate
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler

from . import DOOR
from .basis import coverage
from .domains import all_domains
from .exports import known_ids
from .faults import KINDS
from .nearest import hint
from .picture import curves
from .platform import Platform, paths
from .store import END_OF_TIME

# Seconds for which what was told of objects holds while nothing is written: tasks end and bans lapse by the clock.
SETTLED = 5
LARGEST_SNAPSHOT = 1024**3


class Door:
    """The door's calls for one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._kept: dict[str, Any] = {}
        self._run = secrets.token_hex(4)

    def routes(self) -> list[web.RouteDef]:
        """Every call of the door."""
        one = f"{DOOR}/objects/{{kind}}/{{id}}"
        return [
            web.get(f"{DOOR}/journal", _taking(self._journal, "after")),
            web.get(f"{DOOR}/objects", _taking(self._objects, "kind")),
            web.post(f"{DOOR}/objects", _taking(self._make)),
            web.patch(one, _taking(self._edit)),
            web.delete(one, _taking(self._delete)),
            web.post(f"{DOOR}/faults", _taking(self._add_fault)),
            web.get(f"{DOOR}/faults", _taking(self._faults)),
            web.delete(f"{DOOR}/faults", _taking(self._clear_faults)),
            web.post(f"{DOOR}/clock", _taking(self._clock)),
            web.get(f"{DOOR}/orphans", _taking(self._orphans, "state")),
            web.post(f"{DOOR}/snapshot", _taking(self._snapshot)),
            web.post(f"{DOOR}/restore", _taking(self._restore)),
            web.get(f"{DOOR}/coverage", _taking(self._coverage)),
            web.get(f"{DOOR}/figures", _taking(self._figures, "domain", "hours")),
            web.post(f"{DOOR}/reset", _taking(self._reset)),
            # Last, for whatever is none of these.
            web.route("*", f"{DOOR}/{{rest:.*}}", self._unknown),
        ]

    async def _journal(self, request: web.Request) -> web.StreamResponse:
        after = _whole(request.query.get("after", "0"))
        if after is None or after < 0:
            return _wrong("after must be how many calls to leave out, the oldest first")
        response = self._told(self._platform.journal[after:])
        response.headers["X-Total-Count"] = str(len(self._platform.journal))
        return response

    async def _objects(self, request: web.Request) -> web.StreamResponse:
        tag = f'"{self._run}-{self._platform.store.writes}-{self._platform.store.now() // SETTLED}"'
        if request.headers.get("If-None-Match") == tag:
            response = web.Response(status=304, headers=self._dated())
        else:
            try:
                response = self._told(self._platform.objects(request.query.get("kind")))
            except ValueError as error:
                return _wrong(str(error))
        response.headers["ETag"] = tag
        return response

    async def _make(self, request: web.Request) -> web.StreamResponse:
        fields = await _body(request)
        try:
            return self._told(self._platform.make(str(fields.pop("kind", "")), fields))
        except ValueError as error:
            return _wrong(str(error))

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        kind, key = request.match_info["kind"], request.match_info["id"]
        change = await _body(request)
        try:
            edited = self._platform.edit(kind, key, change)
        except ValueError as error:
            return _wrong(str(error))
        return self._missing(kind, key) if edited is None else self._told(edited)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        kind, key = request.match_info["kind"], request.match_info["id"]
        if not self._platform.delete(kind, key):
            return self._missing(kind, key)
        return self._told({"deleted": key})

    async def _add_fault(self, request: web.Request) -> web.StreamResponse:
        try:
            return self._told(self._platform.faults.add(await _body(request)))
        except ValueError as error:
            return _wrong(str(error))

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        return self._told(self._platform.faults.account())

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self._platform.faults.clear()
        return self._told([])

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            return _wrong('the body must be {"seconds": a number}')
        if not 0 <= self._platform.store.now() + seconds < END_OF_TIME:
            return _wrong("the clock can show the years 1970 to 9999")
        self._platform.store.move_clock(seconds)
        return self._told({"now": self._platform.store.now(), "time": self._platform.store.today()})

    async def _orphans(self, request: web.Request) -> web.StreamResponse:
        known: set[str] = set()
        for path in request.query.getall("state", []):
            try:
                # A disk may be slow, and a file long: others are answered meanwhile.
                known |= await asyncio.to_thread(known_ids, path)
            except ValueError as error:
                return _wrong(str(error))
        return self._told(self._platform.orphans(known))

    async def _snapshot(self, request: web.Request) -> web.StreamResponse:
        self._kept = self._platform.store.snapshot()
        return self._told(self._kept)

    async def _restore(self, request: web.Request) -> web.StreamResponse:
        document = await _body(request.clone(client_max_size=LARGEST_SNAPSHOT)) or self._kept
        if not document:
            return _wrong("there is no snapshot: send one, or take one first")
        if not _is_snapshot(document, self._platform.store.now()):
            return _wrong("this is no snapshot of an emulator: send what POST /_emulator/snapshot answered")
        try:
            self._platform.restore(document)
        except ValueError as error:
            return _wrong(str(error))
        return self._told({"objects": len(self._platform.objects())})

    async def _coverage(self, request: web.Request) -> web.StreamResponse:
        return self._told({"actions": sorted(paths()), "behaviours": coverage(), "faults": KINDS})

    async def _figures(self, request: web.Request) -> web.StreamResponse:
        domains = all_domains(self._platform.store)
        domain, hours = request.query.get("domain", domains[0]), _whole(request.query.get("hours", "24"))
        try:
            # What is no number is refused as one that is too small.
            found = curves(self._platform.figures, self._platform.store, domain, hours or 0)
        except ValueError as error:
            return _wrong(str(error))
        return self._told({"domains": domains, **found})

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        self._platform.reset()
        return self._told({})

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        there = [f"GET {DOOR}/", *(f"{route.method} {route.path}" for route in self.routes()[:-1])]
        return web.json_response({"error": f"no {request.method} {request.path}", "calls": there}, status=404)

    def _missing(self, kind: str, key: str) -> web.Response:
        return web.json_response({"error": self._platform.missing(kind, key)}, status=404)

    def _told(self, content: Any) -> web.Response:
        return web.json_response(content, headers=self._dated())

    def _dated(self) -> dict[str, str]:
        """An answer tells the platform's time as those of the vendors do."""
        return {"Date": formatdate(self._platform.store.now(), usegmt=True)}


def _taking(handler: Handler, *known: str) -> Handler:
    """A call that takes some parameters: any other one would change nothing, and nobody would be told."""

    async def judged(request: web.Request) -> web.StreamResponse:
        for name in request.query:
            if name not in known:
                taken = f"takes {', '.join(known)} alone" if known else "takes no parameters"
                return _wrong(f"{name} is no parameter: {request.method} {request.path} {taken}{hint(name, known)}")
        return await handler(request)

    return judged


def _whole(text: str) -> int | None:
    """A whole number of a query; None for anything else."""
    return int(text) if re.fullmatch(r"-?\d{1,18}", text, re.ASCII) else None


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    try:
        content = json.loads(await request.text(), parse_constant=_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        text = '{"error": "the body must be a JSON object with finite numbers"}'
        raise web.HTTPBadRequest(text=text, content_type="application/json")
    return content


def _finite(text: str) -> float:
    """A number as JSON knows it, which has no NaN and nothing infinite."""
    if not math.isfinite(number := float(text)):
        raise ValueError(text)
    return number


def _is_snapshot(document: dict[str, Any], now: int) -> bool:
    """Whether a document has the form of a snapshot, so that nothing is forgotten for what cannot be brought back."""
    kinds, count, ahead = document.get("objects"), document.get("count"), document.get("ahead")
    return (
        isinstance(kinds, dict)
        and all(
            isinstance(held, dict) and all(isinstance(body, dict) for body in held.values()) for held in kinds.values()
        )
        and type(count) is int
        and count >= 0
        and isinstance(ahead, (int, float))
        and not isinstance(ahead, bool)
        and 0 <= now + ahead < END_OF_TIME
    )


def _wrong(text: str) -> web.Response:
    return web.json_response({"error": text}, status=400)
