"""What both kinds of channel share: playback URLs, and an end that spares what is on air."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..core.account import BANNED, NOT_LIVE
from ..core.check import Context, rule
from ..core.custody import Holder
from ..core.evidence import Look
from ..core.fields import Model, prop
from ..core.listing import PAGE_SIZE, Head
from ..core.resource import I, Listable
from ..core.seeking import Seeker
from ..core.values.media import ASKABLE_PROTOCOLS, RATE_FIELDS, RATES, protocol
from ..core.values.times import from_vendor
from ..ground.errors import ChannelLiveError, LiveChannelsError, Problem, RefusedError
from ..ground.language import tr
from ..vendors import wangsu

# What has not ended yet, of relays and recordings alike.
OPEN = (0, 1)


@rule("pullProtocols")
def one_segment_format(inputs: Any, context: Context) -> Iterator[Problem]:
    """The platform serves HLS or HDS on a domain, not both."""
    if {"hls", "hds"} <= set(inputs.pull_protocols):
        yield Problem("pullProtocols", tr("must not name both hls and hds, but does: take one of them out"))


class PullUrl(Model):
    """One address to play from."""

    protocol: str = prop("Protocol: rtmp, flv, hls, hds, or ts where the platform adds it.")
    rate: str = prop("Rate: source, smooth, sd, hd or super.")
    domain: str = prop("Domain that serves it.")
    url: str = prop("The address itself.", secret=True)


def host(url: str | None) -> str | None:
    """The host of a URL in lower case, whatever its scheme; None of one that cannot be read."""
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def same_name(left: str | None, right: str) -> bool:
    """Whether two names are one: a platform may trim white space, or fold it."""
    return " ".join((left or "").split()) == " ".join(right.split())


def playback(protocols: Iterable[str | None], urls: list[dict[str, str]]) -> dict[str, Any]:
    """What URLs tell of a channel. Where there are none, rates and protocols are not told, and not none."""
    named = [protocol(word) for word in protocols if word] + [url["protocol"] for url in urls]
    told = {
        "pullRates": in_order((url["rate"] for url in urls), RATES),
        "pullProtocols": in_order(named, ASKABLE_PROTOCOLS),
        "pullUrls": urls,
    }
    return {key: value for key, value in told.items() if value}


def pull_urls(
    protocol_word: str | None,
    rates: Iterable[wangsu.channels.RateUrls],
    domain: str | None = None,
    fields: Mapping[str, str] = RATE_FIELDS,
) -> list[dict[str, str]]:
    """The addresses of one protocol, as the state holds them; the platform leaves unused rates empty or out.

    `fields` are the rates that are told, with what the wire's model calls them.
    """
    found = []
    for urls in rates:
        for rate, name in fields.items():
            url = getattr(urls, name, None)
            if url:
                serving = domain or host(url) or ""
                found.append({"protocol": protocol(protocol_word), "rate": rate, "domain": serving, "url": url})
    return found


def in_order(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Each word once, in the order of `known`."""
    given = set(words)
    return [word for word in known if word in given]


class ChannelLike(Listable[I]):
    """A resource whose end is deleteChannel. The platform would cut a channel that is on air off without asking."""

    id_key: ClassVar[str] = "pullId"
    is_channel = True

    @property
    def _seeker(self) -> Seeker[Any]:
        """Finds channels in the list, shared within the account."""
        return self.account.shared(
            (type(self), Seeker),
            lambda: Seeker(self.page, lambda item: self.listed(item).id, lambda item: from_vendor(item.create_time)),
        )

    def skimmed(self, key: str, prior: Mapping[str, Any]) -> Any:
        """Its item of the list; None where its own read costs less, or the list lacks it."""
        return self.listing.seen(key) or self._seeker.find(key, prior.get("createTime"))

    def outdated(self, key: str | None) -> None:
        """What the list says of it is no longer believed."""
        super().outdated(key)
        self._seeker.forget()

    @abstractmethod
    def is_alike(self, item: Any, want: I) -> bool:
        """Whether an item of the list agrees with what is wanted in all that the list shows."""

    def look(self, want: I, holder: Holder) -> Look:
        """Whatever is alike and was not among the newest before. One that was there already is told."""
        before = self.listing.head()
        self._tell_equals(before, want)
        return lambda: [self.listed(item).id for item in self.listing.newer(before) if self.is_alike(item, want)]

    def there(self, want: I, holder: Holder) -> list[str]:
        """Whatever is alike: names are not unique, so there may be several."""
        return [key for key, item in self.listing.whole().items() if self.is_alike(item, want)]

    def _tell_equals(self, before: Head[Any], want: I) -> None:
        custody, name = self.account.custody, type(self).__name__
        equal = [
            key
            for key, item in before.items.items()
            if self.is_alike(item, want) and not custody.knows(name, key) and not custody.has_ended(key, name)
        ]
        if equal:
            self.notices.warn(
                tr(
                    "the platform has a {name} like {want!r} already ({equal}), and one more is made. If the program "
                    "replaces a resource, or calls it otherwise, that is the old one, which the run deletes at its "
                    "end: with the old name as an alias it would stay. If an interrupted run left it, take it over by "
                    "its id and delete the one that nobody needs; `livechannels recover` before `pulumi up` does the "
                    "first where the engine was killed, and not the provider alone",
                    name=name,
                    want=self.identity(want)[0],
                    equal=", ".join(equal),
                )
            )

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """Delete it, several at once where several are deleted (deleteChannel, batchChannelLiveState)."""
        if not prior.get("forceDestroy") and not self._is_off_air(key):
            return
        try:
            self.account.deletes.ask(key)
        except RefusedError:
            # One id may have spoilt the call for the others that travelled with it.
            try:
                self.wangsu.call(wangsu.channels.DeleteChannel(pull_id=key))
            except RefusedError as refusal:
                self.require_gone(key, refusal)

    def require_replaceable(self, key: str, state: Mapping[str, Any]) -> None:
        """Not on air, unless forceDestroy is set (batchChannelLiveState, for many at once)."""
        if not state.get("forceDestroy"):
            self._is_off_air(key, say_what_hangs=True)

    def _is_off_air(self, key: str, *, say_what_hangs: bool = False) -> bool:
        """Whether the channel is there, and not on air; False for one that is gone. No answer counts as on air.

        Raises:
            ChannelLiveError: it is on air, or the platform does not say.
        """
        status = self.account.live_status(key)
        if status in (NOT_LIVE, BANNED):
            return True
        try:
            self.own(key)
        except RefusedError as refusal:
            self.require_unlisted(key, refusal)
            return False
        is_told = (
            tr("is on air")
            if status is not None
            else tr("counts as on air, for the platform does not say that it is not")
        )
        hanging = self._hanging(key) if say_what_hangs else []
        also = tr(", and {hanging} would end with it", hanging=", ".join(hanging)) if hanging else ""
        raise ChannelLiveError(
            tr("channel {key} {is_told}{also}", key=key, is_told=is_told, also=also),
            next_step=tr("end the stream, or set forceDestroy to true, run `pulumi up`, and try again."),
        )

    def _hanging(self, key: str) -> list[str]:
        """The open relays and recordings of the channel, as far as they can be told."""
        relays = wangsu.forwarding.GetForwardTaskList(pull_id=key, status="0,1", page_index=1, page_size=PAGE_SIZE)
        recordings = wangsu.recording.RecordTaskListQuery(pull_id=key, page_index=1, page_size=PAGE_SIZE)
        found: list[tuple[str, int]] = []
        with suppress(LiveChannelsError):
            found += [(tr("the relay {id}", id=item.task_id), item.status) for item in self.wangsu.call(relays).tasks]
            found += [
                (tr("the recording {id}", id=item.task_id), item.status) for item in self.wangsu.call(recordings).tasks
            ]
        return [what for what, status in found if status in OPEN]

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Without forceDestroy the old channel goes first, so one on air stops the replacement before it begins."""
        return not news.get("forceDestroy")
