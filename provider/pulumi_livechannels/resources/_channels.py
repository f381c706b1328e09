"""What both kinds of channel share: playback URLs, and an end that spares what is on air."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar
from urllib.parse import urlsplit

from ..core.account import LIVE
from ..core.check import Context, rule
from ..core.fields import Model, prop
from ..core.resource import I, Resource
from ..core.values import RATE_FIELDS, protocol, vendor_unix
from ..ground.errors import ChannelLiveError, Problem, RefusedError
from ..vendors.wangsu.channels import DeleteChannel, RateUrls


@rule("pullProtocols")
def one_segment_format(inputs: Any, context: Context) -> Iterator[Problem]:
    """The platform serves HLS or HDS on a domain, not both."""
    if {"hls", "hds"} <= set(inputs.pull_protocols):
        yield Problem("pullProtocols", "must not name both hls and hds, but does: take one of them out")


class PullUrl(Model):
    """One address to play from."""

    protocol: str = prop("Protocol: rtmp, flv, hls, hds, or ts where the platform adds it.")
    rate: str = prop("Rate: source, smooth, sd, hd or super.")
    domain: str = prop("Domain that serves it.")
    url: str = prop("The address itself.", secret=True)


def host(url: str | None) -> str | None:
    """The host of a URL in lower case, whatever its scheme."""
    return urlsplit(url).hostname if url else None


def pull_urls(protocol_word: str | None, rates: Iterable[RateUrls], domain: str | None = None) -> list[dict[str, str]]:
    """The addresses of one protocol, as the state holds them; the platform leaves unused rates empty or out."""
    found = []
    for urls in rates:
        for rate, name in RATE_FIELDS.items():
            url = getattr(urls, name)
            if url:
                serving = domain or host(url) or ""
                found.append({"protocol": protocol(protocol_word), "rate": rate, "domain": serving, "url": url})
    return found


def in_order(words: Iterable[str], known: Iterable[str]) -> list[str]:
    """Each word once, in the order of `known`."""
    given = set(words)
    return [word for word in known if word in given]


def older_than(since: float) -> Callable[[Any], bool]:
    """Whether a listed channel was made before a moment, so that a newest-first scan may end there."""
    return lambda item: vendor_unix(item.create_time) < since


class ChannelLike(Resource[I]):
    """A resource whose end is deleteChannel. The platform would cut a live channel off without asking."""

    id_key: ClassVar[str] = "pullId"

    def delete(self, key: str, prior: Mapping[str, Any]) -> None:
        """Delete it, several at once where several are deleted (deleteChannel, batchChannelLiveState)."""
        if not prior.get("forceDestroy") and self.account.live.ask(key) == LIVE:
            raise ChannelLiveError(
                f"channel {key} is on air",
                next_step="end the stream, or set forceDestroy to true, run `pulumi up`, and try again.",
            )
        try:
            self.account.deletes.ask(key)
        except RefusedError:
            # One id may have spoilt the call for the others that travelled with it.
            try:
                self.wangsu.call(DeleteChannel(pull_id=key))
            except RefusedError as refusal:
                self.gone(key, refusal)

    def delete_before_replace(self, news: Mapping[str, Any]) -> bool:
        """Without forceDestroy the old channel goes first, so a live one stops the replacement before it begins."""
        return not news.get("forceDestroy")
