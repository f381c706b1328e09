"""Forward tasks, open and ended."""

from __future__ import annotations

from typing import Any, Literal

from ..core.fields import Inputs, State, prop
from ..core.function import Progress
from ..core.listing import PAGE_SIZE
from ..core.values.media import FORWARD_STATUSES, word
from ..core.values.rules import Id
from ..core.values.times import Time
from ..vendors.wangsu.forwarding import GetForwardTaskList
from .base import Lookup, every_page, told, when


class ForwardTaskItem(State):
    """A forward task."""

    task_id: str = prop("The task's id.")
    pull_id: str | None = prop("The channel that is relayed.", default=None)
    forward_url: str | None = prop("Where it is relayed to.", default=None, secret=True)
    status: str | None = prop("notStarted, running, ended or error.", default=None)
    start_time: Time | None = prop("When it starts, RFC 3339.", default=None)
    end_time: Time | None = prop("When it ends, RFC 3339; absent where it is not bounded.", default=None)
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

        def load(page: int) -> list[Any]:
            call = GetForwardTaskList(
                pull_id=want.pull_id, task_id=want.task_id, status=statuses, page_index=page, page_size=PAGE_SIZE
            )
            return self.account.wangsu.call(call).tasks

        def tell(item: Any) -> ForwardTaskItem:
            return ForwardTaskItem(
                task_id=item.task_id,
                pull_id=item.pull_id,
                forward_url=item.forward_url,
                status=word(item.status, FORWARD_STATUSES),
                start_time=when("startTime", item.start_time),
                end_time=when("endTime", item.end_time),
                create_time=when("crreateTime", item.create_time),
            )

        found = every_page(load, lambda item: item.task_id)
        return {"items": told("forwardTastList", found, tell)}
