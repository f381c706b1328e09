"""Signed URLs: push and pull addresses with a token that expires."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from ..core.custody import Holder
from ..core.diff import Diff
from ..core.evidence import Created
from ..core.fields import Inputs, State, prop
from ..core.switch import Switch
from ..core.values.rules import Id
from ..core.values.times import Hours, Time, from_unix
from ..ground.errors import ConflictError, NoAnswerError
from ..ground.language import tr
from ..vendors import wangsu
from ._channels import PullUrl, pull_urls


class SignedUrlInputs(Inputs):
    """What a program sets on signed URLs."""

    pull_id: Id = prop("The channel, by its pullId.", min_length=1, replaces=True)
    effective_hours: Hours = prop(
        "How long they are valid. The vendor names it in hours and never confirmed the unit: try it first."
    )
    triggers: Any = prop("Any values; a change of them signs anew.", default=None)


class SignedUrls(Switch[SignedUrlInputs]):
    """What both share: an action whose answer is kept, and repeated when its inputs change."""

    inputs = SignedUrlInputs
    id_key = "pullId"
    adoptable = False
    answer_key: ClassVar[str]
    example = {"pullId": "${main.pullId}", "effectiveHours": 24, "triggers": {"month": "2026-11"}}

    @abstractmethod
    def sign(self, pull_id: str, hours: str) -> Any:
        """Ask for the signed URLs."""

    def identity(self, want: SignedUrlInputs) -> tuple[str, ...]:
        """The channel."""
        return (want.pull_id,)

    def create(self, want: SignedUrlInputs, holder: Holder) -> Created:
        """Sign; the answer is the only place where the URLs stand."""
        return Created(want.pull_id, self._signed(want))

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """What was signed stays as it was: the platform does not show it."""
        if self.answer_key not in prior:
            raise ConflictError(
                tr("signed URLs are shown once, when they are signed, and cannot be imported"),
                next_step=tr("declare them to sign anew."),
            )
        return {"pullId": key, **{name: prior.get(name) for name in (self.answer_key, "issuedAt")}}

    def update(self, key: str, want: SignedUrlInputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """Sign anew."""
        return self._signed(want)

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """Forget them; they stay valid until they expire, for the vendor has no call to end them."""
        self.notices.once(
            tr("{kind}: signed URLs stay valid until they expire, even after a destroy", kind=type(self).__name__)
        )

    def _signed(self, want: SignedUrlInputs) -> dict[str, Any]:
        hours = f"{want.effective_hours:.6f}".rstrip("0").rstrip(".")
        urls = self.sign(want.pull_id, hours)
        if not urls:
            raise NoAnswerError(
                tr("the platform answered without a signed URL"),
                next_step=tr("see that the domain has timestamp anti-leech, then run again."),
            )
        return {self.answer_key: urls, "issuedAt": from_unix(int(self.account.clock.now()))}


class SignedPushUrlOutputs(State):
    """What a program reads from a signed push URL."""

    url: str = prop("The signed push URL.", secret=True, follows=("effectiveHours", "triggers"))
    issued_at: Time = prop("When it was signed, RFC 3339.", follows=("effectiveHours", "triggers"))


class SignedPushUrl(SignedUrls):
    """A push URL with a token that expires; `triggers` sign a new one. The domain needs timestamp anti-leech.

    The platform does not show it again, so it stays in the state as it was signed. Its id is the pullId.

    Source: setPushTsatc.
    """

    outputs = SignedPushUrlOutputs
    answer_key = "url"
    unreadable = ("url",)

    def sign(self, pull_id: str, hours: str) -> Any:
        """setPushTsatc."""
        return self.wangsu.call(wangsu.switches.SetPushTsatc(pull_id=pull_id, effective_hour_long=hours)).push_url


class SignedPullUrlsOutputs(State):
    """What a program reads from signed pull URLs."""

    urls: list[PullUrl] = prop("The signed pull URLs.", secret=True, follows=("effectiveHours", "triggers"))
    issued_at: Time = prop("When they were signed, RFC 3339.", follows=("effectiveHours", "triggers"))


class SignedPullUrls(SignedUrls):
    """Pull URLs with a token that expires; `triggers` sign new ones. The domain needs timestamp anti-leech.

    The platform does not show them again, so they stay in the state as they were signed. Their id is the pullId.

    Source: setPullTsatc.
    """

    outputs = SignedPullUrlsOutputs
    answer_key = "urls"
    unreadable = ("urls",)

    def sign(self, pull_id: str, hours: str) -> Any:
        """setPullTsatc."""
        answer = self.wangsu.call(wangsu.switches.SetPullTsatc(pull_id=pull_id, effective_hour_long=hours)).root
        return [url for item in answer for url in pull_urls(item.pull_protocol, [item], item.pull_domain)]
