"""The emulator on a loopback port: the vendors' APIs, the door beside them, and faults in the transport itself."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import formatdate
from pathlib import Path

from aiohttp import web

from .console.serving import console_routes
from .door import Door
from .guard import guard
from .platform import LONGEST_BODY, Outcome, Platform
from .volcengine import auth as volcengine
from .wangsu import auth as wangsu

HOST = "127.0.0.1"
PLATFORM = web.AppKey("platform", Platform)
_HTML = "<html><head><title>Proxy</title></head><body>Please sign in</body></html>"


def environment(port: int, quota: int) -> dict[str, str]:
    """The variables that point the provider at an emulator on this port."""
    return {
        "LIVECHANNELS_ENDPOINT": f"http://{HOST}:{port}",
        "LIVECHANNELS_ACCESS_KEY": wangsu.ACCESS_KEY,
        "LIVECHANNELS_SECRET_KEY": wangsu.SECRET_KEY,
        "LIVECHANNELS_CALLS_PER_FIVE_MINUTES": str(quota),
        "LIVECHANNELS_VOLCENGINE_ENDPOINT": f"http://{HOST}:{port}",
        "VOLCENGINE_ACCESS_KEY": volcengine.ACCESS_KEY,
        "VOLCENGINE_SECRET_KEY": volcengine.SECRET_KEY,
    }


def application(platform: Platform) -> web.Application:
    """The web application around a platform."""
    app = web.Application(client_max_size=LONGEST_BODY, middlewares=[guard])
    app[PLATFORM] = platform
    app.add_routes(console_routes())
    app.add_routes(Door(platform).routes())
    app.router.add_route("*", "/{path:.*}", _vendor)
    return app


async def _vendor(request: web.Request) -> web.StreamResponse:
    platform = request.app[PLATFORM]
    body = await request.read()
    headers = {name.lower(): value for name, value in request.headers.items()}
    outcome = platform.serve(request.method, request.raw_path, headers, body)
    return await _spoilt(request, outcome, platform)


async def _spoilt(request: web.Request, outcome: Outcome, platform: Platform) -> web.StreamResponse:
    kind = outcome.fault.kind if outcome.fault else None
    if kind in ("reset", "lost-answer"):
        _cut(request)
    if kind == "html":
        return web.Response(text=_HTML, content_type="text/html")
    if kind == "slow" and outcome.fault:
        await asyncio.sleep(outcome.fault.seconds)
    content = outcome.answer.text.encode(errors="replace")
    ahead = outcome.fault.seconds if outcome.fault and kind == "skew" else 0
    headers = {
        **outcome.headers,
        "Content-Type": outcome.answer.media,
        "Date": formatdate(platform.store.now() + ahead, usegmt=True),
    }
    if kind == "truncate":
        response = web.StreamResponse(
            status=outcome.answer.status, headers={**headers, "Content-Length": str(len(content))}
        )
        await response.prepare(request)
        await response.write(content[: len(content) // 2])
        _cut(request)
    return web.Response(status=outcome.answer.status, body=content, headers=headers)


def _cut(request: web.Request) -> None:
    """Reset the connection in the middle of whatever the client expects."""
    if request.transport is not None:
        request.transport.abort()
    raise asyncio.CancelledError


async def serve(platform: Platform, port: int) -> tuple[web.AppRunner, int]:
    """Start serving on a loopback port (0 chooses one); answers the runner, to clean up, and the port."""
    # An emulator that is stopped owes nobody the answers that it holds back. To aiohttp 0 would be no limit at all.
    runner = web.AppRunner(application(platform), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, HOST, port).start()
    return runner, int(runner.addresses[0][1])


async def _end(runner: web.AppRunner) -> None:
    await runner.cleanup()
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


@contextmanager
def running(
    *,
    port: int = 0,
    file: Path | None = None,
    seed: int | None = None,
    quota: int = 300,
    now: Callable[[], float] = time.time,
    limits: bool = True,
) -> Iterator[tuple[int, Platform]]:
    """An emulator in a thread of this process, for as long as the block lasts; gives its port and its platform."""
    platform = Platform(file=file, seed=seed, quota=quota, now=now, limits=limits)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="emulator", daemon=True)
    thread.start()
    try:
        runner, bound = asyncio.run_coroutine_threadsafe(serve(platform, port), loop).result()
        try:
            yield bound, platform
        finally:
            asyncio.run_coroutine_threadsafe(_end(runner), loop).result()
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
        platform.store.close()
