"""A small engine: the calls of Pulumi's own engine, in its order, and a state as it would write it.

What it does not do: run things at the same time, and speak to components, providers and policies.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import Any

from .clockwork import MOST_NAPS, Killed
from .faces import Face, Failed, Struct, process, unpack, urn_of
from .program import Declared, Result, Stop
from .state import Pending, Resource, State
from .up import Up
from .world import World

ANOTHER_ACCOUNT = "another account"


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
            Up(self, face, result, program, replace, targets, continue_on_error, preview).go()

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
        self.world.sent, self.world.dead, self.world.clock.naps = 0, False, 0
        result = Result()
        try:
            with process(self.face, self.world, self._wired) as face, suppress(Stop):
                go(face, result)
        except Killed:
            result.killed = True
            result.endless = self.world.clock.naps >= MOST_NAPS
        finally:
            self.world.kill, self.world.dead = None, False
        return result

    # What operations share

    def _try(self, result: Result, urn: str, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except Failed as failed:
            result.errors.append((urn, failed.text))
            raise Stop from None

    def died(
        self, verb: str, urn: str, kind: str, inputs: Struct, depends: tuple[str, ...], instead: str | None
    ) -> None:
        """What the state says of a call that was under way in a death."""
        self.state.pending.append(Pending(verb, urn, kind, inputs, depends, self.world.operation, instead))

    def _refresh(self, face: Face, result: Result) -> None:
        gone: list[Resource] = []
        waiting = [held for held in self.state if not held.pending_replacement]
        late: list[Resource] = []
        while waiting:
            held = waiting.pop(0)
            try:
                found = face.read(held.urn, held.id, held.inputs, held.outputs)
            except Failed as failed:
                if ANOTHER_ACCOUNT in failed.text and held not in late:
                    # Pulumi's engine reads all at the same time, and one of the others may show the account.
                    late.append(held)
                    waiting.append(held)
                    continue
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
            try:
                # Only for the display, and yet the engine asks.
                face.diff(held.urn, held.id, held.inputs, outputs, held.inputs)
            except Failed as failed:
                result.errors.append((held.urn, failed.text))
            held.outputs, held.init_errors = outputs, ()
            held.inputs = inputs if inputs is not None else held.inputs
        for held in gone:
            result.steps.append(("gone", held.urn))
            self.state.drop(held)
        if result.errors:
            raise Stop

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
                        raise Stop from None
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
