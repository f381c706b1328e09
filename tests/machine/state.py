"""What the engine holds of a stack: resources in the order of their dependencies, and what was under way in a death."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from .faces import Struct, unpack

# By kind of resource, the kind of object that it stands for; actions stand for none.
OBJECT_OF = {
    "Channel": "channel",
    "PullChannel": "pullChannel",
    "RecordDirectory": "recordDirectory",
    "RecordTask": "recordTask",
    "ForwardTask": "forwardTask",
    "ChannelStateCallback": "channelStateCallback",
    "ChannelBan": "channelBan",
}
ID_KEY = {"Channel": "pullId", "PullChannel": "pullId", "RecordDirectory": "directoryId"}


@dataclass(eq=False)
class Resource:
    """A resource in a state, as the engine holds it."""

    urn: str
    kind: str
    id: str
    inputs: Struct
    outputs: Struct
    depends: tuple[str, ...] = ()
    delete: bool = False
    pending_replacement: bool = False
    init_errors: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def object(self) -> tuple[str, str] | None:
        """The object on the platform that it stands for."""
        kind = OBJECT_OF.get(self.kind)
        if kind is None or self.pending_replacement:
            return None
        return (kind, self.id.lower() if kind == "channelStateCallback" else self.id)


@dataclass
class Pending:
    """A call that was under way when the provider died; `instead` is the id of what was there."""

    verb: str
    urn: str
    kind: str
    inputs: Struct
    depends: tuple[str, ...]
    operation: int
    instead: str | None = None


@dataclass
class State:
    """A stack's checkpoint."""

    resources: list[Resource] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.resources)

    def get(self, urn: str) -> Resource | None:
        """The resource of a URN; one that only waits for its deletion is none."""
        return next((held for held in self.resources if held.urn == urn and not held.delete), None)

    def copy(self) -> State:
        return State([replace(held) for held in self.resources], list(self.pending))

    def objects(self) -> dict[tuple[str, str], Resource]:
        """By object on the platform, the resource that holds it."""
        return {held.object: held for held in self.resources if held.object is not None}

    def drop(self, gone: Resource) -> None:
        self.resources = [held for held in self.resources if held is not gone]

    def rest(self, done: Iterable[Resource]) -> list[Resource]:
        """What was there before and is not among these."""
        ids = {id(held) for held in done}
        return [held for held in self.resources if id(held) not in ids]

    def picture(self) -> list[Any]:
        """A value to compare and to print: everything that an engine would write."""
        return [
            (held.urn, held.id, unpack(held.inputs), unpack(held.outputs), held.delete, held.pending_replacement)
            for held in copy.copy(self.resources)
        ]
