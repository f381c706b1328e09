"""`_type` and `_name` of the SDK's `Resource`: what a resource is called, known before the engine tells its URN.

Resources with one name may stand in several components, and these tell them apart. When the SDK changes them, two
namesakes in two components that want the same object are taken for one: that is refused, and nothing is lost.
"""

from __future__ import annotations

import pulumi


def called(resource: pulumi.Resource | None) -> str:
    """Type and name of a resource; empty without one."""
    return "" if resource is None else f"{getattr(resource, '_type', '')}.{getattr(resource, '_name', '')}"
