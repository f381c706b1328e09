"""The face for Python programs: Pulumi dynamic resources, with nothing to install but this package.

A state holds the name of a provider class and nothing else of it, so **the provider classes below must keep their names
and this module its place for ever**; a test pins what is stored.
"""

from __future__ import annotations

from typing import Any, TypedDict

from ..ground import errors
from ..resources import (
    RESOURCES,
    Channel,
    ChannelBan,
    ChannelStateCallback,
    ForwardTask,
    PullChannel,
    RecordDirectory,
    RecordTask,
    SignedPullUrls,
    SignedPushUrl,
    StreamDisconnect,
)
from ..stubs import args_name, error_names, nested_inputs
from .account import Provider
from .provider import LiveProvider
from .resource import resource_class


class ChannelProvider(LiveProvider):
    """The verbs of a Channel."""

    kind = Channel


class PullChannelProvider(LiveProvider):
    """The verbs of a PullChannel."""

    kind = PullChannel


class RecordDirectoryProvider(LiveProvider):
    """The verbs of a RecordDirectory."""

    kind = RecordDirectory


class RecordTaskProvider(LiveProvider):
    """The verbs of a RecordTask."""

    kind = RecordTask


class ForwardTaskProvider(LiveProvider):
    """The verbs of a ForwardTask."""

    kind = ForwardTask


class ChannelStateCallbackProvider(LiveProvider):
    """The verbs of a ChannelStateCallback."""

    kind = ChannelStateCallback


class ChannelBanProvider(LiveProvider):
    """The verbs of a ChannelBan."""

    kind = ChannelBan


class StreamDisconnectProvider(LiveProvider):
    """The verbs of a StreamDisconnect."""

    kind = StreamDisconnect


class SignedPushUrlProvider(LiveProvider):
    """The verbs of a SignedPushUrl."""

    kind = SignedPushUrl


class SignedPullUrlsProvider(LiveProvider):
    """The verbs of a SignedPullUrls."""

    kind = SignedPullUrls


PROVIDERS: dict[str, type[LiveProvider]] = {
    provider.kind.__name__: provider
    for provider in (
        ChannelProvider,
        PullChannelProvider,
        RecordDirectoryProvider,
        RecordTaskProvider,
        ForwardTaskProvider,
        ChannelStateCallbackProvider,
        ChannelBanProvider,
        StreamDisconnectProvider,
        SignedPushUrlProvider,
        SignedPullUrlsProvider,
    )
}
_CLASSES: dict[str, Any] = {kind.__name__: resource_class(kind, PROVIDERS[kind.__name__]) for kind in RESOURCES}
_ARGS: dict[str, Any] = {
    # To a program these are dictionaries; what may be in them is told by the stub and checked by the core.
    args_name(model): TypedDict(args_name(model), dict.fromkeys(model.model_fields, Any), total=False)  # type: ignore[operator]
    for kind in RESOURCES
    for model in nested_inputs(kind)
}
_ERRORS: dict[str, Any] = {name: getattr(errors, name) for name in error_names()}

EXPORTS: dict[str, Any] = {"Provider": Provider, **_CLASSES, **_ARGS, **_ERRORS}
