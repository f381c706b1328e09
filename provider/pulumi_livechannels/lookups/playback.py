"""Whether channels are on air, and how they are played: live states, share pages and playback code."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from ..core.fields import Inputs, State, prop
from ..core.function import Progress
from ..core.values.media import RATE_FIELDS, VARIANT_FIELDS, protocol
from ..core.values.rules import Id, broken
from ..ground.errors import NotFoundError, RefusedError
from ..ground.language import tr
from ..resources._channels import pull_urls
from ..vendors import wangsu
from .base import Lookup
from .channels import ByPullId, PlayUrl, status_word

IDS_A_CALL = 50
_CODES = {"all": "0", "swf": "2", "url": "4", "adaptive": "5"}
_SMALLEST, _LARGEST = (480, 360), (1920, 1080)


class OneState(State):
    """Whether a channel is on air."""

    pull_id: str = prop("The channel's id.")
    status: str | None = prop("live, notLive or banned.", default=None)


class LiveState(Lookup):
    """Whether a channel is on air.

    Source: getChannelLiveState.
    """

    Query = ByPullId
    Answer = OneState
    example = {"pullId": "${main.pullId}"}

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """One call."""
        state = _of_channel(self, wangsu.playback.GetChannelLiveState(pull_id=want.pull_id)).channel_state
        return {"pullId": want.pull_id, "status": status_word(state)}


class ManyStates(State):
    """Whether channels are on air."""

    items: list[OneState] = prop("The channels that the platform knows, in the order asked for.")


class LiveStates(Lookup):
    """Whether channels are on air, many in one call.

    Source: batchChannelLiveState.
    """

    Answer = ManyStates
    example = {"pullIds": ["${main.pullId}"]}

    class Query(Inputs):
        """Channels by their ids."""

        pull_ids: list[Id] = prop("The channels' ids.", min_length=1)

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """Fifty ids a call: the platform writes no limit, and an address of any length would meet one."""
        found: dict[str, str | None] = {}
        for at in range(0, len(want.pull_ids), IDS_A_CALL):
            ids = ",".join(want.pull_ids[at : at + IDS_A_CALL])
            answer = self.account.wangsu.call(wangsu.channels.BatchChannelLiveState(pull_ids=ids)).root
            found |= {item.pull_id: status_word(item.channel_status) for item in answer}
        known = [key for key in dict.fromkeys(want.pull_ids) if key in found]
        return {"items": [{"pullId": key, "status": found[key]} for key in known]}


class SharePage(State):
    """A share page."""

    url: str = prop("Address of the page.")


class ChannelShareUrl(Lookup):
    """The address of a channel's share page.

    Source: getChannelShareUrl.
    """

    Query = ByPullId
    Answer = SharePage
    example = {"pullId": "${main.pullId}"}

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """One call."""
        return {"url": _of_channel(self, wangsu.playback.GetChannelShareUrl(pull_id=want.pull_id)).root}


def _size(value: str) -> str:
    matched = re.fullmatch(r"(\d{3,4})x(\d{3,4})", value)
    sides = tuple(map(int, matched.groups())) if matched else (0, 0)
    if not all(least <= side <= most for least, side, most in zip(_SMALLEST, sides, _LARGEST, strict=True)):
        raise broken("must be WIDTHxHEIGHT from 480x360 to 1920x1080", "write it like 1280x720")
    return value


Size = Annotated[str, AfterValidator(_size)]


class Code(State):
    """What a page needs to play a channel."""

    pull_id: str = prop("The channel's id.")
    urls: list[PlayUrl] = prop("Addresses to play from.", secret=True)
    srt_urls: list[PlayUrl] = prop("Addresses to play from over SRT.", secret=True)
    video_code: str | None = prop("Code that embeds the video; absent where it is encrypted.", default=None)
    swf_code: str | None = prop("Code that embeds a Flash player.", default=None)
    audio_code: str | None = prop("Code that embeds the sound; absent where it is encrypted.", default=None)


class PlaybackCode(Lookup):
    """What a page needs to play a channel: addresses, and code to embed.

    Source: getSinglePullCode.
    """

    Answer = Code
    example = {"pullId": "${main.pullId}", "playerSize": "1280x720"}

    class Query(ByPullId):
        """What can be asked."""

        player_id: str | None = prop("The player, by its id. Absent: the channel's.", default=None, min_length=1)
        player_size: Size | None = prop(
            "Size of the player, from 480x360 to 1920x1080; 480x360 where none is given.", default=None
        )
        auto_play: bool = prop("Whether it plays at once.", default=False)
        code_type: Literal["all", "swf", "url", "adaptive"] = prop("Which code is asked for.", default="all")

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """One call."""
        call = wangsu.playback.GetSinglePullCode(
            pull_id=want.pull_id,
            player_id=want.player_id,
            player_size=want.player_size.replace("x", "*") if want.player_size else None,
            auto_play=int(want.auto_play),
            code_type=_CODES[want.code_type],
        )
        code = _of_channel(self, call)
        told = {
            "pullId": want.pull_id,
            "urls": _urls(code.video_url),
            "srtUrls": _urls(code.srt_video_url),
            "videoCode": code.auto_code,
            "swfCode": code.swf_code,
            "audioCode": code.audio_auto_code,
        }
        return {key: value for key, value in told.items() if value is not None}


def _urls(items: list[wangsu.playback.CodeUrl]) -> list[dict[str, str]]:
    rates = {**RATE_FIELDS, **VARIANT_FIELDS}
    return [url for item in items for url in pull_urls(protocol(item.pull_protocol), item.url_info, fields=rates)]


def _of_channel(lookup: Lookup, action: Any) -> Any:
    """Carry out an action about a channel; a refusal of one that the platform does not know is told as that."""
    try:
        return lookup.account.wangsu.call(action)
    except RefusedError as refusal:
        try:
            lookup.account.wangsu.call(wangsu.playback.GetChannelLiveState(pull_id=action.pull_id))
        except RefusedError:
            text = tr("there is no channel {pull_id}", pull_id=action.pull_id)
            raise NotFoundError(text, next_step=tr("correct the id.")) from refusal
        raise
