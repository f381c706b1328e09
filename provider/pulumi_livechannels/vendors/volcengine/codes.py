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
_OURS = (
    "it is the provider that wrote this call: send the request id to the vendor and open an issue for this provider."
)

_REFUSALS = {
    "MissingParameter": "the platform misses a word that it needs: set what the message names.",
    "InvalidParameter": "a word holds what the platform does not take: correct what the message names.",
    "InvalidDomain": "a domain is not one of this account: correct or leave out what the message names.",
    "MissingRequestInfo": f"the platform misses a part of the call: look for a proxy that takes it out, else {_OURS}",
    "MethodNotAllowed": f"the platform does not take this method: look for a proxy that changes it, else {_OURS}",
    "ServiceNotFound": "the endpoint does not serve Live: check volcengineEndpoint.",
    "InvalidActionOrVersion": f"the platform does not know this action in this version: check volcengineEndpoint, else "
    f"{_OURS}",
    "InvalidAction": f"the platform does not know this action: check volcengineEndpoint, else {_OURS}",
    "InvalidVersion": f"the platform does not know this version: check volcengineEndpoint, else {_OURS}",
}
_CREDENTIALS = {
    "MissingAuthenticationToken": f"the platform found no credentials: look for a proxy that takes headers out, and "
    f"{_KEYS}",
    "MissingSignature": f"the platform found no signature: look for a proxy that takes headers out, and {_KEYS}",
    "InvalidClientTokenId": f"the platform does not know the session token or its key: {_KEYS}",
    "InvalidAccessKey": f"the platform does not know the access key: {_KEYS}",
    "SignatureDoesNotMatch": f"the secret key is not that of the access key, or a proxy changed the call: {_KEYS}",
}
_DENIALS = {
    "LackPolicy": f"no policy lets this user call the action: {_RIGHTS}",
    "AccessDenied": f"a policy forbids this user the action: {_RIGHTS}",
    "LackProjectPolicy": f"no policy of the project lets this user call the action: {_RIGHTS}",
}
_THROTTLES = {
    "FlowLimitExceeded": f"too many calls of this action at once: {_SLOWER}",
    "AccountFlowLimitExceeded": f"too many calls of the account at once: {_SLOWER}",
    "RequestLimitExceeded": f"too many calls: {_SLOWER}",
}
_FAILURES = {
    "ServiceUnavailableTemp": f"the service is away for a moment: {_LATER}",
    "InternalServiceTimeout": f"the service took too long, maybe for a window this wide: {_LATER}",
    "FailToConnect": f"the gateway does not reach the service: {_LATER}",
    "InternalServiceError": f"the service behind the gateway failed: {_LATER}",
    "InternalError": f"the gateway failed: {_LATER}",
    "UndefinedError": f"the platform failed and does not say why: {_LATER}",
}

CODES: dict[str, Meaning] = {
    **{code: Meaning(RefusedError, text) for code, text in _REFUSALS.items()},
    **{code: Meaning(CredentialsError, text) for code, text in _CREDENTIALS.items()},
    **{code: Meaning(AccessDeniedError, text) for code, text in _DENIALS.items()},
    **{code: Meaning(ThrottledError, text) for code, text in _THROTTLES.items()},
    **{code: Meaning(PlatformError, text) for code, text in _FAILURES.items()},
    "InvalidTimestamp": Meaning(ClockError, _CLOCK),
}
_STATUSES = {
    401: Meaning(CredentialsError, _KEYS),
    403: Meaning(AccessDeniedError, _RIGHTS),
    429: Meaning(ThrottledError, _SLOWER),
}


def meaning(code: str, status: int) -> Meaning:
    """What a code means, or what the HTTP status does where the code is not known."""
    if code in CODES:
        return CODES[code]
    return _STATUSES.get(status) or Meaning(*((PlatformError, _LATER) if status >= 500 else (RefusedError, _INPUTS)))
