"""Taking over an object that exists: what stands against it, and what it would change on the live object.

A preview tells that property by property, so that a typo in a program renames no channel that is on air.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from ..ground.errors import ConflictError, NotFoundError, Problem
from ..ground.language import tr
from .check import Checked, check, contains_unknown
from .custody import Holder
from .diff import Diff, diff
from .resource import Resource
from .states import told, unverifiable
from .telling import both, difference


class Adoption:
    """The adoptions of one kind of object."""

    def __init__(self, resource: Resource[Any]) -> None:
        self.resource = resource
        self.kind = type(resource)
        self.account = resource.account

    def problems(
        self,
        key: str,
        checked: Checked,
        olds: Mapping[str, Any] | None,
        holder: Holder,
        replacing: Callable[[str], bool],
    ) -> Iterator[Problem]:
        """What stands against it that can be told without a call; `olds` are inputs of a resource that is there."""
        name = self.kind.__name__
        why = self.account.custody.wish(name, self.resource.canonical(key), holder)
        if why is not None:
            yield Problem("adopt", tr("names what is taken: {why}; declare the object once", why=why))
        if olds is not None and not checked.problems:
            # Inputs of an earlier release may be written in another way.
            before = check(self.kind.inputs, olds, olds, self.account.clock.now()).inputs
            replaced = diff(self.kind.inputs, self.kind.outputs, before, checked.inputs).replacing(replacing).replaces
            if replaced:
                yield Problem(
                    "adopt",
                    tr(
                        "is still there, but {replaced} changes, which takes a new {name} in place of the "
                        "adopted one: take adopt out of the program first",
                        replaced=", ".join(replaced),
                        name=name,
                    ),
                )

    def compare(
        self, key: str, inputs: Mapping[str, Any], ignored: Callable[[str], bool]
    ) -> tuple[dict[str, Any], dict[str, Any], Diff]:
        """The actual object, the state that it would be adopted with, and what differs from the program.

        Raises:
            NotFoundError: no object has this id.
            ConflictError: objects of this kind cannot be taken over.
            LiveChannelsError: it could not be read.
        """
        name = self.kind.__name__
        if not self.kind.adoptable:
            raise ConflictError(
                tr("a {name} cannot be taken over", name=name), next_step=tr("take adopt out of the program.")
            )
        actual = self.resource.read(key, {})
        if actual is None:
            raise NotFoundError(
                tr("there is no {name} {key} to adopt", name=name, key=key),
                next_step=tr("correct the id, or take adopt out of the program to make a new one."),
            )
        state = {**told(actual), **unverifiable(self.kind, inputs)}
        return actual, state, diff(self.kind.inputs, self.kind.outputs, state, inputs).without(ignored)

    def foresee(
        self, key: str, inputs: Mapping[str, Any], hidden: Collection[str], ignored: Callable[[str], bool]
    ) -> tuple[list[Problem], list[str]]:
        """What refuses an adoption, and in sentences what it would change; values of `hidden` inputs are not shown.

        Raises:
            LiveChannelsError: as `compare`.
        """
        key = self.resource.canonical(key)
        _, state, change = self.compare(key, inputs, ignored)
        sentences = {path: difference(self.kind.inputs, path, state, inputs, hidden) for path in change.changed}
        # What the program will have there may well be what is there, as the id of a channel that is adopted too.
        unsure = {path for path in change.changed if contains_unknown(both(self.kind.inputs, path, state, inputs)[1])}
        problems = [
            Problem(
                "adopt",
                tr(
                    "names a {kind} that is not as the program has it, and cannot be made so, for "
                    "{sentences}: write the actual value into the program, or take adopt out to make a new "
                    "one",
                    kind=self.kind.__name__,
                    sentences=sentences[path],
                ),
            )
            for path in change.replaces
            if path not in unsure
        ]
        may, does = (
            tr("adopting {kind} {key} may change the live object: {sentence}"),
            tr("adopting {kind} {key} changes the live object: {sentence}"),
        )
        changes = [
            (may if path in unsure else does).format(kind=self.kind.__name__, key=key, sentence=sentence)
            for path, sentence in sentences.items()
            if path not in change.replaces
        ]
        return problems, changes
