"""What the tests of evidence share: answers that say nothing, and whether an object is there even so."""

from __future__ import annotations

from typing import Any

import pytest

from kinds import OVER
from kit import KINDS, Stage

STATES = "/live/channelManage/batchChannelLiveState"
EVERY = pytest.mark.parametrize("name", sorted(KINDS))


def ok(data: Any = None, **more: Any) -> dict[str, Any]:
    """A success that says so little."""
    return {"code": 200, "message": "success", **({} if data is None else {"data": data}), **more}


EMPTY = [ok(), {"code": 200, "data": None}, ok(""), ok({}), ok({"total": 0, "totalCount": 0}), ok([])]


def is_there(stage: Stage, name: str, key: str) -> bool:
    over = OVER.get(name, "none")
    return any(item["id"] == key and item["status"] != over for item in stage.objects(name))
