"""Channels and pull channels: one by its id, or all of them as the lists show them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ..core.fields import Inputs, State, prop
from ..core.function import Progress
from ..core.values.media import RATE_FIELDS, VARIANT_FIELDS, protocol
from ..core.values.rules import Id
from ..core.values.times import Time
from ..resources import channel, pull_channel
from ..resources._channels import PullUrl, host, pull_urls
from ..vendors import wangsu
from .base import Lookup, ObjectLookup, by_own_read, every_item, told, when

STATUSES = {1: "live", 2: "notLive", 3: "banned"}


def status_word(number: int | str | None) -> str | None:
    """Our word for a live status; a number that we do not know stays as text."""
    if number is None or number == "":
        return None
    return STATUSES.get(int(number), str(number)) if str(number).isdigit() else str(number)


class PlayUrl(PullUrl):
    """One address to play from, of those that the platform adds too."""

    rate: str = prop(
        "Rate: source, smooth, sd, hd or super; `smart-` before it for its smart-HD twin; audio for the sound alone."
    )


def play_urls(pulls: list[wangsu.channels.PullConfigure], fields: Mapping[str, str]) -> list[PlayUrl]:
    """The addresses of some rates, by what the wire's model calls them."""
    return [
        PlayUrl(**url)
        for pull in pulls
        for url in pull_urls(pull.pull_protocol, pull.pull_url_list, pull.pull_domain, fields)
    ]


class ByPullId(Inputs):
    """A channel by its id."""

    pull_id: Id = prop("The channel's id.", min_length=1)


class Channel(ObjectLookup):
    """A channel by its id, with everything that the platform shows of it.

    Source: getChannelConfigure, getChannelList.
    """

    resource = channel.Channel
    Query = ByPullId
    example = {"pullId": "${main.pullId}"}

    class Details(State):
        """What the platform shows of a channel beyond the resource."""

        status: str | None = prop("live, notLive or banned.", default=None)
        create_user: str | None = prop("Who made it.", default=None)
        variant_pull_urls: list[PlayUrl] = prop("Smart-HD and sound-only addresses to play from.", secret=True)
        srt_pull_urls: list[PlayUrl] = prop("Addresses to play from over SRT.", secret=True)

    def read(self, resource: Any, key: str) -> tuple[dict[str, Any], State] | None:
        """getChannelConfigure, and getChannelList for the type and the SRT address."""
        found = by_own_read(resource, key)
        if found is None:
            return None
        details = self.Details(
            status=status_word(found.channel_status),
            create_user=found.create_user,
            variant_pull_urls=play_urls(found.pull_configure_list, VARIANT_FIELDS),
            srt_pull_urls=play_urls(found.srt_pull_configure_list, {**RATE_FIELDS, **VARIANT_FIELDS}),
        )
        return resource.state_of(key, found, {}), details


class PullChannel(ObjectLookup):
    """A pull channel by its id, with everything that the platform shows of it.

    Source: getPullChannelConfigure, getPullChannelList.
    """

    resource = pull_channel.PullChannel
    Query = ByPullId
    example = {"pullId": "${guest.pullId}"}

    class Details(State):
        """What the platform shows of a pull channel beyond the resource."""

        create_user: str | None = prop("Who made it.", default=None)

    def read(self, resource: Any, key: str) -> tuple[dict[str, Any], State] | None:
        """getPullChannelConfigure."""
        found = by_own_read(resource, key)
        return (
            None if found is None else (resource.state_of(key, found, {}), self.Details(create_user=found.create_user))
        )


class ChannelItem(State):
    """A channel as the list shows it."""

    pull_id: str = prop("The channel's id.")
    channel_name: str | None = prop("Its name.", default=None)
    channel_type: str | None = prop("Its type.", default=None)
    push_domain: str | None = prop("Domain that is pushed to.", default=None)
    push_url: str | None = prop("Address to push to.", default=None, secret=True)
    srt_push_url: str | None = prop("Address to push to over SRT.", default=None, secret=True)
    directory_id: str | None = prop("Record directory that recordings go to.", default=None)
    app_scenario: str | None = prop("Application scenario.", default=None)
    live_to_vod: bool | None = prop("Whether broadcasts become video on demand.", default=None)
    status: str | None = prop("live, notLive or banned.", default=None)
    user_id: str | None = prop("Id of who made it.", default=None)
    create_time: Time | None = prop("When it was made, RFC 3339.", default=None)


class ChannelItems(State):
    """Channels."""

    items: list[ChannelItem] = prop("The channels, newest first.")


class Channels(Lookup):
    """Every channel of the account, or those of one application scenario, as the list shows them.

    Source: getChannelList.
    """

    example = {"appScenario": "sport"}
    Answer = ChannelItems

    class Query(Inputs):
        """What can be asked."""

        app_scenario: str | None = prop("Only channels of this application scenario.", default=None, min_length=1)

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """All pages."""

        def load(page: int, size: int) -> list[Any]:
            call = wangsu.channels.GetChannelList(
                list_order=0, page_index=page, page_size=size, app_scenario=want.app_scenario
            )
            return self.account.wangsu.call(call).channel_list

        def tell(item: Any) -> ChannelItem:
            return ChannelItem(
                pull_id=item.pull_id,
                channel_name=item.channel_name,
                channel_type=item.channel_type,
                push_domain=host(item.push_url),
                push_url=item.push_url,
                srt_push_url=item.srt_push_url,
                directory_id=item.directory_id,
                app_scenario=item.app_scenario,
                live_to_vod=None if item.live_to_vod is None else item.live_to_vod == "1",
                status=status_word(item.channel_status),
                user_id=item.user_id,
                create_time=when("createTime", item.create_time),
            )

        found = every_item(self.account, load, lambda item: item.pull_id)
        return {"items": told("channelList", found, tell)}


class PullChannelItem(State):
    """A pull channel as the list shows it."""

    pull_id: str = prop("The channel's id.")
    channel_name: str | None = prop("Its name.", default=None)
    channel_type: str | None = prop("Its type.", default=None)
    source_url: str | None = prop("Address that it pulls from.", default=None, secret=True)
    source_protocol: str | None = prop("Protocol of the source.", default=None)
    user_id: str | None = prop("Id of who made it.", default=None)
    create_time: Time | None = prop("When it was made, RFC 3339.", default=None)


class PullChannelItems(State):
    """Pull channels."""

    items: list[PullChannelItem] = prop("The pull channels, newest first.")


class PullChannels(Lookup):
    """Every pull channel of the account, as the list shows them.

    Source: getPullChannelList.
    """

    example: ClassVar[dict[str, Any]] = {}
    Answer = PullChannelItems

    class Query(Inputs):
        """Nothing can be asked in particular."""

    def answer(self, want: Any, progress: Progress | None = None) -> dict[str, Any]:
        """All pages."""

        def load(page: int, size: int) -> list[Any]:
            call = wangsu.channels.GetPullChannelList(list_order=0, page_index=page, page_size=size)
            return self.account.wangsu.call(call).channel_list

        def tell(item: Any) -> PullChannelItem:
            return PullChannelItem(
                pull_id=item.pull_id,
                channel_name=item.channel_name,
                channel_type=item.channel_type,
                source_url=item.source_pull_url,
                source_protocol=protocol(item.source_pull_protocol) if item.source_pull_protocol else None,
                user_id=item.user_id,
                create_time=when("createTime", item.create_time),
            )

        found = every_item(self.account, load, lambda item: item.pull_id)
        return {"items": told("channelList", found, tell)}
