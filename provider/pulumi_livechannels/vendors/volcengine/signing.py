"""How a Volcengine call proves who makes it: HMAC-SHA256 over a canonical request, with a key derived for each day.

Source: the vendor's signing pages, and the official SDK's signer, which tests compare with.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote, urlsplit

from ...ground.http import Request

ALGORITHM = "HMAC-SHA256"
REGION = "cn-north-1"
SERVICE = "live"
_TERMINATOR = "request"
_JSON = "application/json"


@dataclass(frozen=True)
class VolcengineSigner:
    """Signs with an access key and a secret key, and with a session token where there is one."""

    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(default="", repr=False)

    def sign(self, method: str, url: str, body: bytes, now: float) -> Request:
        """The signed request, dated to the second of `now`."""
        date = datetime.fromtimestamp(int(now), timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        payload = hashlib.sha256(body).hexdigest()
        signed = {
            "Content-Type": _JSON,
            "Host": re.sub(r":(80|443)$", "", urlsplit(url).netloc),
            "X-Content-Sha256": payload,
            "X-Date": date,
            **({"X-Security-Token": self.session_token} if self.session_token else {}),
        }
        names = ";".join(sorted(name.lower() for name in signed))
        scope = f"{date[:8]}/{REGION}/{SERVICE}/{_TERMINATOR}"
        signature = self._signature(_canonical(method, url, signed, names, payload), date, scope)
        authorization = (
            f"{ALGORITHM} Credential={self.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"
        )
        headers = {**signed, "Host": urlsplit(url).netloc, "Accept": _JSON, "Authorization": authorization}
        return Request(method, url, headers, body)

    def _signature(self, canonical: str, date: str, scope: str) -> str:
        to_sign = "\n".join((ALGORITHM, date, scope, hashlib.sha256(canonical.encode()).hexdigest()))
        key = self.secret_key.encode()
        for part in (*scope.split("/"), to_sign):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        return key.hex()

    def secrets(self) -> tuple[str, ...]:
        """What must never be shown."""
        return tuple(value for value in (self.secret_key, self.access_key, self.session_token) if value)


def _canonical(method: str, url: str, headers: Mapping[str, str], names: str, payload: str) -> str:
    parts = urlsplit(url)
    pairs = sorted(parse_qsl(parts.query, keep_blank_values=True))
    query = "&".join(f"{quote(key, safe='-_.~')}={quote(value, safe='-_.~')}" for key, value in pairs)
    lines = "".join(f"{name}:{value}\n" for name, value in sorted((key.lower(), headers[key]) for key in headers))
    return "\n".join((method, quote(parts.path or "/", safe="/-_.~%"), query, lines, names, payload))
