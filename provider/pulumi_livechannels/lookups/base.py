"""What the functions about objects share: one by its id as its resource reads it, or all pages of a list."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, TypeVar

from pydantic import BaseModel, create_model

from ..core import docstrings
from ..core.fields import Inputs, State, prop, properties
from ..core.function import Function, Progress
from ..core.listing import Listing
from ..core.resource import Listable, Resource
from ..core.values.times import from_unix, from_vendor, moment
from ..ground.errors import NotFoundError, RefusedError
from ..ground.json_text import described, place
from ..ground.language import tr
from ..vendors.calling import not_understood

if TYPE_CHECKING:
    from ..core.account import Account

T = TypeVar("T")
# Long enough for a program that asks the same thing in many places, short enough for one that waits for a change.
KEPT_SECONDS = 10.0


class Lookup(Function[Any]):
    """A function of the module `index`. `Query` and `Answer` are its models."""

    module = "index"
    seconds_kept = KEPT_SECONDS
    Query: ClassVar[type[Inputs]]
    Answer: ClassVar[type[BaseModel]]

    @classmethod
    def inputs(cls) -> type[Inputs]:
        """What is asked."""
        return cls.Query

    @classmethod
    def output(cls) -> type[BaseModel]:
        """What is answered."""
        return cls.Answer

    @classmethod
    def source(cls) -> str:
        """The vendor's actions, as the docstring names them."""
        return docstrings.source(cls)


class ObjectLookup(Lookup):
    """One object by its id, with everything that the platform shows of it."""

    resource: ClassVar[type[Listable[Any]]]
    Details: ClassVar[type[State]]

    @classmethod
    @cache
    def output(cls) -> type[BaseModel]:
        """The resource's properties that can be read, and the details."""
        return readable(f"Get{cls.__name__}Result", cls.resource, cls.Details)

    @abstractmethod
    def read(self, resource: Any, key: str) -> tuple[dict[str, Any], State] | None:
        """The object as a refresh reads it, and its details; None where there is none."""

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """Read it as a refresh would."""
        return self.found(next(iter(want.plain().values())))

    def found(self, key: str) -> dict[str, Any]:
        """The object with this id.

        Raises:
            NotFoundError: there is none.
            NoAnswerError: it holds what cannot be told; the text says what.
        """
        resource = self.resource(self.account)
        # A refresh reads a list once; whoever asks again and again waits for a change, maybe of another process.
        resource.listing.expire(key, KEPT_SECONDS)
        try:
            read = self.read(resource, key)
        except OddError as odd:
            raise not_understood(str(odd)) from None
        if read is None:
            raise NotFoundError(
                tr("there is no {resource} {key}", resource=self.resource.__name__, key=key),
                next_step=tr("correct the id."),
            )
        actual, details = read
        shown = properties(self.output())
        told = {key: value for key, value in actual.items() if value is not None and key in shown}
        return {**told, **details.model_dump(by_alias=True, exclude_none=True)}


def by_own_read(resource: Any, key: str) -> Any:
    """The answer of an object's own read; None where there is no such object."""
    try:
        return resource.own(key)
    except RefusedError as refusal:
        resource.require_unlisted(key, refusal)
        return None


def readable(name: str, resource: type[Resource[Any]], details: type[State]) -> type[BaseModel]:
    """A model of what the platform shows of a kind of object, as the resource and then in detail."""
    fields: dict[str, Any] = {}
    for model in (resource.outputs, resource.inputs):
        for field, info in model.model_fields.items():
            item = properties(model)[info.alias or field]
            if item.flags.write_only or item.flags.local:
                continue
            needed = item.required and item.key == resource.id_key
            default = ... if needed else None
            own = prop(item.doc, default=default, secret=item.flags.secret)
            # What pydantic takes off a required one, its marks, is part of what is answered.
            parts = (item.annotation, *sorted(item.marks))
            marked = Annotated[parts] if item.marks else item.annotation
            fields[field] = (marked if needed else marked | None, own)
    fields |= {field: (info.annotation, info) for field, info in details.model_fields.items()}
    return create_model(name, __base__=State, __doc__=f"A {resource.__name__} as it is on the platform.", **fields)


def every_item(account: Account, load: Callable[[int, int], list[T]], key: Callable[[T], str]) -> list[T]:
    """All items of a list that is read page by page: none left out and none doubled, whatever goes while it is read.

    Raises:
        NoAnswerError: the list does not end, or changes too fast to be read.
    """
    return list(Listing(load, key, account.clock.monotonic, account.company).whole().values())


class OddError(ValueError):
    """A field holds what cannot be told; the text names it and may be shown."""


def told(where: str, items: Iterable[T], tell: Callable[[T], State]) -> list[dict[str, Any]]:
    """Each item of a list as the function answers it; `where` is what the vendor calls the list.

    Raises:
        NoAnswerError: one holds what cannot be told; the text says which.
    """
    every = []
    for index, item in enumerate(items):
        try:
            every.append(tell(item).model_dump(by_alias=True, exclude_none=True))
        except OddError as odd:
            raise not_understood(f"{place((where, index))}.{odd}") from None
        except (ValueError, OverflowError):
            # What such an error says may quote a stream's address.
            what = tr("a field of {place} is in none of its forms", place=place((where, index)))
            raise not_understood(what) from None
    return every


def when(field: str, value: int | str | None) -> str | None:
    """RFC 3339 of a vendor's time, be it unix seconds or text; `field` is what the vendor calls it.

    Raises:
        OddError: it is no time.
    """
    try:
        time = from_vendor(value) if isinstance(value, str) else from_unix(value)
        if time:
            moment(time)
    except (ValueError, OverflowError):
        raise OddError(tr("{field} is no time: {value}", field=field, value=described(value))) from None
    return time
