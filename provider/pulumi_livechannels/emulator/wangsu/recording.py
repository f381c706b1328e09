"""Record directories, record tasks and the files that these leave, as the platform keeps them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Reversible
from datetime import datetime

from ..basis import behaves
from ..domains import CHANNEL, OWNED
from ..store import END_OF_TIME, TEXT, ZONE, Body, text_of
from .channels import any_channel, find
from .wire import (
    BAD_FORMAT,
    MISSING_FIELD,
    ORDERED,
    OUT_OF_RANGE,
    PAGING,
    PARAMETER_ERROR,
    Call,
    Refusal,
    action,
    flag,
    paged,
    require_web_address,
    text,
    whole,
)

DIRECTORY = "recordDirectory"
TASK = "recordTask"
NOT_STARTED, RUNNING, FINISHED, TERMINATED = range(4)
TAKEN = {"video", "live", "pullvideo", "clip", "concat", "watermarker", "logo", "buffer", "record", "static", "ad"}
LEVELS = ("firstLevelDirectory", "secondLevelDirectory", "thirdLevelDirectory")
LONGEST_SPAN = 72 * 3600
MOST_IDS = 50
BYTES_A_SECOND = 250_000

behaves("directoryType", "documented", "unique in the account; a second one is refused")
behaves("record task", "documented", "one open task a channel; transNo is unique; finished and terminated are final")
behaves("record task", "documented", "times are cut to the minute; the span is at most 72 hours")
behaves("record task", "assumed", "a refusal carries 1000")
behaves("record task", "assumed", "a list may be narrowed by either time or both, which are within what is listed")
behaves("record files", "assumed", "a task that ran and ended leaves one file, live or not; one ended before has none")
behaves("record files", "assumed", "times are unix seconds, lengths seconds; recordTaskQuery writes times at +08:00")
behaves("record files", "assumed", "files outlive their channel; one unknown id refuses the whole call with 1000")
behaves("record files", "assumed", "no ids are refused with 1004, both kinds with 1000, more than 50 with 1012")
behaves("record files", "documented", "files of an encrypted channel have no share page")
behaves("record files", "documented", "a file lies in its channel's record directory")


@action(
    "/live/recordDirectoryManage/directoryCreate",
    directoryType=text(required=True, most=40),
    firstLevelDirectory=text(required=True, most=128),
    secondLevelDirectory=text(most=128),
    thirdLevelDirectory=text(most=128),
)
def directory_create(call: Call) -> Body:
    """Makes a record directory; it is never changed or deleted."""
    if not re.fullmatch(r"\w+", call.get("directoryType")):
        raise Refusal(BAD_FORMAT, "directoryType may hold letters, digits and underscores")
    for name in LEVELS:
        level = call.get(name)
        if level and (not re.fullmatch(r"[a-z0-9-]+", level) or level.startswith("cloudv")):
            raise Refusal(BAD_FORMAT, f"{name} is not allowed")
    if call.get("thirdLevelDirectory") and not call.get("secondLevelDirectory"):
        raise Refusal(PARAMETER_ERROR, "a third level needs a second one")
    if call.get("firstLevelDirectory") in TAKEN:
        raise Refusal(PARAMETER_ERROR, "firstLevelDirectory is kept for the platform")
    if call.store.where(DIRECTORY, "directoryType", [call.get("directoryType")]):
        raise Refusal(PARAMETER_ERROR, "directoryType exists already")
    key = call.store.new_id()
    body = {
        **{name: "" for name in LEVELS},
        **call.fields,
        "directoryId": key,
        "createTime": call.store.today(),
        "updateTime": call.store.today(),
    }
    call.store.put(DIRECTORY, key, body)
    return body


@action("/live/recordDirectoryManage/getDirectory", directoryId=text(required=True))
def get_directory(call: Call) -> Body:
    """Reads one record directory."""
    return find(call, DIRECTORY, "directoryId")


@action("/live/recordDirectoryManage/getDirectoryList", **PAGING)
def get_directory_list(call: Call) -> list[Body]:
    """Lists record directories, as a list that holds the page."""
    bodies = call.lists.held(DIRECTORY).values()
    return [{"totalCount": max(0, len(bodies) - call.shifts), "directoryList": paged(call, bodies)}]


def status(body: Body, now: int) -> int:
    """How a task stands at a moment; a stored status is final."""
    if body["status"] is not None:
        return int(body["status"])
    if now < body["startTime"]:
        return NOT_STARTED
    return RUNNING if now < body["endTime"] else FINISHED


def _open(call: Call, body: Body) -> bool:
    return status(body, call.store.now()) in (NOT_STARTED, RUNNING)


@action(
    "/live/channelManage/createRecordTask",
    pullId=text(required=True),
    transNo=text(most=32),
    quickStart=flag(required=True),
    startTime=whole(least=0),
    endTime=whole(required=True, least=0),
    notifyUrl=text(),
    fileType=text(),
    isConcat=flag(),
    httpPullRecord=flag(),
    key=text(),
)
def create_record_task(call: Call) -> Body:
    """Starts or schedules a recording."""
    channel = any_channel(call, call.get("pullId"))
    protocols = set(channel["pullProtocol"].split(","))
    if not protocols & {"0", "1"}:
        raise Refusal(PARAMETER_ERROR, "the channel has neither RTMP nor HDL")
    if call.get("httpPullRecord") and not protocols & {"1", "2"}:
        raise Refusal(PARAMETER_ERROR, "the channel has neither HDL nor HLS")
    now = call.store.now()
    start = _start(call, now)
    end = call.get("endTime") // 60 * 60
    if end <= now or end <= start:
        raise Refusal(PARAMETER_ERROR, "endTime must be after now and after startTime")
    if end - start > LONGEST_SPAN:
        raise Refusal(OUT_OF_RANGE, "the span is at most 72 hours")
    _files(call)
    if any(_open(call, task) for task in call.store.where(TASK, "pullId", [call.get("pullId")])):
        raise Refusal(PARAMETER_ERROR, "the channel has an open record task")
    trans_no = call.get("transNo") or call.store.new_id()
    if call.store.where(TASK, "transNo", [trans_no]):
        raise Refusal(PARAMETER_ERROR, "transNo is taken")
    key = call.store.new_id()
    defaults = {"fileType": "mp4", "isConcat": False}
    own = {"taskId": key, "transNo": trans_no, "startTime": start, "endTime": end, "status": None}
    own["createdAt"] = now
    call.store.put(TASK, key, {**defaults, **call.fields, **own})
    return {"taskId": key}


def _start(call: Call, now: int) -> int:
    if call.get("quickStart"):
        if call.get("startTime"):
            raise Refusal(PARAMETER_ERROR, "quickStart forbids startTime")
        return now // 60 * 60
    if not call.get("startTime"):
        raise Refusal(MISSING_FIELD, "startTime is needed without quickStart")
    if call.get("startTime") <= now:
        raise Refusal(PARAMETER_ERROR, "startTime must be in the future")
    return int(call.get("startTime")) // 60 * 60


def _files(call: Call) -> None:
    if call.get("fileType", "mp4") not in ("mp4", "flv", "m3u8"):
        raise Refusal(OUT_OF_RANGE, "fileType must be mp4, flv or m3u8")
    if call.get("isConcat") and (call.get("fileType") != "m3u8" or call.get("key")):
        raise Refusal(PARAMETER_ERROR, "isConcat needs m3u8 and the platform's storage")
    require_web_address(call, "notifyUrl")


@action("/live/channelManage/recordTaskQuery", taskId=text(), transNo=text())
def record_task_query(call: Call) -> Body:
    """Reads one task's status by taskId or else transNo, without its inputs."""
    if not call.get("taskId") and not call.get("transNo"):
        raise Refusal(MISSING_FIELD, "taskId or transNo is required")
    if call.get("taskId"):
        body = find(call, TASK, "taskId")
    else:
        found = call.store.where(TASK, "transNo", [call.get("transNo")])
        if not found:
            raise Refusal(PARAMETER_ERROR, "the task does not exist or there is no permission")
        body = found[0]
    now = call.store.now()
    file = _recorded(body, now)
    return {
        "status": status(body, now),
        "transNo": body["transNo"],
        "taskId": body["taskId"],
        "fileList": [_as_text(call, file)] if file else [],
    }


@action(
    "/live/channelManage/recordTaskListQuery",
    pullId=text(),
    transNo=text(),
    status=whole(least=0, most=3),
    startTime=text(),
    endTime=text(),
    **ORDERED,
)
def record_task_list_query(call: Call) -> Body:
    """Lists record tasks, newest first; startTime and endTime narrow them by when they were made."""
    now = call.lists.now()
    since, until = _moment(call, "startTime", 0), _moment(call, "endTime", END_OF_TIME)
    wanted = {name: set(call.get(name).split(",")) for name in ("pullId", "transNo") if call.get(name)}
    bodies: Reversible[Body] = call.lists.held(TASK).values()
    if wanted:
        name = next(iter(wanted))
        bodies = call.lists.where(TASK, name, wanted[name])

    def fits(body: Body) -> bool:
        return (
            all(body[name] in values for name, values in wanted.items())
            and call.get("status") in (None, status(body, now))
            # State files of earlier versions do not tell when.
            and since <= (body.get("createdAt") or body["startTime"]) <= until
        )

    page = [
        {
            **{name: body[name] for name in ("taskId", "pullId", "transNo", "fileType", "isConcat")},
            "status": status(body, now),
            "startTime": text_of(body["startTime"]),
            "endTime": text_of(body["endTime"]),
        }
        for body in paged(call, bodies, fits)
    ]
    return {"recordTaskTotal": len(page), "recordTaskQueryResponseList": page}


def _moment(call: Call, name: str, usual: int) -> int:
    """The unix second of a time in the request, written as answers write it."""
    told = call.get(name)
    if not told:
        return usual
    try:
        # strptime takes a digit where the form has two.
        if re.fullmatch(r"[0-9]{4}(-[0-9]{2}){2} [0-9]{2}(:[0-9]{2}){2}", told):
            return int(datetime.strptime(told, TEXT).replace(tzinfo=ZONE).timestamp())
    except ValueError:
        pass
    raise Refusal(BAD_FORMAT, f"{name} must be a time like 2026-11-26 08:00:00")


@action("/live/channelManage/endRecordTask", taskId=text(required=True))
def end_record_task(call: Call) -> Body:
    """Ends an open task, which stays with status 3; a final one is refused."""
    body = find(call, TASK, "taskId")
    if not _open(call, body):
        raise Refusal(PARAMETER_ERROR, "the task has ended")
    call.store.put(TASK, body["taskId"], {**body, "status": TERMINATED, "endedAt": call.store.now()})
    return {}


def _recorded(task: Body, now: int) -> Body | None:
    """The file that a task has left: its ids, name, start and length; None for an open task or one that never ran."""
    if status(task, now) not in (FINISHED, TERMINATED):
        return None
    seconds = task.get("endedAt", task["endTime"]) - task["startTime"]
    if seconds <= 0:
        return None
    return {
        "videoId": _made_of(task, "video"),
        "pullId": task["pullId"],
        "fileName": f"{task['pullId']}-{task['startTime']}.{task['fileType']}",
        "startTime": task["startTime"],
        "seconds": seconds,
    }


def _made_of(task: Body, what: str) -> str:
    return hashlib.sha256(f"{what}/{task['taskId']}".encode()).hexdigest()[:32]


def _as_text(call: Call, file: Body) -> Body:
    """A file as recordTaskQuery shows it: every value is text."""
    channel = call.store.get(CHANNEL, file["pullId"]) or {}
    directory = call.store.get(DIRECTORY, channel.get("directoryId", "")) or {}
    path = "/".join([*(directory[level] for level in LEVELS if directory.get(level)), file["fileName"]])
    return {
        "fileName": file["fileName"],
        "videoId": file["videoId"],
        "fileSize": str(file["seconds"] * BYTES_A_SECOND),
        "videoDuration": str(file["seconds"]),
        "startTime": text_of(file["startTime"]),
        "endTime": text_of(file["startTime"] + file["seconds"]),
        "fileUrl": f"http://video.{OWNED}/{path}",
    }


@action("/live/channelManage/getRecordFileInfo", pullIds=text(), videoIds=text())
def get_record_file_info(call: Call) -> list[Body]:
    """Tells the recorded files of up to 50 channels, or up to 50 files by their ids."""
    if bool(call.get("pullIds")) == bool(call.get("videoIds")):
        code = PARAMETER_ERROR if call.get("pullIds") else MISSING_FIELD
        raise Refusal(code, "exactly one of pullIds and videoIds is required")
    name = "pullId" if call.get("pullIds") else "videoId"
    keys = _ids(call.get(f"{name}s"), f"{name}s")
    now = call.store.now()
    tasks = call.store.where(TASK, name, keys) if name == "pullId" else call.store.held(TASK).values()
    files = [(task, file) for task in tasks if (file := _recorded(task, now))]
    if name == "pullId":
        for key in keys:
            any_channel(call, key)
    elif set(keys) - {file["videoId"] for _, file in files}:
        raise Refusal(PARAMETER_ERROR, "the video does not exist or there is no permission")
    return [_described(call, task, file) for task, file in files if file[name] in keys]


def _ids(packed: str, name: str) -> list[str]:
    if not re.fullmatch(r"[0-9A-Za-z]+(,[0-9A-Za-z]+)*", packed):
        raise Refusal(BAD_FORMAT, f"{name} must be a comma list of ids")
    keys = packed.split(",")
    if len(keys) > MOST_IDS:
        raise Refusal(OUT_OF_RANGE, f"{name} may hold {MOST_IDS} ids")
    return keys


def _described(call: Call, task: Body, file: Body) -> Body:
    """A file as getRecordFileInfo shows it."""
    encrypted = (call.store.get(CHANNEL, task["pullId"]) or {}).get("videoEncrypted")
    return {
        "password": _made_of(task, "password")[:8],
        "pullId": file["pullId"],
        "sharePageUrl": "" if encrypted else f"http://video.{OWNED}/share/{file['videoId']}.html",
        "startTime": file["startTime"],
        "videoDuration": file["seconds"],
        "videoId": file["videoId"],
        "videoName": file["fileName"],
    }
