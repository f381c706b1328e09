"""The actions on channels: those pushed to, those that pull a source, and whether they are on air."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, RootModel

from ..calling import Effect
from .wire import Action, Many, Nothing, Number, Rows, Text, Told, Wire, wire


def without_token(url: str | None) -> str | None:
    """A push URL without the query of a domain that asks for one: that is another one in each answer."""
    return url.partition("?")[0] if url and url.lower().startswith("rtmp") else url


PushUrl = Annotated[Text, AfterValidator(without_token)]


class RateUrls(Wire):
    """One pull URL for each rate. `highPullUrl` is HD and `hdPullUrl` super clear: the wire names invite a swap."""

    origin: Text = wire("originPullUrl")
    fluent: Text = wire("fluentPullUrl")
    sd: Text = wire("sdPullUrl")
    high: Text = wire("highPullUrl")
    hd: Text = wire("hdPullUrl")


class AllRateUrls(RateUrls):
    """The pull URLs of a push channel, which has smart-HD and audio variants too."""

    audio: Text = wire("audioUrl")
    origin_zkgq: Text = wire("originZkgqPullUrl")
    fluent_zkgq: Text = wire("fluentZkgqPullUrl")
    sd_zkgq: Text = wire("sdZkgqPullUrl")
    high_zkgq: Text = wire("highZkgqPullUrl")
    hd_zkgq: Text = wire("hdZkgqPullUrl")


class PullConfigure(Wire):
    """The URLs of one pull domain and protocol."""

    pull_domain: Text = None
    pull_protocol: Text = None
    pull_url_list: Many[AllRateUrls] = []


class PushConfigure(Wire):
    """One push URL."""

    push_protocol: Text = None
    push_url: PushUrl = None


class CreatedChannel(Wire):
    """The answer to a create."""

    pull_id: Told
    create_time: Text = None


class CreateChannel(Action[CreatedChannel], path="/live/channelManage/createChannel", effect=Effect.ONCE):
    """Create a channel that is pushed to."""

    secrets = ("check",)

    channel_name: str
    channel_type: str
    push_domain: str
    pull_protocol: str | None = None
    pull_rate: str
    player_id: str | None = None
    directory_id: str | None = None
    check: str | None = None
    white_board_config: str | None = None
    func_config: str | None = None
    live_to_vod: str | None = wire("live2vod")
    app_scenario: str | None = None
    video_encrypted: int | None = None
    hls_encrypt_duration: int | None = None


class ChannelConfigure(Wire):
    """What one channel is set to; it names neither the push domain, the type nor the rates."""

    app_scenario: Text = None
    channel_name: Told
    channel_status: Number = None
    create_time: Text = None
    create_user: Text = None
    directory_id: Text = None
    live_to_vod: Text = wire("live2vod")
    player_id: Text = None
    video_encrypted: Number = None
    hls_encrypt_duration: Number = None
    pull_configure_list: Many[PullConfigure] = []
    push_configure_info: Many[PushConfigure] = []
    srt_pull_configure_list: Many[PullConfigure] = []


class GetChannelConfigure(Action[ChannelConfigure], path="/live/channelManage/getChannelConfigure"):
    """Read one channel."""

    pull_id: str


class ChannelListItem(Wire):
    """A channel as the list shows it; only here are the type and the SRT push URL."""

    app_scenario: Text = None
    channel_name: Text = None
    channel_status: Number = None
    channel_type: Text = None
    create_time: Text = None
    directory_id: Text = None
    live_to_vod: Text = wire("live2vod")
    pull_id: Told
    push_url: PushUrl = None
    srt_push_url: Text = None
    user_id: Text = None


class ChannelList(Wire):
    """One page. The count is that of this page, so only a short page ends a scan."""

    channel_list: Rows[ChannelListItem]
    channel_total: Number = wire("channelToal")


class GetChannelList(Action[ChannelList], path="/live/channelManage/getChannelList"):
    """Read a page of channels."""

    list_order: int | None = None
    page_index: int | None = None
    page_size: int | None = None
    app_scenario: str | None = None


class EditedChannel(Wire):
    """The answer to an edit; the push URL is new after a rotation."""

    channel_name: Text = None
    push_url: PushUrl = None
    srt_push_url: Text = None


class ChannelEdit(Action[EditedChannel], path="/live/channelManage/channelEdit", effect=Effect.IDEMPOTENT):
    """Change a channel; an absent field stays as it is. Rotating the push id twice would void the first new URL."""

    secrets = ("check",)

    pull_id: str
    channel_name: str | None = None
    reset_push_id: str | None = None
    pull_rate: str | None = None
    directory_id: str | None = None
    check: str | None = None
    white_board_config: str | None = None
    func_config: str | None = None
    live_to_vod: str | None = wire("live2vod")
    app_scenario: str | None = None
    video_encrypted: int | None = None
    hls_encrypt_duration: int | None = None

    @property
    def repeatable(self) -> bool:
        """Everything but a rotation is."""
        return self.reset_push_id != "1"


class DeleteChannel(Action[Nothing], path="/live/channelManage/deleteChannel", effect=Effect.IDEMPOTENT):
    """Delete channels of either kind, several ids joined by commas."""

    pull_id: str


class LiveStatus(Wire):
    """Whether one channel is on air: 1 live, 2 not live, 3 banned."""

    channel_status: Number = None
    pull_id: Told


class LiveStatuses(RootModel[list[LiveStatus]]):
    """The answer is a bare list."""


class BatchChannelLiveState(Action[LiveStatuses], path="/live/channelManage/batchChannelLiveState"):
    """Ask whether channels are on air, ids joined by commas; an empty text would ask for every channel."""

    pull_ids: str


class CreatedPullChannel(Wire):
    """The answer to a create."""

    pull_id: Told


class CreatePullChannel(Action[CreatedPullChannel], path="/live/channelManage/createPullChannel", effect=Effect.ONCE):
    """Create a channel that pulls its source."""

    secrets = ("source_pull_url",)

    channel_name: str
    source_pull_url: str
    source_pull_protocol: str
    pull_domain: str
    pull_protocol: str | None = None
    pull_rate: str
    player_id: str | None = None


class PullSourceConfigure(Wire):
    """The URLs of one protocol; no domain is named, so it comes from a URL's host."""

    pull_protocol: Text = None
    pull_url_list: Many[RateUrls] = []


class PullSource(Wire):
    """One source and what plays from it."""

    source_pull_url: Text = None
    source_pull_protocol: Text = None
    pull_configure_list: Many[PullSourceConfigure] = []


class PullChannelConfigure(Wire):
    """What one pull channel is set to."""

    channel_name: Told
    channel_status: Text = None
    create_time: Text = None
    create_user: Text = None
    player_id: Text = None
    sources: Many[PullSource] = wire("sourcePullConfigureInfoList", [])


class GetPullChannelConfigure(Action[PullChannelConfigure], path="/live/channelManage/getPullChannelConfigure"):
    """Read one pull channel."""

    pull_id: str


class PullChannelListItem(Wire):
    """A pull channel as the list shows it."""

    channel_name: Text = None
    channel_type: Text = None
    source_pull_protocol: Text = None
    source_pull_url: Text = None
    create_time: Text = None
    user_id: Text = None
    pull_id: Told


class PullChannelList(Wire):
    """One page; the count is text here."""

    channel_list: Rows[PullChannelListItem]
    channel_total: Text = wire("channelToal")


class GetPullChannelList(Action[PullChannelList], path="/live/channelManage/getPullChannelList"):
    """Read a page of pull channels."""

    list_order: int | None = None
    page_index: int | None = None
    page_size: int | None = None


class EditPullChannel(Action[Nothing], path="/live/channelManage/editPullChannel", effect=Effect.IDEMPOTENT):
    """Change a pull channel; an absent field stays as it is."""

    secrets = ("source_pull_url",)

    pull_id: str
    channel_name: str | None = None
    source_pull_url: str | None = None
    source_pull_protocol: str | None = None
    pull_rate: str | None = None
