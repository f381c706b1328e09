"""The walk of every object through its life, written once: dictionaries in, dictionaries out.

Never lose or double an object: what a create without an answer made is settled by `core.evidence`, who may take or end
an object by `core.custody`, and once an id is known nothing is raised any more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..ground.errors import Changed, ConflictError, LiveChannelsError, NotFoundError, RefusedError
from ..ground.language import tr
from ..vendors.calling import not_understood
from .adoption import Adoption
from .belonging import WITNESS
from .check import Checked, check, require
from .custody import CHANNELS, GUEST, MARK, NOBODY, REPLACEMENT, Holder
from .diff import Diff, named
from .fields import Inputs
from .foresight import Foresight
from .guards import Guards
from .making import make
from .resource import Countable, Listable, Listed, Resource
from .states import SPARED, UNSURE, merged, missing, ours, outputs_of, storable, told, unreadable
from .switch import Switch
from .telling import not_read_back, not_taken, passed_on, shared, unlisted, unverified

if TYPE_CHECKING:
    from .account import Account


@dataclass(kw_only=True)
class Made:
    """An object that exists on the platform. `unfinished` says what could not be done after it came to be."""

    id: str
    state: dict[str, Any]
    unfinished: list[str] = field(default_factory=list)


nothing = named(())


class Lifecycle(Foresight):
    """The verbs of one kind of object in one account. `holder` is the resource that a verb is for."""

    def __init__(self, kind: type[Resource[Any]], account: Account) -> None:
        super().__init__(kind(account))
        self.name = kind.__name__
        self.account = account
        self.guards = Guards(self.resource)
        self.adoption = Adoption(self.resource)

    def check(
        self,
        news: Mapping[str, Any],
        olds: Mapping[str, Any] | None,
        holder: Holder = NOBODY,
        adopt: str | None = None,
        hidden: Collection[str] = (),
        replacing: Callable[[str], bool] = nothing,
    ) -> Checked:
        """Check inputs before anything is sent; `olds` are the inputs that made the object, if it is there.

        `adopt` is the id that the program wants to take over, `hidden` are inputs that it has marked secret, and
        `replacing` names those whose change is to make a new object.

        Raises:
            ConfigurationError: no call could be signed; a preview makes none, and would not hear of it otherwise.
        """
        self.account.settings.require_wangsu()
        self.account.custody.in_program(holder)
        now = self.account.clock.now()
        checked = check(self.kind.inputs, news, olds, now, hidden, adopting=adopt is not None)
        if adopt is not None:
            checked.problems += self.adoption.problems(adopt, checked, olds, holder, replacing)
        return checked

    def foresee_adoption(
        self,
        key: str,
        inputs: Mapping[str, Any],
        hidden: Collection[str] = (),
        ignored: Callable[[str], bool] = nothing,
    ) -> Checked:
        """What an adoption in the next `up` would do, as problems and warnings: for a preview. Reads the object.

        Raises:
            NotFoundError: no object has this id.
            LiveChannelsError: it could not be read.
        """
        with self._doing("adopt", key):
            problems, changes = self.adoption.foresee(key, inputs, hidden, ignored)
        return Checked({**inputs}, problems, changes)

    def plan(
        self,
        key: str,
        state: Mapping[str, Any],
        news: Mapping[str, Any],
        holder: Holder = NOBODY,
        *,
        adopting: bool = False,
        preview: bool = False,
        ignored: Callable[[str], bool] = nothing,
        replacing: Callable[[str], bool] = nothing,
    ) -> Diff:
        """The difference as an engine acts on it, which also declares who holds the object.

        It is the first moment of a replacement, so whether a channel is on air is asked here, before anything that
        hangs on it ends; a `preview` only warns. Nothing else is sent, but for other keys than those of the state.

        Raises:
            ChannelLiveError: what is to be replaced is on air.
            ConflictError: another resource of this run has taken the object, or the state is another account's.
        """
        found = self.diff(state, news).without(ignored).replacing(replacing)
        if adopting:
            # Ended first, it could not be adopted any more; the update tells what to do.
            found.replaces = []
        if self.kind.adoptable:
            # An action holds nothing that a plan could drop.
            self.guards.require_ours(key, state)
            if found.any:
                self.guards.require_proven(key, state)
            else:
                self.guards.tell_unproven(key, state)
        self.guards.note_channel(key, news)
        found.unfinished += self.guards.outdated(state)
        if found.replaces and self.account.custody.is_in_program(holder):
            with self._doing("replace", key):
                self.guards.require_replaceable(key, state, preview)
        self.account.custody.declare(
            self.name, self.resource.canonical(key), state, holder, leaving=bool(found.replaces)
        )
        return found

    def create(self, inputs: Mapping[str, Any], holder: Holder = NOBODY) -> Made:
        """Make the object, once; one that has its natural key already is taken over.

        Raises:
            InputError: a rule is broken; nothing was sent.
            ConflictError: another resource holds it, or it is not what is wanted.
            AmbiguousCreateError: the answer was lost and several objects could be the one.
            LiveChannelsError: it was not made, or whether it was made could not be found out.
        """
        want = require(self.kind.inputs, inputs, None, self.account.clock.now())
        identity = self.resource.identity(want)
        natural = self.resource.natural_key(inputs) or "\n".join(identity)
        with self._doing("create", identity[0]), self.account.custody.attempting(self.name, natural, holder):
            self.account.belonging.require_any()
            try:
                made = make(self.resource, want, inputs, holder)
                self.guards.note_channel(made.id, inputs)
                return self._read_back(made.id, inputs, made.told, made.unsure)
            finally:
                self.account.budget.give_room()

    def adopt(
        self, key: str, inputs: Mapping[str, Any], holder: Holder = NOBODY, ignored: Callable[[str], bool] = nothing
    ) -> Made:
        """Take over an object that exists, and bring it in line with the inputs.

        Raises:
            NotFoundError: no object has this id.
            ConflictError: another resource holds it, or an input that only a new object can have differs.
        """
        want = require(self.kind.inputs, inputs, inputs, self.account.clock.now())
        key = self.resource.canonical(key)
        with self._doing("adopt", key), self.account.custody.taking(self.name, key, holder) as mark:
            self.account.belonging.require_any()
            actual, state, change = self.adoption.compare(key, inputs, ignored)
            if change.replaces:
                raise ConflictError(
                    tr(
                        "{replaces} cannot be changed on a {name} and differ from the actual one",
                        replaces=", ".join(change.replaces),
                        name=self.name,
                    ),
                    next_step=tr(
                        "write the actual values into the program, or take adopt out of it to make a new one."
                    ),
                )
            if not change.changed:
                return Made(id=key, state=self._stored(merged(self.kind, actual, {**inputs, MARK: mark})))
            answer = self._send_update(key, want, change, state)
        return self._read_back(key, inputs, {**answer, MARK: mark}, sent=change.changed)

    def read(self, key: str, state: Mapping[str, Any], holder: Holder = NOBODY) -> dict[str, Any] | None:
        """The actual state, with what is not told taken from `state`; None when the object is gone.

        Raises:
            LiveChannelsError: it could not be found out, which never means that the object is gone.
        """
        key = self.resource.canonical(key)
        # An import knows nothing but the id, so it reads everything whatever is compared later.
        is_held = self.kind.id_key in state
        if self.kind.adoptable and not state.get(MARK):
            state = {**state, MARK: holder.new_mark()}
        listed = self.account.settings.drift_depth == "listed" and is_held
        if is_held:
            self.account.custody.declare(self.name, key, state, holder, planned=False)
            self.guards.note_channel(key, state)
        with self._doing("read", key):
            actual = self.resource.skim(key, state) if listed else self.resource.read(key, state)
            if actual is None or self.guards.is_left_behind(key, state):
                self.guards.require_ours(key, state, is_gone=True)
                self.account.custody.lost(self.name, key)
                return None
            if isinstance(self.resource, Countable):
                self.account.belonging.believe(state)
            found = self._stored(self.guards.without_lost_witness(merged(self.kind, actual, state)))
            lacking = missing(self.kind, found) if not is_held else []
            if lacking:
                raise not_understood(tr("it does not tell {lacking}", lacking=", ".join(lacking)))
        for sentence in (unverified(self.kind, state), unlisted(self.kind) if listed else None):
            if sentence is not None:
                # One sentence for the whole kind, so that a thousand objects do not say it in many ways.
                self.account.notices.once(sentence)
        return found

    def update(
        self,
        key: str,
        state: Mapping[str, Any],
        inputs: Mapping[str, Any],
        holder: Holder = NOBODY,
        *,
        adopting: bool = False,
        ignored: Callable[[str], bool] = nothing,
    ) -> Made:
        """Bring the object in line with the inputs, in place; what an earlier run left unsure is sent again.

        Raises:
            NotFoundError: it is gone.
            LiveChannelsError: it was not changed, or whether it was is not known; the old state stays true.
        """
        want = require(self.kind.inputs, inputs, inputs, self.account.clock.now())
        change = self.diff(state, inputs).without(ignored)
        with self._doing("update", key):
            self.guards.require_ours(key, state)
            self.guards.require_proven(key, state)
            change.changed += [path for path in state.get(UNSURE, ()) if path not in change.changed]
            if adopting and change.replaces:
                raise ConflictError(
                    tr(
                        "{replaces} cannot change on the {name} that the program adopts",
                        replaces=", ".join(change.replaces),
                        name=self.name,
                    ),
                    next_step=tr("take adopt out of the program, so that a new one can take its place."),
                )
            answer: dict[str, Any] = {}
            if change.changed or self.resource.lapsed(state):
                try:
                    answer = self._send_update(key, want, change, state)
                except LiveChannelsError as error:
                    self._keep_unsure(error, state, change, holder)
                    raise
        before = {name: value for name, value in outputs_of(self.kind, state).items() if name != UNSURE}
        return self._read_back(key, inputs, {**before, **answer}, sent=change.changed)

    def delete(self, key: str, state: Mapping[str, Any]) -> None:
        """End the object; one that is gone already is a success, and so is one that is somebody else's by now.

        Raises:
            ChannelLiveError: the channel is on air and forceDestroy is not set.
            ConflictError: another resource was to take it over and could not.
            LiveChannelsError: it is still there, or whether it is could not be found out.
        """
        key = self.resource.canonical(key)
        custody = self.account.custody
        with self._doing("delete", key):
            taker = custody.passed_on(self.name, key, state)
            if taker is not None:
                self.account.notices.warn(passed_on(f"{self.name} {key}", taker, taker == REPLACEMENT))
                return
            self.guards.require_ours(key, state)
            custody.require_unclaimed(self.name, key, self.resource.natural_key(state), state)
            self.guards.require_channel_spared(key, state)
            if not self.account.belonging.is_from_here(state):
                self.account.notices.warn(
                    tr("{name} {key} is in the other account, where it is left as it is", name=self.name, key=key)
                )
            elif state.get(GUEST):
                self.account.notices.warn(shared(f"{self.name} {key}"))
            else:
                barred = self.guards.is_barred_by(state)
                try:
                    # A replacement that the program forces is forced, whatever the old state says.
                    forced = self.kind.is_channel and custody.spares(key) is False
                    self.resource.delete(key, {**state, "forceDestroy": True} if forced else state)
                finally:
                    self._outdated(key)
                if barred:
                    # Whoever comes on air now was kept off it until this run.
                    custody.spare(str(state["pullId"]), forced=True)
            custody.ended(self.name, key)

    def list(self) -> Iterator[Listed]:
        """Every object of this kind in the account; none of a kind that the platform cannot name."""
        with self._doing("list", "all"):
            self.resource.outdated(None)
            if isinstance(self.resource, Countable):
                yield from self.resource.every()

    def _stored(self, state: Mapping[str, Any]) -> dict[str, Any]:
        """The state as it is stored: of this account, and without what nobody could store."""
        stored = self.account.belonging.stamp(storable(state))
        if self.kind.hangs_on_channel:
            spared = self.account.custody.spares(state.get("pullId"))
            stored |= {} if spared is None else {SPARED: spared}
        witness, custody = str(state.get(WITNESS, "")), self.account.custody
        if not witness or custody.has_ended(witness, *CHANNELS):
            stored = {**stored, **told({WITNESS: custody.any_channel(str(state.get(self.kind.id_key)))})}
        return stored

    def _keep_unsure(self, error: LiveChannelsError, state: Mapping[str, Any], change: Diff, holder: Holder) -> None:
        """What nobody can read may be as before or as wanted now: say so, and have it sent again."""
        unsure = unreadable(self.kind, change.tops(change.changed))
        if error.changed is not Changed.UNKNOWN or not unsure:
            return
        error.half_made = storable({**state, UNSURE: unsure})
        urn = holder.urn or "URN"
        sure = (
            tr("`pulumi up --replace '{urn}'` makes sure whatever the program says", urn=urn)
            if isinstance(self.resource, Switch)
            else tr("do so before you change the value back, for nothing could tell the difference")
        )
        error.next_step = tr(
            "{next_step}; `pulumi up` sends {unsure} again, and {sure}.",
            next_step=error.next_step.rstrip(".。"),
            unsure=", ".join(unsure),
            sure=sure,
        )

    def _send_update(self, key: str, want: Inputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        try:
            return self.resource.update(key, want, change, prior)
        except RefusedError as refusal:
            if isinstance(self.resource, Listable):
                self.resource.require_gone(key, refusal)
                raise NotFoundError(
                    tr("{name} {key} is gone from the platform", name=self.name, key=key),
                    next_step=tr("run `pulumi refresh`, then `pulumi up` makes a new one."),
                ) from refusal
            raise
        finally:
            self._outdated(key)

    def _outdated(self, key: str | None = None) -> None:
        self.resource.outdated(key)
        self.account.outdated()

    def _read_back(
        self,
        key: str,
        inputs: Mapping[str, Any],
        answer: Mapping[str, Any],
        unsure: tuple[str, ...] = (),
        sent: Collection[str] | None = None,
    ) -> Made:
        """The state after a write. The object exists, so whatever goes wrong here is told and not raised.

        `sent` are the paths that were written; all of them where none are named.
        """
        known = self._stored({**inputs, **told(answer), self.kind.id_key: key})
        if unsure:
            return Made(id=key, state=known, unfinished=list(unsure))
        try:
            actual = self.resource.read_back(key, {**inputs, **answer})
            if actual is None:
                text = tr("{name} {key} was written and is gone again; run `pulumi refresh`", name=self.name, key=key)
                return Made(id=key, state=known, unfinished=[text])
            state = self._stored(merged(self.kind, actual, {**inputs, **answer, **ours(answer)}))
            ignored = [path for path in self.diff(state, inputs).changed if sent is None or path in sent]
        except Exception as error:
            return Made(id=key, state=known, unfinished=[not_read_back(f"{self.name} {key}", error)])
        if ignored:
            self.account.notices.warn(not_taken(f"{self.name} {key}", ignored))
        return Made(id=key, state=state)

    @contextmanager
    def _doing(self, verb: str, what: str) -> Iterator[None]:
        """Puts what was being done at the head of any error; while it is done, others may wait to go along with it."""
        try:
            with self.account.company.joined():
                yield
        except LiveChannelsError as error:
            action = f" ({error.operation})" if error.operation else ""
            error.operation = f"{tr(verb)} {self.name} {what}{action}"
            raise
