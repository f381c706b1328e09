"""Disconnections: an action that cuts a stream once, and again whenever its triggers change."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..core.custody import Holder
from ..core.evidence import Created
from ..core.fields import Inputs, State, prop
from ..core.switch import Switch
from ..core.values.rules import Id
from ..core.values.times import Time, from_unix
from ..ground.errors import ConflictError
from ..ground.language import tr
from ..vendors import wangsu


class StreamDisconnectInputs(Inputs):
    """What a program sets on a disconnection."""

    pull_id: Id = prop(
        "The channel whose stream is cut, by its pullId; not for pull channels.", min_length=1, replaces=True
    )
    triggers: Any = prop("Any values; a change of them cuts the stream again.", default=None, replaces=True)


class StreamDisconnectOutputs(State):
    """What a program reads from a disconnection."""

    disconnected_at: Time = prop("When the stream was cut, RFC 3339.")


class StreamDisconnect(Switch[StreamDisconnectInputs]):
    """Cuts the stream that is pushed to a channel, once. The encoder may push again at once; destroy does nothing.

    Its id is the pullId.

    Source: disconnectStream.
    """

    inputs = StreamDisconnectInputs
    outputs = StreamDisconnectOutputs
    id_key = "pullId"
    adoptable = False
    example = {"pullId": "${main.pullId}", "triggers": {"incident": "4711"}}

    def identity(self, want: StreamDisconnectInputs) -> tuple[str, ...]:
        """The channel."""
        return (want.pull_id,)

    def create(self, want: StreamDisconnectInputs, holder: Holder) -> Created:
        """disconnectStream."""
        self.wangsu.call(wangsu.switches.DisconnectStream(pull_id=want.pull_id))
        return Created(want.pull_id, {"disconnectedAt": from_unix(int(self.account.clock.now()))})

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """What was done stays done; there is nothing to read."""
        if "disconnectedAt" not in prior:
            raise ConflictError(
                tr("a disconnection is an action and cannot be imported"), next_step=tr("declare it to cut the stream.")
            )
        return {"pullId": key, "disconnectedAt": prior["disconnectedAt"]}

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """Forget it."""
