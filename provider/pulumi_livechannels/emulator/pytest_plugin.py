"""The pytest fixture `livechannels_platform`: an emulated platform for one test, which the environment points to.

Every pytest run of an environment that has this package loads this file, so it loads nothing itself.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .testing import EmulatedPlatform

KEPT = ("LIVECHANNELS_LOG",)


@pytest.fixture
def livechannels_platform(monkeypatch: pytest.MonkeyPatch) -> Iterator[EmulatedPlatform]:
    """An emulated platform of its own for this test, without a quota; programs find it by the environment.

    Whatever else the environment says of an account is taken out for the test, so none reaches a real one. A fault that
    the test adds and that never fires fails the test.
    """
    try:
        from .server import environment, running
        from .testing import EmulatedPlatform
    except ModuleNotFoundError as missing:
        pytest.fail(f"livechannels_platform needs {missing.name}: pip install 'pulumi-livechannels[emulator]'")
    with running(quota=0) as (port, platform):
        own = environment(port, 0)
        for name in list(os.environ):
            if name.startswith(("LIVECHANNELS_", "VOLCENGINE_")) and name not in KEPT:
                monkeypatch.delenv(name)
        for name, value in own.items():
            monkeypatch.setenv(name, value)
        yield EmulatedPlatform(own, platform)
        idle = [f"{fault['kind']} on {fault['path']}" for fault in platform.faults.idle()]
        if idle:
            pytest.fail(f"these faults never fired: {', '.join(idle)}", pytrace=False)
