"""A tab on the console of the stage's platform."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from console_kit import Console, opened
from kit import Stage


@pytest.fixture
def console(browser: Browser, stage: Stage) -> Iterator[Console]:
    with opened(browser, stage.port) as tab:
        yield tab
