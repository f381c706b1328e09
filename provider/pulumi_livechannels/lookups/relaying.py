"""Forward tasks, open and ended."""

from __future__ import annotations

from typing import Any, Literal

from ..core.fields import Inputs, State, prop
from ..core.function import Progress
from ..core.values.media import FORWARD_STATUSES, word
from ..core.values.rules import Id
from ..core.values.times import Time
from ..resources.forward_task import transcoding
from ..vendors import wangsu
from .base import Lookup, every_item, told, when


class RelayTranscoding(State):
    """How a relayed stream is encoded, as the platform tells it; what is absent is as the channel's."""

    bitrate_kbps: int | None = prop("Bitrate in kbit/s.", default=None)
    resolution: str | None = prop("WIDTHxHEIGHT in pixels.", default=None)
    frame_rate: int | None = prop("Frames a second.", default=None)
    video_codec: str | None = prop("Video encoder.", default=None)
    audio_codec: str | None = prop("Audio encoder.", default=None)
    watermark_image: str | None = prop("Address of a picture.", default=None)
    watermark_position: str | None = prop("Where the picture stands.", default=None)


class ForwardTaskItem(State):
    """A forward task."""

    task_id: str = prop("The task's id.")
    pull_id: str | None = prop("The channel that is relayed.", default=None)
    forward_url: str | None = prop("Where it is relayed to.", default=None, secret=True)
    status: str | None = prop("notStarted, running, ended or error.", default=None)
    start_time: Time | None = prop("When it starts, RFC 3339.", default=None)
    end_time: Time | None = prop("When it ends, RFC 3339; absent where it is not bounded.", default=None)
    notify_url: str | None = prop("Address that is told how the relay goes.", default=None)
    transcoding: RelayTranscoding | None = prop(
        "The encoding of the relayed stream, where it is another.", default=None
    )
    create_user: str | None = prop("Who made it.", default=None)
    create_time: Time | None = prop("When it was made, RFC 3339.", default=None)


class ForwardTaskItems(State):
    """Forward tasks."""

    items: list[ForwardTaskItem] = prop("The tasks, newest first.")


class ForwardTasks(Lookup):
    """Forward tasks, of one channel, by id, or by status; the platform keeps those that ended.

    Source: getForwardTaskList.
    """

    example = {"pullId": "${main.pullId}", "statuses": ["running"]}
    Answer = ForwardTaskItems

    class Query(Inputs):
        """What can be asked."""

        pull_id: Id | None = prop("Only tasks of this channel.", default=None, min_length=1)
        task_id: Id | None = prop("Only this task.", default=None, min_length=1)
        statuses: list[Literal["notStarted", "running", "ended", "error"]] | None = prop(
            "Only tasks that stand so.", default=None, min_length=1
        )

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """All pages."""
        statuses = ",".join(str(FORWARD_STATUSES.index(each)) for each in want.statuses or []) or None

        def load(page: int, size: int) -> list[Any]:
            call = wangsu.forwarding.GetForwardTaskList(
                pull_id=want.pull_id, task_id=want.task_id, status=statuses, page_index=page, page_size=size
            )
            return self.account.wangsu.call(call).tasks

        def tell(item: Any) -> ForwardTaskItem:
            coding = transcoding(item.coding_params)
            return ForwardTaskItem(
                task_id=item.task_id,
                pull_id=item.pull_id,
                forward_url=item.forward_url,
                status=word(item.status, FORWARD_STATUSES),
                start_time=when("startTime", item.start_time),
                end_time=when("endTime", item.end_time),
                notify_url=item.notify_url or None,
                transcoding=coding and RelayTranscoding(**coding),
                create_user=item.create_user,
                create_time=when("crreateTime", item.create_time),
            )

        found = every_item(self.account, load, lambda item: item.task_id)
        return {"items": told("forwardTastList", found, tell)}
