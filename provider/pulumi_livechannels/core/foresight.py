"""What can be said of an object without a call: differences, what a preview shows, and a program for what is there."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any

from .check import Checked
from .diff import Diff, diff
from .fields import UNKNOWN, properties
from .resource import Resource
from .states import UNSURE
from .telling import difference


class Foresight(ABC):
    """The views of one kind of object in one account."""

    def __init__(self, resource: Resource[Any]) -> None:
        self.resource = resource
        self.kind = type(resource)

    @abstractmethod
    def check(self, news: Mapping[str, Any], olds: Mapping[str, Any] | None) -> Checked:
        """Check inputs before anything is sent; `olds` are the inputs that made the object, if it is there."""

    @property
    def keys(self) -> list[str]:
        """Keys of everything in a state that is the object's own."""
        return [*properties(self.kind.inputs), *properties(self.kind.outputs)]

    @property
    def secret_inputs(self) -> list[str]:
        """Keys of the inputs that are always secret."""
        return [key for key, item in properties(self.kind.inputs).items() if item.flags.secret]

    @property
    def secrets(self) -> list[str]:
        """Keys of everything in a state that is always secret."""
        return self.secret_inputs + [key for key, item in properties(self.kind.outputs).items() if item.flags.secret]

    def diff(self, state: Mapping[str, Any], news: Mapping[str, Any]) -> Diff:
        """What differs between the state and what the program wants. Sends nothing."""
        found = diff(self.kind.inputs, self.kind.outputs, state, news)
        found.unfinished += self.resource.lapsed(state)
        found.unfinished += [key for key in state.get(UNSURE, ()) if key not in found.unfinished]
        return found

    def clicks(self, before: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
        """The inputs, by path, that somebody else has changed between two readings of an object."""
        return diff(self.kind.inputs, self.kind.outputs, found, before).changed

    def told_clicks(
        self, clicks: Collection[str], state: Mapping[str, Any], news: Mapping[str, Any], hidden: Collection[str] = ()
    ) -> list[str]:
        """A sentence for each click that the program would undo."""
        undone = [path for path in self.diff(state, news).changed if path in clicks]
        return [difference(self.kind.inputs, path, state, news, hidden) for path in undone]

    def preview_create(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The state that a create would bring, with everything that only the platform can tell unknown."""
        return {**dict.fromkeys(properties(self.kind.outputs), UNKNOWN), **inputs}

    def preview_update(self, state: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
        """The state that an update would bring; outputs stay known that no changed input can change."""
        change = self.diff(state, inputs)
        outputs = {
            key: UNKNOWN
            if any(change.touches(input_key) for input_key in item.flags.follows)
            else state.get(key, UNKNOWN)
            for key, item in properties(self.kind.outputs).items()
        }
        return {**outputs, **inputs}

    def program_inputs(self, state: Mapping[str, Any], known: Mapping[str, Any] | None) -> dict[str, Any]:
        """The inputs that a program would have written for this actual state.

        With `known` inputs, from an earlier run, the same properties with their actual values; without, as for an
        import, what is neither a default nor filled in by the platform.
        """
        declared = properties(self.kind.inputs)
        if known is not None:
            return {key: state.get(key, value) if key in declared else value for key, value in known.items()}
        inputs = {
            key: state[key]
            for key, item in declared.items()
            if state.get(key) is not None and state[key] != item.default and not item.flags.filled
        }
        # Left out, these would be filled in by the check, and not with what is there.
        filled = self.check(inputs, inputs).inputs
        return inputs | {key: state[key] for key in filled if state.get(key) not in (None, filled[key])}
