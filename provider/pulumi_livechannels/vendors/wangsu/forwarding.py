"""The actions on forward tasks, which relay a channel to another RTMP address."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator

from ...ground.json_text import read_json
from ..calling import Effect
from .wire import Action, Nothing, Number, Rows, Text, Told, ToldNumber, Wire, wire


class StartedForwardTask(Wire):
    """The answer to a start."""

    task_id: Told


class StartForwardTask(Action[StartedForwardTask], path="/live/forwardTask/startForwardTask", effect=Effect.ONCE):
    """Start or schedule a relay; times are unix seconds, `codingParams` is JSON text."""

    secrets = ("forward_url", "notify_url")

    pull_id: str
    forward_url: str
    start_time: int | None = None
    end_time: int | None = None
    coding_params: str | None = None
    notify_url: str | None = None


class EndForwardTask(Action[Nothing], path="/live/forwardTask/endForwardTask", effect=Effect.IDEMPOTENT):
    """End a relay; it stays listed."""

    task_id: str


def _zero_is_absent(value: Any) -> Any:
    return None if value in (0, "0") else value


def _packed(value: Any) -> Any:
    """Text on the request, an object in the answer; both are taken, and none in whatever form."""
    if value in ("", [], {}):
        return None
    return read_json(value.encode(errors="replace")) if isinstance(value, str) else value


Positive = Annotated[Number, BeforeValidator(_zero_is_absent)]


class CodingParams(Wire):
    """The transcoding of a relay; what stays as the channel's is left out, empty or 0."""

    bitrate: Positive = None
    resolution: Text = None
    frame_rate: Positive = None
    vcodec: Text = None
    acodec: Text = None
    wmimage: Text = None
    wmposition: Text = None


class ForwardTaskItem(Wire):
    """A relay with every input; status 0 not started, 1 running, 2 ended, 3 error."""

    task_id: Told
    pull_id: Text = None
    status: ToldNumber
    forward_url: Told
    start_time: Number = None
    end_time: Number = None
    notify_url: str | None = None
    create_user: Text = None
    create_time: Number = wire("crreateTime")
    coding_params: Annotated[CodingParams | None, BeforeValidator(_packed)] = None


class ForwardTaskList(Wire):
    """One page; the SDKs type the list as one object, so both forms are taken."""

    total: Number = None
    tasks: Rows[ForwardTaskItem] = wire("forwardTastList", ...)


class GetForwardTaskList(Action[ForwardTaskList], path="/live/forwardTask/getForwardTaskList"):
    """Read a page of relays."""

    pull_id: str | None = None
    task_id: str | None = None
    status: str | None = None
    page_index: int | None = None
    page_size: int | None = None
