"""What a function has to say about itself: its inputs, what it answers, and how it finds the answer.

Checking, remembering and sharing of answers is `core.asking`, once for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from ..ground.errors import Problem
from .fields import Inputs

if TYPE_CHECKING:
    from .account import Account

I = TypeVar("I", bound=Inputs)  # noqa: E741 - the letter for inputs everywhere in the core

Progress = Callable[[int, int], None]
"""Hears how many calls of how many are done."""


class Function(ABC, Generic[I]):
    """A question to a vendor. `module` is where faces show it, `seconds_kept` how long an answer stays good enough.

    `example` are inputs for the documentation, where "${main.pullId}" stands for a channel's id.
    """

    module: ClassVar[str]
    seconds_kept: ClassVar[float]
    example: ClassVar[dict[str, Any]]

    def __init__(self, account: Account) -> None:
        self.account = account

    @classmethod
    def name(cls) -> str:
        """The function's name in every language but Python."""
        return f"get{cls.__name__}"

    @classmethod
    @abstractmethod
    def inputs(cls) -> type[I]:
        """The model of what is asked."""

    @classmethod
    @abstractmethod
    def output(cls) -> type[BaseModel]:
        """The model of the answer."""

    def problems(self, want: I) -> list[Problem]:
        """Rules that inputs break which are right each for itself."""
        return []

    @abstractmethod
    def answer(self, want: I, progress: Progress | None = None) -> dict[str, Any]:
        """Find the answer, as a dictionary with camelCase keys.

        Raises:
            NotFoundError: what is asked about does not exist.
            LiveChannelsError: there is no answer.
        """
