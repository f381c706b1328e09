"""Custody: who holds which object of the platform. Nothing else in the code keeps such knowledge.

An object has one holder: a resource of one stack. Its state carries a *mark* that no other resource has, from birth or
adoption on. So whoever is asked to end an object can tell whether a resource under another name has taken it over, in
this run or in an earlier one: the program's resources declare their marks (each Check, Diff and Read that brings a
state does), and an old name's mark is not among them.
"""

from __future__ import annotations

import hashlib
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ..ground.errors import ConflictError
from ..ground.language import tr

# In a state, what tells this holder from another one of the same object. The engine shows nobody a key that begins so.
MARK = "__mark"
# In a state, that the object was there before and is somebody else's: it is used, and never ended.
GUEST = "__guest"
# The kinds whose id is a pullId, which others hang on.
CHANNELS = ("Channel", "PullChannel")
Thing = tuple[str, str]
"""A kind, and an id or a natural key."""


@dataclass(frozen=True, kw_only=True)
class Holder:
    """The resource for which something is done, by its URN; a face that knows none leaves it empty."""

    urn: str = ""

    @property
    def name(self) -> str:
        """What its program calls it."""
        return self.urn.rpartition("::")[2]

    @property
    def stack(self) -> str:
        """What tells its stack from others: stack and project."""
        return "::".join(self.urn.removeprefix("urn:pulumi:").split("::")[:2]) if self.urn else ""

    @property
    def label(self) -> str:
        """Its name, and what tells it from a namesake elsewhere in the program; empty where nothing is known."""
        return f"{self.name}#{hashlib.sha256(self.urn.encode()).hexdigest()[:8]}" if self.urn else ""

    def new_mark(self) -> str:
        """A mark that no other holder has."""
        return f"{self.label}.{uuid.uuid4().hex[:12]}"


NOBODY = Holder()
REPLACEMENT = "its replacement"


def _label_in(mark: object) -> str:
    return str(mark or "").rpartition(".")[0]


def _shown(label: str) -> str:
    return label.rpartition("#")[0] or tr("another resource")


class Notes(Protocol):
    """How the provider processes of one run tell each other what they do."""

    def tell(self, note: Sequence[Any]) -> None:
        """Note something for the others."""
        ...

    def heard(self) -> Sequence[Sequence[Any]]:
        """What others have noted since the last time."""
        ...


class Alone:
    """No other process."""

    def tell(self, note: Sequence[Any]) -> None:
        """Nobody hears it."""

    def heard(self) -> Sequence[Sequence[Any]]:
        """Nothing."""
        return ()


class Custody:
    """The holders within one account and one run.

    Whatever changes is a note, which the other provider processes of the run hear before they decide anything.
    """

    def __init__(self, notes: Notes | None = None) -> None:
        self._notes: Notes = notes or Alone()
        self._lock = threading.RLock()
        self._alone: dict[Thing, threading.Lock] = {}
        self._in_program: set[str] = set()
        self._kept: set[tuple[Thing, str]] = set()
        # By object: who holds it, as marks and the label that each stands for now.
        self._taken: dict[Thing, tuple[str, str]] = {}
        self._declared: dict[Thing, dict[str, str]] = {}
        self._wished: dict[Thing, str] = {}
        self._missed: dict[Thing, str] = {}
        self._spared: dict[str, bool] = {}
        self._ended: set[Thing] = set()

    @contextmanager
    def _informed(self) -> Iterator[None]:
        """The lock, with everything known that other processes have noted."""
        with self._lock:
            self._hear()
            yield

    def _hear(self) -> None:
        for name, *details in self._notes.heard():
            self._NOTED[name](self, *details)

    def _note(self, name: str, *details: Any) -> None:
        """Something changes, here and for the others."""
        self._NOTED[name](self, *details)
        self._notes.tell([name, *details])

    def _on_program(self, label: str) -> None:
        self._in_program.add(label)

    def _on_declared(self, kind: str, key: str, mark: str, label: str) -> None:
        self._declared.setdefault((kind, key), {})[mark] = label

    def _on_kept(self, kind: str, key: str, mark: str, keeps: bool) -> None:
        (self._kept.add if keeps else self._kept.discard)(((kind, key), mark))

    def _on_taken(self, kind: str, key: str, mark: str, label: str) -> None:
        self._ended.discard((kind, key))
        if mark:
            self._taken[kind, key] = (mark, label)
        else:
            self._taken.pop((kind, key), None)

    def _on_missed(self, kind: str, key: str, label: str | None) -> None:
        if label is None:
            self._missed.pop((kind, key), None)
        else:
            self._missed[kind, key] = label

    def _on_wished(self, kind: str, key: str, label: str) -> None:
        self._wished[kind, key] = label

    def _on_spared(self, pull_id: str, spared: bool) -> None:
        self._spared[pull_id] = spared

    def _on_lost(self, kind: str, key: str, ended: bool) -> None:
        self._taken.pop((kind, key), None)
        self._declared.pop((kind, key), None)
        if ended:
            self._ended.add((kind, key))

    _NOTED: ClassVar[Mapping[str, Callable[..., None]]] = {
        "program": _on_program,
        "declared": _on_declared,
        "kept": _on_kept,
        "taken": _on_taken,
        "missed": _on_missed,
        "wished": _on_wished,
        "spared": _on_spared,
        "lost": _on_lost,
    }

    def in_program(self, holder: Holder) -> None:
        """The program of this run declares the resource: what its state holds is spoken for."""
        with self._lock:
            if holder.urn and holder.label not in self._in_program:
                self._note("program", holder.label)

    def is_in_program(self, holder: Holder) -> bool:
        """Whether the program of this run was seen to declare the resource; a refresh by itself runs none."""
        with self._informed():
            return holder.label in self._in_program

    def declare(
        self,
        kind: str,
        key: str,
        state: Mapping[str, Any],
        holder: Holder = NOBODY,
        *,
        leaving: bool = False,
        planned: bool = True,
    ) -> None:
        """A state of this stack holds the object; `leaving` says that the program wants another one in its place.

        What a refresh has seen only is not `planned`: it may be an old name, or what waits for its deletion.

        Raises:
            ConflictError: a resource of this run has taken it, or means to adopt it.
        """
        thing, mark = (kind, key), str(state.get(MARK) or "")
        label = holder.label or _label_in(mark)
        with self._informed():
            if self._declared.get(thing, {}).get(mark) != label:
                self._note("declared", kind, key, mark, label)
            if not planned:
                return
            keeps = label in self._in_program and not leaving
            if keeps is not ((thing, mark) in self._kept):
                self._note("kept", kind, key, mark, keeps)
            if not keeps:
                return
            taken_mark, taken_by = self._taken.get(thing, ("", ""))
            others = [taken_by if taken_mark and taken_mark != mark else "", self._wished.get(thing)]
            others += self._kept_by(thing)
            other = next((each for each in others if each and each != label), None)
        if other is not None:
            _refuse(kind, key, label, other)

    def _kept_by(self, thing: Thing, but: str | None = None) -> list[str]:
        """The labels of the program's resources whose states hold the object, but for one with that mark."""
        marks = self._declared.get(thing, {})
        return [label for mark, label in marks.items() if mark != but and (thing, mark) in self._kept]

    def wish(self, kind: str, key: str, holder: Holder) -> str | None:
        """The program means to adopt the object for this resource; answers why it may not."""
        with self._informed():
            other = self._other(kind, key, holder.label) or self._wished.get((kind, key))
            if other and other != holder.label:
                return _conflict(kind, key, other, holder.label)
            if other is None:
                self._note("wished", kind, key, holder.label)
        return None

    @contextmanager
    def taking(self, kind: str, key: str, holder: Holder) -> Iterator[str]:
        """Take the object for a resource while the block makes it so; gives the new holder's mark.

        Where the block fails, nothing was taken, and what held the object before goes on holding it.

        Raises:
            ConflictError: another resource of this program holds it.
        """
        thing = (kind, key)
        mark = holder.new_mark()
        with self._informed():
            other = self._other(kind, key, holder.label)
            if other is not None:
                _refuse(kind, key, other, holder.label)
            before = self._taken.get(thing, ("", ""))
            self._note("taken", kind, key, mark, holder.label)
            self._hear()
            rival = self._taken.get(thing, ("", ""))
            if rival[0] != mark:
                # Another process took it at this very moment.
                self._note("taken", kind, key, *rival)
                _refuse(kind, key, rival[1], holder.label)
        try:
            yield mark
        except BaseException:
            with self._lock:
                self._note("taken", kind, key, *before)
                self._note("missed", kind, key, holder.label)
            raise
        with self._lock:
            self._note("missed", kind, key, None)

    def took(self, kind: str, key: str, holder: Holder) -> str:
        """The object was made for this resource, so nobody else can hold it; gives its mark."""
        mark = holder.new_mark()
        with self._lock:
            self._note("taken", kind, key, mark, holder.label)
        return mark

    @contextmanager
    def attempting(self, kind: str, natural: str, holder: Holder) -> Iterator[None]:
        """Make what has this natural key; one attempt at a time, so that nobody takes a neighbour's for his own."""
        thing = (kind, natural)
        with self._lock:
            lock = self._alone.setdefault(thing, threading.Lock())
        with lock:
            try:
                yield
            except BaseException:
                with self._lock:
                    self._note("missed", kind, natural, holder.label)
                raise
            with self._lock:
                self._note("missed", kind, natural, None)

    def knows(self, kind: str, key: str) -> bool:
        """Whether the object is anybody's: of this run, or of a state that this run has seen."""
        with self._informed():
            return bool(self._declared.get((kind, key))) or (kind, key) in self._taken

    def spare(self, pull_id: str, *, forced: bool) -> None:
        """The stack holds this channel, and means it to be spared while it is on air, unless `forced`."""
        with self._lock:
            if self._spared.get(pull_id) is not (not forced):
                self._note("spared", pull_id, not forced)

    def spares(self, pull_id: object) -> bool | None:
        """Whether the stack spares a channel of its own; None of one that this run has not seen in it."""
        with self._informed():
            return self._spared.get(str(pull_id))

    def keeps(self, pull_id: object) -> bool:
        """Whether the program of this run was seen to declare the channel, so that it stays."""
        with self._informed():
            things = [(kind, str(pull_id)) for kind in CHANNELS]
            return any(thing in self._taken or self._kept_by(thing) for thing in things)

    def any_channel(self, but: str) -> str | None:
        """Another channel that this run has made, or has seen in a state."""
        with self._informed():
            things = (*self._taken, *(thing for thing, marks in self._declared.items() if marks))
        return next((key for kind, key in things if kind in CHANNELS and key != but), None)

    def name_of(self, kind: str, key: str) -> str | None:
        """The name of a resource whose state holds the object, where one was seen."""
        with self._informed():
            labels = [label for label in self._declared.get((kind, key), {}).values() if label]
        return _shown(labels[0]) if labels else None

    def passed_on(self, kind: str, key: str, state: Mapping[str, Any]) -> str | None:
        """Who holds the object of this state by now: a name, or its replacement; None where nobody else does."""
        mark = str(state.get(MARK) or "")
        with self._informed():
            taken, label = self._taken.get((kind, key), ("", ""))
            holders = [label] if taken and taken != mark else []
            holders += self._kept_by((kind, key), but=mark)
        if not holders:
            return None
        return REPLACEMENT if holders[0] and holders[0] == _label_in(mark) else _shown(holders[0])

    def require_unclaimed(self, kind: str, key: str, natural: str | None, state: Mapping[str, Any]) -> None:
        """Return when no resource of this run was to take over what is about to be ended, and failed to.

        Raises:
            ConflictError: one was; the object stays held by the name that it has.
        """
        mine = _label_in(state.get(MARK))
        with self._informed():
            wished = self._wished.get((kind, key))
            missed = {self._missed.get((kind, each)) for each in (key, natural) if each} - {None, mine or None}
        if wished is not None and wished == mine:
            raise ConflictError(
                tr("the program still adopts {kind} {key}, so it is not ended", kind=kind, key=key),
                next_step=tr("take adopt out of the program."),
            )
        other = next(filter(None, (*missed, wished)), "" if "" in missed else None)
        if other is not None:
            other, thing = _shown(other), f"{kind} {key}"
            raise ConflictError(
                tr("{other} was to take over {thing} and could not, so that stays as it is", other=other, thing=thing),
                next_step=tr("see the error of {other}, and run `pulumi up` again.", other=other),
            )

    def ended(self, kind: str, key: str) -> None:
        """The object was ended by this run."""
        with self._lock:
            self._note("lost", kind, key, True)

    def lost(self, kind: str, key: str) -> None:
        """The object is nobody's any more."""
        with self._lock:
            self._note("lost", kind, key, False)

    def has_ended(self, key: str, *kinds: str) -> bool:
        """Whether this run has ended the object, which is of one of the kinds, whatever a list that lags still says."""
        with self._informed():
            return any((kind, key) in self._ended for kind in kinds)

    def _other(self, kind: str, key: str, label: str) -> str | None:
        """The label of another resource that holds the object, in this run or by the program."""
        taken, taken_by = self._taken.get((kind, key), ("", ""))
        if taken and (not label or taken_by != label):
            return taken_by
        for keeper in self._kept_by((kind, key)):
            if keeper != label:
                return keeper
        return None


def _conflict(kind: str, key: str, one: str, other: str) -> str:
    names = {"one": _shown(one), "other": _shown(other)}
    return tr("{kind} {key} is held by {one} already, and {other} asks for it too", kind=kind, key=key, **names)


def _refuse(kind: str, key: str, one: str, other: str) -> None:
    raise ConflictError(
        _conflict(kind, key, one, other),
        next_step=tr(
            "declare the object once. If one of them is a new name for the other, take the old one "
            "out of the program, or give the new one the old name as an alias."
        ),
    )
