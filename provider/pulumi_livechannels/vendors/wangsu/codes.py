"""The vendor's error codes, each mapped to the tree of `ground.errors` with what to do about it.

Sources: the returned-results pages of the live and VoD products, the report pages, and what public clients have seen
at the gateway. A code that is not listed here stays in the message word for word, and tells nothing of what was done.
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

SUCCESS = "200"


_KEYS = (
    "check accessKey and secretKey (or username and apiKey), and that they belong to this site. If they were changed "
    "since the last `pulumi up`: refresh and destroy take them from the state, unless `--run-program` is given."
)
_CLOCK = "set this machine's clock (the platform allows 5 minutes of difference), then run again."
_RIGHTS = "ask the vendor to grant this API, or this object, to the account."
_REPORT = "correct the inputs as the code says; if they look right, send the request id to the vendor."
_INPUTS = "correct the inputs; if they look right, the domain may lack the feature: send the request id to the vendor."
_LATER = "run again later; if it stays, send the request id to the vendor."
_SLOWER = "run again in some minutes, or lower callsPerFiveMinutes."

_CODES: dict[str, Meaning] = {
    **dict.fromkeys(("300", "900"), Meaning(PlatformError, _LATER)),
    **dict.fromkeys(("1000", "1004", "1006", "1012", "1013", "1502", "NoSuchDomain"), Meaning(RefusedError, _INPUTS)),
    **dict.fromkeys(("1001", "1002", "1003", "4001", "4002", "InvalidKey"), Meaning(CredentialsError, _KEYS)),
    **dict.fromkeys(("1008", "1301", "1505", "1525", "1535"), Meaning(AccessDeniedError, _RIGHTS)),
    **dict.fromkeys(("1010", "1011", "4003", "4004"), Meaning(ClockError, _CLOCK)),
    "WPLUS_AccountApiTooFrequence": Meaning(ThrottledError, _SLOWER),
    **dict.fromkeys(
        (
            "24102002",
            "24102006",
            "24102007",
            "24102008",
            "24102013",
            "24102014",
            "24102019",
            "24102020",
            "24102021",
        ),
        Meaning(RefusedError, _REPORT),
    ),
    "24102500": Meaning(PlatformError, _LATER),
}


def meaning(code: str, status: int) -> Meaning:
    """What a code means, or what the HTTP status does where the code is not known."""
    known = _CODES.get(code)
    if known is not None:
        return known
    if status == 429:
        return Meaning(ThrottledError, _SLOWER)
    if status == 401:
        return Meaning(CredentialsError, _KEYS, documented=False)
    if status == 403:
        return Meaning(AccessDeniedError, _RIGHTS, documented=False)
    # 408 and 499 are a gateway's words for an answer that did not come in time.
    if status >= 500 or status in (408, 499):
        return Meaning(PlatformError, _LATER, documented=False)
    return Meaning(RefusedError, _INPUTS, documented=False)
