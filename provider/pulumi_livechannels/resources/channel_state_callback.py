"""State callbacks: the platform tells an address when streams of a push domain begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.diff import Diff
from ..core.fields import Inputs, State, prop
from ..core.resource import Created
from ..core.switch import Switch
from ..core.values import Domain, HttpUrl
from ..vendors.wangsu.switches import SetChannelStateRealtimeBack

# The platform wants an address even to remove the callback, and an import knows none.
NOBODY = "http://localhost/"


class ChannelStateCallbackInputs(Inputs):
    """What a program sets on a callback."""

    push_domain: Domain = prop(
        "Push domain whose streams are told; the platform must have the callback enabled for it.", replaces=True
    )
    notify_url: HttpUrl = prop("Address that is called with GET when a stream begins or ends.", write_only=True)


class ChannelStateCallbackOutputs(State):
    """A callback has no outputs of its own."""


class ChannelStateCallback(Switch[ChannelStateCallbackInputs]):
    """The address that hears when streams of a push domain begin and end: one for each domain.

    The platform does not show it, so what somebody changed in the console is not seen. Its id is the push domain.

    Source: setChannelStateRealtimeBack.
    """

    inputs = ChannelStateCallbackInputs
    outputs = ChannelStateCallbackOutputs
    id_key = "pushDomain"
    example = {"pushDomain": "push.example.com", "notifyUrl": "https://hooks.example.com/live"}

    def identity(self, want: ChannelStateCallbackInputs) -> tuple[str, ...]:
        """The domain, in whatever case."""
        return (want.push_domain.lower(),)

    def create(self, want: ChannelStateCallbackInputs) -> Created:
        """setChannelStateRealtimeBack, which replaces whatever is set."""
        key = want.push_domain.lower()
        mark = self.hold(key, "callback")
        self._set(want.push_domain, want.notify_url, 1)
        return Created(key, mark)

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """Nothing can be read; the domain is in the id."""
        return {"pushDomain": prior.get("pushDomain", key)}

    def update(
        self, key: str, want: ChannelStateCallbackInputs, change: Diff, prior: Mapping[str, Any]
    ) -> dict[str, Any]:
        """setChannelStateRealtimeBack once more."""
        self._set(want.push_domain, want.notify_url, 1)
        return {}

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """setChannelStateRealtimeBack with open=0."""
        self._set(key, prior.get("notifyUrl") or NOBODY, 0)

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """A domain that is only written in another case is the same one, and must not lose its new callback."""
        return True

    def _set(self, domain: str, notify_url: str, switch: int) -> None:
        self.wangsu.call(SetChannelStateRealtimeBack(domain_name=domain, notify_url=notify_url, open=switch))
