"""Record tasks: record a channel over a stretch of time. One that has ended is no drift."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.check import Context, rule
from ..core.custody import Holder
from ..core.diff import otherwise
from ..core.evidence import Look
from ..core.fields import Inputs, State, prop
from ..core.listing import PAGE_SIZE, told_by
from ..core.resource import Listable, Listed, Standing
from ..core.states import told
from ..core.values.addresses import HttpUrl
from ..core.values.media import RECORD_STATUSES, FileType, word
from ..core.values.rules import Id
from ..core.values.times import Instant, from_vendor, minute
from ..ground.errors import Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ..vendors.calling import not_understood
from ._channels import OPEN

LONGEST_SPAN_SECONDS = 72 * 3600
# Far more than anybody starts with equal content within 72 hours.
MOST_GENERATIONS = 200


class RecordTaskInputs(Inputs):
    """What a program sets on a record task."""

    pull_id: Id = prop("Channel to record, by its pullId; it has one open task at most.", min_length=1, replaces=True)
    end_time: Instant = prop("When to stop, RFC 3339, by the minute; at most 72 hours after the start.", replaces=True)
    start_time: Instant | None = prop(
        "When to start, RFC 3339, by the minute; at once where none is given.",
        default=None,
        replaces=True,
        moves=True,
        filled=True,
    )
    notify_url: HttpUrl | None = prop(
        "Address that is told how the recording goes.", default=None, replaces=True, write_only=True
    )
    file_type: FileType = prop("Format of the files: mp4, flv or m3u8.", default="mp4", replaces=True)
    concat: bool = prop("Join the parts to one file; goes only with m3u8.", default=False, replaces=True)
    record_over_http: bool = prop(
        "Record from the channel's HTTP stream, which goes on after an RTMP stop signal.",
        default=False,
        replaces=True,
        write_only=True,
    )
    object_key: str | None = prop(
        "Object path without suffix, in storage of a third party; goes not with concat.",
        default=None,
        min_length=1,
        replaces=True,
        write_only=True,
    )

    @rule("startTime", "endTime")
    def _span(self, context: Context) -> Iterator[Problem]:
        if not {"startTime", "endTime"} & context.changed:
            return
        start = minute(self.start_time) if self.start_time else int(context.now)
        end = minute(self.end_time)
        if self.start_time and "startTime" in context.changed and start <= context.now:
            yield Problem(
                "startTime",
                tr(
                    "must be in the future, but is {start_time!r}: choose a later time, or leave it out to start now",
                    start_time=self.start_time,
                ),
            )
        if end <= context.now and "endTime" in context.changed:
            yield Problem(
                "endTime", tr("must be in the future, but is {end_time!r}: choose a later time", end_time=self.end_time)
            )
        elif end <= start:
            yield Problem(
                "endTime",
                tr("must be after startTime, but is {end_time!r}: choose a later time", end_time=self.end_time),
            )
        elif end - start > LONGEST_SPAN_SECONDS:
            yield Problem(
                "endTime",
                tr(
                    "must be at most 72 hours after the start, but is {end_time!r}: choose an earlier time, "
                    "or record in several tasks",
                    end_time=self.end_time,
                ),
            )

    @rule("concat", "fileType")
    def _concat_needs_m3u8(self, context: Context) -> Iterator[Problem]:
        if self.concat and self.file_type != "m3u8":
            yield Problem(
                "concat",
                tr(
                    "goes only with fileType m3u8, but that is {file_type}: change one of them",
                    file_type=self.file_type,
                ),
            )

    @rule("concat", "objectKey")
    def _concat_needs_own_storage(self, context: Context) -> Iterator[Problem]:
        if self.concat and self.object_key:
            yield Problem(
                "concat", tr("goes not with storage of a third party, but objectKey is set: take one of them out")
            )


class RecordTaskOutputs(State):
    """What a program reads from a record task."""

    task_id: str = prop("The task's id.")
    trans_no: str = prop("The key that keeps the task from being made twice.")
    status: str = prop("notStarted, running, ended or terminated.")


class RecordTask(Listable[RecordTaskInputs]):
    """A recording of one channel. A change ends the old task and makes a new one; an identical open one is taken over.

    Source: createRecordTask, recordTaskQuery, recordTaskListQuery, endRecordTask.
    """

    inputs = RecordTaskInputs
    outputs = RecordTaskOutputs
    example = {"pullId": "${main.pullId}", "endTime": "2026-12-24T22:00:00+08:00"}
    id_key = "taskId"
    unique = True
    hangs_on_channel = True
    calls_to_read_back = 2
    # The list keeps every task that ever was: beyond the newest 1,000 the one task is asked for instead.
    pages_within_reach = 20

    def page(self, number: int, size: int) -> list[wangsu.recording.RecordTaskListItem]:
        """recordTaskListQuery."""
        answer = self.wangsu.call(wangsu.recording.RecordTaskListQuery(list_order=0, page_index=number, page_size=size))
        return told_by(number, answer.tasks, answer.record_task_total)

    def listed(self, item: wangsu.recording.RecordTaskListItem) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(id=item.task_id, name=item.trans_no or "", of=item.pull_id, over=item.status not in OPEN)

    def identity(self, want: RecordTaskInputs) -> tuple[str, ...]:
        """A channel has one open task."""
        return (want.pull_id,)

    def natural_key(self, inputs: Mapping[str, Any]) -> str | None:
        """Channel and end: a task with another end is another one."""
        pull_id, end = inputs.get("pullId"), inputs.get("endTime")
        try:
            return f"{pull_id} {minute(end)}" if isinstance(pull_id, str) and isinstance(end, str) else None
        except ValueError:
            return None

    def create(self, want: RecordTaskInputs, holder: Holder) -> str:
        """createRecordTask, under the first key of this content that no ended task has."""
        # Whoever looked last before this sending has found it.
        generation = self._free.pop(content_key(want, holder, 0), None)
        if generation is None:
            generation = next(number for number, task in self._generations(want, holder) if task is None)
        call = wangsu.recording.CreateRecordTask(
            pull_id=want.pull_id,
            trans_no=content_key(want, holder, generation),
            quick_start=want.start_time is None,
            start_time=minute(want.start_time) if want.start_time else None,
            end_time=minute(want.end_time),
            notify_url=want.notify_url,
            file_type=want.file_type,
            is_concat=want.concat or None,
            http_pull_record=want.record_over_http or None,
            key=want.object_key,
        )
        return self.wangsu.call(call).task_id

    def standing(self, want: RecordTaskInputs, holder: Holder) -> Standing | None:
        """The open task under one of this content's keys, which only this stack gives."""
        found = self._open(want, holder)
        return Standing(id=found) if found else None

    def look(self, want: RecordTaskInputs, holder: Holder) -> Look:
        """The same: its key was this stack's before anything was sent."""

        def found() -> list[str]:
            task_id = self._open(want, holder)
            return [task_id] if task_id else []

        return found

    def in_the_way(self, want: RecordTaskInputs, holder: Holder) -> Standing | None:
        """The open task of the channel, which somebody else has started."""
        call = wangsu.recording.RecordTaskListQuery(
            pull_id=want.pull_id, list_order=0, page_index=1, page_size=PAGE_SIZE
        )
        for item in self.wangsu.call(call).tasks:
            has_ended = self.account.custody.has_ended(item.task_id, "RecordTask")
            if item.pull_id == want.pull_id and item.status in OPEN and not has_ended:
                return Standing(id=item.task_id, differs=otherwise(want, _state(item)), ours=False)
        return None

    def _open(self, want: RecordTaskInputs, holder: Holder) -> str | None:
        for generation, task in self._generations(want, holder):
            if task is None:
                self._free[content_key(want, holder, 0)] = generation
            elif task.status in OPEN and not self.account.custody.has_ended(task.task_id, "RecordTask"):
                return task.task_id
        return None

    @property
    def _free(self) -> dict[str, int]:
        """By content, how many ended tasks were made with it."""
        return self.account.shared("free generations", dict)

    def _generations(
        self, want: RecordTaskInputs, holder: Holder
    ) -> Iterator[tuple[int, wangsu.recording.RecordTaskStatus | None]]:
        """The tasks that were made with this content, one after the other, and None behind the last."""
        for generation in range(MOST_GENERATIONS):
            task = self._by_key(content_key(want, holder, generation))
            yield generation, task
            if task is None:
                return
        raise not_understood(
            tr("{most_generations} tasks with the same content, and no end of them", most_generations=MOST_GENERATIONS)
        )

    def _by_key(self, key: str) -> wangsu.recording.RecordTaskStatus | None:
        try:
            task = self.wangsu.call(wangsu.recording.RecordTaskQuery(trans_no=key))
        except RefusedError:
            # Refused means absent here: should that be wrong, the platform refuses a second task for the channel.
            return None
        if task.trans_no not in (None, key):
            raise not_understood(
                tr("it tells of the transNo {trans_no}, and {key} was asked for", trans_no=task.trans_no, key=key)
            )
        return task

    def own(self, key: str) -> wangsu.recording.RecordTaskStatus:
        """recordTaskQuery."""
        task = self.wangsu.call(wangsu.recording.RecordTaskQuery(task_id=key))
        if task.task_id != key:
            raise not_understood(
                tr("it tells of the task {task_id}, and {key} was asked for", task_id=task.task_id, key=key)
            )
        return task

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """recordTaskListQuery; recordTaskQuery first for a task that the newest pages lack."""
        item = self.listing.find(key)
        if item is None:
            try:
                task = self.own(key)
            except RefusedError as refusal:
                self.require_unlisted(key, refusal)
                return None
            call = wangsu.recording.RecordTaskListQuery(trans_no=task.trans_no, page_index=1, page_size=PAGE_SIZE)
            item = next((row for row in self.wangsu.call(call).tasks if row.task_id == key), None)
            if item is None:
                state = {"transNo": task.trans_no, "status": word(task.status, RECORD_STATUSES)}
                return {"taskId": key, **told(state)}
        return _state(item)

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """endRecordTask; a task that has ended, or is gone, needs no end."""
        try:
            self.wangsu.call(wangsu.recording.EndRecordTask(task_id=key))
        except RefusedError as refusal:
            try:
                task = self.own(key)
            except RefusedError:
                self.require_unlisted(key, refusal)
                return
            if task.status in OPEN:
                raise

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """A channel has one open task."""
        return True


def _state(item: wangsu.recording.RecordTaskListItem) -> dict[str, Any]:
    return told(
        {
            "taskId": item.task_id,
            "transNo": item.trans_no,
            "status": word(item.status, RECORD_STATUSES),
            "pullId": item.pull_id,
            "endTime": from_vendor(item.end_time),
            "startTime": from_vendor(item.start_time),
            "fileType": item.file_type,
            "concat": item.is_concat,
        }
    )


def content_key(want: RecordTaskInputs, holder: Holder, generation: int) -> str:
    """The transNo of a stack's n-th task with this content: 32 hexadecimal digits, the longest that the platform takes.

    Another stack gives another one, so that nobody takes an equal task of somebody else for his own.
    """
    content = want.plain() | {"endTime": minute(want.end_time), "generation": generation}
    if want.start_time:
        content["startTime"] = minute(want.start_time)
    if holder.stack:
        content["stack"] = holder.stack
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]
