"""The actions on record directories and record tasks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, RootModel

from ..calling import Effect
from .wire import Action, Flag, Many, Nothing, Number, Rows, Text, Told, ToldNumber, Wire, wire


class Directory(Wire):
    """A record directory; every answer carries all of it."""

    create_time: Text = None
    directory_id: Told
    directory_type: Told
    first_level_directory: Told
    second_level_directory: Text = None
    third_level_directory: Text = None
    update_time: Text = None


class DirectoryCreate(Action[Directory], path="/live/recordDirectoryManage/directoryCreate", effect=Effect.ONCE):
    """Create a record directory. The platform has neither an edit nor a delete for it."""

    directory_type: str
    first_level_directory: str
    second_level_directory: str | None = None
    third_level_directory: str | None = None


class GetDirectory(Action[Directory], path="/live/recordDirectoryManage/getDirectory"):
    """Read one record directory."""

    directory_id: str


class DirectoryPage(Wire):
    """One page and the number of all directories."""

    total_count: Number = None
    directory_list: Rows[Directory]


class DirectoryPages(RootModel[Annotated[Rows[DirectoryPage], Field(min_length=1)]]):
    """The SDKs type the page as a list of one; a bare page is taken too."""


class GetDirectoryList(Action[DirectoryPages], path="/live/recordDirectoryManage/getDirectoryList"):
    """Read a page of record directories."""

    page_index: int | None = None
    page_size: int | None = None


class CreatedRecordTask(Wire):
    """The answer to a create."""

    task_id: Told


class CreateRecordTask(Action[CreatedRecordTask], path="/live/channelManage/createRecordTask", effect=Effect.ONCE):
    """Start or schedule a recording; times are unix seconds, cut to the minute."""

    secrets = ("notify_url",)

    pull_id: str
    trans_no: str | None = None
    quick_start: bool
    start_time: int | None = None
    end_time: int
    notify_url: str | None = None
    file_type: str | None = None
    is_concat: bool | None = None
    http_pull_record: bool | None = None
    key: str | None = None


class EndRecordTask(Action[Nothing], path="/live/channelManage/endRecordTask", effect=Effect.IDEMPOTENT):
    """End a recording that waits or runs; its record stays."""

    task_id: str


class RecordedFile(Wire):
    """One finished file."""

    file_name: Text = None
    video_id: Text = None
    file_size: Text = None
    video_duration: Text = None
    start_time: Text = None
    end_time: Text = None
    file_url: Text = None


class RecordTaskStatus(Wire):
    """How a task stands: 0 not started, 1 running, 2 finished, 3 terminated."""

    status: ToldNumber
    trans_no: Text = None
    task_id: Told
    file_list: Many[RecordedFile] = []


class RecordTaskQuery(Action[RecordTaskStatus], path="/live/channelManage/recordTaskQuery"):
    """Read one task's status by its id or, failing that, by its transNo."""

    task_id: str | None = None
    trans_no: str | None = None


class RecordTaskListItem(Wire):
    """A task with the inputs that the status query leaves out; times are text at +08:00."""

    task_id: Told
    pull_id: Text = None
    status: ToldNumber
    trans_no: Text = None
    file_type: Text = None
    is_concat: Flag = None
    start_time: Text = None
    end_time: Text = None


class RecordTaskList(Wire):
    """One page; the count is that of this page."""

    record_task_total: Number = None
    tasks: Rows[RecordTaskListItem] = wire("recordTaskQueryResponseList", ...)


class RecordTaskListQuery(Action[RecordTaskList], path="/live/channelManage/recordTaskListQuery"):
    """Read a page of tasks."""

    pull_id: str | None = None
    trans_no: str | None = None
    status: int | None = None
    list_order: int | None = None
    page_index: int | None = None
    page_size: int | None = None
    start_time: str | None = None
    end_time: str | None = None
