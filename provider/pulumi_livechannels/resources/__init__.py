"""The resources, one file each. Registering one is a line in `RESOURCES`."""

from __future__ import annotations

from typing import Any

from ..core.resource import Resource
from .channel import Channel
from .forward_task import ForwardTask
from .pull_channel import PullChannel
from .record_directory import RecordDirectory
from .record_task import RecordTask

RESOURCES: tuple[type[Resource[Any]], ...] = (
    Channel,
    PullChannel,
    RecordDirectory,
    RecordTask,
    ForwardTask,
)
