"""Plays a script: a list of steps as plain data, so that a failing run is a file.

A step that makes no sense where it stands (a name that is gone, an object that is not there) does nothing, so that any
part of a script is a script.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from .engine import Engine
from .faces import SECRET_INPUTS, Failed, process, urn_of
from .invariants import Judge, Violation
from .program import Declared, Result, is_ref
from .state import OBJECT_OF, Pending, Resource
from .wanted import PATHS, words
from .world import World, world

ZONE = timezone(timedelta(hours=8))
Step = dict[str, Any]
ENGINE_STEPS = ("up", "preview", "refresh", "destroy", "import")
# Of these there is one for each of the named input, whatever it is called.
UNIQUE = {
    "RecordTask": "pullId",
    "ChannelBan": "pullId",
    "ChannelStateCallback": "pushDomain",
    "RecordDirectory": "directoryType",
}


class Play:
    """One run of the machine: a program that is edited, a stack, and the world around them."""

    def __init__(self, face: str, here: World, *, wired: bool = False) -> None:
        self.world = here
        self.engine = Engine(face, here, wired=wired)
        self.program: list[Declared] = []
        self.judge = Judge(self.engine, here)
        self.kills: list[str] = []
        self.verbs: Counter[str] = Counter()

    def do(self, step: Step) -> None:
        """Play one step.

        Raises:
            Violation: what must never happen did.
        """
        kind = step["do"]
        if kind in ENGINE_STEPS:
            self._operate(step)
        else:
            getattr(self, f"_{kind}")(step)

    # The program

    def declared(self, name: str) -> Declared | None:
        return next((item for item in self.program if item.name == name), None)

    def _declare(self, step: Step) -> None:
        if self.declared(step["name"]) is None:
            self._put(Declared(step["name"], step["kind"], self._fixed(step["inputs"]), self._chosen(step)), None)

    def _change(self, step: Step) -> None:
        old = self.declared(step["name"])
        if old is None:
            return
        if step["key"] == "adopt":
            self._put(Declared(old.name, old.kind, old.inputs, self._chosen(step), old.aliases), old)
            return
        inputs = {**old.inputs, **self._fixed({step["key"]: step["value"]})}
        known = {key: value for key, value in inputs.items() if value is not None}
        self._put(Declared(old.name, old.kind, known, old.adopt, old.aliases), old)

    def _put(self, new: Declared, old: Declared | None) -> None:
        """Into the program, unless it refers to what is not before it, or says what another one says already."""
        place = self.program.index(old) if old else len(self.program)
        before = {item.name: item.kind for item in self.program[:place]}
        if any(name not in before for name in new.refs()):
            return
        key = UNIQUE.get(new.kind)
        others = [item for item in self.program if item.kind == new.kind and item is not old]
        if key and any(_folded(item.inputs.get(key)) == _folded(new.inputs.get(key)) for item in others):
            return
        self.program[place : place + bool(old)] = [new]
        self._no_alias(new.name)
        hidden = [new.inputs[key] for key in SECRET_INPUTS & new.inputs.keys()]
        self.world.canaries |= {text.rpartition("/")[2] if "://" in text else text for text in hidden}

    def _remove(self, step: Step) -> None:
        doomed = {step["name"]}
        for item in self.program:
            if doomed & set(item.refs()):
                doomed.add(item.name)
        self.program = [item for item in self.program if item.name not in doomed]

    def _rename(self, step: Step) -> None:
        name, to = step["name"], step["to"]
        if self.declared(name) is None or self.declared(to) is not None:
            return
        for item in self.program:
            for key, value in item.inputs.items():
                if value == {"ref": name}:
                    item.inputs[key] = {"ref": to}
            if item.name == name:
                item.name = to
                item.aliases = (*item.aliases, name) if step["alias"] else ()
        self._no_alias(to)

    def _no_alias(self, name: str) -> None:
        """A name that is somebody's is nobody's alias: an engine would refuse such a program."""
        for item in self.program:
            item.aliases = tuple(alias for alias in item.aliases if alias != name)

    def _fixed(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs with moments for `{"in": seconds}`."""
        return {key: self._moment(value) if _is_delay(value) else value for key, value in inputs.items()}

    def _moment(self, value: Mapping[str, Any]) -> str:
        return datetime.fromtimestamp(self.world.clock.now() + value["in"], ZONE).isoformat(timespec="seconds")

    def _chosen(self, step: Step) -> str | None:
        """The id to adopt: of somebody else's object, of one that the stack holds, or of none."""
        wanted = step.get("adopt")
        if wanted is None:
            return None
        kind = OBJECT_OF[step.get("kind") or self.declared(step["name"]).kind]  # type: ignore[union-attr]
        held = self.engine.state.objects()
        ids = [key for key in self.world.alive() if key[0] == kind and (key in held) == (wanted["whose"] == "held")]
        return ids[wanted["pick"] % len(ids)][1] if ids else "no-such-id"

    # Other people, and time

    def _fault(self, step: Step) -> None:
        self.world.fault({key: value for key, value in step.items() if key != "do"})

    def _calm(self, step: Step) -> None:
        self.world.clear_faults()

    def _wait(self, step: Step) -> None:
        self.world.clock.let_pass(step["seconds"])

    def _click(self, step: Step) -> None:
        keys = [key for key in self.world.alive() if key[0] == step["kind"]]
        if keys:
            key = keys[step["pick"] % len(keys)]
            self.world.click(key, step["change"]) if step["change"] else self.world.remove(key)

    def _twin(self, step: Step) -> None:
        """Somebody else makes what a declared resource would make."""
        item = self.declared(step["name"])
        if item is None or item.kind not in PATHS:
            return
        inputs = dict(item.inputs)
        for key, value in item.inputs.items():
            if is_ref(value):
                held = self.held(value["ref"])
                if held is None:
                    return
                inputs[key] = held.id
        self.world.somebody(PATHS[item.kind], words(item.kind, inputs))

    def held(self, name: str) -> Resource | None:
        """What the state has of a declared resource."""
        item = self.declared(name)
        return self.engine.state.get(urn_of(self.engine.face, item.kind, name)) if item else None

    # The engine

    def _operate(self, step: Step) -> Result:
        kill = step.get("kill")
        self.world.kill = (kill[0], kill[1]) if kill else None
        before = self.engine.state.copy()
        self.judge.begin(self.program)
        result = self._run(step)
        self.verbs.update(verb for verb, _ in result.steps)
        if result.killed:
            self.kills.append(f"{step['do']} at {self.world.killed_at.rpartition('/')[2]}, {kill[1]}")
        self.judge.operation(before, result, preview=step["do"] == "preview")
        return result

    def _run(self, step: Step) -> Result:
        names = {item.name for item in self.program}
        go_on = bool(step.get("continue_on_error"))
        targets = {name for name in step.get("targets", ()) if name in names} or None
        if step["do"] == "refresh":
            return self.engine.refresh()
        if step["do"] == "destroy":
            return self.engine.destroy(targets=targets, continue_on_error=go_on)
        if step["do"] == "import":
            return self._import(step)
        return self.engine.up(
            self.program,
            refresh=bool(step.get("refresh")),
            preview=step["do"] == "preview",
            replace={name for name in step.get("replace", ()) if name in names},
            targets=targets,
            continue_on_error=go_on,
        )

    def _import(self, step: Step) -> Result:
        """`pulumi import` of somebody's object, whose inputs then stand in the program; the Python classes have none."""
        kind = OBJECT_OF.get(step["kind"])
        held = self.engine.state.objects()
        ids = [key for key in self.world.alive() if key[0] == kind and key not in held]
        if self.engine.face != "native" or not ids or self.declared(step["name"]):
            return Result()
        key = ids[step["pick"] % len(ids)]
        self.judge.wanted_by_name.add(key)
        result, inputs = self.engine.bring_in(step["kind"], step["name"], key[1])
        if inputs is not None:
            self._put(Declared(step["name"], step["kind"], inputs), None)
        return result

    def _recover(self, step: Step) -> None:
        """What `livechannels recover` would do: each pending create finds its object, or is cleared.

        Where an object cannot be read, for `step` says that things may go wrong, all stays as it is.
        """
        state = self.engine.state
        for pending in list(state.pending):
            state.pending.remove(pending)
            if pending.verb == "deleting":
                self.judge.unsure.add(pending.urn)
                continue
            held = state.objects()
            made = [
                key
                for key, origin in self.world.made.items()
                if (origin.operation, origin.urn) == (pending.operation, pending.urn)
                and key in self.world.alive()
                and key not in held
            ]
            if not made:
                continue
            if len(made) > 1:
                raise Violation("two for one", f"{pending.urn} has made {made}")
            there = state.get(pending.urn)
            if there is not None and there.id != pending.instead:
                self.judge.surplus(pending, made[0])
                continue
            if not self._take(pending, made[0]):
                if step:
                    state.pending.append(pending)
                    return
                raise Violation("recover", f"{pending.urn} {made[0]} cannot be read: {self.world.texts[-1].text}")
            if there is not None and there.pending_replacement:
                state.drop(there)
            elif there is not None:
                there.delete = True

    def _take(self, pending: Pending, key: tuple[str, str]) -> bool:
        """Make the object the resource that a killed create was for, as an import would; False where it cannot be."""
        self.world.operation += 1
        self.world.clock.let_pass(1)
        try:
            with process(self.engine.face, self.world) as face:
                olds = pending.inputs if self.engine.face == "dynamic" else None
                found = face.read(pending.urn, key[1], pending.inputs, olds)
        except Failed:
            found = None
        if found is None:
            return False
        entry = Resource(pending.urn, pending.kind, key[1], pending.inputs, found[0], pending.depends)
        self.engine.state.resources.append(entry)
        return True

    # The end

    def settle(self) -> None:
        """Faults end, time passes, what a death left is resolved; then everything has to be right, and stay right.

        Raises:
            Violation: it is not.
        """
        self.world.clear_faults()
        self.world.clock.let_pass(600)
        for key in self.world.alive():
            # A ban hides that an encoder goes on pushing, so it is what the platform keeps that counts.
            if (self.world.body(key) or {}).get("channelStatus") == 1:
                self.world.click(key, {"channelStatus": 2})
        self._recover({})
        self._converge()
        self.judge.settled(self.program)
        # What a state did not hold yet (of an import, a recovered object) the first look may add.
        self._still({"do": "up", "refresh": True}, moves=True)
        self._still({"do": "up"})
        self._still({"do": "up", "refresh": True})
        self._still({"do": "preview"})
        for _ in range(3):
            if self._operate({"do": "destroy"}).ok:
                break
        self.judge.destroyed()

    def _converge(self) -> None:
        texts: list[str] = []
        for attempt in range(len(self.program) + 3):
            result = self._operate({"do": "up", "refresh": True, "continue_on_error": True})
            if result.ok:
                return
            texts = [text for _, text in result.errors]
            given_up = [item.name for item in self.program if self.judge.impossible(item, self.program)]
            failed = {urn.rpartition("::")[2] for urn, _ in result.errors}
            for name in given_up:
                if name in failed:
                    self._remove({"name": name})
                    texts = []
            if texts and attempt >= 2:
                break
        raise Violation("stuck", f"`up` fails for ever: {texts}")

    def _still(self, step: Step, *, moves: bool = False) -> None:
        """An operation that has nothing to do; with `moves` it may write down what it learns."""
        writes, picture = self.world.writes(), self.engine.state.picture()
        result = self._operate(step)
        if not result.ok:
            raise Violation("second run fails", f"{step}: {result.errors}")
        if result.changes():
            raise Violation("second run changes", f"{step}: {result.changes()}")
        if self.world.writes() != writes:
            last = [call["action"] for call in self.world.platform.journal][-12:]
            raise Violation("second run writes", f"{step}: {last}")
        if self.engine.state.picture() != picture and not moves:
            raise Violation("second run moves the state", f"{step}: {_moved(picture, self.engine.state.picture())}")


def _folded(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


def _is_delay(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"in"}


def _moved(before: list[Any], after: list[Any]) -> list[Any]:
    """By resource, what was and what is, of what differs."""
    if [old[0] for old in before] != [new[0] for new in after]:
        return [[old[0] for old in before], [new[0] for new in after]]
    found = []
    for old, new in zip(before, after, strict=True):
        for was, now in zip(old, new, strict=True):
            if isinstance(was, dict):
                found += [
                    (old[0], key, was.get(key), now.get(key)) for key in {*was, *now} if was.get(key) != now.get(key)
                ]
            elif was != now:
                found.append((old[0], was, now))
    return found


@contextmanager
def playing(face: str, seed: int = 0, *, wired: bool = False) -> Iterator[Play]:
    """A stage for one script."""
    with world(seed) as here:
        yield Play(face, here, wired=wired)


def run(script: Mapping[str, Any], *, wired: bool = False) -> Play:
    """Play a whole script, and settle.

    Raises:
        Violation: what must never happen did.
    """
    with playing(script["face"], script.get("seed", 0), wired=wired) as play:
        for step in script["steps"]:
            play.do(step)
        play.settle()
        return play
