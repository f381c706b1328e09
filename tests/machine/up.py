"""One `up` of the engine: each resource of a program in order, then what the program lacks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pulumi.runtime.proto import provider_pb2 as messages

from .clockwork import Killed
from .faces import UNKNOWN, Face, Failed, Struct, pack, program_inputs, unpack, urn_of
from .program import Declared, Result, Stop, is_ref
from .state import ID_KEY, Resource, State

if TYPE_CHECKING:
    from .engine import Engine

NONE, SOME = messages.DiffResponse.DIFF_NONE, messages.DiffResponse.DIFF_SOME


class Up:
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
                    raise Stop from None
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
            try:
                return self._create(urn, old.kind, inputs, depends)
            finally:
                # The old one waits for its deletion as soon as there is a new one, finished or not.
                old.delete = self.state.get(urn) is not old
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
