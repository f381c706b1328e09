"""Channels: the platform gives each a push URL and a set of pull URLs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..core.check import Context, Rule, rule
from ..core.custody import Holder
from ..core.diff import Diff
from ..core.fields import Inputs, Model, State, prop
from ..core.listing import told_by
from ..core.resource import Listed
from ..core.states import told
from ..core.values.addresses import Domain
from ..core.values.media import ENCRYPTIONS, PROTOCOLS, RATES, Encryption, ProtocolSet, RateSet, codes, packed, word
from ..core.values.rules import Word
from ..core.values.times import Time, from_vendor
from ..ground.errors import NoAnswerError, PlatformError, Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ._channels import ChannelLike, PullUrl, host, one_segment_format, playback, pull_urls, same_name

HLS_SECONDS = 604_800
# In a state, that the list did not show the channel yet, so that its SRT address is still to be found.
UNLISTED = "__unlisted"


class Whiteboard(Model):
    """A whiteboard beside the picture."""

    enabled: bool = prop("Whether it is shown.")
    whiteboard_id: str | None = prop(
        "Id of the whiteboard; needed when it is enabled, and never changed afterwards.", default=None, replaces=True
    )


class ChannelInputs(Inputs):
    """What a program sets on a channel."""

    channel_name: str = prop("Name, 1 to 255 characters; need not be unique.", min_length=1, max_length=255)
    channel_type: Word = prop("Channel type (release point) that is set up on the push domain.", replaces=True)
    push_domain: Domain = prop("Domain to push to; it must belong to the account.", replaces=True)
    pull_rates: RateSet = prop("Rates to play, as the domain's transcoding offers them.", min_length=1)
    pull_protocols: ProtocolSet = prop(
        "Protocols to play; hls and hds exclude each other, and recording needs rtmp or flv.",
        default=["rtmp"],
        min_length=1,
        replaces=True,
    )
    player_id: str | None = prop(
        "Player; the account's default where none is given.", default=None, replaces=True, filled=True
    )
    directory_id: str | None = prop(
        "Record directory that recordings go to, by its directoryId.", default=None, released=True
    )
    app_scenario: str | None = prop("Application scenario; it must exist already.", default=None, released=True)
    live_to_vod: bool = prop("Whether broadcasts become video on demand; needs that paid service.", default=False)
    video_encryption: Encryption = prop("Encryption of the playback: none, hls (generic) or drm.", default="none")
    hls_encryption_seconds: int | None = prop(
        "Validity of the HLS encryption in seconds, counted from the last edit; 604800 with hls.",
        default=None,
        ge=1,
        le=2**63 - 1,
        filled=True,
    )
    stream_check: str | None = prop(
        "Text that the platform checks a pushed stream with.", default=None, write_only=True, secret=True, released=True
    )
    whiteboard: Whiteboard | None = prop("Whiteboard beside the picture.", default=None, write_only=True)
    share_button: bool | None = prop("Whether the player shows a share button.", default=None, write_only=True)
    push_key_rotation: str | None = prop(
        "Any text; a value that differs from the stored one gives a new push URL. The first value rotates nothing.",
        default=None,
        local=True,
    )
    force_destroy: bool = prop("Delete or replace the channel even while it is on air.", default=False, local=True)

    def conditional_defaults(self) -> dict[str, Any]:
        """HLS encryption lasts a week where nothing else is said."""
        return {"hlsEncryptionSeconds": HLS_SECONDS} if self.video_encryption == "hls" else {}

    _one_segment_format: ClassVar[Rule] = one_segment_format

    @rule("videoEncryption", "hlsEncryptionSeconds")
    def _seconds_need_hls(self, context: Context) -> Iterator[Problem]:
        if self.hls_encryption_seconds is not None and self.video_encryption != "hls":
            yield Problem(
                "hlsEncryptionSeconds",
                tr(
                    "goes only with videoEncryption hls, but that is {video_encryption}: take one of them out",
                    video_encryption=self.video_encryption,
                ),
            )

    @rule("whiteboard")
    def _whiteboard_needs_id(self, context: Context) -> Iterator[Problem]:
        if self.whiteboard and self.whiteboard.enabled and not self.whiteboard.whiteboard_id:
            yield Problem(
                "whiteboard.whiteboardId", tr("is required with an enabled whiteboard, but is missing: set it")
            )


class ChannelOutputs(State):
    """What a program reads from a channel."""

    pull_id: str = prop("The channel's id.")
    push_url: str = prop("Address to push to; whoever has it can broadcast.", secret=True, follows=("pushKeyRotation",))
    srt_push_url: str | None = prop(
        "Address to push to over SRT, where the domain offers it.",
        default=None,
        secret=True,
        follows=("pushKeyRotation",),
    )
    pull_urls: list[PullUrl] = prop("Addresses to play from.", secret=True, follows=("pullRates",))
    create_time: Time = prop("When the channel was made, RFC 3339.")


class Channel(ChannelLike[ChannelInputs]):
    """A live channel that an encoder pushes to.

    Source: createChannel, getChannelConfigure, getChannelList, channelEdit, deleteChannel.
    """

    inputs = ChannelInputs
    outputs = ChannelOutputs
    calls_to_read_back = 2
    in_list = ("channelName", "channelType", "pushDomain")
    example = {
        "channelName": "Main stage",
        "channelType": "live",
        "pushDomain": "push.example.com",
        "pullRates": ["source", "hd"],
    }

    def page(self, number: int, size: int) -> list[wangsu.channels.ChannelListItem]:
        """getChannelList."""
        answer = self.wangsu.call(wangsu.channels.GetChannelList(list_order=0, page_index=number, page_size=size))
        return told_by(number, answer.channel_list, answer.channel_total)

    def listed(self, item: wangsu.channels.ChannelListItem) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(id=item.pull_id, name=item.channel_name or "")

    def identity(self, want: ChannelInputs) -> tuple[str, ...]:
        """Names are not unique, so type and push domain count too."""
        return (want.channel_name, want.channel_type, want.push_domain)

    def create(self, want: ChannelInputs, holder: Holder) -> str:
        """createChannel."""
        given = {name for name, field in ChannelInputs.model_fields.items() if getattr(want, name) != field.default}
        call = wangsu.channels.CreateChannel(
            channel_type=want.channel_type,
            push_domain=want.push_domain,
            pull_protocol=codes(want.pull_protocols, PROTOCOLS),
            player_id=want.player_id,
            **_wire(want, given),
        )
        return self.wangsu.call(call).pull_id

    def is_alike(self, item: wangsu.channels.ChannelListItem, want: ChannelInputs) -> bool:
        """Of the same name, type and push host."""
        where = (item.channel_type, host(item.push_url))
        return same_name(item.channel_name, want.channel_name) and where == (want.channel_type, want.push_domain)

    def own(self, key: str) -> wangsu.channels.ChannelConfigure:
        """getChannelConfigure."""
        return self.wangsu.call(wangsu.channels.GetChannelConfigure(pull_id=key))

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getChannelConfigure; with getChannelList for type and SRT address where the state does not tell them."""
        try:
            configured = self.own(key)
        except RefusedError as refusal:
            self.require_unlisted(key, refusal)
            return None
        return self.state_of(key, configured, prior)

    def state_of(
        self, key: str, configured: wangsu.channels.ChannelConfigure, prior: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What its own read tells, with getChannelList for what neither that nor the state does."""
        push_url = _push_url(configured)
        self._tell_rotation(key, push_url, prior)
        if _tells_what_is_listed(prior, push_url):
            item = wangsu.channels.ChannelListItem(
                pull_id=key, channel_type=prior["channelType"], srt_push_url=prior.get("srtPushUrl")
            )
            return _state(key, configured, item, push_url)
        # The list comes last: the later it is asked for, the more who wait for it share it.
        found = self.listing.find(key)
        return {**_state(key, configured, found, push_url), **({} if found else {UNLISTED: True})}

    def skim(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getChannelList alone; a channel that it lacks, or that one call alone finds, is read in full."""
        item = self.skimmed(key, prior)
        if item is None:
            return self.read(key, prior)
        self._tell_rotation(key, item.push_url, prior)
        state = {
            "channelName": item.channel_name,
            "channelType": item.channel_type,
            "pushDomain": host(item.push_url),
            "pushUrl": item.push_url,
            "createTime": from_vendor(item.create_time),
            "srtPushUrl": item.srt_push_url,
            **_told_by_some_services(item),
        }
        return {"pullId": key, **told(state)}

    def _tell_rotation(self, key: str, push_url: str | None, prior: Mapping[str, Any]) -> None:
        known = _known_push_url(prior)
        if known and push_url and known != push_url:
            self._turned.add(key)
            self.notices.warn(
                tr(
                    "the push URL of channel {key} was changed outside Pulumi; a refresh takes the new one over",
                    key=key,
                )
            )

    @property
    def _turned(self) -> set[str]:
        """Channels whose push URL this run found to be another one than the state's."""
        return self.account.shared("turned push URLs", set)

    def update(self, key: str, want: ChannelInputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """channelEdit, with only what changed in it."""
        changed = {name for name, field in ChannelInputs.model_fields.items() if change.touches(field.alias or name)}
        fields = _wire(want, changed)
        before = prior.get("pushKeyRotation")
        if "push_key_rotation" in changed and before is not None and want.push_key_rotation is not None:
            return self._rotate(key, fields, _known_push_url(prior))
        if fields:
            self.wangsu.call(wangsu.channels.ChannelEdit(pull_id=key, **fields))
        return {}

    def _rotate(self, key: str, fields: dict[str, Any], known: str | None) -> dict[str, Any]:
        """Give the channel another push URL than the known one exactly once, even when an answer or a run is lost."""
        if fields:
            self.wangsu.call(wangsu.channels.ChannelEdit(pull_id=key, **fields))
        before = _push_url(self.wangsu.call(wangsu.channels.GetChannelConfigure(pull_id=key)))
        if key in self._turned or (known is not None and before is not None and before != known):
            self._turned.discard(key)
            # A run that died, or somebody in the console, has done it already.
            return {"pushUrl": before, "srtPushUrl": None}
        rotation = wangsu.channels.ChannelEdit(pull_id=key, reset_push_id="1")
        try:
            # The answer names the new URL: a read after it could fail, and the next run would rotate once more.
            edited = self.wangsu.call(rotation)
        except (NoAnswerError, PlatformError):
            now = _push_url(self.wangsu.call(wangsu.channels.GetChannelConfigure(pull_id=key)))
            if now != before:
                return {"pushUrl": now, "srtPushUrl": None}
            edited = self.wangsu.call(rotation)
        return {"pushUrl": edited.push_url, "srtPushUrl": edited.srt_push_url}


def _tells_what_is_listed(prior: Mapping[str, Any], push_url: str | None) -> bool:
    """Whether a state tells what else only the list does: the type never changes, the SRT address with the push URL."""
    is_same = push_url is not None and _known_push_url(prior) == push_url
    # An address that is None, and not missing, is known to be another one by now.
    return is_same and "channelType" in prior and prior.get("srtPushUrl", "") is not None and UNLISTED not in prior


def _known_push_url(prior: Mapping[str, Any]) -> str | None:
    """The state's; one that was written earlier may have a token in it."""
    return wangsu.channels.without_token(prior.get("pushUrl"))


def _push_url(configured: wangsu.channels.ChannelConfigure) -> str | None:
    """Its RTMP address, which is not always the first; the list has that for SRT."""
    urls = [info.push_url for info in configured.push_configure_info if info.push_url]
    return next((url for url in urls if url.lower().startswith("rtmp")), next(iter(urls), None))


def _wire(want: ChannelInputs, names: set[str]) -> dict[str, Any]:
    """The named inputs that both createChannel and channelEdit take, as these want them; the others are left out."""
    board = want.whiteboard or Whiteboard(enabled=False)
    white_board = {"open": int(board.enabled)} | ({"whiteBoardId": board.whiteboard_id} if board.whiteboard_id else {})
    fields: dict[str, tuple[str, Any]] = {
        "channel_name": ("channel_name", want.channel_name),
        "pull_rates": ("pull_rate", codes(want.pull_rates, RATES)),
        "directory_id": ("directory_id", want.directory_id),
        "stream_check": ("check", want.stream_check),
        "whiteboard": ("white_board_config", packed(white_board)),
        "share_button": ("func_config", packed({"share": int(bool(want.share_button))})),
        "live_to_vod": ("live_to_vod", str(int(want.live_to_vod))),
        "app_scenario": ("app_scenario", want.app_scenario),
        "video_encryption": ("video_encrypted", ENCRYPTIONS.index(want.video_encryption)),
        "hls_encryption_seconds": ("hls_encrypt_duration", want.hls_encryption_seconds),
    }
    return {wire: value for name, (wire, value) in fields.items() if name in names and value is not None}


def _state(
    key: str,
    configured: wangsu.channels.ChannelConfigure,
    item: wangsu.channels.ChannelListItem | None,
    push_url: str | None,
) -> dict[str, Any]:
    urls = [
        url
        for pull in configured.pull_configure_list
        for url in pull_urls(pull.pull_protocol, pull.pull_url_list, pull.pull_domain)
    ]
    state = {
        "channelName": configured.channel_name,
        "channelType": (item.channel_type if item else None) or _type_in(push_url),
        "pushDomain": host(push_url),
        "pushUrl": push_url,
        "createTime": from_vendor(configured.create_time),
        "playerId": configured.player_id,
        "videoEncryption": word(configured.video_encrypted, ENCRYPTIONS),
        "hlsEncryptionSeconds": configured.hls_encrypt_duration or None,
        "srtPushUrl": item.srt_push_url if item else None,
        **_told_by_some_services(configured),
        **playback((pull.pull_protocol for pull in configured.pull_configure_list), urls),
    }
    return {"pullId": key, **told(state)}


def _type_in(push_url: str | None) -> str | None:
    """The channel type, which only the list names otherwise: the first segment of a push URL's path."""
    if not host(push_url):
        return None
    return urlsplit(push_url or "").path.strip("/").split("/")[0] or None


def _told_by_some_services(
    answer: wangsu.channels.ChannelConfigure | wangsu.channels.ChannelListItem,
) -> dict[str, Any]:
    """What the platform leaves out where a service is off; both calls name it alike."""
    return {
        "directoryId": answer.directory_id,
        "appScenario": answer.app_scenario,
        "liveToVod": None if answer.live_to_vod is None else answer.live_to_vod == "1",
    }
