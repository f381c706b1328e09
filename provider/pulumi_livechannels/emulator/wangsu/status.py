"""Is a channel live, not live or banned? One answer for every read, by the platform's clock.

A ban stands beside its channel and not in it, so that one which lapses needs nobody to undo it.
"""

from __future__ import annotations

from ..basis import behaves
from ..store import Body, Reading

BAN = "channelBan"
LIVE, NOT_LIVE, BANNED = 1, 2, 3

behaves("ban", "documented", "a banned channel reads 3 until its ban ends or has lasted 7 days")


def is_banned(key: str, store: Reading) -> bool:
    """Whether a ban of this channel holds."""
    ban = store.get(BAN, key)
    return ban is not None and store.now() < int(ban["until"])


def live_status(channel: Body, store: Reading) -> int:
    """How a channel of either kind stands now."""
    return BANNED if is_banned(channel["pullId"], store) else int(channel["channelStatus"])
