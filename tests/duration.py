"""Says at the beginning of a whole run how long it takes: as long as the last one on this machine did."""

from __future__ import annotations

import time

import pytest

_KEY = "livechannels/seconds of a whole run"
_BEGUN = pytest.StashKey[float]()


def _is_whole(config: pytest.Config) -> bool:
    """Whether everything is run, the engine's tests too."""
    return config.args == config.getini("testpaths") and not (config.option.markexpr or config.option.keyword)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Before anything is run."""
    config.stash[_BEGUN] = time.monotonic()
    if not _is_whole(config):
        return None
    seconds = config.cache.get(_KEY, None) if config.cache else None
    if seconds is None:
        return "all tests: a quarter of an hour or more on two cores; `make fast` leaves the engine out"
    return f"all tests: the last run here took {max(1, round(seconds / 60))} min; `make fast` leaves the engine out"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember it, if it came to its end."""
    config, done = session.config, (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    if config.cache and _BEGUN in config.stash and _is_whole(config) and exitstatus in done:
        config.cache.set(_KEY, time.monotonic() - config.stash[_BEGUN])
