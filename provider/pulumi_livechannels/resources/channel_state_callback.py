"""State callbacks: the platform tells an address when streams of a push domain begin and end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.custody import Holder
from ..core.diff import Diff
from ..core.fields import Inputs, State, prop
from ..core.switch import Switch
from ..core.values.addresses import Domain, HttpUrl
from ..vendors import wangsu

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
        """The domain."""
        return (want.push_domain,)

    @classmethod
    def canonical(cls, key: str) -> str:
        """Host names have no case."""
        return key.lower()

    def create(self, want: ChannelStateCallbackInputs, holder: Holder) -> str:
        """setChannelStateRealtimeBack, which replaces whatever is set."""
        self._set(want.push_domain, want.notify_url, 1)
        return want.push_domain

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """Nothing can be read; the domain is in the id."""
        return {"pushDomain": self.canonical(key)}

    def update(
        self, key: str, want: ChannelStateCallbackInputs, change: Diff, prior: Mapping[str, Any]
    ) -> dict[str, Any]:
        """setChannelStateRealtimeBack once more."""
        self._set(want.push_domain, want.notify_url, 1)
        return {}

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """setChannelStateRealtimeBack with open=0."""
        self._set(key, prior.get("notifyUrl") or NOBODY, 0)

    def _set(self, domain: str, notify_url: str, switch: int) -> None:
        self.wangsu.call(
            wangsu.switches.SetChannelStateRealtimeBack(domain_name=domain, notify_url=notify_url, open=switch)
        )
