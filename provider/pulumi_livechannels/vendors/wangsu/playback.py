"""The actions that only tell: a channel's live state, its share page, its playback code, and recorded files."""

from __future__ import annotations

from pydantic import RootModel

from .channels import RateUrls
from .wire import Action, Many, Number, Text, Told, Wire, wire


class LiveState(Wire):
    """Whether one channel is on air: 1 live, 2 not live, 3 banned."""

    channel_state: Told


class GetChannelLiveState(Action[LiveState], path="/live/channelManage/getChannelLiveState"):
    """Ask whether one channel is on air."""

    pull_id: str


class ShareUrl(RootModel[str]):
    """The answer is a bare text."""


class GetChannelShareUrl(Action[ShareUrl], path="/live/channelManage/getChannelShareUrl"):
    """Ask for the address of a channel's share page."""

    pull_id: str | None = None


class RatesAndZkgq(RateUrls):
    """The pull URLs of one protocol, smart-HD variants with them."""

    origin_zkgq: Text = wire("originZkgqPullUrl")
    fluent_zkgq: Text = wire("fluentZkgqPullUrl")
    sd_zkgq: Text = wire("sdZkgqPullUrl")
    high_zkgq: Text = wire("highZkgqPullUrl")
    hd_zkgq: Text = wire("hdZkgqPullUrl")


class CodeUrl(Wire):
    """The URLs of one protocol."""

    pull_protocol: Text = None
    url_info: Many[RatesAndZkgq] = []


class PullCode(Wire):
    """What a page needs to play a channel."""

    pull_id: str
    video_url: Many[CodeUrl] = []
    srt_video_url: Many[CodeUrl] = []
    auto_code: Text = None
    swf_code: Text = None
    audio_auto_code: Text = None


class GetSinglePullCode(Action[PullCode], path="/live/channelManage/getSinglePullCode"):
    """Ask for the code that plays a channel in a page."""

    pull_id: str
    player_id: str | None = None
    player_size: str | None = None
    auto_play: int | None = None
    code_type: str | None = None


class RecordFile(Wire):
    """One recorded file."""

    password: Text = None
    pull_id: Text = None
    share_page_url: Text = None
    start_time: Number = None
    video_duration: Number = None
    video_id: Text = None
    video_name: Text = None


class RecordFiles(RootModel[Many[RecordFile]]):
    """The answer is a bare list."""


class GetRecordFileInfo(Action[RecordFiles], path="/live/channelManage/getRecordFileInfo"):
    """Ask for recorded files of up to 50 channels, or for up to 50 files, ids joined by commas."""

    pull_ids: str | None = None
    video_ids: str | None = None
