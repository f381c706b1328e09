"""The walk of every object through its life, written once: dictionaries in, dictionaries out.

Never lose or double an object: a create whose answer is lost is looked up before anything is sent again, an object is
gone only when its own read and a complete list both say so, and once an id is known nothing is raised any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..ground.errors import (
    AmbiguousCreateError,
    ConflictError,
    LiveChannelsError,
    NoAnswerError,
    NotFoundError,
    PlatformError,
    RefusedError,
)
from .check import Checked, check, require
from .diff import Diff, diff, spelt_otherwise
from .fields import UNKNOWN, Inputs, properties
from .resource import MARK, Created, Listed, Resource

if TYPE_CHECKING:
    from .account import Account

LOOKS_AFTER_SECONDS = (0.0, 1.0, 2.0, 4.0, 8.0)
CLOCK_ROUNDING_SECONDS = 2.0
LARGEST_SKEW_SECONDS = 300.0


@dataclass
class Made:
    """An object that exists on the platform. `unfinished` says what could not be done after it came to be."""

    id: str
    state: dict[str, Any]
    unfinished: list[str] = field(default_factory=list)


class Lifecycle:
    """The verbs of one kind of object in one account."""

    def __init__(self, kind: type[Resource[Any]], account: Account) -> None:
        self.kind = kind
        self.name = kind.__name__
        self.account = account
        self.resource = kind(account)

    @property
    def secret_inputs(self) -> list[str]:
        """Keys of the inputs that are always secret."""
        return [key for key, item in properties(self.kind.inputs).items() if item.flags.secret]

    @property
    def secrets(self) -> list[str]:
        """Keys of everything in a state that is always secret."""
        return self.secret_inputs + [key for key, item in properties(self.kind.outputs).items() if item.flags.secret]

    def check(self, news: Mapping[str, Any], olds: Mapping[str, Any] | None) -> Checked:
        """Check inputs before anything is sent; `olds` are the inputs that made the object, if it is there."""
        return check(self.kind.inputs, news, olds, self.account.clock.now())

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
        """What differs between the state and what the program wants. Sends nothing."""
        found = diff(self.kind.inputs, self.kind.outputs, state, news)
        found.unfinished += self.resource.lapsed(state)
        return found

    def preview_create(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The state that a create would bring, with everything that only the platform can tell unknown."""
        return {**dict.fromkeys(properties(self.kind.outputs), UNKNOWN), **inputs}

    def preview_update(self, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The state that an update would bring; outputs stay known that no changed input can change."""
        change = self.diff(state, inputs)
        outputs = {
            key: UNKNOWN
            if any(change.touches(input_key) for input_key in item.flags.follows)
            else state.get(key, UNKNOWN)
            for key, item in properties(self.kind.outputs).items()
        }
        return {**outputs, **inputs}

    def program_inputs(self, state: Mapping[str, Any], known: Mapping[str, Any] | None) -> dict[str, Any]:
        """The inputs that a program would have written for this live state.

        With `known` inputs, from an earlier run, the same properties with their live values; without, as for an import,
        what is neither a default nor filled in by the platform.
        """
        declared = properties(self.kind.inputs)
        if known is not None:
            return {key: state.get(key, value) if key in declared else value for key, value in known.items()}
        inputs = {
            key: state[key]
            for key, item in declared.items()
            if state.get(key) is not None and state[key] != item.default and not item.flags.filled
        }
        # Left out, these would be filled in by the check, and not with what is there.
        filled = self.check(inputs, inputs).inputs
        return inputs | {key: state[key] for key in filled if state.get(key) not in (None, filled[key])}

    def create(self, inputs: Mapping[str, Any]) -> Made:
        """Make the object, once.

        Raises:
            InputError: a rule is broken; nothing was sent.
            AmbiguousCreateError: the answer was lost and several objects could be the one.
            LiveChannelsError: it was not made, or whether it was made could not be found out.
        """
        want = require(self.kind.inputs, inputs, None, self.account.clock.now())
        identity = self.resource.identity(want)
        with self._doing("create", identity[0]), self.account.alone(self.name, *identity):
            try:
                made = self._create_once(want, identity)
            finally:
                self._outdated()
            self.account.claim(self.name, made.id)
        return self._read_back(made.id, inputs, made.told)

    def adopt(self, key: str, inputs: Mapping[str, Any]) -> Made:
        """Take over an object that exists, and bring it in line with the inputs.

        Raises:
            NotFoundError: no object has this id.
            ConflictError: an input that only a new object can have differs from the live one.
        """
        want = require(self.kind.inputs, inputs, inputs, self.account.clock.now())
        if not self.kind.adoptable:
            raise ConflictError(f"a {self.name} cannot be taken over", next_step="take adopt out of the program.")
        with self._doing("adopt", key):
            live = self.resource.read(key, {})
            if live is None:
                raise NotFoundError(
                    f"there is no {self.name} {key} to adopt",
                    next_step="correct the id, or take adopt out of the program to make a new one.",
                )
            state = {**_told(live), **self._unverifiable(inputs)}
            change = self.diff(state, inputs)
            if change.replaces:
                raise ConflictError(
                    f"{', '.join(change.replaces)} cannot be changed on a {self.name} and differ from the live one",
                    next_step="write the live values into the program, or take adopt out of it to make a new one.",
                )
            self.account.claim(self.name, key)
            mark = {MARK: self.account.mark(self.name, key)}
            if not change.changed:
                return Made(key, self._merged(live, {**inputs, **mark}))
            told = self._send_update(key, want, change, state)
        return self._read_back(key, inputs, {**told, **mark})

    def read(self, key: str, state: Mapping[str, Any]) -> dict[str, Any] | None:
        """The live state, with what cannot be read taken from `state`; None when the object is gone.

        Raises:
            LiveChannelsError: it could not be found out, which never means that the object is gone.
        """
        # An import knows nothing but the id, so it reads everything whatever is compared later.
        listed = self.account.settings.drift_depth == "listed" and self.kind.id_key in state
        with self._doing("read", key):
            live = self.resource.skim(key, state) if listed else self.resource.read(key, state)
        if live is None:
            self.account.release(self.name, key)
            return None
        self.account.claim(self.name, key)
        self._tell_unverified(state)
        if listed:
            self._tell_unlisted()
            live = {**_outputs_of(self.kind, state), **live}
        return self._merged(live, state)

    def update(self, key: str, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> Made:
        """Bring the object in line with the inputs, in place.

        Raises:
            NotFoundError: it is gone.
            LiveChannelsError: it was not changed, or whether it was is not known; the old state stays true.
        """
        want = require(self.kind.inputs, inputs, inputs, self.account.clock.now())
        change = self.diff(state, inputs)
        with self._doing("update", key):
            self.account.claim(self.name, key)
            due = change.changed or self.resource.lapsed(state)
            told = self._send_update(key, want, change, state) if due else {}
        return self._read_back(key, inputs, {**_outputs_of(self.kind, state), **told})

    def delete(self, key: str, state: Mapping[str, Any]) -> None:
        """End the object; one that is gone already is a success, and so is one that is somebody else's by now.

        Raises:
            ChannelLiveError: the channel is on air and forceDestroy is not set.
            LiveChannelsError: it is still there, or whether it is could not be found out.
        """
        if self._passed_on(key, state):
            return
        with self._doing("delete", key):
            try:
                self.resource.delete(key, state)
            finally:
                self._outdated(key)
            self.account.release(self.name, key)

    def list(self) -> Iterator[Listed]:
        """Every object of this kind in the account."""
        with self._doing("list", "all"):
            self.resource.listing.outdated()
            yield from self.resource.every()

    def _passed_on(self, key: str, state: Mapping[str, Any]) -> bool:
        """Whether a resource with another name was made or adopted in this run for the very object of this state."""
        mark = self.account.marked(self.name, key)
        if mark is None or mark == state.get(MARK):
            return False
        self.account.notices.warn(
            f"{self.name} {key} is held by a resource with another name in the program, so it stays. With the old name "
            "as an alias nothing would be made anew"
        )
        return True

    def _create_once(self, want: Inputs, identity: tuple[str, ...]) -> Created:
        may_send_again = True
        while True:
            began = self.account.clock.now()
            try:
                made = self.resource.create(want)
                return made if isinstance(made, Created) else Created(made)
            except (NoAnswerError, PlatformError) as lost:
                if not lost.made_something:
                    raise
                found = self._look_for(want, identity, began, lost)
                if found is not None:
                    return Created(found)
                if not may_send_again:
                    raise
                may_send_again = False

    def _look_for(self, want: Inputs, identity: tuple[str, ...], began: float, lost: LiveChannelsError) -> str | None:
        """The object that a create without an answer made, if it did; waits for lists that lag."""
        for seconds in LOOKS_AFTER_SECONDS:
            try:
                self.account.clock.sleep(seconds)
                self.resource.listing.outdated()
                seen = self.resource.candidates(want, began - LARGEST_SKEW_SECONDS)
            except LiveChannelsError as error:
                raise NoAnswerError(
                    f"{lost.what}, and looking for what it made failed as well ({error.what})",
                    next_step=f"before running again, see in the console whether {self.name} {identity[0]!r} is there; "
                    "if it is, take it over with adopt (or import it).",
                ) from error
            since = began - CLOCK_ROUNDING_SECONDS + (self.account.wangsu.skew or 0.0)
            ids = [
                candidate.id
                for candidate in seen
                if (candidate.created is None or candidate.created >= since)
                and not self.account.claimed(self.name, candidate.id)
            ]
            if len(ids) == 1:
                self.account.notices.warn(
                    f"the answer to creating {self.name} {identity[0]!r} was lost; found {ids[0]}"
                )
                return ids[0]
            if ids:
                raise AmbiguousCreateError(
                    f"the answer was lost, and {len(ids)} objects could be what was made: {', '.join(ids)}",
                    ids,
                    next_step="see in the console which one is yours, take it over with adopt (or import it), and "
                    "delete the others that nobody needs.",
                )
        return None

    def _send_update(self, key: str, want: Inputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self.resource.update(key, want, change, prior)
        except RefusedError as refusal:
            if self.resource.gone(key, refusal):
                raise NotFoundError(
                    f"{self.name} {key} is gone from the platform",
                    next_step="run `pulumi refresh`, then `pulumi up` makes a new one.",
                ) from refusal
            raise
        finally:
            self._outdated(key)

    def _outdated(self, key: str | None = None) -> None:
        self.resource.listing.outdated(key)
        self.account.outdated()

    def _read_back(self, key: str, inputs: Mapping[str, Any], told: Mapping[str, Any]) -> Made:
        """The state after a write. The object exists, so a failure here is told and not raised."""
        try:
            live = self.resource.read_back(key, {**inputs, **told})
        except LiveChannelsError as error:
            known = {**inputs, **told, self.kind.id_key: key}
            return Made(key, known, [f"{self.name} {key} exists, but could not be read back: {error}"])
        if live is None:
            known = {**inputs, **told, self.kind.id_key: key}
            return Made(key, known, [f"{self.name} {key} was written and is gone again; run `pulumi refresh`"])
        state = self._merged(live, {**inputs, MARK: told.get(MARK)})
        ignored = self.diff(state, inputs).changed
        if ignored:
            self.account.notices.warn(
                f"the platform did not take {', '.join(ignored)} of {self.name} {key}: "
                "the account may lack the service that it needs"
            )
        return Made(key, state)

    def _merged(self, live: Mapping[str, Any], prior: Mapping[str, Any]) -> dict[str, Any]:
        """The live state, completed with what the platform does not tell."""
        declared = properties(self.kind.inputs)
        untold = {
            key: value for key, value in prior.items() if key in declared and key not in live and value is not None
        }
        keys = [MARK, *(key for key, item in declared.items() if item.flags.kept)]
        kept = {key: prior[key] for key in keys if prior.get(key) is not None}
        state = {**_told(live), **untold, **kept}
        for key, item in declared.items():
            if key in prior and key in state and spelt_otherwise(item, state[key], prior[key]):
                state[key] = prior[key]
        return state

    def _unverifiable(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs that an adoption has to take on trust: nothing can read them and nothing can change them."""
        return {
            key: inputs[key]
            for key, item in properties(self.kind.inputs).items()
            if inputs.get(key) is not None
            and (item.flags.local or item.flags.moves or (item.flags.write_only and item.flags.replaces))
        }

    def _tell_unverified(self, state: Mapping[str, Any]) -> None:
        declared = properties(self.kind.inputs)
        names = [key for key, item in declared.items() if item.flags.write_only] + list(self.kind.unreadable)
        if any(state.get(key) not in (None, declared[key].default if key in declared else None) for key in names):
            # One sentence for the whole kind, so that a thousand objects do not say it in many ways.
            self.account.notices.once(
                f"{self.name}: the platform does not show {', '.join(names)}, so these were not verified"
            )

    def _tell_unlisted(self) -> None:
        if not self.kind.in_list:
            return
        names = [
            key
            for key, item in properties(self.kind.inputs).items()
            if key not in self.kind.in_list and not item.flags.write_only and not item.flags.local
        ]
        self.account.notices.once(
            f"{self.name}: driftDepth is listed, so {', '.join(names)} were not compared with the platform, unless "
            "its list carries them"
        )

    @contextmanager
    def _doing(self, verb: str, what: str) -> Iterator[None]:
        """Puts what was being done at the head of any error."""
        try:
            yield
        except LiveChannelsError as error:
            action = f" ({error.operation})" if error.operation else ""
            error.operation = f"{verb} {self.name} {what}{action}"
            raise


def _told(live: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in live.items() if value is not None}


def _outputs_of(kind: type[Resource[Any]], state: Mapping[str, Any]) -> dict[str, Any]:
    return {key: state[key] for key in (*properties(kind.outputs), MARK) if key in state}
