"""What an exported stack knows, read from a file that somebody names: never a device, a pipe, or without an end."""

from __future__ import annotations

import json
import os
import stat
from typing import Any

LARGEST = 64 * 1024**2
"""In bytes; a stack of a hundred thousand resources exports less."""


def known_ids(path: str) -> set[str]:
    """The ids of the resources in a file that `pulumi stack export` wrote.

    Raises:
        ValueError: it is no such file, in words that say why.
    """
    try:
        return _ids(json.loads(_content(path)))
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _NotAnExportError) else type(error).__name__
        raise ValueError(f"{path} is not an exported stack: {reason}") from None


class _NotAnExportError(ValueError):
    pass


def _content(path: str) -> bytes:
    # Of a pipe one would wait for somebody who writes.
    with open(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise _NotAnExportError("it is no plain file")
        # Some files tell no size.
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise _NotAnExportError(f"it has more than {LARGEST} bytes")
    return content


def _ids(export: Any) -> set[str]:
    # One that is taken for an export of nothing would make an orphan of everything.
    if not isinstance(export, dict) or not {"deployment", "resources"} & set(export):
        raise _NotAnExportError("it has no deployment")
    deployment = export.get("deployment", export)
    resources = deployment.get("resources", []) if isinstance(deployment, dict) else None
    if not isinstance(resources, list) or not all(isinstance(resource, dict) for resource in resources):
        raise _NotAnExportError("its resources are no list of objects")
    return {str(resource["id"]) for resource in resources if resource.get("id")}
