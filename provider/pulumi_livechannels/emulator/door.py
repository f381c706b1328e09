"""The emulator's own door under /_emulator/: what the platform holds, clicks in the console, faults, time and memory."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from aiohttp import web

from .basis import coverage
from .faults import KINDS
from .platform import Platform
from .wire import ACTIONS

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def routes(platform: Platform) -> list[web.RouteDef]:
    """The door's routes for one platform."""
    kept: dict[str, Any] = {}

    async def journal(request: web.Request) -> web.StreamResponse:
        return web.json_response(platform.journal)

    async def objects(request: web.Request) -> web.StreamResponse:
        return web.json_response(platform.objects(request.query.get("kind")))

    async def edit(request: web.Request) -> web.StreamResponse:
        change = await _body(request)
        try:
            edited = platform.edit(request.match_info["kind"], request.match_info["id"], change)
        except ValueError as error:
            return _wrong(str(error))
        return _missing(request) if edited is None else web.json_response(edited)

    async def delete(request: web.Request) -> web.StreamResponse:
        kind, key = request.match_info["kind"], request.match_info["id"]
        if platform.store.get(kind, key) is None:
            return _missing(request)
        platform.store.remove(kind, key)
        return web.json_response({"deleted": key})

    async def add_fault(request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(platform.faults.add(await _body(request)))
        except ValueError as error:
            return _wrong(str(error))

    async def show_faults(request: web.Request) -> web.StreamResponse:
        return web.json_response(platform.faults.account())

    async def clear_faults(request: web.Request) -> web.StreamResponse:
        platform.faults.clear()
        return web.json_response([])

    async def clock(request: web.Request) -> web.StreamResponse:
        seconds = (await _body(request)).get("seconds")
        if not isinstance(seconds, (int, float)) or isinstance(seconds, bool):
            return _wrong('the body must be {"seconds": a number}')
        platform.store.move_clock(seconds)
        return web.json_response({"now": platform.store.now(), "time": platform.store.today()})

    async def orphans(request: web.Request) -> web.StreamResponse:
        known: set[str] = set()
        for path in request.query.getall("state", []):
            try:
                known |= _ids(json.loads(Path(path).read_text()))
            except (OSError, ValueError) as error:
                return _wrong(f"{path} is not an exported stack: {type(error).__name__}")
        return web.json_response(platform.orphans(known))

    async def snapshot(request: web.Request) -> web.StreamResponse:
        kept.update(platform.store.snapshot())
        return web.json_response(kept)

    async def restore(request: web.Request) -> web.StreamResponse:
        document = await _body(request) or kept
        if not {"objects", "count", "ahead"} <= set(document):
            return _wrong("there is no snapshot: send one, or take one first")
        platform.store.restore(document)
        return web.json_response({"objects": len(platform.objects())})

    async def show_coverage(request: web.Request) -> web.StreamResponse:
        return web.json_response({"actions": sorted(ACTIONS), "behaviours": coverage(), "faults": KINDS})

    async def reset(request: web.Request) -> web.StreamResponse:
        platform.reset()
        return web.json_response({})

    here = "/_emulator"
    return [
        web.get(f"{here}/journal", _guarded(journal)),
        web.get(f"{here}/objects", _guarded(objects)),
        web.patch(f"{here}/objects/{{kind}}/{{id}}", _guarded(edit)),
        web.delete(f"{here}/objects/{{kind}}/{{id}}", _guarded(delete)),
        web.post(f"{here}/faults", _guarded(add_fault)),
        web.get(f"{here}/faults", _guarded(show_faults)),
        web.delete(f"{here}/faults", _guarded(clear_faults)),
        web.post(f"{here}/clock", _guarded(clock)),
        web.get(f"{here}/orphans", _guarded(orphans)),
        web.post(f"{here}/snapshot", _guarded(snapshot)),
        web.post(f"{here}/restore", _guarded(restore)),
        web.get(f"{here}/coverage", _guarded(show_coverage)),
        web.post(f"{here}/reset", _guarded(reset)),
    ]


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
