"""Pull channels: the platform fetches a source by itself when somebody watches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from ..core.check import Context, Rule, rule
from ..core.custody import Holder
from ..core.diff import Diff
from ..core.fields import Inputs, State, prop
from ..core.listing import told_by
from ..core.resource import Listed
from ..core.states import told
from ..core.values.addresses import Domain, SourceUrl, lower_host
from ..core.values.media import PROTOCOLS, RATES, Protocol, ProtocolSet, RateSet, codes, protocol, protocol_code
from ..core.values.times import Time, from_vendor
from ..ground.errors import Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu
from ._channels import ChannelLike, PullUrl, host, one_segment_format, playback, pull_urls, same_name


class PullChannelInputs(Inputs):
    """What a program sets on a pull channel."""

    channel_name: str = prop("Name, 1 to 255 characters; need not be unique.", min_length=1, max_length=255)
    source_url: SourceUrl = prop("Address that the platform pulls; it may hold a key.", secret=True)
    source_protocol: Protocol = prop(
        "Protocol of the source: rtmp or flv for a new channel; an edit also takes hls and hds."
    )
    pull_domain: Domain = prop("Domain to play from; it must belong to the account.", replaces=True)
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
    force_destroy: bool = prop("Delete or replace the channel even while it is on air.", default=False, local=True)

    _one_segment_format: ClassVar[Rule] = one_segment_format

    @rule("sourceProtocol")
    def _new_ones_pull_rtmp_or_flv(self, context: Context) -> Iterator[Problem]:
        if not context.exists and self.source_protocol not in ("rtmp", "flv"):
            yield Problem(
                "sourceProtocol",
                tr(
                    "must be rtmp or flv for a new channel, but is {source_protocol!r}: create it with one "
                    "of these and change it afterwards",
                    source_protocol=self.source_protocol,
                ),
            )


class PullChannelOutputs(State):
    """What a program reads from a pull channel."""

    pull_id: str = prop("The channel's id.")
    pull_urls: list[PullUrl] = prop("Addresses to play from.", secret=True, follows=("pullRates",))
    create_time: Time = prop("When the channel was made, RFC 3339.")


class PullChannel(ChannelLike[PullChannelInputs]):
    """A live channel whose stream the platform pulls from a source.

    Source: createPullChannel, getPullChannelConfigure, getPullChannelList, editPullChannel, deleteChannel.
    """

    inputs = PullChannelInputs
    outputs = PullChannelOutputs
    in_list = ("channelName", "sourceUrl", "sourceProtocol")
    example = {
        "channelName": "Guest feed",
        "sourceUrl": "rtmp://origin.example.net/app/stream-key",
        "sourceProtocol": "rtmp",
        "pullDomain": "pull.example.com",
        "pullRates": ["source"],
    }

    def page(self, number: int, size: int) -> list[wangsu.channels.PullChannelListItem]:
        """getPullChannelList."""
        answer = self.wangsu.call(wangsu.channels.GetPullChannelList(list_order=0, page_index=number, page_size=size))
        return told_by(number, answer.channel_list, answer.channel_total)

    def listed(self, item: wangsu.channels.PullChannelListItem) -> Listed:
        """Its id and what a person would know it by."""
        return Listed(id=item.pull_id, name=item.channel_name or "")

    def identity(self, want: PullChannelInputs) -> tuple[str, ...]:
        """Names are not unique, so the source counts too."""
        return (want.channel_name, want.source_url, want.source_protocol)

    def create(self, want: PullChannelInputs, holder: Holder) -> str:
        """createPullChannel."""
        call = wangsu.channels.CreatePullChannel(
            channel_name=want.channel_name,
            source_pull_url=want.source_url,
            source_pull_protocol=protocol_code(want.source_protocol),
            pull_domain=want.pull_domain,
            pull_protocol=codes(want.pull_protocols, PROTOCOLS),
            pull_rate=codes(want.pull_rates, RATES),
            player_id=want.player_id,
        )
        return self.wangsu.call(call).pull_id

    def is_alike(self, item: wangsu.channels.PullChannelListItem, want: PullChannelInputs) -> bool:
        """Of the same name and source."""
        source = (lower_host(item.source_pull_url or ""), protocol(item.source_pull_protocol))
        return same_name(item.channel_name, want.channel_name) and source == (want.source_url, want.source_protocol)

    def own(self, key: str) -> wangsu.channels.PullChannelConfigure:
        """getPullChannelConfigure."""
        return self.wangsu.call(wangsu.channels.GetPullChannelConfigure(pull_id=key))

    def read(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getPullChannelConfigure."""
        try:
            configured = self.own(key)
        except RefusedError as refusal:
            self.require_unlisted(key, refusal)
            return None
        return self.state_of(key, configured, prior)

    def state_of(
        self, key: str, configured: wangsu.channels.PullChannelConfigure, prior: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What its own read tells, which is all of it."""
        source = configured.sources[0] if configured.sources else None
        pulls = [pull for item in configured.sources for pull in item.pull_configure_list]
        urls = [url for pull in pulls for url in pull_urls(pull.pull_protocol, pull.pull_url_list)]
        state = {
            "channelName": configured.channel_name,
            "sourceUrl": (source and lower_host(source.source_pull_url or "")) or None,
            "sourceProtocol": source and source.source_pull_protocol and protocol(source.source_pull_protocol),
            "pullDomain": _serving(urls, prior.get("pullDomain")),
            "createTime": from_vendor(configured.create_time),
            "playerId": configured.player_id,
            **playback((pull.pull_protocol for pull in pulls), urls),
        }
        return {"pullId": key, **told(state)}

    def skim(self, key: str, prior: Mapping[str, Any]) -> dict[str, Any] | None:
        """getPullChannelList alone; a channel that it lacks, or that one call alone finds, is read in full."""
        item = self.skimmed(key, prior)
        if item is None:
            return self.read(key, prior)
        state = {
            "channelName": item.channel_name,
            "sourceUrl": lower_host(item.source_pull_url or "") or None,
            "sourceProtocol": item.source_pull_protocol and protocol(item.source_pull_protocol),
            "createTime": from_vendor(item.create_time),
        }
        return {"pullId": key, **told(state)}

    def update(self, key: str, want: PullChannelInputs, change: Diff, prior: Mapping[str, Any]) -> dict[str, Any]:
        """editPullChannel, with only what changed in it."""
        fields: dict[str, tuple[str, Any]] = {
            "channelName": ("channel_name", want.channel_name),
            "sourceUrl": ("source_pull_url", want.source_url),
            "sourceProtocol": ("source_pull_protocol", protocol_code(want.source_protocol)),
            "pullRates": ("pull_rate", codes(want.pull_rates, RATES)),
        }
        changed = {wire: value for name, (wire, value) in fields.items() if change.touches(name)}
        if changed:
            self.wangsu.call(wangsu.channels.EditPullChannel(pull_id=key, **changed))
        return {}


def _serving(urls: list[dict[str, str]], known: str | None) -> str | None:
    """The pull domain: of several that serve the channel the known one, where it is among them."""
    hosts = [name for url in urls if (name := host(url["url"]))]
    return known if known in hosts else next(iter(hosts), None)
