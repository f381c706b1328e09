"""What an action of the vendor is in this code: a model of its request that knows its path, its effect and its answer.

Wire spellings stand here and nowhere above. Requests are exact; answers are read leniently, because the vendor says
that fields may be added, sends numbers as text in places, and leaves out what a paid service would fill.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Generic, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.alias_generators import to_camel

from ..calling import Effect


class Wire(BaseModel):
    """A JSON object on the wire; its names are the camelCase of ours unless `wire` says otherwise."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        coerce_numbers_to_str=True,
        defer_build=True,
    )


def wire(name: str, default: Any = None) -> Any:
    """A field whose wire name is not the camelCase of ours."""
    return Field(default, alias=name)


def _empty_is_absent(value: Any) -> Any:
    return None if value == "" else value


def _one_is_a_list(value: Any) -> Any:
    """The SDKs type some lists as one object, so both forms are taken."""
    if value is None or value in ("", {}):
        return []
    return value if isinstance(value, list) else [value]


def _absent_is_not_empty(value: Any) -> Any:
    """A list that says something: one without its rows says nothing, and never that there are none."""
    if value is None or value in ("", {}):
        raise ValueError("not told")
    return value if isinstance(value, list) else [value]


# What a state can hold: beyond it a number is no length, count or time of this platform.
_LARGEST = 2**63 - 1
T = TypeVar("T")
Text = Annotated[str | None, BeforeValidator(_empty_is_absent)]
Number = Annotated[int | None, Field(ge=-_LARGEST, le=_LARGEST), BeforeValidator(_empty_is_absent)]
Flag = Annotated[bool | None, BeforeValidator(_empty_is_absent)]
Many = Annotated[list[T], BeforeValidator(_one_is_a_list)]
# Without these an answer says nothing at all, and is "not understood": they have no default.
Told = Annotated[str, Field(min_length=1)]
ToldNumber = Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
Rows = Annotated[list[T], BeforeValidator(_absent_is_not_empty)]


class Nothing(Wire):
    """The answer of an action that only succeeds: what stands in it is not read, and cannot make a failure of it."""

    @model_validator(mode="before")
    @classmethod
    def _unread(cls, _: Any) -> dict[str, Any]:
        return {}


A = TypeVar("A", bound=BaseModel)


class Action(Wire, Generic[A]):
    """One call of the vendor: `class X(Action[AnswerOfX], path=…, effect=…)` with the request's fields in it.

    `secrets` names the fields whose values a refusal must never repeat to a user.
    """

    path: ClassVar[str] = ""
    effect: ClassVar[Effect] = Effect.READ
    secrets: ClassVar[tuple[str, ...]] = ()
    answer: ClassVar[type[BaseModel]] = Nothing
    every: ClassVar[dict[str, type[Action[Any]]]] = {}

    @property
    def repeatable(self) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.effect is not Effect.ONCE

    @property
    def secret_values(self) -> tuple[str, ...]:
        """The secrets in this request."""
        return tuple(value for name in self.secrets if (value := getattr(self, name)))

    def __init_subclass__(cls, path: str = "", effect: Effect = Effect.READ, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, path: str = "", effect: Effect = Effect.READ, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if path:
            cls.path = path
            cls.effect = effect
            cls.answer = next(
                base.__pydantic_generic_metadata__["args"][0]
                for base in cls.__mro__
                if issubclass(base, Action) and base.__pydantic_generic_metadata__["args"]
            )
            Action.every[path] = cls
