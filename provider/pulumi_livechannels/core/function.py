"""What a function has to say about itself: its inputs, what it answers, and how it finds the answer.

Checking, remembering and sharing of answers is `core.asking`, once for all.
"""

from __future__ import annotations

import re
import typing
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel

from ..ground.errors import Problem
from .fields import Inputs, bare, properties

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
    def inputs(cls) -> type[Inputs]:
        """The model of what is asked."""

    @classmethod
    @abstractmethod
    def output(cls) -> type[BaseModel]:
        """The model of the answer."""

    @classmethod
    @abstractmethod
    def source(cls) -> str:
        """The vendor's action behind it."""

    @classmethod
    def notes(cls) -> list[str]:
        """What else there is to know, a sentence each."""
        return []

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


def secrets_in(model: type[BaseModel], value: Mapping[str, Any]) -> dict[str, Any]:
    """Which parts of an answer are secret: True, or the same for what is nested; nothing for what is not."""
    marks: dict[str, Any] = {}
    for key, item in properties(model).items():
        inside = value.get(key)
        if inside is None:
            continue
        if item.flags.secret:
            marks[key] = True
            continue
        nested = element(item.annotation)
        if nested is not None and isinstance(inside, list):
            each = [secrets_in(nested, part) or None for part in inside]
            if any(each):
                marks[key] = each
    return marks


def without_secrets(value: Mapping[str, Any], marks: Mapping[str, Any]) -> dict[str, Any]:
    """An answer without its secret parts."""
    plain: dict[str, Any] = {}
    for key, inside in value.items():
        mark = marks.get(key)
        if isinstance(mark, list):
            plain[key] = [without_secrets(part, each or {}) for part, each in zip(inside, mark, strict=True)]
        elif mark is not True:
            plain[key] = inside
    return plain


def element(annotation: Any) -> type[BaseModel] | None:
    """The model that an annotation is about, be it in a list."""
    annotation = bare(annotation)
    if typing.get_origin(annotation) is list:
        annotation = bare(typing.get_args(annotation)[0])
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def renamed(problem: Problem, names: Mapping[str, str]) -> Problem:
    """A problem in the words of a face that calls properties by other names."""
    head, bracket, rest = problem.path.partition("[")

    def said(text: str) -> str:
        return re.sub(r"\b[a-z]+[A-Za-z]*\b", lambda word: names.get(word[0], word[0]), text)

    path = f"{names.get(head, head)}{bracket}{rest}"
    return Problem(path, said(problem.text), problem.secret, said(problem.veiled))
