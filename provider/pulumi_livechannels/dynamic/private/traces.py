"""`_get_stack_trace` of the SDK: where a program declares a resource, and all that the interpreter did around it.

The SDK keeps the whole stack of Python with each resource. That is a third of a state, which the engine writes anew at
each step, and it has the paths of the machine in it. Of our resources only the frames of the program are kept.
When the SDK changes it, states hold the other frames again; nothing else breaks.
"""

from __future__ import annotations

import os
import runpy
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
# Frozen from Python 3.11 on.
_RUNNERS = {runpy.__file__, "<frozen runpy>"}
_found: Any = getattr(resource, "_get_stack_trace", None)
# Where this module is loaded anew, what it finds is its own.
_of_the_sdk: Any = getattr(_found, "of_the_sdk", _found)


def keep_the_programs() -> None:
    """From now on, resources of ours keep the program's own frames alone."""
    if _of_the_sdk is not None:
        vars(_trace)["of_the_sdk"] = _of_the_sdk
        vars(resource)["_get_stack_trace"] = _trace


def _trace() -> Any:
    declaring = _outside(sys._getframe(1), _SDK)
    # Whatever else a program declares is the SDK's affair.
    if declaring is None or not declaring.f_code.co_filename.startswith(_OURS):
        return _of_the_sdk()
    trace = source_pb2.StackTrace()
    frame = _outside(declaring, _OURS)
    while frame is not None and not _runs_programs(file := frame.f_code.co_filename):
        # The machinery of imports has no file, nor has what a program makes of text.
        if uri := _uri(file):
            trace.frames.add(pc=source_pb2.SourcePosition(uri=uri, line=frame.f_lineno))
        frame = frame.f_back
    return trace


def _outside(frame: FrameType | None, folder: str) -> FrameType | None:
    """The innermost frame that is not of this folder."""
    while frame is not None and frame.f_code.co_filename.startswith(folder):
        frame = frame.f_back
    return frame


def _runs_programs(file: str) -> bool:
    return file in _RUNNERS or file.startswith(_SDK)


@cache
def _uri(file: str) -> str:
    """Where a file of a program is; empty for what is none here."""
    try:
        return Path(file).as_uri()
    except ValueError:
        return ""
