"""Record directories: where recordings of a channel are kept. The platform never changes or deletes one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator

from ..core.check import Context, rule
from ..core.custody import Holder
from ..core.diff import Diff
from ..core.evidence import Created, Look
from ..core.fields import Inputs, State, prop
from ..core.listing import told_by
from ..core.resource import Listable, Listed, Standing
from ..core.seeking import FEW, SHORT_PAGES
from ..core.values.rules import broken
from ..ground.errors import ConflictError, Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ..vendors.calling import not_understood

LEVELS = 3
LONGEST_LEVEL = 128
TAKEN = (
    "video", "live", "pullvideo", "clip", "concat", "watermarker", "logo", "buffer", "record", "static", "ad",
)  # fmt: skip
_ALLOWED = set("abcdefghijklmnopqrstuvwxyz0123456789-")


def _type(value: str) -> str:
    if not all(letter == "_" or letter.isalnum() for letter in value):
        raise broken("may hold only letters, digits and underscores", "take other characters out")
    return value


def _path(value: str) -> str:
    levels = value.split("/")
    if not 1 <= len(levels) <= LEVELS or "" in levels:
        raise broken("must be one to three levels joined by /", "write it like a/b/c, without a / at either end")
    for level in levels:
        if len(level) > LONGEST_LEVEL:
            raise broken(
                tr("must have levels of at most {most} characters", most=LONGEST_LEVEL), tr("shorten the level")
            )
        if not set(level) <= _ALLOWED:
            raise broken("may hold only lower-case letters, digits and hyphens in a level", "take others out")
        if level.startswith("cloudv"):
            raise broken("must not have a level that begins with cloudv", "choose another name")
    if levels[0] in TAKEN:
        rule = tr("must not begin with {name}, which the platform keeps for itself", name=levels[0])
        raise broken(rule, tr("choose another name"))
    return value


class RecordDirectoryInputs(Inputs):
    """What a program sets on a record directory."""

    directory_type: Annotated[str, AfterValidator(_type)] = prop(
        "Name of the directory, unique in the account: 1 to 40 letters, digits and underscores.",
        min_length=1,
        max_length=40,
        replaces=True,
    )
    path: Annotated[str, AfterValidator(_path)] = prop(
        "One to three levels joined by /, each at most 128 of a-z, 0-9 and hyphen. A directoryType keeps its path."
    )

    @rule("directoryType", "path")
    def _a_type_keeps_its_path(self, context: Context) -> Iterator[Problem]:
        if context.exists and "path" in context.changed and "directoryType" not in context.changed:
            yield Problem(
                "path",
                tr(
                    "cannot change under the same directoryType, but is now {path!r}: the platform keeps the "
                    "old directory, so choose a new directoryType with it",
                    path=self.path,
                ),
            )


class RecordDirectoryOutputs(State):
    """What a program reads from a record directory."""

    directory_id: str = prop("The directory's id, for a channel's directoryId.")


class RecordDirectory(Listable[RecordDirectoryInputs]):
    """A directory that recordings go to. One of the same directoryType and path is taken over; destroy forgets it.

    Source: directoryCreate, getDirectory, getDirectoryList.
    """

    inputs = RecordDirectoryInputs
    outputs = RecordDirectoryOutputs
    example = {"directoryType": "matches", "path": "matches/2026"}
    id_key = "directoryId"
    unique = True

    def page(self, number: int, size: int) -> list[wangsu.recording.Directory]:
        """getDirectoryList."""
        pages = self.wangsu.call(wangsu.recording.GetDirectoryList(page_index=number, page_size=size)).root
        rows = [item for part in pages for item in part.directory_list]
        return told_by(number, rows, pages[0].total_count)

    def listed(self, item: wangsu.recording.Directory) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(id=item.directory_id, name=item.directory_type)

    def identity(self, want: RecordDirectoryInputs) -> tuple[str, ...]:
        """The type alone: the platform keeps it unique."""
        return (want.directory_type,)

    def natural_key(self, inputs: Mapping[str, Any]) -> str | None:
        """The type."""
        return inputs.get("directoryType")

    def create(self, want: RecordDirectoryInputs, holder: Holder) -> Created:
        """directoryCreate, whose answer tells all of it."""
        levels = [*want.path.split("/"), None, None]
        call = wangsu.recording.DirectoryCreate(
            directory_type=want.directory_type,
            first_level_directory=levels[0] or "",
            second_level_directory=levels[1],
            third_level_directory=levels[2],
        )
        made = self.wangsu.call(call)
        return Created(made.directory_id, _state(made))

    def look(self, want: RecordDirectoryInputs, holder: Holder) -> Look:
        """The directory of this type, if it has the wanted path: no second one can be made."""
        return lambda: [item.directory_id for item in self._of_type(want.directory_type) if path_of(item) == want.path]

    def in_the_way(self, want: RecordDirectoryInputs, holder: Holder) -> Standing | None:
        """The directory that has the type already; whoever made it, the platform keeps it for ever."""
        for taken in self._of_type(want.directory_type):
            path = path_of(taken)
            if path != want.path:
                raise ConflictError(
                    tr(
                        "the platform has a directory {directory_type} already, with the path {path}",
                        directory_type=want.directory_type,
                        path=path,
                    ),
                    next_step=tr("write that path into the program, or choose a new directoryType."),
                )
            return Standing(id=taken.directory_id)
        return None

    def _of_type(self, directory_type: str) -> list[wangsu.recording.Directory]:
        self.listing.outdated()
        return [item for item in self.listing.whole().values() if item.directory_type == directory_type]

    def own(self, key: str) -> wangsu.recording.Directory:
        """getDirectory."""
        found = self.wangsu.call(wangsu.recording.GetDirectory(directory_id=key))
        if found.directory_id != key:
            raise not_understood(
                tr(
                    "it tells of the directory {directory_id}, and {key} was asked for",
                    directory_id=found.directory_id,
                    key=key,
                )
            )
        return found

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getDirectoryList, which shows all of it; getDirectory for one that it lacks, and for a few in a long list."""
        item = self.listing.find(key, SHORT_PAGES) or (self._is_of_many(key) and self.listing.find(key))
        if not item:
            try:
                item = self.own(key)
            except RefusedError as refusal:
                self.require_unlisted(key, refusal)
                return None
        return _state(item)

    def _is_of_many(self, key: str) -> bool:
        """Whether so many are deep in the list that pages cost less than own reads: none tells where it stands."""
        deep: set[str] = self.account.shared("directories deep in the list", set)
        deep.add(key)
        return len(deep) > FEW

    def read_back(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """What the create has told; getDirectoryList where it was not answered."""
        told = {name: prior.get(name) for name in ("directoryId", "directoryType", "path")}
        return self.read(key, prior) if told["directoryId"] is None else told

    def update(self, key: str, want: RecordDirectoryInputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """Never possible: only a path that was changed behind our back leads here."""
        if not change.changed:
            return {}
        raise ConflictError(
            tr("the path on the platform is {path}, and no call of the vendor changes it", path=prior.get("path")),
            next_step=tr("write that path into the program, or choose a new directoryType."),
        )

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """Forget it."""
        self.notices.warn(
            tr(
                "the platform keeps the record directory {name} ({key}): the vendor has no call to delete one",
                name=prior.get("directoryType", key),
                key=key,
            )
        )


def _state(item: wangsu.recording.Directory) -> dict[str, Any]:
    return {"directoryId": item.directory_id, "directoryType": item.directory_type, "path": path_of(item)}


def path_of(directory: wangsu.recording.Directory) -> str:
    """The levels that are set, joined by /."""
    levels = (directory.first_level_directory, directory.second_level_directory, directory.third_level_directory)
    return "/".join(level for level in levels if level)
