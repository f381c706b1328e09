"""A shell for the commands that look at a platform."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit import Stage
from pulumi_livechannels.core import account as account_module
from pulumi_livechannels.emulator.server import environment


@pytest.fixture
def shell(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A shell in an empty folder, with an emulated account and a cache of its own. It lives on the stage's clock."""
    for name, value in environment(stage.port, 0).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(account_module, "SystemClock", lambda: stage.clock)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return stage
