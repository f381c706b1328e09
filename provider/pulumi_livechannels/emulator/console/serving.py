"""Sends the page and its parts, read once at the start: a name that is not among them is no file."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from ..guard import DOOR

PAGE = Path(__file__).parent / "page"
START = "index.html"
TYPES = {
    ".css": "text/css",
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}


class Console:
    """The page's files in memory, by their paths under the door."""

    def __init__(self) -> None:
        self._files = {
            path.relative_to(PAGE).as_posix(): (path.read_bytes(), TYPES[path.suffix])
            for path in PAGE.rglob("*")
            if path.suffix in TYPES
        }

    def routes(self) -> list[web.RouteDef]:
        """The page, and one route for each file that belongs to it."""
        parts = [web.get(f"{DOOR}/page/{name}", self._part) for name in self._files if name != START]
        return [web.get(f"{DOOR}/", self._page), web.get(DOOR, self._way), *parts]

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return self._sent(START)

    async def _part(self, request: web.Request) -> web.StreamResponse:
        return self._sent(request.path.removeprefix(f"{DOOR}/page/"))

    async def _way(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"{DOOR}/")

    def _sent(self, name: str) -> web.Response:
        content, media = self._files[name]
        return web.Response(body=content, content_type=media, charset="utf-8")
