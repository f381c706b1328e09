"""How a resource declares its properties: one pydantic field each, with flags that check, diff and docs all read.

`prop` is the only way to declare one, and it takes no flag that it does not know, so a misspelt flag fails at import.
"""

from __future__ import annotations

import typing
from dataclasses import dataclass
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from .values.media import choice_name


class Unknown:
    """A value that a preview cannot know yet."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, kw_only=True)
class Flags:
    """What is particular about a property.

    Attributes:
        replaces: no call edits it, so a change makes a new object.
        write_only: the platform never shows it, so the state keeps what was sent.
        secret: it is encrypted in the state and never shown.
        local: it steers the provider and never reaches the platform.
        moves: the platform may shift it by itself, so the state keeps what was asked for.
        filled: the platform chooses a value where the program gives none.
        released: taking it out of a program leaves the platform as it is, for clearing it is not documented.
        follows: for an output, the inputs (by key) whose change may change it; others leave it as it is.
    """

    replaces: bool = False
    write_only: bool = False
    secret: bool = False
    local: bool = False
    moves: bool = False
    filled: bool = False
    released: bool = False
    follows: tuple[str, ...] = ()

    @property
    def kept(self) -> bool:
        """Whether the state holds what was asked for, because the platform cannot be asked."""
        return self.write_only or self.local or self.moves


def prop(
    doc: str,
    *,
    default: Any = ...,
    min_length: int | None = None,
    max_length: int | None = None,
    ge: int | None = None,
    le: int | None = None,
    replaces: bool = False,
    write_only: bool = False,
    secret: bool = False,
    local: bool = False,
    moves: bool = False,
    filled: bool = False,
    released: bool = False,
    follows: tuple[str, ...] = (),
) -> Any:
    """Declare a property: what it means with its unit, its limits, and its flags (see `Flags`)."""
    limits = {"min_length": min_length, "max_length": max_length, "ge": ge, "le": le}
    flags = Flags(
        replaces=replaces,
        write_only=write_only,
        secret=secret,
        local=local,
        moves=moves,
        filled=filled,
        released=released,
        follows=follows,
    )
    extra: dict[str, Any] = {"flags": flags}
    set_limits: dict[str, Any] = {name: limit for name, limit in limits.items() if limit is not None}
    return Field(default, description=doc, json_schema_extra=extra, **set_limits)


class Model(BaseModel):
    """A group of properties with camelCase names outside and snake_case names inside."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        strict=True,
        protected_namespaces=(),
        defer_build=True,
    )

    def plain(self) -> dict[str, Any]:
        """As a dictionary with camelCase keys, without what is absent."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Inputs(Model):
    """What a program sets."""

    def conditional_defaults(self) -> dict[str, Any]:
        """Defaults that depend on other inputs."""
        return {}


class State(BaseModel):
    """What a program reads back beyond its inputs."""

    model_config = Model.model_config


@dataclass(frozen=True)
class Property:
    """One declared property, as the rest of the core sees it."""

    name: str
    key: str
    doc: str
    flags: Flags
    required: bool
    default: Any
    marks: frozenset[str]
    nested: type[Model] | None
    annotation: Any
    limits: tuple[Any, ...]

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        """Validates the property alone, so that every broken one is found and unknown ones can be left out.

        It is made when the first value is checked, which no program does: making all of them takes longer than the rest
        of the class.
        """
        # A model brings its own configuration, and pydantic refuses a second one.
        config = None if self.nested else ConfigDict(strict=True, defer_build=True)
        annotation: Any = self.annotation
        if self.limits:
            parts = (annotation, *self.limits)
            annotation = typing.Annotated[parts]
        return TypeAdapter(annotation, config=config)

    @property
    def is_set(self) -> bool:
        """Whether the order of the list means nothing."""
        return "set" in self.marks

    @property
    def is_instant(self) -> bool:
        """Whether it is a time, which counts by the whole minute."""
        return "instant" in self.marks

    @property
    def is_edge(self) -> bool:
        """Whether it is a time at which a window begins or ends."""
        return "edge" in self.marks


@cache
def properties(model: type[BaseModel]) -> dict[str, Property]:
    """Every property of a model, by its camelCase key."""
    found = {}
    for name, field in model.model_fields.items():
        extra = field.json_schema_extra
        if not isinstance(extra, dict) or not isinstance(extra.get("flags"), Flags):
            raise TypeError(f"{model.__name__}.{name} is not declared with prop()")
        key = field.alias or name
        found[key] = Property(
            name=name,
            key=key,
            doc=field.description or "",
            flags=typing.cast(Flags, extra["flags"]),
            required=field.is_required(),
            default=None if field.is_required() else field.default,
            marks=frozenset(_marks(field)),
            nested=_nested(field.annotation),
            annotation=field.annotation,
            limits=tuple(field.metadata),
        )
    return found


@cache
def by_name(model: type[BaseModel]) -> dict[str, Property]:
    """Every property of a model, by its Python name."""
    return {item.name: item for item in properties(model).values()}


def bare(annotation: Any) -> Any:
    """An annotation without Optional around it and without Annotated marks."""
    while True:
        if typing.get_origin(annotation) is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
            continue
        (annotation, *_), before = _alternatives(annotation), annotation
        if annotation is before:
            return annotation


def _alternatives(annotation: Any) -> list[Any]:
    if typing.get_origin(annotation) in (typing.Union, UnionType):
        return [part for part in typing.get_args(annotation) if part is not NoneType]
    return [annotation]


def one_of(annotation: Any) -> Any:
    """What a value is, or each one of a list."""
    annotation = bare(annotation)
    return bare(typing.get_args(annotation)[0]) if typing.get_origin(annotation) is list else annotation


def choices(annotation: Any) -> tuple[Any, ...]:
    """The only values that something, or each one of a list, can have; none where there are more."""
    annotation = one_of(annotation)
    return typing.get_args(annotation) if typing.get_origin(annotation) is typing.Literal else ()


def allowed(item: Property) -> list[str]:
    """A sentence about the only values that a property takes, where they are few and have no name of their own."""
    values = choices(item.annotation)
    if not values or choice_name(one_of(item.annotation)):
        return []
    return [f"Of {', '.join(f'`{value}`' for value in values)}."]


def _nested(annotation: Any) -> type[Model] | None:
    for part in _alternatives(annotation):
        if isinstance(part, type) and issubclass(part, Model):
            return part
    return None


def _marks(field: FieldInfo) -> list[str]:
    """The plain-text marks of `core.values`, which stand inside Annotated, be it optional or not."""
    marks = [item for item in field.metadata if isinstance(item, str)]
    for part in _alternatives(field.annotation):
        if typing.get_origin(part) is typing.Annotated:
            marks += [item for item in part.__metadata__ if isinstance(item, str)]
    return marks
