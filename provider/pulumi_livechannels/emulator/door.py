"""The emulator's own door under /_emulator/: what the platform holds, console clicks, faults, time and memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from .basis import coverage
from .faults import KINDS
from .platform import Platform
from .volcengine.wire import VOLCENGINE_ACTIONS
from .wangsu.report_wire import REPORTS
from .wangsu.wire import ACTIONS

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Door:
    """The door's calls for one platform."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._kept: dict[str, Any] = {}

    def routes(self) -> list[web.RouteDef]:
        """Every call of the door."""
        here = "/_emulator"
        one = f"{here}/objects/{{kind}}/{{id}}"
        return [
            web.get(f"{here}/journal", _guarded(self._journal)),
            web.get(f"{here}/objects", _guarded(self._objects)),
            web.patch(one, _guarded(self._edit)),
            web.delete(one, _guarded(self._delete)),
            web.post(f"{here}/faults", _guarded(self._add_fault)),
            web.get(f"{here}/faults", _guarded(self._faults)),
            web.delete(f"{here}/faults", _guarded(self._clear_faults)),
            web.post(f"{here}/clock", _guarded(self._clock)),
            web.get(f"{here}/orphans", _guarded(self._orphans)),
            web.post(f"{here}/snapshot", _guarded(self._snapshot)),
            web.post(f"{here}/restore", _guarded(self._restore)),
            web.get(f"{here}/coverage", _guarded(self._coverage)),
            web.post(f"{here}/reset", _guarded(self._reset)),
            # Last, for whatever is none of these.
            web.route("*", f"{here}/{{rest:.*}}", _guarded(self._unknown)),
        ]

    async def _journal(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._platform.journal)

    async def _objects(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._platform.objects(request.query.get("kind")))

    async def _edit(self, request: web.Request) -> web.StreamResponse:
        change = await _body(request)
        try:
            edited = self._platform.edit(request.match_info["kind"], request.match_info["id"], change)
        except ValueError as error:
            return _wrong(str(error))
        return _missing(request) if edited is None else web.json_response(edited)

    async def _delete(self, request: web.Request) -> web.StreamResponse:
        kind, key = request.match_info["kind"], request.match_info["id"]
        if self._platform.store.get(kind, key) is None:
            return _missing(request)
        self._platform.store.remove(kind, key)
        return web.json_response({"deleted": key})

    async def _add_fault(self, request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(self._platform.faults.add(await _body(request)))
        except ValueError as error:
            return _wrong(str(error))

    async def _faults(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(self._platform.faults.account())

    async def _clear_faults(self, request: web.Request) -> web.StreamResponse:
        self._platform.faults.clear()
        return web.json_response([])

    async def _clock(self, request: web.Request) -> web.StreamResponse:
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            return _wrong('the body must be {"seconds": a number}')
        self._platform.store.move_clock(seconds)
        return web.json_response({"now": self._platform.store.now(), "time": self._platform.store.today()})

    async def _orphans(self, request: web.Request) -> web.StreamResponse:
        known: set[str] = set()
        for path in request.query.getall("state", []):
            try:
                known |= _ids(json.loads(Path(path).read_text()))
            except (OSError, ValueError) as error:
                return _wrong(f"{path} is not an exported stack: {type(error).__name__}")
        return web.json_response(self._platform.orphans(known))

    async def _snapshot(self, request: web.Request) -> web.StreamResponse:
        self._kept = self._platform.store.snapshot()
        return web.json_response(self._kept)

    async def _restore(self, request: web.Request) -> web.StreamResponse:
        document = await _body(request) or self._kept
        if not {"objects", "count", "ahead"} <= set(document):
            return _wrong("there is no snapshot: send one, or take one first")
        self._platform.store.restore(document)
        return web.json_response({"objects": len(self._platform.objects())})

    async def _coverage(self, request: web.Request) -> web.StreamResponse:
        actions = sorted({*ACTIONS, *REPORTS, *VOLCENGINE_ACTIONS})
        return web.json_response({"actions": actions, "behaviours": coverage(), "faults": KINDS})

    async def _reset(self, request: web.Request) -> web.StreamResponse:
        self._platform.reset()
        return web.json_response({})

    async def _unknown(self, request: web.Request) -> web.StreamResponse:
        there = [f"{route.method} {route.path}" for route in self.routes()[:-1]]
        return web.json_response({"error": f"no {request.method} {request.path}", "calls": there}, status=404)


def _guarded(answer: Answer) -> Answer:
    """A web page that somebody has open must not work the door, so requests of a browser's script are refused."""

    async def guarded(request: web.Request) -> web.StreamResponse:
        if "Origin" in request.headers:
            return web.json_response({"error": "not for web pages"}, status=403)
        return await answer(request)

    return guarded


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    try:
        content = await request.json()
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise web.HTTPBadRequest(text='{"error": "the body must be a JSON object"}', content_type="application/json")
    return content


def _ids(export: dict[str, Any]) -> set[str]:
    resources = export.get("deployment", export).get("resources", [])
    return {str(resource["id"]) for resource in resources if resource.get("id")}


def _wrong(text: str) -> web.Response:
    return web.json_response({"error": text}, status=400)


def _missing(request: web.Request) -> web.Response:
    return web.json_response({"error": f"no {request.match_info['kind']} {request.match_info['id']}"}, status=404)
