"""How a failure reaches the engine: a chosen status code, our own words, and half-made objects with their id."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn, TypeVar

import grpc
from google.protobuf import any_pb2, struct_pb2

from ..ground import errors
from ..ground.language import apart, tr
from .protocol import provider_pb2, status_pb2

log = logging.getLogger("pulumi_livechannels")
_DETAILS = "grpc-status-details-bin"
Method = TypeVar("Method", bound=Callable[..., Any])

# An unknown outcome is UNKNOWN, which makes the engine say that the state may be wrong; a clean failure never is.
_CODES: tuple[tuple[type[errors.LiveChannelsError], grpc.StatusCode], ...] = (
    (errors.InputError, grpc.StatusCode.INVALID_ARGUMENT),
    (errors.ConfigurationError, grpc.StatusCode.FAILED_PRECONDITION),
    (errors.ConflictError, grpc.StatusCode.FAILED_PRECONDITION),
    (errors.NotFoundError, grpc.StatusCode.NOT_FOUND),
    (errors.CredentialsError, grpc.StatusCode.UNAUTHENTICATED),
    (errors.AccessDeniedError, grpc.StatusCode.PERMISSION_DENIED),
    (errors.ThrottledError, grpc.StatusCode.RESOURCE_EXHAUSTED),
    (errors.RefusedError, grpc.StatusCode.FAILED_PRECONDITION),
    (errors.CancelledError, grpc.StatusCode.CANCELLED),
    (errors.LiveChannelsError, grpc.StatusCode.UNAVAILABLE),
)


def code_of(error: errors.LiveChannelsError) -> grpc.StatusCode:
    """The status code for an error."""
    if error.changed is errors.Changed.UNKNOWN:
        return grpc.StatusCode.UNKNOWN
    return next(code for kind, code in _CODES if isinstance(error, kind))


def plainly(method: Method) -> Method:
    """Turns what a call raises into a status that a user can read; a traceback goes to the log alone."""

    @wraps(method)
    def speak(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        try:
            return method(self, request, context)
        except errors.LiveChannelsError as error:
            context.abort(code_of(error), self.words(error))
        except Exception as bug:
            if context.code() is not None:  # type: ignore[attr-defined]
                raise  # an abort on its way out
            # The text of such an error may quote what it was about, and that may be a stream's address.
            frames = "".join(traceback.format_tb(bug.__traceback__))
            log.error("internal error: %s\n%s", type(bug).__name__, frames)
            text = tr(
                "an error inside livechannels ({bug}); please report it with LIVECHANNELS_LOG=debug",
                bug=type(bug).__name__,
            )
            context.abort(grpc.StatusCode.INTERNAL, text)

    return speak  # type: ignore[return-value]


def abort_half_made(
    context: grpc.ServicerContext,
    key: str,
    properties: struct_pb2.Struct,
    inputs: struct_pb2.Struct,
    reasons: list[str],
) -> NoReturn:
    """Tell the engine that the object exists and is unfinished: it keeps it, and the next run updates it."""
    detail = any_pb2.Any()
    detail.Pack(provider_pb2.ErrorResourceInitFailed(id=key, properties=properties, inputs=inputs, reasons=reasons))
    text = apart(*reasons)
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=text, details=[detail])
    context.set_trailing_metadata(((_DETAILS, status.SerializeToString()),))
    context.abort(grpc.StatusCode.UNKNOWN, text)
    raise AssertionError("abort raises")
