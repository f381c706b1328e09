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
    cache = _cache(config)
    seconds = cache.get(_KEY, None) if cache else None
    if seconds is None:
        told = "a quarter of an hour on two cores"
    else:
        told = f"the last run here took {max(1, round(seconds / 60))} min"
    return f"all tests: {told}; `make fast` leaves out the engine, the browser and what is slow"


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Remember it, if it came to its end."""
    config, done = session.config, (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED)
    cache = _cache(config)
    if cache and _BEGUN in config.stash and _is_whole(config) and exitstatus in done:
        cache.set(_KEY, time.monotonic() - config.stash[_BEGUN])


def _cache(config: pytest.Config) -> pytest.Cache | None:
    """Where it is remembered; nowhere under `-p no:cacheprovider`."""
    return getattr(config, "cache", None)
