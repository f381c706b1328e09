"""Who may come through the door: programs of this machine and the door's own page, never another web page.

A page that somebody has open elsewhere can send requests to a loopback port, under its own origin or, once its name
was made to mean 127.0.0.1 (DNS rebinding), under a host name of its choice. Both show in headers that no script can
forge.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from . import DOOR

HOSTS = ("127.0.0.1", "localhost", "::1")
# The page may load itself alone, and nobody may show it: neither a name in it nor a page around it can act.
POLICY = "; ".join(
    (
        "default-src 'none'",
        "connect-src 'self'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let vendor calls pass, which are signed, and at the door only those who may come in."""
    if request.path != DOOR and not request.path.startswith(f"{DOOR}/"):
        return await handler(request)
    problem = _stranger(request)
    if problem:
        return web.json_response({"error": problem}, status=403, headers=HEADERS)
    try:
        response = await handler(request)
    except web.HTTPException as error:
        error.headers.update(HEADERS)
        raise
    response.headers.update(HEADERS)
    return response


def _stranger(request: web.Request) -> str | None:
    """Why a request is turned away; None for one that may come in."""
    host = request.headers.get("Host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        name = None
    if name not in HOSTS:
        return f"the door answers to {', '.join(HOSTS)} only, whatever else means this machine"
    if request.headers.get("Origin", f"http://{host}") != f"http://{host}":
        return "not for web pages"
    # Requests to read bear no origin. A link to the page is followed; nothing else is anybody's to open.
    follows_link = (
        request.method == "GET"
        and request.path in (DOOR, f"{DOOR}/")
        and request.headers.get("Sec-Fetch-Mode") == "navigate"
    )
    if request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and not follows_link:
        return "not for web pages"
    return None
