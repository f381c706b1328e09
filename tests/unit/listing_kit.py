"""A vendor's list for the tests of listings: objects in pages, and the questions counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kit import FakeClock
from pulumi_livechannels.core.listing import Listing
from pulumi_livechannels.ground.company import Company
from pulumi_livechannels.ground.errors import NoAnswerError

UNSTEADY = (
    "the list changes while it is read, or its pages do not fit each other. Whether anything was changed on the "
    "platform is unknown. Next: run again when fewer objects come and go; if it stays, send the request id to the "
    "vendor."
)
ENDLESS = (
    "the list does not end: a full page repeats itself. Whether anything was changed on the platform is unknown. Next: "
    "send the request id to the vendor and open an issue for this provider."
)


class Vendor:
    """Objects by name, newest first, in pages; `before` is called before each answer."""

    def __init__(self, count: int, clock: FakeClock) -> None:
        self.items = [f"i{number}" for number in range(count)]
        self.calls: list[tuple[int, int]] = []
        self.clock = clock
        self.before: Callable[[], None] = lambda: None

    def load(self, number: int, size: int) -> list[str]:
        self.calls.append((number, size))
        self.before()
        return self.items[size * (number - 1) : size * number]

    def list(self, reach: int | None = None) -> Listing[str]:
        return Listing(self.load, lambda item: item, self.clock.monotonic, Company(), reach)

    def asked(self) -> list[int]:
        """The pages asked for since."""
        numbers = [number for number, _ in self.calls]
        self.calls.clear()
        return numbers


def refused(ask: Callable[[], object]) -> str:
    with pytest.raises(NoAnswerError) as caught:
        ask()
    return str(caught.value)
