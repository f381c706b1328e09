"""What resources share that switch something on a channel or a domain: the platform keeps no list of them.

So there is nothing to look through after a lost answer; their calls may be sent again instead. And they have no id of
their own: a resource with a new name in the program is made before the old one is ended, on the same channel or domain,
so each bears a mark.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ground.errors import ConflictError, RefusedError
from .resource import MARK, Candidate, I, Listed, Resource


class Switch(Resource[I]):
    """A resource without a list."""

    listable = False

    def hold(self, key: str, what: str) -> dict[str, Any]:
        """The mark of a new resource, for its state.

        Raises:
            ConflictError: another resource of this run holds the same.
        """
        name = type(self).__name__
        if self.account.claimed(name, key):
            raise ConflictError(
                f"another resource of this run holds the {what} of {key}",
                next_step="declare one. If you gave the resource a new name, give it its old one as an alias too.",
            )
        return {MARK: self.account.mark(name, key)}

    def page(self, number: int) -> list[Any]:
        """There is none."""
        return []

    def listed(self, item: Any) -> Listed:
        """Never asked: no page has an item."""
        raise NotImplementedError(f"{type(self).__name__} is in no list")

    def every(self) -> Iterator[Listed]:
        """None that the platform could name."""
        return iter(())

    def candidates(self, want: I, since: float) -> list[Candidate]:
        """None: its call is sent again instead."""
        return []

    def gone(self, key: str, refusal: RefusedError) -> bool:
        """A refusal is never taken for a deletion, for no list could confirm it.

        Raises:
            RefusedError: the refusal.
        """
        raise refusal
