"""Record directories, record tasks and recorded files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from ..core.check import Context, rule
from ..core.fields import Inputs, State, prop
from ..core.function import Progress
from ..core.reporting.answers import number
from ..core.values.rules import Id
from ..core.values.times import Time
from ..ground.errors import NotFoundError, Problem, RefusedError
from ..ground.language import tr
from ..resources import record_directory, record_task
from ..vendors import wangsu
from .base import Lookup, ObjectLookup, OddError, every_item, told, when

IDS_A_CALL = 50


class RecordDirectory(ObjectLookup):
    """A record directory by its id.

    Source: getDirectory, getDirectoryList.
    """

    resource = record_directory.RecordDirectory
    example = {"directoryId": "${recordings.directoryId}"}

    class Query(Inputs):
        """A directory by its id."""

        directory_id: str = prop("The directory's id.", min_length=1)

    class Details(State):
        """What the platform shows of a directory beyond the resource."""

        create_time: Time | None = prop("When it was made, RFC 3339.", default=None)
        update_time: Time | None = prop("When it last changed, RFC 3339.", default=None)

    def read(self, resource: Any, key: str) -> tuple[dict[str, Any], State] | None:
        """getDirectoryList, or getDirectory for one that the list lacks."""
        actual = resource.read(key, {})
        if actual is None:
            return None
        found: wangsu.recording.Directory = resource.listing.find(key) or resource.own(key)
        details = self.Details(
            create_time=when("createTime", found.create_time), update_time=when("updateTime", found.update_time)
        )
        return actual, details


class DirectoryItem(State):
    """A record directory."""

    directory_id: str = prop("The directory's id.")
    directory_type: str | None = prop("Its type.", default=None)
    path: str = prop("Its one to three levels.")
    create_time: Time | None = prop("When it was made, RFC 3339.", default=None)
    update_time: Time | None = prop("When it last changed, RFC 3339.", default=None)


class DirectoryItems(State):
    """Record directories."""

    items: list[DirectoryItem] = prop("The directories.")


class RecordDirectories(Lookup):
    """Every record directory of the account.

    Source: getDirectoryList.
    """

    example: ClassVar[dict[str, Any]] = {}
    Answer = DirectoryItems

    class Query(Inputs):
        """Nothing can be asked in particular."""

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """All pages."""
        resource = record_directory.RecordDirectory(self.account)
        found = every_item(self.account, resource.page, lambda item: item.directory_id)

        def tell(item: Any) -> DirectoryItem:
            return DirectoryItem(
                directory_id=item.directory_id,
                directory_type=item.directory_type,
                path=record_directory.path_of(item),
                create_time=when("createTime", item.create_time),
                update_time=when("updateTime", item.update_time),
            )

        return {"items": told("directoryList", found, tell)}


class TaskFile(State):
    """A file that a record task has left."""

    video_id: str | None = prop("The file's id, for getRecordFiles.", default=None)
    file_name: str | None = prop("Its name.", default=None)
    url: str | None = prop(
        "Where it is; in the channel's record directory where it has one.", default=None, secret=True
    )
    size_bytes: int | None = prop("Its size, in bytes as far as the vendor's text tells.", default=None)
    duration_seconds: int | None = prop("Its length, in seconds as far as the vendor's text tells.", default=None)
    start_time: Time | None = prop("When the recording began, RFC 3339.", default=None)
    end_time: Time | None = prop("When it ended, RFC 3339.", default=None)


class RecordTask(ObjectLookup):
    """A record task by its id or by its transNo, with the files that it has left.

    Source: recordTaskQuery, recordTaskListQuery.
    """

    resource = record_task.RecordTask
    example = {"taskId": "${recording.taskId}"}

    class Details(State):
        """What the platform shows of a task beyond the resource."""

        files: list[TaskFile] = prop("The finished files.")

    class Query(Inputs):
        """A task by one of its keys."""

        task_id: Id | None = prop("The task's id.", default=None, min_length=1)
        trans_no: Id | None = prop("The task's transNo, where its id is not known.", default=None, min_length=1)

        @rule("taskId", "transNo")
        def _one_of_two(self, context: Context) -> Iterator[Problem]:
            if bool(self.task_id) == bool(self.trans_no):
                text = tr("is set, and so is transNo") if self.task_id else tr("is missing, and so is transNo")
                yield Problem("taskId", tr("{given}: set one of them", given=text))

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """Find the id where only the transNo is given, then read."""
        return self.found(want.task_id or self._id_of(want.trans_no))

    def read(self, resource: Any, key: str) -> tuple[dict[str, Any], State] | None:
        """recordTaskListQuery, and recordTaskQuery for the files."""
        actual = resource.read(key, {})
        if actual is None:
            return None
        files = [_file(index, each) for index, each in enumerate(resource.own(key).file_list)]
        return actual, self.Details(files=files)

    def _id_of(self, trans_no: str) -> str:
        try:
            return self.account.wangsu.call(wangsu.recording.RecordTaskQuery(trans_no=trans_no)).task_id
        except RefusedError:
            raise NotFoundError(
                tr("there is no RecordTask with the transNo {trans_no}", trans_no=trans_no), next_step=tr("correct it.")
            ) from None


def _file(index: int, file: wangsu.recording.RecordedFile) -> TaskFile:
    place = f"fileList[{index}]"
    return TaskFile(
        video_id=file.video_id,
        file_name=file.file_name,
        url=file.file_url,
        size_bytes=_whole(f"{place}.fileSize", file.file_size),
        duration_seconds=_whole(f"{place}.videoDuration", file.video_duration),
        start_time=when(f"{place}.startTime", file.start_time),
        end_time=when(f"{place}.endTime", file.end_time),
    )


def _whole(field: str, text: str | None) -> int | None:
    """A whole number that the vendor writes as text, be it with decimals."""
    if text is None:
        return None
    try:
        return int(number(text))
    except ValueError as wrong:
        raise OddError(f"{field} {wrong}") from None


class RecordFileItem(State):
    """A recorded file."""

    video_id: str | None = prop("The file's id.", default=None)
    video_name: str | None = prop("Its name.", default=None)
    pull_id: str | None = prop("The channel that was recorded.", default=None)
    start_time: Time | None = prop("When the recording began, RFC 3339.", default=None)
    duration_seconds: int | None = prop("Its length, in seconds as far as the vendor's text tells.", default=None)
    share_page_url: str | None = prop("Its share page; empty for an encrypted video.", default=None)
    password: str | None = prop("Password to watch it with.", default=None, secret=True)


class RecordFileItems(State):
    """Recorded files."""

    items: list[RecordFileItem] = prop("The files.")


class RecordFiles(Lookup):
    """Recorded files, of channels or by their own ids.

    Source: getRecordFileInfo.
    """

    example = {"pullIds": ["${main.pullId}"]}
    Answer = RecordFileItems

    class Query(Inputs):
        """Files by one of two kinds of ids."""

        pull_ids: list[str] | None = prop("Channels whose files are asked for.", default=None, min_length=1)
        video_ids: list[str] | None = prop("Files by their ids.", default=None, min_length=1)

        @rule("pullIds", "videoIds")
        def _one_of_two(self, context: Context) -> Iterator[Problem]:
            if bool(self.pull_ids) == bool(self.video_ids):
                text = tr("is set, and so is videoIds") if self.pull_ids else tr("is missing, and so is videoIds")
                yield Problem("pullIds", tr("{given}: set one of them", given=text))
            for key, ids in (("pullIds", self.pull_ids), ("videoIds", self.video_ids)):
                for place, each in enumerate(ids or []):
                    if not each.isalnum() or not each.isascii():
                        yield Problem(
                            f"{key}[{place}]", tr("must be letters and digits, but is {each!r}: correct it", each=each)
                        )

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """Fifty ids a call."""
        name, ids = ("pull_ids", want.pull_ids) if want.pull_ids else ("video_ids", want.video_ids)

        def tell(item: wangsu.playback.RecordFile) -> RecordFileItem:
            return RecordFileItem(
                video_id=item.video_id,
                video_name=item.video_name,
                pull_id=item.pull_id,
                start_time=when("startTime", item.start_time),
                duration_seconds=item.video_duration,
                share_page_url=item.share_page_url,
                password=item.password,
            )

        found: list[dict[str, Any]] = []
        for at in range(0, len(ids), IDS_A_CALL):
            asked = {name: ",".join(ids[at : at + IDS_A_CALL])}
            found += told("data", self.account.wangsu.call(wangsu.playback.GetRecordFileInfo(**asked)).root, tell)
        return {"items": found}
