"""The gateway's error codes, each mapped to the tree of `ground.errors` with what to do about it.

Sources: the code tables of two sibling products on the same gateway; no table of Live's own is known. A code that is
not listed here stays in the message word for word, judged by the HTTP status.
"""

from __future__ import annotations

from ...ground.errors import (
    AccessDeniedError,
    ClockError,
    CredentialsError,
    PlatformError,
    RefusedError,
    ThrottledError,
)
from ..calling import Meaning

_KEYS = "check volcengineAccessKey, volcengineSecretKey and, with temporary credentials, volcengineSessionToken."
_CLOCK = "set this machine's clock (the platform allows 15 minutes of difference), then run again."
_RIGHTS = "ask for the Live read permission for this user."
_INPUTS = "correct the query as the code says; if it looks right, send the request id to the vendor."
_LATER = "run again later; if it stays, send the request id to the vendor."
_SLOWER = "run again in a while, or ask for fewer reports at once."

_REFUSED = ("MissingParameter", "InvalidParameter", "InvalidDomain", "MissingRequestInfo", "MethodNotAllowed")
_UNKNOWN_ACTIONS = ("ServiceNotFound", "InvalidActionOrVersion", "InvalidAction", "InvalidVersion")
_CREDENTIALS = (
    "MissingAuthenticationToken",
    "MissingSignature",
    "InvalidClientTokenId",
    "InvalidAccessKey",
    "SignatureDoesNotMatch",
)
_THROTTLES = ("FlowLimitExceeded", "AccountFlowLimitExceeded", "RequestLimitExceeded")
_FAILURES = (
    "ServiceUnavailableTemp",
    "InternalServiceTimeout",
    "FailToConnect",
    "InternalServiceError",
    "InternalError",
    "UndefinedError",
)

_CODES: dict[str, Meaning] = {
    **dict.fromkeys((*_REFUSED, *_UNKNOWN_ACTIONS), Meaning(RefusedError, _INPUTS)),
    **dict.fromkeys(_CREDENTIALS, Meaning(CredentialsError, _KEYS)),
    **dict.fromkeys(("LackPolicy", "AccessDenied", "LackProjectPolicy"), Meaning(AccessDeniedError, _RIGHTS)),
    **dict.fromkeys(_THROTTLES, Meaning(ThrottledError, _SLOWER)),
    **dict.fromkeys(_FAILURES, Meaning(PlatformError, _LATER)),
    "InvalidTimestamp": Meaning(ClockError, _CLOCK),
}
_STATUSES = {
    401: Meaning(CredentialsError, _KEYS),
    403: Meaning(AccessDeniedError, _RIGHTS),
    429: Meaning(ThrottledError, _SLOWER),
}


def meaning(code: str, status: int) -> Meaning:
    """What a code means, or what the HTTP status does where the code is not known."""
    if code in _CODES:
        return _CODES[code]
    return _STATUSES.get(status) or Meaning(*((PlatformError, _LATER) if status >= 500 else (RefusedError, _INPUTS)))
