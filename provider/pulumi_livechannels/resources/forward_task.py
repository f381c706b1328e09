"""Forward tasks: relay a channel's stream to another RTMP address until a time, or until told to stop."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..core.check import Context, rule
from ..core.fields import Inputs, Model, State, prop
from ..core.listing import PAGE_SIZE
from ..core.resource import Candidate, Listed, Resource
from ..core.values import (
    FORWARD_STATUSES,
    AudioCodec,
    HttpUrl,
    Id,
    Instant,
    Resolution,
    RtmpUrl,
    VideoCodec,
    WatermarkPosition,
    from_unix,
    moment,
    word,
)
from ..ground.errors import Problem, RefusedError
from ..vendors.wangsu.forwarding import (
    CodingParams,
    EndForwardTask,
    ForwardTaskItem,
    GetForwardTaskList,
    StartForwardTask,
)

SHORTEST_SPAN_SECONDS = 5 * 60
OPEN = (0, 1)
ENDED = 2
FAILED = 3


class Transcoding(Model):
    """How the relayed stream is encoded; what is absent stays as the channel's."""

    bitrate_kbps: int | None = prop("Bitrate in kbit/s.", default=None, ge=1)
    resolution: Resolution | None = prop("WIDTHxHEIGHT in pixels.", default=None)
    frame_rate: int | None = prop("Frames a second.", default=None, ge=1)
    video_codec: VideoCodec | None = prop("Video encoder; libx264 with a watermark.", default=None)
    audio_codec: AudioCodec | None = prop("Audio encoder.", default=None)
    watermark_image: HttpUrl | None = prop("Address of a picture; goes with watermarkPosition.", default=None)
    watermark_position: WatermarkPosition | None = prop(
        "Where the picture stands; goes with watermarkImage.", default=None
    )


_WIRE = {
    "bitrateKbps": "bitrate",
    "resolution": "resolution",
    "frameRate": "frameRate",
    "videoCodec": "vcodec",
    "audioCodec": "acodec",
    "watermarkImage": "wmimage",
    "watermarkPosition": "wmposition",
}


class ForwardTaskInputs(Inputs):
    """What a program sets on a forward task."""

    pull_id: Id = prop("Channel to relay, by its pullId.", min_length=1, replaces=True)
    forward_url: RtmpUrl = prop("rtmp:// address to push to; it usually holds a key.", replaces=True, secret=True)
    start_time: Instant | None = prop(
        "When to start, RFC 3339; at once where none is given or it has passed.",
        default=None,
        replaces=True,
        moves=True,
        filled=True,
    )
    end_time: Instant | None = prop(
        "When to stop, RFC 3339; at least 5 minutes after the start and from now. Until deleted where none is given.",
        default=None,
        replaces=True,
    )
    transcoding: Transcoding | None = prop("Another encoding for the relayed stream.", default=None, replaces=True)
    notify_url: HttpUrl | None = prop("Address that is told how the relay goes.", default=None, replaces=True)

    @rule("startTime", "endTime")
    def _span(self, context: Context) -> Iterator[Problem]:
        if not self.end_time or not {"startTime", "endTime"} & context.changed:
            return
        end = moment(self.end_time).timestamp()
        if "endTime" in context.changed and end <= context.now + SHORTEST_SPAN_SECONDS:
            yield Problem(
                "endTime",
                f"must be more than 5 minutes from now, but is {self.end_time!r}: choose a later time, or leave it out",
            )
        elif self.start_time and end <= moment(self.start_time).timestamp() + SHORTEST_SPAN_SECONDS:
            yield Problem(
                "endTime",
                f"must be more than 5 minutes after startTime, but is {self.end_time!r}: choose a later time",
            )

    @rule("transcoding")
    def _watermark(self, context: Context) -> Iterator[Problem]:
        coding = self.transcoding
        if coding is None:
            return
        if (coding.watermark_image is None) != (coding.watermark_position is None):
            lacking = "watermarkPosition" if coding.watermark_image else "watermarkImage"
            yield Problem(f"transcoding.{lacking}", "is required with the other half of a watermark: set both or none")
        if (coding.watermark_image or coding.watermark_position) and coding.video_codec != "libx264":
            yield Problem(
                "transcoding.videoCodec",
                f"must be libx264 with a watermark, but is {coding.video_codec!r}: set it, or take the watermark out",
            )


class ForwardTaskOutputs(State):
    """What a program reads from a forward task."""

    task_id: str = prop("The task's id.")
    status: str = prop("notStarted, running, ended or error.")


class ForwardTask(Resource[ForwardTaskInputs]):
    """A relay of one channel to another RTMP address. Every change ends the old task and starts a new one.

    A relay that ended before its endTime without this provider counts as gone.

    Source: startForwardTask, getForwardTaskList, endForwardTask.
    """

    inputs = ForwardTaskInputs
    outputs = ForwardTaskOutputs
    id_key = "taskId"
    # The list keeps every task that ever was: beyond the newest 1,000 the one task is asked for instead.
    pages_within_reach = 20
    example = {"pullId": "${main.pullId}", "forwardUrl": "rtmp://relay.example.net/app/stream-key"}

    def page(self, number: int) -> list[ForwardTaskItem]:
        """getForwardTaskList."""
        return self.wangsu.call(GetForwardTaskList(page_index=number, page_size=PAGE_SIZE)).tasks

    def listed(self, item: ForwardTaskItem) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(item.task_id, item.pull_id or "", of=item.pull_id, over=item.status == ENDED)

    def identity(self, want: ForwardTaskInputs) -> tuple[str, ...]:
        """Nothing keeps two equal relays apart but this."""
        return (want.pull_id, want.forward_url)

    def create(self, want: ForwardTaskInputs) -> str:
        """startForwardTask."""
        coding = want.transcoding.plain() if want.transcoding else None
        call = StartForwardTask(
            pull_id=want.pull_id,
            forward_url=want.forward_url,
            start_time=int(moment(want.start_time).timestamp()) if want.start_time else None,
            end_time=int(moment(want.end_time).timestamp()) if want.end_time else None,
            coding_params=json.dumps({_WIRE[key]: value for key, value in coding.items()}) if coding else None,
            notify_url=want.notify_url,
        )
        return self.wangsu.call(call).task_id

    def candidates(self, want: ForwardTaskInputs, since: float) -> list[Candidate]:
        """Open relays of the same channel to the same address."""
        statuses = ",".join(str(status) for status in OPEN)
        found: list[Candidate] = []
        page = 1
        while True:
            call = GetForwardTaskList(pull_id=want.pull_id, status=statuses, page_index=page, page_size=PAGE_SIZE)
            items = self.wangsu.call(call).tasks
            found += [
                Candidate(item.task_id, item.create_time) for item in items if item.forward_url == want.forward_url
            ]
            if len(items) < PAGE_SIZE:
                return found
            page += 1

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getForwardTaskList, by taskId for a task that the first pages lack."""
        item = self.listing.find(key) or self._one(key)
        if item is None:
            if key not in self.listing.scan():
                return None
            item = self._one(key)
        if item is None or self._ended_early(item):
            return None
        if item.status == FAILED:
            self.notices.warn(f"forward task {key} is in error on the platform; `pulumi up --replace` starts it anew")
        return {
            "taskId": key,
            "status": word(item.status, FORWARD_STATUSES),
            "pullId": item.pull_id,
            "forwardUrl": item.forward_url,
            "startTime": from_unix(item.start_time),
            "endTime": from_unix(item.end_time),
            "transcoding": _transcoding(item.coding_params),
            "notifyUrl": item.notify_url,
        }

    def _one(self, key: str) -> ForwardTaskItem | None:
        items = self.wangsu.call(GetForwardTaskList(task_id=key, page_index=1, page_size=PAGE_SIZE)).tasks
        return next((item for item in items if item.task_id == key), None)

    def _ended_early(self, item: ForwardTaskItem) -> bool:
        if item.status != ENDED:
            return False
        return not item.end_time or self.account.clock.now() + (self.wangsu.skew or 0.0) < item.end_time

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """endForwardTask; a task that has ended, or is gone, needs no end."""
        try:
            self.wangsu.call(EndForwardTask(task_id=key))
        except RefusedError:
            item = self._one(key)
            if item is None:
                if key in self.listing.scan():
                    raise
            elif item.status in OPEN:
                raise

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Two relays to one address would disturb each other."""
        return True


def _transcoding(params: CodingParams | None) -> dict[str, Any] | None:
    if params is None:
        return None
    wire = params.model_dump(by_alias=True, exclude_none=True)
    return {ours: wire[theirs] for ours, theirs in _WIRE.items() if theirs in wire} or None
