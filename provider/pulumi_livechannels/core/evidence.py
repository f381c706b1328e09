"""Evidence: what may be believed of an answer. The platform was never seen, so each answer is a witness and not a fact.

Two questions are settled, for every kind of object. *Is it gone?* Only when two witnesses that can disagree say so:
`Listable.require_gone`, with a complete reading of the list (`core.listing`) as one of them. *Did a create without a
plain answer make something?* Only what was not there before it was sent can be what it made: `Creation`, below. What an
answer has to hold to say anything at all stands with the answers, in `vendors`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..ground.clock import Clock
from ..ground.errors import (
    AmbiguousCreateError,
    CancelledError,
    LiveChannelsError,
    NoAnswerError,
    RefusedError,
)
from ..ground.language import tr

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

# Lists lag behind: how long to go on looking for what a create may have made.
LOOKS_AFTER_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0, 15.0)
# Where an object's own read and the list are one call, a look after a pause is the second witness.
PAUSE_SECONDS = 5.0

Look = Callable[[], list[str]]
"""Ids of the objects that are like what is wanted and were not there before; looks anew each time."""


@dataclass(frozen=True)
class Created:
    """A new object, and outputs that only the answer to its creation tells.

    Attributes:
        unsure: what is to be told about what else may have been made.
    """

    id: str
    told: Mapping[str, Any] = field(default_factory=dict)
    unsure: tuple[str, ...] = ()


class Creation:
    """One object to be made, once, whatever is answered.

    `send` makes it; `look` was prepared before anything was sent; `take_back` ends what a second sending made. With
    `is_unique` the platform itself refuses a second one; with `is_confirmed` even one that was answered at once gives
    way to an older one that comes to light. `what` names the object in messages.
    """

    def __init__(
        self,
        *,
        what: str,
        send: Callable[[], Created],
        look: Look,
        take_back: Callable[[str], None],
        is_unique: bool,
        is_confirmed: bool,
        clock: Clock,
        tell: Callable[[str], None],
    ) -> None:
        self._what = what
        self._send = send
        self._look = look
        self._take_back = take_back
        self._is_unique = is_unique
        self._is_confirmed = is_confirmed
        self._clock = clock
        self._tell = tell

    def settle(self) -> Created:
        """Make it.

        Raises:
            AmbiguousCreateError: several objects could be what was made.
            LiveChannelsError: it was not made, or whether it was is unknown; which of both, `changed` tells.
        """
        try:
            made = self._send()
        except LiveChannelsError as lost:
            if not lost.made_something:
                raise
            found = self._found(lost)
            if found is not None:
                return found
            if isinstance(lost, RefusedError):
                # It was an answer, though in words that nobody knows: the same call would hear the same.
                raise self._unknown(lost, tr("nothing of it was found")) from lost
            return self._once_more(lost)
        return self._confirmed(made) if self._is_confirmed else made

    def _confirmed(self, made: Created) -> Created:
        """What was made, or the one that was there before, where the list had only not shown it."""
        ids, _ = self._beside(made.id)
        if not ids:
            return made
        if len(ids) > 1:
            raise self._several([made.id, *ids])
        return self._instead(made, ids)

    def _once_more(self, lost: LiveChannelsError) -> Created:
        """Send again. If the first sending comes to light after all, what this one made is taken back."""
        try:
            second = self._send()
        except LiveChannelsError as error:
            found = self._found(error, at_once=False)
            if found is not None:
                also = tr(
                    "the answer to creating {what} was lost twice, and {id} is what one of both made",
                    what=self._what,
                    id=found.id,
                )
                return replace(
                    found, unsure=(tr("{also}; `livechannels orphans` tells whether there is another", also=also),)
                )
            raise self._unknown(error, tr("nothing of it was found")) from error
        if self._is_unique:
            return second
        ids, is_shown = self._beside(second.id)
        if not ids and is_shown:
            return second
        if len(ids) > 1:
            raise self._several([second.id, *ids])
        return self._instead(second, ids, lost)

    def _instead(self, second: Created, ids: list[str], lost: LiveChannelsError | None = None) -> Created:
        """Take back what was made last, and hold the one that was there before it."""
        try:
            self._take_back(second.id)
        except LiveChannelsError as error:
            text = tr(
                "{what} is there twice, and {id} could not be taken back ({why})",
                what=self._what,
                id=second.id,
                why=error.what,
            )
            return replace(second, unsure=(tr("{given}; `livechannels orphans` tells of the other", given=text),))
        if not ids and lost is not None:
            raise self._unknown(lost, tr("the list lags too far behind to tell"))
        return self._taken(ids[0])

    def _found(self, lost: LiveChannelsError, *, at_once: bool = True) -> Created | None:
        """What the sending made; None where it is certain, as far as lists go, that it made nothing.

        Two sendings may have made one each, so after the second (`at_once` False) it is looked for to the end.
        """
        ids: list[str] = []
        failed: LiveChannelsError | None = None
        for seconds in LOOKS_AFTER_SECONDS:
            try:
                self._clock.sleep(seconds)
                ids, failed = self._look(), None
            except CancelledError as ended:
                raise self._unknown(lost, tr("looking for it was ended ({what})", what=ended.what)) from ended
            except LiveChannelsError as error:
                failed = error
            if len(ids) > 1:
                raise self._several(ids)
            if ids and at_once:
                break
        if ids:
            return self._taken(ids[0])
        if failed is not None:
            raise self._unknown(lost, tr("looking for it failed as well ({what})", what=failed.what)) from failed
        return None

    def _beside(self, second: str) -> tuple[list[str], bool]:
        """What came to light beside the second one, and whether the list is recent enough to show that one itself."""
        seen: list[str] = []
        for seconds in LOOKS_AFTER_SECONDS:
            try:
                self._clock.sleep(seconds)
                seen = self._look()
            except LiveChannelsError:
                continue
            if second in seen:
                break
        return [each for each in seen if each != second], second in seen

    def _taken(self, key: str) -> Created:
        self._tell(
            tr("{what} was made before, though the answer to it was lost; found {key}", what=self._what, key=key)
        )
        return Created(key)

    def _several(self, ids: list[str]) -> AmbiguousCreateError:
        return AmbiguousCreateError(
            tr(
                "the answer was lost, and {count} objects could be what was made: {ids}",
                count=len(ids),
                ids=", ".join(ids),
            ),
            ids,
            next_step=tr(
                "see in the console which one is yours, take it over with adopt (or import it), and "
                "delete the others that nobody needs."
            ),
        )

    def _unknown(self, lost: LiveChannelsError, looked: str) -> LiveChannelsError:
        error = NoAnswerError(
            f"{lost.what}; {looked}",
            next_step=tr(
                "`livechannels orphans` tells whether {what} is there; if it is, take it over with adopt "
                "(or import it), if not, run `pulumi up` again.",
                what=self._what,
            ),
        )
        error.made_something = True
        return error
