"""The machine does one thing after the other, so that the first of them has nobody to wait for."""

from __future__ import annotations

import pytest

from pulumi_livechannels.ground import company


@pytest.fixture(autouse=True)
def begin_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(company, "MOMENT_SECONDS", 0.0)
