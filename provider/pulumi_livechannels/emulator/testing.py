"""What a test does to an emulated platform and sees of it: the calls of the door, as Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .nearest import hint
from .platform import Platform, paths
from .store import Body

ACTIONS = {path.rpartition("/")[2] for path in paths()}


class EmulatedPlatform:
    """The platform of one test. `environment` is what points a program at it; it is set already."""

    def __init__(self, environment: Mapping[str, str], platform: Platform) -> None:
        self.environment = dict(environment)
        self._platform = platform

    @property
    def endpoint(self) -> str:
        """Where it is: both vendors' APIs, and its door under `/_emulator/`."""
        return self.environment["LIVECHANNELS_ENDPOINT"]

    @property
    def journal(self) -> list[Body]:
        """Every vendor call, oldest first: `vendor`, `action`, `path`, `outcome`, `time` and more; no secret in it."""
        return list(self._platform.journal)

    def calls(self, action: str) -> int:
        """How many calls of an action there were, by the last word of its path or by Volcengine's name.

        Raises:
            ValueError: no vendor has it, and nobody called it.
        """
        found = sum(1 for call in self._platform.journal if call["action"] == action)
        if not found and action not in ACTIONS:
            meant = hint(action.rpartition("/")[2], ACTIONS) or "; GET /_emulator/coverage tells all of them"
            raise ValueError(f"{action!r} is no action of a vendor{meant}")
        return found

    def objects(self, kind: str | None = None) -> list[Body]:
        """What the platform holds, of a kind (`channel`, `pullChannel`, `recordTask` and so on), oldest first.

        Raises:
            ValueError: there is no such kind.
        """
        return self._platform.objects(kind)

    def click(self, kind: str, id: str, **change: Any) -> Body:
        """Somebody changes fields of an object in the console, by their wire names; answers the object.

        Raises:
            LookupError: there is no such object.
            ValueError: it has no such field, or one of another type.
        """
        edited = self._platform.edit(kind, id, change)
        if edited is None:
            raise LookupError(self._platform.missing(kind, id))
        return edited

    def delete(self, kind: str, id: str) -> None:
        """Somebody deletes an object in the console.

        Raises:
            LookupError: there is no such object.
        """
        if not self._platform.delete(kind, id):
            raise LookupError(self._platform.missing(kind, id))

    def fault(self, path: str, kind: str, **more: Any) -> None:
        """Let the `nth` call of a path go wrong from now on, `times` times in a row.

        Raises:
            ValueError: no call could ever meet it.
        """
        self._platform.faults.add({"path": path, "kind": kind, **more})

    def move_clock(self, seconds: float) -> None:
        """Let time pass on the platform: tasks start and end, bans lapse, URLs expire."""
        self._platform.store.move_clock(seconds)
