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
from .faces import SECRET_INPUTS, urn_of
from .invariants import UNREADABLE, Judge, Violation
from .person import Person, differences
from .program import Declared, Result, is_ref
from .state import OBJECT_OF, Resource
from .wanted import PATHS, words
from .world import KEYS, SETTINGS, World, world

ZONE = timezone(timedelta(hours=8))
Step = dict[str, Any]
ENGINE_STEPS = ("up", "preview", "refresh", "destroy", "import")
# Of these there is one for each value of the named inputs, whatever it is called.
UNIQUE = {
    "RecordTask": ("pullId",),
    "ForwardTask": ("pullId", "forwardUrl"),
    "ChannelBan": ("pullId",),
    "ChannelStateCallback": ("pushDomain",),
    "RecordDirectory": ("directoryType",),
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
            self.operate(step)
        else:
            getattr(self, f"_{kind}")(step)

    # The program

    def declared(self, name: str) -> Declared | None:
        return next((item for item in self.program if item.name == name), None)

    def _declare(self, step: Step) -> None:
        if self.declared(step["name"]) is None:
            self.put(Declared(step["name"], step["kind"], self._fixed(step["inputs"]), self._chosen(step)), None)

    def _change(self, step: Step) -> None:
        old = self.declared(step["name"])
        if old is None:
            return
        if step["key"] == "adopt":
            self.put(Declared(old.name, old.kind, old.inputs, self._chosen(step), old.aliases), old)
            return
        inputs = {**old.inputs, **self._fixed({step["key"]: step["value"]})}
        known = {key: value for key, value in inputs.items() if value is not None}
        self.put(Declared(old.name, old.kind, known, old.adopt, old.aliases), old)

    def put(self, new: Declared, old: Declared | None) -> None:
        """Into the program, unless it refers to what is not before it, or says what another one says already."""
        place = self.program.index(old) if old else len(self.program)
        before = {item.name: item.kind for item in self.program[:place]}
        if any(name not in before for name in new.refs()):
            return
        keys = UNIQUE.get(new.kind)
        others = [item for item in self.program if item.kind == new.kind and item is not old]
        if keys and any(self._folded(item, keys) == self._folded(new, keys) for item in others):
            return
        self.program[place : place + bool(old)] = [new]
        self._no_alias(new.name)
        hidden = [new.inputs[key] for key in SECRET_INPUTS & new.inputs.keys()]
        self.world.canaries |= {text.rpartition("/")[2] if "://" in text else text for text in hidden}

    def _folded(self, item: Declared, keys: tuple[str, ...]) -> list[str]:
        """What there may be one of, with ids for references where there are any yet."""
        values = (item.inputs.get(key) for key in keys)
        held = ((self.held(value["ref"]), value) if is_ref(value) else (None, value) for value in values)
        return [str(resource.id if resource else value).lower() for resource, value in held]

    def _remove(self, step: Step) -> None:
        self.remove(step["name"])

    def remove(self, name: str) -> None:
        """Take a resource out of the program, and those that refer to it."""
        doomed = {name}
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
        named = self.declared(name)
        for item in self.program:
            if named is not None and item.kind == named.kind:
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

    def _air(self, step: Step) -> None:
        """An encoder pushes to a channel."""
        held = self.held(step["name"])
        if held is not None:
            self.world.click(("channel", held.id), {"channelStatus": 1})

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

    def operate(self, step: Step) -> Result:
        kill = step.get("kill")
        self.world.kill = (kill[0], kill[1]) if kill else None
        self.world.settings = dict(KEYS.get(step.get("keys", ""), step.get("settings", SETTINGS)))
        before = self.engine.state.copy()
        self.judge.begin(self.program)
        result = self._run(step)
        self.verbs.update(verb for verb, _ in result.steps)
        if result.killed and kill:
            self.kills.append(f"{step['do']} at {self.world.killed_at.rpartition('/')[2]}, {kill[1]}")
        self.judge.operation(before, result, preview=step["do"] == "preview", partial="targets" in step)
        if step["do"] == "up":
            self.judge.spared(before)
        if step["do"] == "destroy":
            self.judge.half_destroyed(before)
        return result

    def _abroad(self, step: Step) -> None:
        """An operation with the keys of another account, which nothing may come of: it holds nothing of this stack.

        Not with what nobody can read, which shows no account, and not where something would be made before the state
        of anything else has said which account it is from.
        """
        shown = [held for held in self.engine.state if held.object in self.world.alive()]
        # What waits for its replacement is not asked about before it leaves the state.
        unread = [held for held in self.engine.state if held.kind in UNREADABLE or held.pending_replacement]
        everything = all(self.held(item.name) is not None for item in self.program)
        if not shown or unread or not (everything or step.get("refresh") or step["verb"] != "up"):
            return
        for item in self.program:
            if item.kind in PATHS and not item.refs():
                self.world.furnish(PATHS[item.kind], words(item.kind, item.inputs))
        picture, at_home, there = self.engine.state.picture(), self.world.writes(), len(self.world.abroad.objects())
        self.operate({**step, "do": step["verb"], "keys": "abroad"})
        moved = differences(picture, self.engine.state.picture())
        if moved or self.world.writes() != at_home or len(self.world.abroad.objects()) != there:
            raise Violation("other account", f"{step} moved {moved}, and {self.world.abroad.journal[-3:]}")

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
        """`pulumi import` of an object, whose inputs then stand in the program; not with the Python classes."""
        kind = OBJECT_OF.get(step["kind"])
        held = self.engine.state.objects()
        ids = [key for key in self.world.alive() if key[0] == kind and key not in held]
        if self.engine.face != "native" or not ids or self.declared(step["name"]):
            return Result()
        key = ids[step["pick"] % len(ids)]
        self.judge.wanted_by_name.add(key)
        result, inputs = self.engine.bring_in(step["kind"], step["name"], key[1])
        if inputs is not None:
            self.put(Declared(step["name"], step["kind"], inputs), None)
        return result

    def _recover(self, step: Step) -> None:
        Person(self).recover()

    def settle(self, *, patiently: bool = True) -> None:
        """Faults end, time passes, what a death left is resolved; then everything has to be right, and stay right.

        `patiently` it has to stay so for several more runs and not only for one.

        Raises:
            Violation: it is not.
        """
        Person(self).settle(patiently=patiently)


def _is_delay(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"in"}


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
