"""Every error that a user can meet, in one tree.

    LiveChannelsError
    ├── ConfigurationError        a setting is missing or wrong; nothing was sent
    ├── InputError                the program's inputs break a rule; nothing was sent
    ├── ConflictError             what is asked for collides with what the platform or the stack already holds
    │   ├── ChannelLiveError      the channel is on air and forceDestroy is not set
    │   └── AmbiguousCreateError  a create's answer was lost and several objects could be what it made
    ├── NotFoundError             no object has this id
    ├── CancelledError            the run was cancelled, or its time limit would pass, while waiting
    ├── TransportError            no answer came
    │   ├── NotSentError          no connection: the platform never saw the call
    │   └── NoAnswerError         sent, and the answer was lost or unreadable: the outcome is unknown
    │       └── TooLargeError     the answer is larger than anything that is read
    └── VendorError               the platform answered that it will not
        ├── CredentialsError      the key, the user or the signature was refused
        │   └── ClockError        the timestamp was refused: a clock is wrong, or the call was a repetition
        ├── AccessDeniedError     the account may not call this, or does not own the object
        ├── ThrottledError        too many calls; this one was not carried out
        ├── RefusedError          the request was refused, in the vendor's own code
        └── PlatformError         the platform failed inside: the outcome of a write is unknown

Each message says what happened, whether anything was changed on the platform, the vendor's code and request id where
there are any, and the next step. No credential, push URL or signature stands in a message.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from .language import apart, joined, said_of, tr


class Changed(Enum):
    """What is known about the platform after a failure."""

    NO = "Nothing was changed on the platform."
    YES = "The platform was changed."
    UNKNOWN = "Whether anything was changed on the platform is unknown."

    def or_worse(self, other: Changed) -> Changed:
        """What is known after two attempts: never more than after the worse one."""
        return max(self, other, key=list(Changed).index)


class LiveChannelsError(Exception):
    """The root of the tree.

    `operation` is filled in by whoever knows what was being done, `part` where a part of it failed. `made_something`
    says that the failed call was one that may not be repeated, so an object may exist that nobody knows of. `half_made`
    is what a face that can should keep of the object: what is known of it, and that it is unfinished.
    """

    made_something = False
    half_made: Any = None

    def __init__(self, what: str, *, next_step: str, changed: Changed = Changed.NO, operation: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.next_step = next_step
        self.changed = changed
        self.operation = operation
        self.part = ""

    def __copy__(self) -> LiveChannelsError:
        twin = type(self).__new__(type(self), *self.args)
        twin.__dict__.update(self.__dict__)
        twin.__cause__ = self.__cause__
        return twin

    def details(self) -> str:
        """Facts to show between what happened and what to do."""
        return ""

    def __str__(self) -> str:
        head = said_of(self.operation, self.what) if self.operation else self.what
        ended = head if head.endswith(("?", "？")) else head.rstrip(".。") + tr(".")
        parts = (ended, self.details(), tr(self.changed.value))
        return joined(*parts, tr("Next: {step}", step=self.next_step))


class ConfigurationError(LiveChannelsError):
    """A setting is missing or wrong; `variables` are those of the environment that would do."""

    variables: tuple[str, ...] = ()


@dataclass(frozen=True)
class Problem:
    """One broken rule: `path` is the property as the user writes it, `text` the rule, the value and the way out.

    `secret` says that the property's value must not be shown beside it; `veiled` is the text without it, where there is
    one: a text that quotes a value cannot be parted from it afterwards.
    """

    path: str
    text: str
    secret: bool = False
    veiled: str = ""


class InputError(LiveChannelsError):
    """The program's inputs break rules; `problems` holds each of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(
            apart(*(f"{problem.path} {problem.text.rstrip('.。')}" for problem in problems)),
            next_step=tr("correct the program and run again."),
        )
        self.problems = tuple(problems)


class ConflictError(LiveChannelsError):
    """What is asked for collides with what is already there."""


class ChannelLiveError(ConflictError):
    """The channel is on air."""


class AmbiguousCreateError(ConflictError):
    """Several objects could be the one whose creation was not answered; `ids` names them."""

    def __init__(self, what: str, ids: Sequence[str], *, next_step: str) -> None:
        super().__init__(what, next_step=next_step, changed=Changed.UNKNOWN)
        self.ids = tuple(ids)


class NotFoundError(LiveChannelsError):
    """No object has this id."""


class CancelledError(LiveChannelsError):
    """A wait was ended."""


class TransportError(LiveChannelsError):
    """No answer came."""


class NotSentError(TransportError):
    """The platform never saw the call."""


class NoAnswerError(TransportError):
    """The call went out and no readable answer came back."""

    def __init__(self, what: str, *, next_step: str) -> None:
        super().__init__(what, next_step=next_step, changed=Changed.UNKNOWN)


class TooLargeError(NoAnswerError):
    """The answer is larger than anything that is read."""


class VendorError(LiveChannelsError):
    """The platform answered with something other than success.

    `documented` says that the vendor's documents give the code a meaning; of others nobody knows what was done.
    """

    changed_by_default = Changed.NO
    documented = True

    def __init__(self, what: str, *, code: str, status: int, request_id: str | None, next_step: str) -> None:
        super().__init__(what, next_step=next_step, changed=self.changed_by_default)
        self.code = code
        self.status = status
        self.request_id = request_id

    def details(self) -> str:
        """The vendor's code, the HTTP status when it tells something, and the request id."""
        status = "" if self.status == 200 else tr(", HTTP {status}", status=self.status)
        request = tr(", request id {request_id}", request_id=self.request_id) if self.request_id else ""
        return tr("(Vendor code {code}{status}{request}.)", code=self.code, status=status, request=request)


class CredentialsError(VendorError):
    """The key, the user or the signature was refused."""


class ClockError(CredentialsError):
    """The timestamp was refused."""


class AccessDeniedError(VendorError):
    """Not allowed."""


class ThrottledError(VendorError):
    """Too many calls; `retry_after` is in seconds, where the platform said."""

    retry_after: float | None = None


class RefusedError(VendorError):
    """The request was refused."""


class PlatformError(VendorError):
    """The platform failed inside."""

    changed_by_default = Changed.UNKNOWN
