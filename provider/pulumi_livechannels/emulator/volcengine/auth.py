"""Who calls Volcengine? Signatures are verified over the bytes that arrived; a clock over 15 minutes off is refused.

Only the emulator's own credentials are known, so that a real key never works here by accident.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timezone
from urllib.parse import parse_qsl, quote

from ..basis import behaves
from ..exchange import AS_SENT, Request
from .wire import refuse

ACCESS_KEY = "emulator-volcengine-access-key"
SECRET_KEY = "emulator-volcengine-secret-key"
SESSION_TOKEN = "emulator-volcengine-session-token"
LONGEST_SKEW = 900
NEEDED = {"host", "x-date", "x-content-sha256"}

behaves(
    "volcengine signing", "documented", "HMAC-SHA256 over method, path, sorted query, signed headers and body bytes"
)
behaves("volcengine signing", "documented", "a signature holds for 900 seconds around its X-Date")
behaves("volcengine signing", "assumed", "a signature may be repeated")
behaves("volcengine signing", "documented", "a session token is a header of its own, and signed")
behaves("volcengine signing", "assumed", "host, x-date and x-content-sha256 must be signed; any region will do")
behaves(
    "volcengine signing",
    "assumed",
    "codes: MissingAuthenticationToken, MissingSignature, InvalidAccessKey, "
    "InvalidClientTokenId for a token, SignatureDoesNotMatch, InvalidTimestamp",
)


def volcengine_signature(secret: str, request: Request, scope: str, signed: str) -> str:
    """The signature that a request should carry; `scope` is date/region/service/request."""
    query = sorted(parse_qsl(request.query, keep_blank_values=True))
    canonical = "\n".join(
        [
            request.method,
            request.path,
            "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query),
            *(f"{name}:{_signed_value(name, request.headers)}" for name in signed.split(";")),
            "",
            signed,
            hashlib.sha256(request.body).hexdigest(),
        ]
    )
    digest = hashlib.sha256(canonical.encode(errors=AS_SENT)).hexdigest()
    key = secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(errors=AS_SENT), hashlib.sha256).digest()
    message = "\n".join(["HMAC-SHA256", request.headers.get("x-date", ""), scope, digest])
    return hmac.new(key, message.encode(errors=AS_SENT), hashlib.sha256).hexdigest()


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~", errors=AS_SENT)


def _signed_value(name: str, headers: Mapping[str, str]) -> str:
    value = headers.get(name, "").strip()
    return re.sub(r":(80|443)$", "", value) if name == "host" else value


def admit(request: Request, now: float) -> None:
    """Return for a request that proves who it is.

    Raises:
        Refusal: it does not.
    """
    if "authorization" not in request.headers:
        raise refuse("MissingAuthenticationToken", "The Authorization header is missing.")
    sent = re.fullmatch(
        r"HMAC-SHA256 Credential=([^/,]+)/(\d{8}/[^/,]+/live/request), ?"
        r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
        request.headers["authorization"],
    )
    if sent is None:
        raise refuse("MissingSignature", "The Authorization header is malformed.")
    if sent[1] != ACCESS_KEY:
        raise refuse("InvalidAccessKey", "The access key is unknown.")
    date = request.headers.get("x-date", "")
    if abs(_moment(date) - now) > LONGEST_SKEW:
        raise refuse("InvalidTimestamp", "X-Date is more than 15 minutes off.")
    signed = set(sent[3].split(";"))
    token = request.headers.get("x-security-token")
    if token not in (None, SESSION_TOKEN):
        raise refuse("InvalidClientTokenId", "The session token is unknown.")
    right = volcengine_signature(SECRET_KEY, request, sent[2], sent[3])
    needed = NEEDED | ({"x-security-token"} if token else set())
    if not hmac.compare_digest(right, sent[4]) or not needed <= signed or not sent[2].startswith(date[:8]):
        raise refuse("SignatureDoesNotMatch", "The signature is wrong.")


def _moment(date: str) -> float:
    try:
        return datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
    except ValueError:
        raise refuse("InvalidTimestamp", "X-Date is malformed.") from None
