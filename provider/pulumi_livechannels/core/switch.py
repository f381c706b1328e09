"""What resources share that switch something on a channel or a domain: no list of the platform shows them.

So there is nothing to look through after a lost answer; their calls may be sent again instead. And they have no id of
their own: it is that of the channel or domain, so it is known before anything is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .resource import I, Resource


class Switch(Resource[I]):
    """A resource that is told by what it switches. One whose outcome stays unknown is kept, and switched once more."""

    def switched(self, want: I) -> str:
        """The id of what it is on."""
        return self.canonical(self.identity(want)[0])

    def natural_key(self, inputs: Mapping[str, Any]) -> str | None:
        """What it is on, where only one can be."""
        key = inputs.get(self.id_key)
        return self.canonical(key) if self.adoptable and isinstance(key, str) else None

    def shows(self, key: str) -> bool | None:
        """Whether the channel that it is on is known; None of what is on something else."""
        return self.account.shows_channel(key) if self.id_key == "pullId" else None
