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
# A report's window is longer, or its domains are more, than the account may ask for in one call; a domain is unknown.
TOO_LONG, TOO_MANY, BAD_DOMAIN = "24102007", "24102019", "24102008"

_KEYS = (
    "check accessKey and secretKey (or username and apiKey), and that they belong to this site. If they were changed "
    "since the last `pulumi up`: refresh and destroy take them from the state, unless `--run-program` is given."
)
_CLOCK = "set this machine's clock (the platform allows 5 minutes of difference), then run again."
_RIGHTS = "ask the vendor to grant this API, or this object, to the account."
_INPUTS = "correct the inputs; if they look right, the domain may lack the feature: send the request id to the vendor."
_LATER = "run again later; if it stays, send the request id to the vendor."
_SLOWER = "run again in some minutes, or lower callsPerFiveMinutes."
_OURS = (
    "it is the provider that wrote this call: send the request id to the vendor and open an issue for this provider."
)

_FAILURES = {
    "300": f"the platform failed and does not say why: {_LATER}",
    "900": _LATER,
    "24102500": f"the report failed inside the platform: {_LATER}",
}
_REFUSALS = {
    "1000": _INPUTS,
    "1004": "the platform misses a value that it needs: set what the message names, or send the request id to the "
    "vendor.",
    "1006": "the platform takes the request for a wrong one in this place: check the inputs, and that the object still "
    "stands as the program believes.",
    "1012": "a value is out of the platform's range: choose one within it; the message or the docs name the bounds.",
    "1013": "a value has a form that the platform does not read: write what the message names as the docs show it.",
    "1502": "the video or task does not exist: correct the id, or refresh the stack that holds it.",
    "NoSuchDomain": "the account has no such domain: correct its name, or have the vendor create it.",
    "24102002": f"the platform cannot read the body of the report: check each word of the query; if all look right, "
    f"{_OURS}",
    "24102006": "the window is none that the platform takes: begin it in the past, within what the report keeps, and "
    "end it after that.",
    "24102007": "the window is longer than this account may ask for in one call: ask for a shorter one, or have the "
    "vendor raise the limit.",
    "24102008": "a domain is not one of this account, and the platform does not say which: correct or leave out the "
    "wrong one.",
    "24102013": f"the platform does not answer in the asked form: {_OURS}",
    "24102014": f"the platform found no body in the call, or no type of it: look for a proxy that takes it out, else "
    f"{_OURS}",
    "24102019": "more domains than this account may name in one call, or has itself where none are named: name fewer, "
    "or have the vendor raise the limit.",
    "24102020": "the platform does not take this zone: set timeZone to an offset like +08:00.",
    "24102021": f"the platform cannot read a date: write startTime and endTime as RFC 3339; if they are, {_OURS}",
}
_CREDENTIALS = {
    "1001": f"the signature or token was refused: {_KEYS}",
    "1002": f"the platform found no credentials in the call: look for a proxy that takes headers out, and {_KEYS}",
    "1003": f"the platform does not know the user: {_KEYS}",
    "4001": f"the platform misses a part of the authentication: look for a proxy that takes headers out, and {_KEYS}",
    "4002": _KEYS,
    "InvalidKey": f"the platform does not know the key: {_KEYS}",
}
_DENIALS = {
    "1008": "the account may not call this, or has no such domain: check how the domain is spelt; if that is right, "
    f"{_RIGHTS}",
    "1301": f"the account may not see this object: {_RIGHTS}",
    "1505": f"the account may not use this video: {_RIGHTS}",
    "1525": f"the account may not change this object: {_RIGHTS}",
    "1535": f"the account may not do this with the object: {_RIGHTS}",
}
_CLOCKS = {
    "1010": f"the platform cannot read the call's time: {_CLOCK}",
    "1011": f"the call's time is more than 5 minutes old: {_CLOCK}",
    "4003": f"the signature's time is none: {_CLOCK}",
    "4004": f"the signature has expired: {_CLOCK}",
}
CODES: dict[str, Meaning] = {
    **{code: Meaning(PlatformError, text) for code, text in _FAILURES.items()},
    **{code: Meaning(RefusedError, text) for code, text in _REFUSALS.items()},
    **{code: Meaning(CredentialsError, text) for code, text in _CREDENTIALS.items()},
    **{code: Meaning(AccessDeniedError, text) for code, text in _DENIALS.items()},
    **{code: Meaning(ClockError, text) for code, text in _CLOCKS.items()},
    "WPLUS_AccountApiTooFrequence": Meaning(ThrottledError, _SLOWER),
}


def meaning(code: str, status: int) -> Meaning:
    """What a code means, or what the HTTP status does where the code is not known."""
    known = CODES.get(code)
    if known is not None:
        return known
    if status == 429:
        # A gateway may say it too, of a call that it has sent before.
        return Meaning(ThrottledError, _SLOWER, documented=False)
    if status == 401:
        return Meaning(CredentialsError, _KEYS, documented=False)
    if status == 403:
        return Meaning(AccessDeniedError, _RIGHTS, documented=False)
    # 408 and 499 are a gateway's words for an answer that did not come in time.
    if status >= 500 or status in (408, 499):
        return Meaning(PlatformError, _LATER, documented=False)
    return Meaning(RefusedError, _INPUTS, documented=False)
