"""Sends the page and its parts, read once: a name that is not among them is no file."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from aiohttp import web

from .. import DOOR

PAGE = Path(__file__).parent / "page"
START = "index.html"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


def console_routes() -> list[web.RouteDef]:
    """The page, and one route for each file that belongs to it."""
    parts = [web.get(f"{DOOR}/page/{name}", _part) for name in _files() if name != START]
    return [web.get(f"{DOOR}/", _page), web.get(DOOR, _way), *parts]


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """What is sent, with its type, by its path in the folder."""
    return {
        path.relative_to(PAGE).as_posix(): (path.read_bytes(), TYPES[path.suffix])
        for path in PAGE.rglob("*")
        if path.suffix in TYPES
    }


async def _page(request: web.Request) -> web.StreamResponse:
    return _sent(START)


async def _part(request: web.Request) -> web.StreamResponse:
    return _sent(request.path.removeprefix(f"{DOOR}/page/"))


async def _way(request: web.Request) -> web.StreamResponse:
    raise web.HTTPFound(f"{DOOR}/")


def _sent(name: str) -> web.Response:
    content, media = _files()[name]
    return web.Response(body=content, content_type=media, charset="utf-8")
