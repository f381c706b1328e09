"""The resources, one file each. Registering one is a line in `RESOURCES`."""

from __future__ import annotations

from typing import Any

from ..core.resource import Resource
from .channel import Channel
from .channel_ban import ChannelBan
from .channel_state_callback import ChannelStateCallback
from .forward_task import ForwardTask
from .pull_channel import PullChannel
from .record_directory import RecordDirectory
from .record_task import RecordTask
from .signed_urls import SignedPullUrls, SignedPushUrl
from .stream_disconnect import StreamDisconnect

__all__ = [
    "RESOURCES",
    "Channel",
    "ChannelBan",
    "ChannelStateCallback",
    "ForwardTask",
    "PullChannel",
    "RecordDirectory",
    "RecordTask",
    "SignedPullUrls",
    "SignedPushUrl",
    "StreamDisconnect",
]

RESOURCES: tuple[type[Resource[Any]], ...] = (
    Channel,
    PullChannel,
    RecordDirectory,
    RecordTask,
    ForwardTask,
    ChannelStateCallback,
    ChannelBan,
    StreamDisconnect,
    SignedPushUrl,
    SignedPullUrls,
)
