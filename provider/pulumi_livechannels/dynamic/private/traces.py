"""`_get_stack_trace` of the SDK: where a program declares a resource, and all that the interpreter did around it.

The SDK keeps the whole stack of Python with each resource. That is a third of a state, which the engine writes anew at
each step, and it has the paths of the machine in it. Of our resources the frames of the program are kept.
When the SDK changes it, states hold the other frames again; nothing else breaks.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pulumi
from pulumi.runtime import resource
from pulumi.runtime.proto import source_pb2

_SDK = os.path.join(Path(pulumi.__file__).parent, "")
_OURS = os.path.join(Path(__file__).parents[2], "")
_of_the_sdk: Any = getattr(resource, "_get_stack_trace", None)


def keep_the_programs() -> None:
    """From now on, resources of ours keep the program's own frames alone."""
    if _of_the_sdk is not None:
        vars(resource)["_get_stack_trace"] = _trace


def _trace() -> Any:
    declaring = _outside(sys._getframe(1), _SDK)
    # Whatever else a program declares is the SDK's affair.
    if declaring is None or not declaring.f_code.co_filename.startswith(_OURS):
        return _of_the_sdk()
    trace = source_pb2.StackTrace()
    frame = _outside(declaring, _OURS)
    # What runs a program has no file, as `runpy`, or is the SDK's.
    while frame is not None and (uri := _uri(frame.f_code.co_filename)):
        trace.frames.add().pc.MergeFrom(source_pb2.SourcePosition(uri=uri, line=frame.f_lineno))
        frame = frame.f_back
    return trace


def _outside(frame: FrameType | None, folder: str) -> FrameType | None:
    """The innermost frame that is not of this folder."""
    while frame is not None and frame.f_code.co_filename.startswith(folder):
        frame = frame.f_back
    return frame


@cache
def _uri(file: str) -> str:
    """Where a file of a program is; empty for what is none."""
    return Path(file).as_uri() if os.path.isabs(file) and not file.startswith(_SDK) else ""
