"""The functions about channels and what belongs to them, one file a topic. Adding one is a class and a line here."""

from __future__ import annotations

from typing import Any

from ..core.function import Function
from . import channels, playback, recording, relaying

LOOKUPS: tuple[type[Function[Any]], ...] = (
    channels.Channel,
    channels.PullChannel,
    channels.Channels,
    channels.PullChannels,
    recording.RecordDirectory,
    recording.RecordDirectories,
    recording.RecordTask,
    recording.RecordFiles,
    relaying.ForwardTasks,
    playback.LiveState,
    playback.LiveStates,
    playback.ChannelShareUrl,
    playback.PlaybackCode,
)
