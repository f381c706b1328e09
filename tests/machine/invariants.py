"""What must hold after every operation, after everything has settled, and after the end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .engine import Engine
from .faces import unpack, urn_of
from .program import Declared, Result, is_ref
from .state import OBJECT_OF, Pending, Resource, State
from .wanted import LEVELS, differences, name_of, unix
from .world import Key, Origin, World

NATURAL = ("recordDirectory", "recordTask", "forwardTask", "channelBan", "channelStateCallback")
UNREADABLE = ("ChannelStateCallback", "SignedPushUrl", "SignedPullUrls", "StreamDisconnect")
# Nobody can see whether there is one already.
UNSEEN = ("channelStateCallback",)
RAW = re.compile(
    r"Traceback|error inside livechannels|Exception calling application|"
    r"\b(Attribute|Key|Type|Value|Index|Overflow|Recursion|UnboundLocal|NotImplemented|Assertion)Error\b"
)
# What an edit on the platform can bring in line; all else takes a new object.
EDITABLE = {
    *("channelName", "pullRate", "directoryId", "live2vod", "videoEncrypted", "hlsEncryptDuration", "check"),
    *("sourcePullUrl", "sourcePullProtocol", "notifyUrl"),
}
NOTHING = "Nothing was changed on the platform"
KIND_OF = {kind: name for name, kind in OBJECT_OF.items()}


class Violation(AssertionError):
    """What must never happen did; `kind` is a short name for it."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(f"{kind}: {text}")
        self.kind = kind

    @property
    def sort(self) -> str:
        """The kind, with the first kind of resource that it is about: two of one sort have most often one cause."""
        about = re.search("|".join(sorted(OBJECT_OF, key=len, reverse=True)), str(self))
        return f"{self.kind} {about[0]}" if about else self.kind


_SAME = {
    "forwardTask": ("pullId", "forwardUrl"),
    "recordDirectory": ("directoryType",),
    "channelStateCallback": ("domainName",),
}


def _same(kind: str, one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two objects are the same to the vendor, or to whoever watches."""
    words = _SAME.get(kind, ("pullId",))
    return bool(one and other) and all(one.get(word) == other.get(word) for word in words)  # type: ignore[union-attr]


class Judge:
    """Judges one run."""

    def __init__(self, engine: Engine, world: World) -> None:
        self.engine = engine
        self.world = world
        self.program: list[Declared] = []
        self.wanted_by_name: set[Key] = set()
        self.unsure: set[str] = set()
        self._excused: set[Key] = set()
        self._read_texts = 0
        self._alive: dict[Key, Any] = {}
        self._held: set[Key] = set()
        self._on_air: set[str] = set()
        self._turns: dict[str, list[tuple[str, str]]] = {}

    def begin(self, program: Sequence[Declared]) -> None:
        """An operation is about to begin with this program."""
        self.program = list(program)
        alive = self._alive = self.world.alive()
        self._held = set(self.engine.state.objects())
        self._on_air = {key for kind, key in alive if kind == "channel" and self.world.is_on_air(key)}
        # What has ended or lapsed is nobody's any more.
        self.world.foreign = {key: body for key, body in self.world.foreign.items() if key in alive}
        for item in program:
            if item.adopt is not None and item.kind in OBJECT_OF:
                self.wanted_by_name.add((OBJECT_OF[item.kind], item.adopt))
            if item.kind == "Channel":
                self._note_turn(item)

    def _note_turn(self, item: Declared) -> None:
        """A program that asks for another push URL may have one, however many runs it takes."""
        names = (urn_of(self.engine.face, item.kind, name) for name in (item.name, *item.aliases))
        held = next((there for name in names if (there := self.engine.state.get(name))), None)
        if held is None:
            return
        # Of an update that was not finished the outputs are new and the inputs are old.
        known = {**unpack(held.inputs), **unpack(held.outputs)}
        turn = (known.get("pushKeyRotation"), item.inputs.get("pushKeyRotation"))
        if None not in turn and turn[0] != turn[1]:
            turns = self._turns.setdefault(held.id, [])
            if turns[-1:] != [turn]:
                turns.append(turn)

    # After every operation

    def operation(self, before: State, result: Result, *, preview: bool, partial: bool = False) -> None:
        """Look at an operation that has ended, well or not; a partial one left out what it was not told to look at."""
        self._texts()
        if result.endless:
            last = [call["action"] for call in self.world.platform.journal[-8:]]
            raise Violation("endless", f"{result.steps[-1:]}: {last}")
        self._viewers(before)
        if not preview:
            self._drops(before)
            self._foreign()
            if not partial:
                # With targets, the old name of what has a new one may not have been reached.
                self._doubly_held(before)

    def _viewers(self, before: State) -> None:
        """What is on air stays, and an encoder has to learn a new address once."""
        for key in sorted(self.world.cut_on_air):
            held = before.objects().get(("channel", key))
            wished = [item.inputs.get("forceDestroy") for item in self.program if held and item.name == held.name]
            if held is None or not (unpack(held.inputs).get("forceDestroy") or any(wished)):
                raise Violation("cut on air", f"channel {key} was on air, and forceDestroy is not set")
        self.world.cut_on_air.clear()
        for key, times in self.world.rotations.items():
            # An address that a run of its own has taken over as changed by somebody may be asked to change once more.
            is_told = self.world.told(key, "unknown") or self.world.told(key, "changed outside Pulumi")
            if times > len(self._turns.get(key, ())) and not is_told:
                raise Violation("rotated twice", f"channel {key}: {times} times for {self._turns.get(key)}")

    def spared(self, before: State) -> None:
        """Nothing that hangs on a channel has ended for a replacement of the channel that was refused."""
        ended = {held.urn for held in before if held.pending_replacement}
        for held in [held for held in self.engine.state if held.urn not in ended]:
            hosts = [self.engine.state.get(urn) for urn in held.depends]
            for host in hosts:
                if host is None or not held.pending_replacement or host.pending_replacement:
                    continue
                if self._is_changed(held):
                    continue
                if host.id in self._on_air and not unpack(host.inputs).get("forceDestroy"):
                    raise Violation("ended for nothing", f"{held.urn} was ended, and {host.urn} is on air and stays")

    def half_destroyed(self, before: State) -> None:
        """What two names held, one of which is destroyed, is off, and who holds it still cannot see that."""
        gone = {held.object for held in before if self.engine.state.get(held.urn) is None}
        self.unsure |= {held.urn for held in self.engine.state if held.kind in UNREADABLE and held.object in gone}

    def _texts(self) -> None:
        for said in self.world.texts[self._read_texts :]:
            if found := self.world.secrets_in(said.text):
                raise Violation("secret told", f"{found} in {said.where}: {said.text}")
            if RAW.search(said.text):
                raise Violation("raw error", f"{said.where}: {said.text[-700:]}")
        self._read_texts = len(self.world.texts)

    def _is_changed(self, held: Resource) -> bool:
        """Whether the program itself wants something else of this resource."""
        item = next((item for item in self.program if held.name in (item.name, *item.aliases)), None)
        if item is None:
            return False
        old, new = (
            unpack(held.inputs),
            {key: value for key, value in item.inputs.items() if not isinstance(value, dict)},
        )
        # Of what a program has taken out, only what has no default shows.
        taken_out = old.get("notifyUrl") is not None and "notifyUrl" not in item.inputs
        return taken_out or any(self.value(value) != old.get(key) for key, value in new.items())

    def _drops(self, before: State) -> None:
        held, alive = self.engine.state.objects(), self.world.alive()
        for key, resource in before.objects().items():
            if key in held or key not in alive or key not in self._alive or key[0] == "recordDirectory":
                continue
            is_moving = self.world.settings.get("allowAccountChange") and resource.kind in UNREADABLE
            if not is_moving and not self.world.told(resource.id, since=self.world.operation):
                raise Violation("dropped", f"{resource.urn} {key[1]} left the state and is there: {alive[key]}")
            self._excused.add(key)

    def _doubly_held(self, before: State) -> None:
        # A run with targets does not look at the other holder; whoever runs without them is told.
        known = [held.object for held in before]
        seen: dict[Key, str] = {}
        for held in self.engine.state:
            if held.object is None:
                continue
            told = self.world.told(held.id, "held by", since=self.world.operation)
            excused = held.delete or told or known.count(held.object) > 1
            if held.object in seen and not (excused or self._on_its_way_out(held.object)):
                raise Violation("held twice", f"{held.object} by {seen[held.object]} and {held.urn}")
            seen[held.object] = held.urn

    def _on_its_way_out(self, key: Key) -> bool:
        """Whether an old name of the object waits in the state for its deletion, or for something else in its place."""
        declared = {urn_of(self.engine.face, item.kind, item.name) for item in self.program}
        return any(
            held.object == key and (held.delete or held.urn not in declared or self._is_changed(held))
            for held in self.engine.state
        )

    def _foreign(self) -> None:
        held, alive = self.engine.state.objects(), self.world.alive()
        for key, body in list(self.world.foreign.items()):
            kind = key[0]
            if key in held:
                self._taken(key, held[key])
                continue
            if body == self.world.body(key):
                continue
            if key in self.wanted_by_name or (kind in ("channelBan", "channelStateCallback") and self._declares(key)):
                self.world.foreign[key] = self.world.body(key) or {}
            elif body.get("pullId") and not self._channel(body["pullId"]) and kind not in ("channel", "pullChannel"):
                # It went with its channel.
                del self.world.foreign[key]
            else:
                raise Violation("foreign touched", f"{key} was {body} and is {alive.get(key)}")

    def _taken(self, key: Key, resource: Resource) -> None:
        kind = KIND_OF[key[0]]
        # What had the same place before looks like it, and so does what a list that lags shows only now.
        unseen = key in self._held or ("stale-list" in self.world.fired and self.world.told(resource.id))
        if key not in self.wanted_by_name and not unseen:
            if key[0] not in NATURAL:
                raise Violation("foreign taken", f"{resource.urn} holds {key}, which somebody else made")
            named = name_of(kind, unpack(resource.inputs))
            told = self.world.told(resource.id) or self.world.told(kind, named) or self.world.told("directory", named)
            if key[0] not in UNSEEN and not told:
                raise Violation("foreign taken in silence", f"{resource.urn} holds {key}, which somebody else made")
        del self.world.foreign[key]
        self.world.made[key] = Origin(self.world.operation, resource.urn)

    def _declares(self, key: Key) -> bool:
        """Whether the program or the state has a switch on this channel or domain."""
        wanted = [item.inputs.get("pushDomain", "").lower() for item in self.program if item.kind == KIND_OF[key[0]]]
        return key[1] in wanted or key[0] == "channelBan" or key in self.engine.state.objects()

    def _channel(self, key: str) -> bool:
        return any(self.world.body((kind, key)) for kind in ("channel", "pullChannel"))

    # After everything has settled

    def surplus(self, pending: Pending, key: Key) -> None:
        """A killed create had made an object, and a later run has made another one: its pending create tells."""
        held = self.engine.state.get(pending.urn)
        other = self.world.body(held.object) if held and held.object else None
        # Where the list was wrong just then, nobody could have found it.
        seen = not {"stale-list", "answer"} & self.world.fired.keys()
        if seen and key[0] in NATURAL and _same(key[0], self.world.body(key), other):
            raise Violation("doubled", f"{pending.urn}: {key} was made by a killed run, and another one after it")
        self._excused.add(key)

    def settled(self, program: Sequence[Declared]) -> None:
        """Each declared object is there, once, as wanted; nothing is there that nobody knows."""
        alive = self.world.alive()
        for item in program:
            held = self.engine.state.get(urn_of(self.engine.face, item.kind, item.name))
            if held is None:
                raise Violation("missing", f"{item.kind} {item.name} is in the program and not in the state")
            key = held.object
            if key is None:
                continue
            names = {urn_of(self.engine.face, item.kind, name) for name in (item.name, *item.aliases)}
            if held.kind == "ChannelStateCallback" and names & self.unsure:
                # Its deletion was under way in a death, which the state says, and nobody can see what became of it.
                continue
            if key not in alive and not self._over(item, key) and not self._told_unsure(held):
                raise Violation("missing", f"{item.kind} {item.name} {key} is in the state and not on the platform")
            body = self.world.body(key)
            inputs = {name: self.value(value) for name, value in item.inputs.items()}
            if (found := differences(item.kind, inputs, body or {})) and not self._told_unsure(held):
                raise Violation("not as wanted", f"{item.kind} {item.name} {key}: {found}")
        self._orphans(alive)

    def _over(self, item: Declared, key: Key) -> bool:
        """A task that has had its time is no drift."""
        if item.kind == "RecordTask":
            return self.world.body(key) is not None
        end = item.inputs.get("endTime")
        return item.kind == "ForwardTask" and end is not None and unix(end) <= self.world.clock.now()

    def value(self, value: Any) -> Any:
        """An input of the program, with the id for a reference."""
        if not is_ref(value):
            return value
        kind = next(item.kind for item in self.program if item.name == value["ref"])
        held = self.engine.state.get(urn_of(self.engine.face, kind, value["ref"]))
        return held.id if held else None

    def _told_unsure(self, held: Resource) -> bool:
        """Whether it was said that what was written to an unreadable thing is not known."""
        return held.kind in ("ChannelStateCallback",) and self.world.told(held.id, "unknown")

    def _orphans(self, alive: dict[Key, Any]) -> None:
        held = self.engine.state.objects()
        for key, origin in self.world.made.items():
            if key in alive and key not in held and key not in self._excused and not self._explained(key, origin):
                raise Violation("orphan", f"{key} was made for {origin.urn} and nobody knows it: {alive[key]}")

    def _explained(self, key: Key, origin: Origin) -> bool:
        kind, body = KIND_OF[key[0]], self.world.body(key) or {}
        if key[0] == "recordDirectory":
            # None can be deleted: it stays when it leaves the program.
            return True
        named = [str(body[name]) for name in ("channelName", "directoryType", "pullId", "domainName") if name in body]
        for said in self.world.texts:
            if said.operation < origin.operation or NOTHING in said.text:
                continue
            if key[1] in said.text or any(kind in said.text and name in said.text for name in named):
                return True
            if said.operation == origin.operation and "unknown" in said.text and origin.urn in said.where:
                return True
        return False

    def destroyed(self) -> None:
        """Nothing of ours is left, and all of the others'."""
        if left := [held.urn for held in self.engine.state]:
            said = [text.text for text in self.world.texts if text.operation == self.world.operation]
            raise Violation("not destroyed", f"{left}: {said}")
        self._orphans(self.world.alive())

    # What no provider could do

    def impossible(self, item: Declared, program: Sequence[Declared]) -> bool:
        """Whether the platform, or the rules, rule out what is declared; then a person has to change the program."""
        rules = (self._adopts_wrongly, self._is_late, self._is_taken, self._cannot_record, self._hangs_on_nothing)
        return any(rule(item, program) for rule in rules)

    def _hangs_on_nothing(self, item: Declared, program: Sequence[Declared]) -> bool:
        """An id that was written into the program, as an import does, does not move with the channel."""
        there, pull_id = self.world.alive(), item.inputs.get("pullId")
        return isinstance(pull_id, str) and not {("channel", pull_id), ("pullChannel", pull_id)} & there.keys()

    def _adopts_wrongly(self, item: Declared, program: Sequence[Declared]) -> bool:
        """What is not there, what another resource holds, and what would have to be replaced is refused."""
        if item.adopt is None:
            return False
        key = (OBJECT_OF[item.kind], item.adopt)
        body = self.world.body(key)
        if body is None or key not in self.world.alive():
            return True
        if self.is_held_by_another(item, program):
            return True
        inputs = {name: self.value(value) for name, value in item.inputs.items()}
        return any(found.split()[0] not in EDITABLE for found in differences(item.kind, inputs, body))

    def is_held_by_another(self, item: Declared, program: Sequence[Declared]) -> bool:
        """Whether it adopts what another resource of the program holds, which a run with targets may not look at."""
        key, others = (OBJECT_OF[item.kind], item.adopt), {one.name for one in program if one.name != item.name}
        return any(held.object == key and held.name in others for held in self.engine.state)

    def _is_late(self, item: Declared, program: Sequence[Declared]) -> bool:
        end = item.inputs.get("endTime")
        return end is not None and unix(end) <= self.world.clock.now() + 360

    def _is_taken(self, item: Declared, program: Sequence[Declared]) -> bool:
        if item.kind == "RecordDirectory":
            same = [
                body
                for body in self.world.platform.store.all("recordDirectory").values()
                if body["directoryType"] == item.inputs["directoryType"]
            ]
            path = "/".join(body for body in (same[0][level] for level in LEVELS) if body) if same else ""
            return bool(same) and path != item.inputs["path"]
        return False

    def _cannot_record(self, item: Declared, program: Sequence[Declared]) -> bool:
        if item.kind not in ("RecordTask", "SignedPushUrl", "StreamDisconnect"):
            return False
        target = next((one for one in program if {"ref": one.name} == item.inputs["pullId"]), None)
        if target is None:
            return False
        if item.kind == "RecordTask":
            return not {"rtmp", "flv"} & set(target.inputs.get("pullProtocols", ["rtmp"]))
        return target.kind == "PullChannel"
