"""Forward tasks, as the platform keeps them."""

from __future__ import annotations

import json
import re
from collections.abc import Reversible
from typing import Any

from ..basis import behaves
from ..store import Body
from .channels import any_channel, find
from .wire import (
    BAD_FORMAT,
    OUT_OF_RANGE,
    PAGING,
    PARAMETER_ERROR,
    Call,
    Refusal,
    action,
    paged,
    require_web_address,
    text,
    whole,
)

TASK = "forwardTask"
NOT_STARTED, RUNNING, ENDED, ERROR = range(4)
SHORTEST = 300
CODING: dict[str, Any] = {
    "bitrate": int,
    "resolution": str,
    "frameRate": int,
    "vcodec": ("libx264", "libx265", "libvpx"),
    "acodec": ("libmp3lame", "libfaac", "libvorbis"),
    "wmimage": str,
    "wmposition": (
        *("CENTER", "CENTER_LEFT", "CENTER_RIGHT"),
        *(f"{row}_{place}" for row in ("TOP", "BOTTOM") for place in ("LEFT", "CENTER", "RIGHT")),
    ),
}

behaves("forward task", "documented", "rtmp targets; a start in the past means now; ended tasks stay listed")
behaves("forward task", "assumed", "tasks are listed newest first, and two equal tasks may run at once")


def status(body: Body, now: int) -> int:
    """How a task stands at a moment; a stored status is final."""
    if body["status"] is not None:
        return int(body["status"])
    if now < body["startTime"]:
        return NOT_STARTED
    return ENDED if body.get("endTime") and now >= body["endTime"] else RUNNING


@action(
    "/live/forwardTask/startForwardTask",
    pullId=text(required=True),
    forwardUrl=text(required=True),
    startTime=whole(least=0),
    endTime=whole(least=0),
    codingParams=text(),
    notifyUrl=text(),
)
def start_forward_task(call: Call) -> Body:
    """Starts or schedules a relay."""
    any_channel(call, call.get("pullId"))
    if not call.get("forwardUrl").startswith("rtmp://"):
        raise Refusal(BAD_FORMAT, "forwardUrl must be rtmp")
    require_web_address(call, "notifyUrl")
    now = call.store.now()
    start = max(call.get("startTime") or now, now)
    end = call.get("endTime")
    if end and end <= max(start, now) + SHORTEST:
        raise Refusal(OUT_OF_RANGE, "endTime must be 5 minutes after now and after startTime")
    coding = _coding(call.get("codingParams"))
    key = call.store.new_id()
    own = {"taskId": key, "startTime": start, "createTime": now, "status": None, "codingParams": coding}
    call.store.put(TASK, key, {**call.fields, **own})
    return {"taskId": key}


def _coding(packed: str | None) -> Body | None:
    if not packed:
        return None
    try:
        coding = json.loads(packed)
    except (ValueError, RecursionError):
        raise Refusal(BAD_FORMAT, "codingParams is not JSON") from None
    if not isinstance(coding, dict):
        raise Refusal(BAD_FORMAT, "codingParams is not an object")
    for name, value in coding.items():
        _require_coded(name, value)
    if ("wmimage" in coding) != ("wmposition" in coding):
        raise Refusal(PARAMETER_ERROR, "wmimage and wmposition go together")
    if "wmimage" in coding and coding.get("vcodec") != "libx264":
        raise Refusal(PARAMETER_ERROR, "a watermark needs vcodec libx264")
    return coding


def _require_coded(name: str, value: Any) -> None:
    allowed = CODING.get(name)
    if allowed is None or (isinstance(allowed, tuple) and value not in allowed):
        raise Refusal(OUT_OF_RANGE, f"codingParams.{name} is not allowed")
    if isinstance(allowed, type) and type(value) is not allowed:
        raise Refusal(BAD_FORMAT, f"codingParams.{name} must be {allowed.__name__}")
    if allowed is int and value < 1:
        raise Refusal(OUT_OF_RANGE, f"codingParams.{name} must be at least 1")
    if name == "resolution" and not re.fullmatch("[1-9][0-9]*x[1-9][0-9]*", value):
        raise Refusal(BAD_FORMAT, "codingParams.resolution must be width x height, like 1280x720")


@action("/live/forwardTask/endForwardTask", taskId=text(required=True))
def end_forward_task(call: Call) -> str:
    """Ends an open relay, which stays with status 2; an ended one is refused."""
    body = find(call, TASK, "taskId")
    if status(body, call.store.now()) not in (NOT_STARTED, RUNNING):
        raise Refusal(PARAMETER_ERROR, "the task has ended")
    call.store.put(TASK, body["taskId"], {**body, "status": ENDED})
    return ""


@action("/live/forwardTask/getForwardTaskList", pullId=text(), taskId=text(), status=text(), **PAGING)
def get_forward_task_list(call: Call) -> Body:
    """Lists relays with every input; codingParams is an object here."""
    now = call.lists.now()
    statuses = set(call.get("status", "").split(",")) - {""}
    if not statuses <= set("0123"):
        raise Refusal(OUT_OF_RANGE, "status must be a comma list of 0, 1, 2, 3")
    bodies: Reversible[Body] = call.lists.held(TASK).values()
    if call.get("taskId"):
        named = call.lists.get(TASK, call.get("taskId"))
        bodies = [named] if named and (call.get("pullId") or named["pullId"]) == named["pullId"] else []
    elif call.get("pullId"):
        bodies = call.lists.where(TASK, "pullId", [call.get("pullId")])
    page = [
        {
            "taskId": body["taskId"],
            "pullId": body["pullId"],
            "status": status(body, now),
            "forwardUrl": body["forwardUrl"],
            "startTime": body["startTime"],
            "endTime": body.get("endTime", 0),
            "notifyUrl": body.get("notifyUrl", ""),
            "createUser": "emulator",
            "crreateTime": body["createTime"],
            **({"codingParams": body["codingParams"]} if body["codingParams"] else {}),
        }
        for body in paged(call, bodies, (lambda body: str(status(body, now)) in statuses) if statuses else None)
    ]
    return {"total": len(page), "forwardTastList": page}
