"""What a killed run left: each create that was under way is resolved from what the platform shows.

The engine's checkpoint names what was being made, with its inputs. Exactly one object that nobody holds, and that
agrees in all that can be read, is what such a create made; where complete lists show nothing like it, it made nothing.
All else is for a person to decide: a guess would double an object, or take somebody else's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from enum import Enum
from typing import Any

from .core.account import Account, AccountOf
from .core.check import require
from .core.class_keys import ADOPT, PROVIDER
from .core.evidence import LOOKS_AFTER_SECONDS
from .core.fields import properties
from .core.lifecycle import Lifecycle
from .core.resource import Countable, Listable
from .core.states import UNSURE
from .core.switch import Switch
from .deployments import (
    Entry,
    Pending,
    Thing,
    entries,
    has_secret,
    holders,
    in_order,
    pending,
    plain,
    resources,
    secret,
    setting,
    settings_of,
)
from .ground.errors import InputError
from .ground.language import tr


class Outcome(Enum):
    """What becomes of an operation that was under way."""

    TAKEN = "taken"
    CLEARED = "cleared"
    UNDECIDED = "undecided"
    KEPT = "kept"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What becomes of one, and why. `id` is the object that is held now; `candidates` are objects that it could be."""

    urn: str
    outcome: Outcome
    why: str
    id: str | None = None
    candidates: tuple[str, ...] = ()


class Create:
    """A create of ours that was under way.

    Raises:
        EncryptedError: its inputs hold a secret that is not in clear.
        InputError: its inputs break rules, so this version cannot have made it.
    """

    def __init__(self, entry: Entry, account: Account) -> None:
        self.entry = entry
        self.account = account
        self.live = Lifecycle(entry.kind, account)
        given = plain(entry.raw.get("inputs") or {})
        self.adopts = given.get(ADOPT) is not None
        self.holder = entry.holder(given)
        own = {key: value for key, value in given.items() if key != ADOPT and not key.startswith("__")}
        self.want = require(entry.kind.inputs, own, own, account.clock.now())
        self.inputs = self.want.plain()

    def thing(self, key: str) -> Thing:
        """An object of its kind."""
        return self.entry.kind.__name__, key

    @property
    def unreadable(self) -> bool:
        """Whether nothing of the object can be read."""
        return issubclass(self.entry.kind, Switch) and not issubclass(self.entry.kind, Countable)

    def alike(self) -> list[str]:
        """Ids of the objects that have the wanted identity now."""
        resource = self.live.resource
        if isinstance(resource, Listable):
            return resource.there(self.want, self.holder)
        assert isinstance(resource, Switch)  # noqa: S101 - there are these two
        return [resource.switched(self.want)]

    def state(self, key: str) -> dict[str, Any] | None:
        """The state that the resource would have with this object; None where there is no such object."""
        unsure = [name for name, item in properties(self.entry.kind.inputs).items() if item.flags.write_only]
        known = {**self.inputs, UNSURE: [name for name in unsure if name in self.inputs]} if self.unreadable else None
        return self.live.read(key, known or self.inputs, self.holder)

    def as_resource(self, key: str, state: Mapping[str, Any]) -> dict[str, Any]:
        """The resource as the engine would have stored it."""
        raw_inputs = self.entry.raw.get("inputs") or {}
        hidden = {*self.live.secrets, *(name for name, value in raw_inputs.items() if has_secret(value))}
        outputs = {name: secret(value) if name in hidden else value for name, value in state.items()}
        if PROVIDER in raw_inputs:
            outputs[PROVIDER] = raw_inputs[PROVIDER]
        now = datetime.fromtimestamp(self.account.clock.now(), timezone.utc).isoformat().replace("+00:00", "Z")
        times = {"created": now, "modified": now}
        return {**self.entry.raw, "custom": True, "id": key, "outputs": outputs, **times}


@dataclass
class _Found:
    """What the platform has for one resource. `differing` is of its identity, and not what was wanted."""

    agreeing: dict[str, Create] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        return not self.agreeing and not self.differing


class Recovery:
    """The recovery of one stack. `others` are exports of stacks whose objects are held too.

    Raises:
        ValueError: something is not what `pulumi stack export` writes.
        EncryptedError: a secret that is needed is not in clear.
        InputError: inputs of a create break rules.
    """

    def __init__(self, export: Mapping[str, Any], others: Sequence[Any], account_of: AccountOf) -> None:
        self._export = export
        self._resources = [dict(each) for each in resources(export)]
        self._entries = list(entries(export))
        self._staying = {entry.urn: entry for entry in reversed(self._entries) if not entry.is_leaving}
        self._held = holders([export, *others])
        self.operations = pending(export)
        self.creates: dict[str, list[Create]] = {}
        for operation in self.operations:
            if operation.is_create and operation.entry is not None:
                try:
                    create = Create(operation.entry, account_of(self._settings(operation.entry)))
                except InputError as error:
                    error.operation = tr("recover {urn}", urn=operation.urn)
                    raise
                self.creates.setdefault(operation.urn, []).append(create)
        self._made: list[dict[str, Any]] = []
        self._strangers: dict[Any, bool] = {}

    def decide(self, takes: Mapping[str, str], forgets: Iterable[str]) -> list[Decision]:
        """Look each create up and decide, in the order in which they were begun.

        `takes` are ids that somebody has chosen, by URN; `forgets` are URNs whose creates made nothing, as somebody
        says.

        Raises:
            LiveChannelsError: the platform could not be asked.
        """
        decided = {urn: Decision(urn=urn, outcome=Outcome.CLEARED, why=tr("as you said")) for urn in forgets}
        for urn, key in takes.items():
            decided[urn] = self._take(self.creates[urn][-1], key)
        left = {urn: creates for urn, creates in self.creates.items() if urn not in decided}
        found = self._look(left)
        wanted = Counter(create.thing(key) for each in found.values() for key, create in each.agreeing.items())
        for urn, creates in left.items():
            decided[urn] = self._decide(creates, found.get(urn) or _Found(), wanted)
        rest = [_explain(operation) for operation in self.operations if not operation.is_create]
        return [*(decided[urn] for urn in self.creates), *rest]

    def deployment(self) -> dict[str, Any]:
        """The export with what was decided in it: for `pulumi stack import`, and without creates of ours."""
        kept = [each.raw for each in self.operations if not each.is_create]
        deployment = {**self._export["deployment"], "resources": in_order(self._with_made())}
        if "pending_operations" in deployment:
            deployment["pending_operations"] = kept
        return {**self._export, "deployment": deployment}

    def _look(self, left: Mapping[str, list[Create]]) -> dict[str, _Found]:
        """What there is for each. Lists lag behind, so what is not found is looked for again."""
        found: dict[str, _Found] = {}
        asked = [creates for creates in left.values() if _is_asked_for(creates[-1])]
        for seconds in LOOKS_AFTER_SECONDS:
            missing = [creates for creates in asked if found.get(creates[0].entry.urn, _Found()).nothing]
            if not missing:
                break
            missing[0][0].account.clock.sleep(seconds)
            for create in (create for creates in missing for create in creates):
                create.live.resource.outdated(None)
            found |= {creates[0].entry.urn: self._found(creates) for creates in missing}
        return found

    def _found(self, creates: list[Create]) -> _Found:
        found = _Found()
        for create in creates:
            for key in create.alike():
                if create.thing(key) in self._held:
                    found.held.append(key)
                    continue
                state = create.state(key)
                if state is None:
                    continue
                if create.live.diff(state, create.inputs).changed:
                    found.differing.append(key)
                else:
                    found.agreeing[key] = create
        found.differing = [key for key in dict.fromkeys(found.differing) if key not in found.agreeing]
        return found

    def _decide(self, creates: list[Create], found: _Found, wanted: Mapping[Thing, int]) -> Decision:
        create, urn = creates[-1], creates[-1].entry.urn
        kind = create.entry.kind.__name__
        if create.adopts:
            return _cleared(urn, tr("an adoption makes nothing: `pulumi up` adopts again"))
        if not create.entry.kind.adoptable:
            return _cleared(urn, tr("an action leaves nothing to hold: `pulumi up` does it once more"))
        if create.unreadable:
            return self._take_unread(create)
        candidates = (*found.agreeing, *found.differing)
        if not candidates:
            return self._clear(create, found)
        twin = self._twin(create)
        if twin is not None:
            return _undecided(
                urn,
                tr(
                    "the stack has made it anew since, as {id}: delete in the console which of them nobody "
                    "needs; then --forget keeps that one, and --take holds the other and has `pulumi up` "
                    "delete that one",
                    id=twin.id,
                ),
                candidates,
            )
        if len(found.agreeing) > 1:
            return _undecided(urn, tr("{count} objects could be what was made", count=len(found.agreeing)), candidates)
        if not found.agreeing:
            return _undecided(
                urn, tr("{kind}s like it that nobody holds differ in what can be read", kind=kind), candidates
            )
        ((key, maker),) = found.agreeing.items()
        if wanted[create.thing(key)] > 1:
            return _undecided(
                urn, tr("{count} creates could have made the one object", count=wanted[create.thing(key)]), candidates
            )
        return self._hold(maker, key, tr("the one object that agrees in all that can be read"))

    def _take(self, create: Create, key: str) -> Decision:
        """Hold the object that somebody has chosen, if a next `up` could leave it as it is or bring it in line."""
        urn, kind = create.entry.urn, create.entry.kind
        key = kind.canonical(key)
        if not kind.adoptable:
            return _undecided(urn, tr("an action leaves nothing to hold: --forget it"))
        held = self._held.get(create.thing(key), [])
        if held:
            return _undecided(
                urn, tr("{key} is held by {held} already", key=key, held=", ".join(entry.urn for entry in held))
            )
        if issubclass(kind, Switch) and key not in create.alike():
            return _undecided(urn, tr("its id can only be {ids}", ids=", ".join(create.alike())))
        state = create.state(key)
        if state is None:
            return _undecided(urn, tr("there is no {kind} {key}", kind=kind.__name__, key=key))
        change = create.live.diff(state, create.inputs)
        if change.replaces:
            return _undecided(
                urn,
                tr("{key} has another {replaces}, which no call changes", key=key, replaces=", ".join(change.replaces)),
                (key,),
            )
        later = (
            tr("; `pulumi up` brings {changed} in line", changed=", ".join(change.changed)) if change.changed else ""
        )
        return self._hold(create, key, tr("as you said{later}", later=later), state)

    def _take_unread(self, create: Create) -> Decision:
        (key,) = create.alike()
        held = self._held.get(create.thing(key), [])
        if held:
            return _cleared(create.entry.urn, tr("{urn} holds it: `pulumi up` sends it once more", urn=held[0].urn))
        return self._hold(create, key, tr("nothing can read it: `pulumi up` sends it once more"))

    def _clear(self, create: Create, found: _Found) -> Decision:
        if self._is_a_stranger(create):
            return _undecided(
                create.entry.urn,
                tr(
                    "the keys show nothing of what the stack holds, so they may be another account's: use "
                    "that one's keys"
                ),
            )
        shared = tr("; {held} is like it and held by a resource", held=", ".join(found.held)) if found.held else ""
        return _cleared(create.entry.urn, tr("certainly nothing was made{shared}", shared=shared))

    def _hold(self, create: Create, key: str, why: str, state: Mapping[str, Any] | None = None) -> Decision:
        state = create.state(key) if state is None else state
        if state is None:
            return _undecided(create.entry.urn, tr("{key} went while it was looked at: run again", key=key))
        self._held[create.thing(key)] = [create.entry]
        self._made.append(create.as_resource(key, state))
        return Decision(urn=create.entry.urn, outcome=Outcome.TAKEN, id=key, why=why)

    def _twin(self, create: Create) -> Entry | None:
        """The resource of the same URN, unless this create was to replace it."""
        entry = self._staying.get(create.entry.urn)
        if entry is None:
            return None
        before = plain(entry.raw.get("outputs") or {})
        return None if create.live.diff(before, create.inputs).replaces else entry

    def _is_a_stranger(self, create: Create) -> bool:
        """Whether the create's account shows nothing at all of what its provider has made in the stack."""
        provider = create.entry.raw.get("provider")
        if provider not in self._strangers:
            ids: dict[type[Any], set[str]] = {}
            for entry in self._entries:
                if entry.raw.get("provider") == provider and not entry.is_leaving and issubclass(entry.kind, Listable):
                    ids.setdefault(entry.kind, set()).add(entry.id)
            shown = any(item.id in held for kind, held in ids.items() for item in kind(create.account).every())
            self._strangers[provider] = bool(ids) and not shown
        return self._strangers[provider]

    def _settings(self, entry: Entry) -> dict[str, str]:
        """The settings that the resource's provider has in the state."""
        return {key: setting(value) for key, value in settings_of(entry, self._export).items()}

    def _with_made(self) -> list[dict[str, Any]]:
        """The resources with the new ones, each in the place of the one that it replaces."""
        found = list(self._resources)
        for made in self._made:
            place = next(
                (n for n, each in enumerate(found) if each.get("urn") == made["urn"] and not each.get("delete")), None
            )
            if place is None:
                found.append(made)
                continue
            # One that was ended first is gone; one that was to be ended afterwards still has to be.
            old, found[place] = found[place], made
            if not old.get("pendingReplacement"):
                found.append({**old, "delete": True})
        urns = {each.get("urn") for each in found}
        for made in self._made:
            # What was never made has no place in a state; the next `up` names it again.
            of_properties = made.get("propertyDependencies") or {}
            kept = {key: [urn for urn in needed or [] if urn in urns] for key, needed in of_properties.items()}
            made["propertyDependencies"] = kept
            made["dependencies"] = [urn for urn in made.get("dependencies") or [] if urn in urns]
        return found


def _is_asked_for(create: Create) -> bool:
    return create.entry.kind.adoptable and not create.adopts and not create.unreadable


def _cleared(urn: str, why: str) -> Decision:
    return Decision(urn=urn, outcome=Outcome.CLEARED, why=why)


def _undecided(urn: str, why: str, candidates: tuple[str, ...] = ()) -> Decision:
    return Decision(urn=urn, outcome=Outcome.UNDECIDED, why=why, candidates=candidates)


STILL_TRUE = {
    "deleting": "the state still has it: `pulumi up` (or `pulumi destroy`) ends it, or finds that it is gone",
    "updating": "the state has it as before: `pulumi up` sends again what differs; where the program goes back to the "
    "old value, run `pulumi refresh` first",
    "reading": "nothing was changed: `pulumi up` reads it again",
    "importing": "nothing was changed on the platform: import it again",
}


def _explain(operation: Pending) -> Decision:
    """What is true of an operation that is none of our creates."""
    why = tr(STILL_TRUE.get(operation.doing, "left for the next run"))
    if operation.entry is None:
        why = tr(
            "another provider was {doing} it, and `pulumi stack import` drops this entry: look there "
            "what is true of it before the next `pulumi up`",
            doing=tr(operation.doing),
        )
    return Decision(urn=operation.urn, outcome=Outcome.KEPT, why=why)
