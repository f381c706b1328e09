"""What a resource has to say about itself: its properties, and how its calls create, read, change and end it.

Everything else (checks, lost answers, "is it gone", diffs, what the state keeps) is `core.lifecycle`, once for all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ..ground.errors import RefusedError
from .diff import Diff
from .fields import Inputs, State
from .listing import Listing

if TYPE_CHECKING:
    # A program that only declares resources never calls anything, so it need not load the client.
    from ..vendors.wangsu.client import WangsuClient
    from .account import Account
    from .notices import Notices

# In a state, what tells this resource from another one of the same id. The engine shows nobody a key that begins so.
MARK = "__mark"
I = TypeVar("I", bound=Inputs)  # noqa: E741 - the letter for inputs everywhere in the core


@dataclass(frozen=True)
class Candidate:
    """An object that a lost create may have made; `created` in unix seconds, None where the identity alone tells."""

    id: str
    created: float | None = None


@dataclass(frozen=True)
class Created:
    """A new object, and outputs that only the answer to its creation tells."""

    id: str
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listed:
    """An object on the platform, as `list` names it.

    Attributes:
        name: what a person would know it by.
        of: the channel that it belongs to.
        over: that it has ended, and the platform only keeps it in the list.
    """

    id: str
    name: str
    of: str | None = None
    over: bool = False


class Resource(ABC, Generic[I]):
    """One kind of object.

    A live state is a dictionary with camelCase keys. A key with None says that the platform holds no value; a key that
    is not there says that the platform did not tell. `in_list` are the inputs that the list always carries, where a
    read tells more. `example` are inputs for the documentation, where "${main.pullId}" stands for a channel's id.
    """

    inputs: ClassVar[type[Inputs]]
    outputs: ClassVar[type[State]]
    id_key: ClassVar[str]
    pages_within_reach: ClassVar[int | None] = None
    adoptable: ClassVar[bool] = True
    listable: ClassVar[bool] = True
    unreadable: ClassVar[tuple[str, ...]] = ()
    in_list: ClassVar[tuple[str, ...]] = ()
    example: ClassVar[dict[str, Any]]

    def __init__(self, account: Account) -> None:
        self.account = account

    @property
    def wangsu(self) -> WangsuClient:
        """The vendor's calls."""
        return self.account.wangsu

    @property
    def notices(self) -> Notices:
        """Words to the user."""
        return self.account.notices

    @property
    def listing(self) -> Listing[Any]:
        """The kind's list, shared within the account."""
        return self.account.shared(
            type(self),
            lambda: Listing(
                self.page, lambda item: self.listed(item).id, self.account.clock.monotonic, self.pages_within_reach
            ),
        )

    @abstractmethod
    def page(self, number: int) -> list[Any]:
        """One page of the vendor's list, newest first where the vendor can; 1 is the first."""

    @abstractmethod
    def listed(self, item: Any) -> Listed:
        """The id and the name of an item of a page."""

    @abstractmethod
    def identity(self, want: I) -> tuple[str, ...]:
        """What tells two objects of this kind apart before they have an id; also their name in messages."""

    @abstractmethod
    def create(self, want: I) -> str | Created:
        """Make one and answer its id, or what `Created` holds. Called once for each decision to send."""

    @abstractmethod
    def candidates(self, want: I, since: float) -> list[Candidate]:
        """Objects that look like what `want` asks for; those made before `since` (unix seconds) may be left out."""

    @abstractmethod
    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The live state; None only when the object is confirmed gone."""

    def read_back(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The live state right after a write; `prior` holds what is known of it."""
        return self.read(key, prior)

    def skim(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The live state as far as the list carries it; None only when the object is confirmed gone."""
        return self.read(key, prior)

    def update(self, key: str, want: I, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """Bring the changed properties in line; answers what the platform told in doing so."""
        raise NotImplementedError(f"{type(self).__name__} is never updated in place")

    def lapsed(self, state: Mapping[str, Any]) -> list[str]:
        """Outputs of a state that time has overtaken, so that `up` has to renew them. Sends nothing."""
        return []

    @abstractmethod
    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """End it. An object that is already gone is a success."""

    def every(self) -> Iterator[Listed]:
        """Every object of this kind in the account."""
        return map(self.listed, self.listing.whole().values())

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Whether the old object has to go before the new one can come."""
        return False

    def gone(self, key: str, refusal: RefusedError) -> bool:
        """Whether an object whose own call was refused is really gone: a complete scan that begins now decides.

        Raises:
            RefusedError: the list still has it, so the refusal meant something else.
        """
        if key in self.listing.scan():
            raise refusal
        return True
