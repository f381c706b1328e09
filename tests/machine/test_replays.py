"""What the machine has found before stays found: every saved replay is played again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .hunt import REPLAYS
from .play import run


@pytest.mark.rule("R31")
@pytest.mark.parametrize("file", sorted(REPLAYS.glob("*.json")), ids=lambda file: file.stem)
def test_a_replay_violates_nothing_any_more(file: Path) -> None:
    run(json.loads(file.read_text()))
