"""Who calls? Each signature is verified over the bytes that arrived; wrong clocks and repetitions are refused.

Only the emulator's own credentials are known, so that a real key never works here by accident.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from urllib.parse import unquote

from ..basis import behaves
from ..exchange import AS_SENT
from .wire import (
    BAD_ACCESS_KEY,
    BAD_TIMESTAMP,
    EXPIRED_TIMESTAMP,
    MISSING_AUTHENTICATION,
    TOKEN_ERROR,
    Refusal,
)

ACCESS_KEY = "emulator-access-key"
SECRET_KEY = "emulator-secret-key"
USERNAME = "emulator-user"
API_KEY = "emulator-api-key"
LONGEST_SKEW = 300

behaves("signing", "documented", "CNC-HMAC-SHA256 over method, path, query (not of a POST), headers and body bytes")
behaves("signing", "documented", "a clock more than 5 minutes off is refused")
behaves("signing", "documented", "a signature may not be repeated within 5 minutes")
behaves(
    "signing", "assumed", "codes: 4001 nothing sent, 4002 unknown key, 1001 wrong signature, 4003 and 4004 timestamp"
)
behaves("signing", "documented", "x-cnc-auth-method absent means BASIC: HMAC-SHA1 of the Date header as password")


def cnc_signature(secret: str, method: str, target: str, headers: Mapping[str, str], signed: str, body: bytes) -> str:
    """The signature that a request should carry; header names are lower-case."""
    path, _, query = target.partition("?")
    lines = [
        method,
        path,
        "" if method == "POST" else unquote(query),
        *(f"{name}:{headers.get(name, '').lower()}" for name in signed.split(";")),
        "",
        signed,
        hashlib.sha256(b"" if method == "GET" else body).hexdigest(),
    ]
    digest = hashlib.sha256("\n".join(lines).encode(errors=AS_SENT)).hexdigest()
    message = f"CNC-HMAC-SHA256\n{headers.get('x-cnc-timestamp', '')}\n{digest}"
    return hmac.new(secret.encode(), message.encode(errors=AS_SENT), hashlib.sha256).hexdigest()


class Doorkeeper:
    """Checks credentials, and remembers signatures for as long as they may not be repeated."""

    def __init__(self) -> None:
        self._seen: dict[str, float] = {}

    def admit(self, method: str, target: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
        """Return for a request that proves who it is.

        Raises:
            Refusal: it does not.
        """
        if headers.get("x-cnc-auth-method", "BASIC").upper() == "AKSK":
            self._admit_key_pair(method, target, headers, body, now)
        else:
            self._admit_api_key(headers)

    def _admit_key_pair(self, method: str, target: str, headers: Mapping[str, str], body: bytes, now: float) -> None:
        sent = re.fullmatch(
            r"CNC-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
            headers.get("authorization", ""),
        )
        if sent is None or "x-cnc-accesskey" not in headers or "x-cnc-timestamp" not in headers:
            raise Refusal(MISSING_AUTHENTICATION, "authentication is missing or malformed")
        if sent[1] != ACCESS_KEY or headers["x-cnc-accesskey"] != ACCESS_KEY:
            raise Refusal(BAD_ACCESS_KEY, "unknown access key")
        # Digits of ten, and no more of them than a time can have: Python knows others, and reads none of thousands.
        if not re.fullmatch("[0-9]{1,15}", headers["x-cnc-timestamp"]):
            raise Refusal(BAD_TIMESTAMP, "the timestamp is not a number")
        if abs(int(headers["x-cnc-timestamp"]) - now) > LONGEST_SKEW:
            raise Refusal(EXPIRED_TIMESTAMP, "the timestamp is more than 5 minutes off")
        right = cnc_signature(SECRET_KEY, method, target, headers, sent[2], body)
        if not hmac.compare_digest(right, sent[3]) or not {"content-type", "host"} <= set(sent[2].split(";")):
            raise Refusal(TOKEN_ERROR, "the signature is wrong")
        while self._seen and next(iter(self._seen.values())) <= now:
            del self._seen[next(iter(self._seen))]
        if self._seen.pop(sent[3], now) > now:
            raise Refusal(BAD_TIMESTAMP, "the signature was used before")
        self._seen[sent[3]] = now + LONGEST_SKEW

    def _admit_api_key(self, headers: Mapping[str, str]) -> None:
        date = headers.get("x-cnc-date") or headers.get("date")
        scheme, _, credentials = headers.get("authorization", "").partition(" ")
        if scheme != "Basic" or not date:
            raise Refusal(MISSING_AUTHENTICATION, "authentication is missing or malformed")
        password = base64.b64encode(
            hmac.new(API_KEY.encode(), date.encode(errors=AS_SENT), hashlib.sha1).digest()
        ).decode()
        try:
            sent = base64.b64decode(credentials, validate=True).decode()
        except ValueError:
            raise Refusal(MISSING_AUTHENTICATION, "the credentials are not base64") from None
        if not hmac.compare_digest(sent.encode(), f"{USERNAME}:{password}".encode()):
            raise Refusal(TOKEN_ERROR, "the user or the password is wrong")
