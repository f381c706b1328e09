"""What a resource has to say about itself: its properties, and how its calls create, read, change and end it.

Everything else (checks, lost answers, "is it gone", diffs, what the state keeps, who holds what) is written once for
all, in `core.lifecycle`, `core.evidence` and `core.custody`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from ..ground.errors import AccessDeniedError, NotFoundError, RefusedError
from .custody import Holder
from .diff import Diff
from .evidence import Created, Look
from .fields import Inputs, State
from .listing import Listing

if TYPE_CHECKING:
    # A program that only declares resources never calls anything, so it need not load the client.
    from ..vendors.wangsu.client import WangsuClient
    from .account import Account
    from .notices import Notices

I = TypeVar("I", bound=Inputs)  # noqa: E741 - the letter for inputs everywhere in the core


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class Standing:
    """An object that the platform has under the natural key that is wanted.

    Attributes:
        differs: inputs in which it is not what is wanted.
        ours: whether this stack can have made it; otherwise it is used, and left alone in the end.
    """

    id: str
    differs: tuple[str, ...] = ()
    ours: bool = True


class Resource(ABC, Generic[I]):
    """One kind of object.

    An actual state is a dictionary with camelCase keys. A key with None says that the platform holds no value; a key
    that is not there says that the platform did not tell. `in_list` are the inputs that the list always carries, where
    a read tells more. What is not `adoptable` is an action, which several may carry out: it holds nothing.
    `calls_to_read_back` are those that follow the first one of a create. What `bars_channel` keeps its stream off the
    air. `example` are inputs for the documentation, where "${main.pullId}" stands for a channel's id.
    """

    inputs: ClassVar[type[Inputs]]
    outputs: ClassVar[type[State]]
    id_key: ClassVar[str]
    adoptable: ClassVar[bool] = True
    calls_to_read_back: ClassVar[int] = 1
    is_channel: ClassVar[bool] = False
    hangs_on_channel: ClassVar[bool] = False
    bars_channel: ClassVar[bool] = False
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

    @classmethod
    def canonical(cls, key: str) -> str:
        """An id as the state has it, however somebody has written it."""
        return key

    @abstractmethod
    def identity(self, want: I) -> tuple[str, ...]:
        """What tells two objects of this kind apart before they have an id; also their name in messages."""

    def natural_key(self, inputs: Mapping[str, Any]) -> str | None:
        """What only one object can have at a time, from inputs or a state; None where there is nothing such."""
        return None

    @abstractmethod
    def create(self, want: I, holder: Holder) -> str | Created:
        """Make one and answer its id, or what `Created` holds. Called once for each decision to send."""

    @abstractmethod
    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The actual state; None only when the object is confirmed gone."""

    def read_back(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The actual state right after a write; `prior` holds what is known of it."""
        return self.read(key, prior)

    def skim(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """The actual state as far as the list carries it; None only when the object is confirmed gone."""
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

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Whether the old object has to go before the new one can come."""
        return False

    def shows(self, key: str) -> bool | None:
        """Whether the platform shows the object to these keys; None where nothing can tell."""
        return None

    def require_replaceable(self, key: str, state: Mapping[str, Any]) -> None:
        """Return when another object may take the place of this one, and what hangs on it may end.

        Raises:
            ChannelLiveError: it is on air.
        """

    def outdated(self, key: str | None) -> None:
        """The object was written; without a key, one that may be new."""


class Countable(ABC):
    """What the platform can name: whoever takes stock of an account asks these kinds."""

    @abstractmethod
    def every(self) -> Iterator[Listed]:
        """Every object of this kind in the account."""

    @abstractmethod
    def shown(self) -> Iterator[Listed]:
        """The same with the fewest calls; one may be lacking while others go."""


class Listable(Resource[I], Countable):
    """A kind that the platform keeps a list of.

    With `unique` it refuses a second object of the same natural key. With `confirmed` it does not, though there must
    not be one: so every create is followed by a look for another that the list had not shown yet.
    """

    pages_within_reach: ClassVar[int | None] = None
    unique: ClassVar[bool] = False
    confirmed: ClassVar[bool] = False

    @property
    def listing(self) -> Listing[Any]:
        """The kind's list, shared within the account."""
        return self.account.shared(
            type(self),
            lambda: Listing(
                self.page,
                lambda item: self.listed(item).id,
                self.account.clock.monotonic,
                self.account.company,
                self.pages_within_reach,
            ),
        )

    @abstractmethod
    def page(self, number: int, size: int) -> list[Any]:
        """One page of the vendor's list, newest first where the vendor can; 1 is the first."""

    @abstractmethod
    def listed(self, item: Any) -> Listed:
        """The id and the name of an item of a page."""

    @abstractmethod
    def look(self, want: I, holder: Holder) -> Look:
        """Prepare, before anything is sent, to find what a create that is not answered will have made."""

    def there(self, want: I, holder: Holder) -> list[str]:
        """Ids of what the platform has of the wanted identity at this moment, whoever made it."""
        return self.look(want, holder)()

    @abstractmethod
    def own(self, key: str) -> Any:
        """The object's own read.

        Raises:
            RefusedError: it is not there, or the platform means something else.
        """

    def standing(self, want: I, holder: Holder) -> Standing | None:
        """What the platform has under the wanted natural key already; looked up before anything is sent."""
        return None

    def in_the_way(self, want: I, holder: Holder) -> Standing | None:
        """What the platform has that made it refuse a create, where it can only be that."""
        return None

    def every(self) -> Iterator[Listed]:
        """Every object of this kind in the account."""
        return map(self.listed, self.listing.whole().values())

    def shown(self) -> Iterator[Listed]:
        """The same with the fewest calls; one may be lacking while others go."""
        return map(self.listed, self.listing.shown().values())

    def outdated(self, key: str | None) -> None:
        """What the list says of it is no longer believed."""
        self.listing.outdated(key)

    def shows(self, key: str) -> bool:
        """Whether its own read knows it."""
        try:
            self.own(key)
        except (RefusedError, NotFoundError, AccessDeniedError):
            return False
        return True

    def require_unlisted(self, key: str, refusal: RefusedError) -> None:
        """Return when an object whose own read was refused is in no list either, so that it is gone.

        Raises:
            RefusedError: the list has it, so the refusal meant something else.
        """
        if not self.listing.lacks(key):
            raise refusal

    def require_gone(self, key: str, refusal: RefusedError) -> None:
        """Return when an object, of which some call was refused, is gone by two witnesses: its own read and the list.

        Raises:
            RefusedError: it is there, so the refusal meant something else.
        """
        try:
            self.own(key)
        except RefusedError:
            self.require_unlisted(key, refusal)
        else:
            raise refusal
