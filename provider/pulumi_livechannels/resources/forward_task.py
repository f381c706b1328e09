"""Forward tasks: relay a channel's stream to another RTMP address until a time, or until told to stop."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..core.check import Context, rule
from ..core.custody import Holder
from ..core.diff import otherwise
from ..core.evidence import LOOKS_AFTER_SECONDS, PAUSE_SECONDS, Look
from ..core.fields import Inputs, Model, State, prop
from ..core.listing import MOST_PAGES, PAGE_SIZE, told_by
from ..core.resource import Listable, Listed, Standing
from ..core.values.addresses import HttpUrl, RtmpUrl, lower_host
from ..core.values.media import FORWARD_STATUSES, AudioCodec, Resolution, VideoCodec, WatermarkPosition, word
from ..core.values.rules import Id
from ..core.values.times import Instant, from_unix, moment
from ..ground.errors import AmbiguousCreateError, NotFoundError, Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ._channels import OPEN

SHORTEST_SPAN_SECONDS = 5 * 60
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
                tr(
                    "must be more than 5 minutes from now, but is {end_time!r}: choose a later time, or leave it out",
                    end_time=self.end_time,
                ),
            )
        elif self.start_time and end <= moment(self.start_time).timestamp() + SHORTEST_SPAN_SECONDS:
            yield Problem(
                "endTime",
                tr(
                    "must be more than 5 minutes after startTime, but is {end_time!r}: choose a later time",
                    end_time=self.end_time,
                ),
            )

    @rule("transcoding")
    def _watermark(self, context: Context) -> Iterator[Problem]:
        coding = self.transcoding
        if coding is None:
            return
        if (coding.watermark_image is None) != (coding.watermark_position is None):
            lacking = "watermarkPosition" if coding.watermark_image else "watermarkImage"
            yield Problem(
                f"transcoding.{lacking}", tr("is required with the other half of a watermark: set both or none")
            )
        if (coding.watermark_image or coding.watermark_position) and coding.video_codec != "libx264":
            yield Problem(
                "transcoding.videoCodec",
                tr(
                    "must be libx264 with a watermark, but is {video_codec!r}: set it, or take the watermark out",
                    video_codec=coding.video_codec,
                ),
            )


class ForwardTaskOutputs(State):
    """What a program reads from a forward task."""

    task_id: str = prop("The task's id.")
    status: str = prop("notStarted, running, ended or error.")


class ForwardTask(Listable[ForwardTaskInputs]):
    """A relay of one channel to another RTMP address. Every change ends the old task and starts a new one.

    A relay that ended before its endTime without this provider counts as gone.

    Source: startForwardTask, getForwardTaskList, endForwardTask.
    """

    inputs = ForwardTaskInputs
    outputs = ForwardTaskOutputs
    id_key = "taskId"
    confirmed = True
    hangs_on_channel = True
    calls_to_read_back = 2
    # The list keeps every task that ever was: beyond the newest 1,000 the one task is asked for instead.
    pages_within_reach = 20
    example = {"pullId": "${main.pullId}", "forwardUrl": "rtmp://relay.example.net/app/stream-key"}

    def page(self, number: int, size: int) -> list[wangsu.forwarding.ForwardTaskItem]:
        """getForwardTaskList."""
        answer = self.wangsu.call(wangsu.forwarding.GetForwardTaskList(page_index=number, page_size=size))
        return told_by(number, answer.tasks, answer.total)

    def listed(self, item: wangsu.forwarding.ForwardTaskItem) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(id=item.task_id, name=item.pull_id or "", of=item.pull_id, over=item.status == ENDED)

    def identity(self, want: ForwardTaskInputs) -> tuple[str, ...]:
        """Two relays of one channel to one address would disturb each other."""
        return (want.pull_id, want.forward_url)

    def natural_key(self, inputs: Mapping[str, Any]) -> str | None:
        """Channel and address."""
        pull_id, url = inputs.get("pullId"), inputs.get("forwardUrl")
        return f"{pull_id} {lower_host(url)}" if isinstance(pull_id, str) and isinstance(url, str) else None

    def create(self, want: ForwardTaskInputs, holder: Holder) -> str:
        """startForwardTask."""
        coding = want.transcoding.plain() if want.transcoding else None
        call = wangsu.forwarding.StartForwardTask(
            pull_id=want.pull_id,
            forward_url=want.forward_url,
            start_time=int(moment(want.start_time).timestamp()) if want.start_time else None,
            end_time=int(moment(want.end_time).timestamp()) if want.end_time else None,
            coding_params=json.dumps({_WIRE[key]: value for key, value in coding.items()}) if coding else None,
            notify_url=want.notify_url,
        )
        return self.wangsu.call(call).task_id

    def standing(self, want: ForwardTaskInputs, holder: Holder) -> Standing | None:
        """The open relay of the channel to the address, whoever started it: a second one would disturb it."""
        items = self._open(want)
        if not items:
            return None
        if len(items) > 1:
            ids = [item.task_id for item in items]
            raise AmbiguousCreateError(
                tr(
                    "{count} relays of the channel to this address run already: {ids}",
                    count=len(ids),
                    ids=", ".join(ids),
                ),
                ids,
                next_step=tr("end all but one of them in the console, then run again."),
            )
        (item,) = items
        return Standing(id=item.task_id, differs=otherwise(want, _state(item)))

    def look(self, want: ForwardTaskInputs, holder: Holder) -> Look:
        """Open relays of the channel to the address: `standing` found none before."""

        def ids() -> list[str]:
            found = {item.task_id: item for item in self._open(want)}
            self._shown.update(found)
            return list(found)

        return ids

    @property
    def _shown(self) -> dict[str, wangsu.forwarding.ForwardTaskItem]:
        """New relays as the look after their creation has shown them, which need no second one."""
        return self.account.shared("new relays", dict)

    def _open(self, want: ForwardTaskInputs) -> list[wangsu.forwarding.ForwardTaskItem]:
        statuses = ",".join(str(status) for status in OPEN)
        found: dict[str, wangsu.forwarding.ForwardTaskItem] = {}
        for page in range(1, MOST_PAGES):
            call = wangsu.forwarding.GetForwardTaskList(
                pull_id=want.pull_id, status=statuses, page_index=page, page_size=PAGE_SIZE
            )
            items = {item.task_id: item for item in self.wangsu.call(call).tasks}
            is_last = len(items) < PAGE_SIZE or items.keys() <= found.keys()
            found |= items
            if is_last:
                break
        return [
            item
            for item in found.values()
            # What was asked for is not believed to be all that is answered.
            if item.status in OPEN
            and item.pull_id == want.pull_id
            and lower_host(item.forward_url) == want.forward_url
            and not self.account.custody.has_ended(item.task_id, "ForwardTask")
        ]

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getForwardTaskList, by taskId for a task that the first pages lack."""
        item = self.listing.find(key)
        if item is None and self._is_gone(key):
            return None
        item = item or self.own(key)
        if self._ended_early(item):
            # One answer is not enough to start it a second time.
            self.account.clock.sleep(PAUSE_SECONDS)
            item = self.own(key)
            if self._ended_early(item):
                return None
        if item.status == FAILED:
            self.notices.warn(
                tr("forward task {key} is in error on the platform; `pulumi up --replace` starts it anew", key=key)
            )
        return _state(item)

    def read_back(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """What was shown of it since it was made."""
        item = self._shown.pop(key, None)
        return _state(item) if item else super().read_back(key, prior)

    def own(self, key: str) -> wangsu.forwarding.ForwardTaskItem:
        """getForwardTaskList by taskId.

        Raises:
            NotFoundError: it answers no such task, which this list alone cannot prove.
        """
        items = self.wangsu.call(
            wangsu.forwarding.GetForwardTaskList(task_id=key, page_index=1, page_size=PAGE_SIZE)
        ).tasks
        item = next((item for item in items if item.task_id == key), None)
        if item is None:
            raise NotFoundError(
                tr("the list shows no forward task {key} at this moment", key=key),
                next_step=tr("run again in a minute."),
            )
        return item

    def _is_gone(self, key: str, pauses: Sequence[float] = (0.0, PAUSE_SECONDS)) -> bool:
        """Its own read and the list are one call, which may lag: only a look after a pause is another witness."""
        for pause in pauses:
            self.account.clock.sleep(pause)
            try:
                self.own(key)
            except NotFoundError:
                continue
            return False
        return self.listing.lacks(key)

    def _ended_early(self, item: wangsu.forwarding.ForwardTaskItem) -> bool:
        if item.status != ENDED:
            return False
        return not item.end_time or self.account.clock.now() + (self.wangsu.skew or 0.0) < item.end_time

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """endForwardTask; a task that has ended, or is gone, needs no end."""
        try:
            self.wangsu.call(wangsu.forwarding.EndForwardTask(task_id=key))
        except RefusedError:
            if not self._is_gone(key, LOOKS_AFTER_SECONDS) and self.own(key).status in OPEN:
                raise

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Two relays to one address would disturb each other."""
        return True


def _state(item: wangsu.forwarding.ForwardTaskItem) -> dict[str, Any]:
    """A text that is empty, or a time that is 0, is told to be none; what is missing is not told."""
    state: dict[str, Any] = {
        "taskId": item.task_id,
        "status": word(item.status, FORWARD_STATUSES),
        "pullId": item.pull_id,
        "forwardUrl": lower_host(item.forward_url),
        "startTime": from_unix(item.start_time),
        "endTime": from_unix(item.end_time),
        "transcoding": transcoding(item.coding_params),
        "notifyUrl": lower_host(item.notify_url or "") or None,
    }
    none = {key for key, value in (("endTime", item.end_time), ("notifyUrl", item.notify_url)) if value in (0, "")}
    return {key: value for key, value in state.items() if value is not None or key in none}


def transcoding(params: wangsu.forwarding.CodingParams | None) -> dict[str, Any] | None:
    """The encoding of a relay in our words; None where it is the channel's."""
    if params is None:
        return None
    wire = params.model_dump(by_alias=True, exclude_none=True)
    return {ours: wire[theirs] for ours, theirs in _WIRE.items() if theirs in wire} or None
