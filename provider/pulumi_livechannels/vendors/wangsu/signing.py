"""How a Wangsu call proves who makes it: CNC-HMAC-SHA256 with a key pair, or the older API key in HTTP Basic.

Source: the vendor's overview and authentication pages, and the official SDK's signing code, which tests compare with.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Protocol
from urllib.parse import unquote

from ...ground.http import Request

ALGORITHM = "CNC-HMAC-SHA256"
SIGNED_HEADERS = "content-type;host"
_JSON = "application/json"


class Signer(Protocol):
    """Turns a call into a signed request."""

    def sign(self, method: str, base: str, target: str, body: bytes, now: float) -> Request:
        """The request for `target` (path and encoded query) at `base` (scheme and host), signed at `now`."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        ...


@dataclass(frozen=True)
class KeyPairSigner:
    """CNC-HMAC-SHA256 with an access key and a secret key."""

    access_key: str
    secret_key: str = field(repr=False)

    def sign(self, method: str, base: str, target: str, body: bytes, now: float) -> Request:
        """The signed request, dated to the second of `now`."""
        timestamp = int(now)
        host = base.split("://", 1)[1]
        signature = self.signature(method, host, target, body, timestamp)
        headers = {
            "Authorization": (
                f"{ALGORITHM} Credential={self.access_key}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
            ),
            "x-cnc-accessKey": self.access_key,
            "x-cnc-timestamp": str(timestamp),
            "x-cnc-auth-method": "AKSK",
            "Content-Type": _JSON,
            "Accept": _JSON,
            "Host": host,
        }
        return Request(method, base + target, headers, body)

    def signature(self, method: str, host: str, target: str, body: bytes, timestamp: int) -> str:
        """The lower-case hexadecimal signature of one call at one second."""
        path, _, query = target.partition("?")
        # The vendor leaves the query of a POST unsigned, and hashes no body with a GET.
        signed_query = "" if method == "POST" else unquote(query)
        signed_body = b"" if method == "GET" else body
        headers = f"content-type:{_JSON}\nhost:{host.lower()}\n"
        digest = hashlib.sha256(signed_body).hexdigest()
        canonical = f"{method}\n{path}\n{signed_query}\n{headers}\n{SIGNED_HEADERS}\n{digest}"
        to_sign = f"{ALGORITHM}\n{timestamp}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        return hmac.new(self.secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return (self.secret_key, self.access_key)


@dataclass(frozen=True)
class ApiKeySigner:
    """HTTP Basic whose password is an HMAC-SHA1 of the Date header. It covers neither path nor body."""

    username: str
    api_key: str = field(repr=False)

    def sign(self, method: str, base: str, target: str, body: bytes, now: float) -> Request:
        """The request with its Date and password."""
        date = formatdate(now, usegmt=True)
        password = base64.b64encode(hmac.new(self.api_key.encode(), date.encode(), hashlib.sha1).digest()).decode()
        credentials = base64.b64encode(f"{self.username}:{password}".encode()).decode()
        headers = {
            "Authorization": f"Basic {credentials}",
            "Date": date,
            "x-cnc-auth-method": "BASIC",
            "Content-Type": _JSON,
            "Accept": _JSON,
            "Host": base.split("://", 1)[1],
        }
        return Request(method, base + target, headers, body)

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return (self.api_key,)
