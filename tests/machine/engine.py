"""A small engine: the calls of Pulumi's own engine, in its order, and a state as it would write it.

What it does not do: run things at the same time, and speak to components, providers and policies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pulumi.runtime.proto import provider_pb2 as messages

from .faces import UNKNOWN, Face, Failed, Struct, pack, process, program_inputs, unpack, urn_of
from .state import ID_KEY, Pending, Resource, State
from .world import Killed, World

NONE, SOME = messages.DiffResponse.DIFF_NONE, messages.DiffResponse.DIFF_SOME


@dataclass
class Declared:
    """A resource in a program. A value `{"ref": name}` is the id of another one."""

    name: str
    kind: str
    inputs: dict[str, Any]
    adopt: str | None = None
    aliases: tuple[str, ...] = ()

    def refs(self) -> list[str]:
        return [value["ref"] for value in self.inputs.values() if is_ref(value)]


def is_ref(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"ref"}


@dataclass
class Result:
    """How an operation of the engine ended: which verbs ran on what, what failed, and whether the provider died."""

    steps: list[tuple[str, str]] = field(default_factory=list)
    errors: list[tuple[str, str]] = field(default_factory=list)
    killed: bool = False

    @property
    def ok(self) -> bool:
        return not self.errors and not self.killed

    def changes(self) -> list[tuple[str, str]]:
        return [step for step in self.steps if step[0] not in ("same", "read")]


class _Stop(Exception):
    """The operation ends here."""


class Engine:
    """One stack on one face."""

    def __init__(self, face: str, world: World, *, wired: bool = False) -> None:
        self.face = face
        self.world = world
        self.state = State()
        self._wired = wired

    # Operations

    def up(
        self,
        program: Sequence[Declared],
        *,
        refresh: bool = False,
        preview: bool = False,
        replace: Collection[str] = (),
        targets: Collection[str] | None = None,
        continue_on_error: bool = False,
    ) -> Result:
        def go(face: Face, result: Result) -> None:
            if refresh:
                self._refresh(face, result)
            _Up(self, face, result, program, replace, targets, continue_on_error, preview).go()

        before = self.state.copy()
        result = self._operate(go)
        if preview:
            self.state = before
        return result

    def refresh(self) -> Result:
        return self._operate(self._refresh)

    def destroy(self, *, targets: Collection[str] | None = None, continue_on_error: bool = False) -> Result:
        def go(face: Face, result: Result) -> None:
            wanted = [held for held in self.state if targets is None or held.name in targets]
            self.delete_all(face, result, wanted, continue_on_error)

        return self._operate(go)

    def bring_in(self, kind: str, name: str, key: str) -> tuple[Result, dict[str, Any] | None]:
        """`pulumi import`: the object becomes a resource; answers the inputs that the program is told to hold."""
        inputs: dict[str, Any] | None = None

        def go(face: Face, result: Result) -> None:
            nonlocal inputs
            urn = urn_of(self.face, kind, name)
            if self.state.get(urn):
                result.errors.append((urn, "exists already"))
                return
            for _ in ("preview", "import"):
                found = self._try(result, urn, lambda: face.read(urn, key, None, None))
                if found is None or found[1] is None:
                    result.errors.append((urn, f"resource '{key}' does not exist"))
                    return
            outputs, told = found
            checked = self._try(result, urn, lambda: face.check(urn, told, told))
            self._try(result, urn, lambda: face.diff(urn, key, told, outputs, checked))
            self.state.resources.append(Resource(urn, kind, key, told, outputs))
            result.steps.append(("import", urn))
            inputs = unpack(told)

        result = self._operate(go)
        return result, inputs

    def _operate(self, go: Callable[[Face, Result], None]) -> Result:
        self.world.operation += 1
        self.world.clock.let_pass(1)
        self.world.sent, self.world.dead = 0, False
        result = Result()
        try:
            with process(self.face, self.world, self._wired) as face:
                try:
                    go(face, result)
                except _Stop:
                    pass
        except Killed:
            result.killed = True
        finally:
            self.world.kill, self.world.dead = None, False
        return result

    # What operations share

    def _try(self, result: Result, urn: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Failed as failed:
            result.errors.append((urn, failed.text))
            raise _Stop from None

    def died(
        self, verb: str, urn: str, kind: str, inputs: Struct, depends: tuple[str, ...], instead: str | None
    ) -> None:
        """What the state says of a call that was under way in a death."""
        self.state.pending.append(Pending(verb, urn, kind, inputs, depends, self.world.operation, instead))

    def _refresh(self, face: Face, result: Result) -> None:
        gone: list[Resource] = []
        for held in list(self.state):
            if held.pending_replacement:
                continue
            try:
                found = face.read(held.urn, held.id, held.inputs, held.outputs)
            except Failed as failed:
                # A refresh of one fails them all in the end; what others told is kept.
                result.errors.append((held.urn, failed.text))
                if failed.half is not None:
                    held.outputs = failed.half.properties
                break
            result.steps.append(("read", held.urn))
            if found is None:
                gone.append(held)
                continue
            outputs, inputs = found
            old_inputs = held.inputs
            held.outputs, held.init_errors = outputs, ()
            held.inputs = inputs if inputs is not None else held.inputs
            self._try(result, held.urn, lambda: face.diff(held.urn, held.id, old_inputs, outputs, old_inputs))
        for held in gone:
            result.steps.append(("gone", held.urn))
            self.state.drop(held)
        if result.errors:
            raise _Stop

    def delete_all(
        self, face: Face, result: Result, doomed: Sequence[Resource], continue_on_error: bool, *, keep: bool = False
    ) -> None:
        """Delete these, dependents first; what depends on one that failed keeps what it stands on.

        With `keep` they wait in the state for the one that takes their place.

        Raises:
            Failed: one could not be deleted, with `keep`.
        """
        stuck: set[str] = set()
        for held in reversed([item for item in self.state if any(item is one for one in doomed)]):
            if held.urn in stuck:
                stuck |= set(held.depends)
                continue
            if not held.pending_replacement:
                try:
                    face.delete(held.urn, held.id, held.inputs, held.outputs)
                except Failed as failed:
                    if keep:
                        raise
                    result.errors.append((held.urn, failed.text))
                    if not continue_on_error:
                        raise _Stop from None
                    stuck |= set(held.depends)
                    continue
                except Killed:
                    self.died("deleting", held.urn, held.kind, held.inputs, held.depends, held.id)
                    raise
                result.steps.append(("delete", held.urn))
            if keep:
                held.pending_replacement = True
            else:
                self.state.drop(held)


class _Up:
    """One `up`: the program's resources in order, then what the program lacks."""

    def __init__(
        self,
        engine: Engine,
        face: Face,
        result: Result,
        program: Sequence[Declared],
        replace: Collection[str],
        targets: Collection[str] | None,
        continue_on_error: bool,
        preview: bool,
    ) -> None:
        self.engine = engine
        self.face = face
        self.result = result
        self.program = program
        self.replace = replace
        self.targets = targets
        self.go_on = continue_on_error
        self.preview = preview
        self.done: list[Resource] = []
        self.outcome: dict[str, dict[str, Any] | None] = {}

    @property
    def state(self) -> State:
        return self.engine.state

    def go(self) -> None:
        seen: set[str] = set()
        for declared in self.program:
            urn = urn_of(self.face.name, declared.kind, declared.name)
            seen.add(urn)
            try:
                self.outcome[declared.name] = self._register(urn, declared)
            except Failed as failed:
                self.result.errors.append((urn, failed.text))
                self.outcome[declared.name] = None
                if not self.go_on:
                    raise _Stop from None
        if self.result.errors and not self.go_on:
            return
        doomed = [held for held in self.state if held.delete or held.urn not in seen]
        if self.targets is not None:
            doomed = [held for held in doomed if held.name in self.targets]
        if self.preview:
            return
        self.engine.delete_all(self.face, self.result, doomed, self.go_on)

    def _register(self, urn: str, declared: Declared) -> dict[str, Any] | None:
        """The outputs of a resource, after whatever has to be done for it; None where nothing could be."""
        old = self._old(urn, declared)
        if self.targets is not None and declared.name not in self.targets:
            if old is None:
                return None
            return self._settle(old, urn, "same", old.id, old.inputs, old.outputs, old.depends)
        values = self._resolved(declared)
        if values is None:
            # What it stands on failed, which was told already.
            return None
        depends = tuple(urn_of(self.face.name, self._kind(name), name) for name in declared.refs())
        news = program_inputs(self.face.name, declared.kind, declared.name, values, declared.adopt)
        forced = declared.name in self.replace
        fresh = old is None or old.pending_replacement
        checked = self.face.check(urn, news, None if fresh or forced or old is None else old.inputs)
        if old is None or fresh:
            return self._create(urn, declared.kind, checked, depends, old)
        if forced:
            return self._replace(old, urn, news, checked, depends, first=False)
        diff = self.face.diff(urn, old.id, old.inputs, old.outputs, checked)
        if diff.replaces:
            checked = self.face.check(urn, news, None)
            return self._replace(old, urn, news, checked, depends, first=diff.deleteBeforeReplace)
        differs = diff.changes == SOME or (diff.changes != NONE and checked != old.inputs)
        if differs or old.init_errors:
            return self._update(old, urn, checked, depends)
        return self._settle(old, urn, "same", old.id, checked, old.outputs, depends)

    def _old(self, urn: str, declared: Declared) -> Resource | None:
        names = [urn, *(urn_of(self.face.name, declared.kind, alias) for alias in declared.aliases)]
        before = self.state.rest(self.done)
        return next((held for name in names for held in before if held.urn == name and not held.delete), None)

    def _kind(self, name: str) -> str:
        return next(declared.kind for declared in self.program if declared.name == name)

    def _resolved(self, declared: Declared) -> dict[str, Any] | None:
        values = dict(declared.inputs)
        for key, value in declared.inputs.items():
            if is_ref(value):
                outputs = self.outcome.get(value["ref"])
                if outputs is None:
                    return None
                values[key] = outputs.get(ID_KEY[self._kind(value["ref"])], UNKNOWN)
        return values

    def _settle(
        self,
        old: Resource | None,
        urn: str,
        verb: str,
        key: str,
        inputs: Struct,
        outputs: Struct,
        depends: tuple[str, ...],
        errors: tuple[str, ...] = (),
    ) -> dict[str, Any]:
        """Put the resource into the state as it is now; `old` is the entry that it takes the place of."""
        kind = urn.split("::")[2].rpartition(":")[2]
        entry = Resource(urn, kind, key, inputs, outputs, depends, init_errors=errors)
        self.result.steps.append((verb, urn))
        self.done.append(entry)
        rest = [held for held in self.state.rest(self.done) if held is not old]
        self.state.resources = [*self.done, *rest]
        if old is not None and old.urn != urn:
            for held in rest:
                held.depends = tuple(urn if one == old.urn else one for one in held.depends)
        told = unpack(outputs)
        if self.face.name == "dynamic" and kind in ID_KEY:
            # The Python classes answer the engine's id, which an update in a preview does not make unknown.
            told[ID_KEY[kind]] = key or UNKNOWN
        return told

    def _create(
        self, urn: str, kind: str, inputs: Struct, depends: tuple[str, ...], instead: Resource | None = None
    ) -> dict[str, Any]:
        if self.preview:
            outputs = self.face.create(urn, inputs, preview=True)[1] if self.face.name == "native" else inputs
            return self._settle(instead, urn, "create", "", inputs, outputs, depends)
        try:
            key, outputs = self.face.create(urn, inputs)
        except Failed as failed:
            if failed.half is None:
                raise
            half = failed.half
            self._settle(instead, urn, "create", half.id, inputs, half.properties, depends, tuple(half.reasons))
            raise
        except Killed:
            there = self.state.get(urn)
            self.engine.died("creating", urn, kind, inputs, depends, there and there.id)
            raise
        return self._settle(instead, urn, "create", key, inputs, outputs, depends)

    def _update(self, old: Resource, urn: str, inputs: Struct, depends: tuple[str, ...]) -> dict[str, Any]:
        if self.preview:
            outputs = inputs
            if self.face.name == "native":
                outputs = self.face.update(urn, old.id, old.inputs, old.outputs, inputs, preview=True)
            return self._settle(old, urn, "update", old.id, inputs, outputs, depends)
        try:
            outputs = self.face.update(urn, old.id, old.inputs, old.outputs, inputs)
        except Failed as failed:
            if failed.half is None:
                raise
            # The new outputs stand beside the old inputs, so that the next run sends the update again.
            half = failed.half
            self._settle(old, urn, "update", old.id, old.inputs, half.properties, depends, tuple(half.reasons))
            raise
        return self._settle(old, urn, "update", old.id, inputs, outputs, depends)

    def _replace(
        self, old: Resource, urn: str, news: Struct, inputs: Struct, depends: tuple[str, ...], *, first: bool
    ) -> dict[str, Any]:
        if not first:
            outputs = self._create(urn, old.kind, inputs, depends)
            # It stays in the state until it is deleted at the end, or by a later run.
            old.delete = True
            return outputs
        doomed = [*self._dependents_to_replace(old), old]
        if not self.preview:
            self.engine.delete_all(self.face, self.result, doomed, False, keep=True)
        for held in doomed:
            held.pending_replacement = True
        return self._create(urn, old.kind, inputs, depends, old)

    def _dependents_to_replace(self, root: Resource) -> list[Resource]:
        """What would be replaced if all that it takes from the root, or from another such one, were not known yet."""
        doomed = {root.urn}
        found = []
        for held in self.state.rest(self.done):
            shaken = [urn for urn in held.depends if urn in doomed]
            if not shaken or held.delete or held.pending_replacement:
                continue
            ids = {one.id for one in self.state if one.urn in shaken}
            unknown = pack({key: UNKNOWN if value in ids else value for key, value in _raw(held.inputs).items()})
            diff = self.face.diff(held.urn, held.id, held.inputs, held.outputs, unknown)
            if diff.replaces:
                doomed.add(held.urn)
                found.append(held)
        return found


def _raw(struct: Struct) -> Mapping[str, Any]:
    """Plain values, what the SDK's host needs among them."""
    values = unpack(struct)
    if "__provider" in struct.fields:
        values["__provider"] = struct["__provider"]
    return values
